/** Markdown by keys and buttons: what changes in a text when a part of it is made bold. Pure. */
import type { Change } from './area-edit.js';

export type Format = 'bold' | 'italic' | 'strike' | 'code' | 'code_block' | 'quote' | 'list' | 'link';

const MARKERS: Partial<Record<Format, string>> = { bold: '**', italic: '_', strike: '~~', code: '`' };
const PREFIXES: Partial<Record<Format, string>> = { quote: '> ', list: '- ' };

/** Around the selection, or at the caret; where it is so already, it is taken away. */
export function formatted(text: string, start: number, end: number, format: Format): Change {
  const prefix = PREFIXES[format];
  if (prefix !== undefined) return eachLine(text, start, end, prefix);
  if (format === 'link') return link(text, start, end);
  if (format === 'code_block' || (format === 'code' && text.slice(start, end).includes('\n')))
    return block(text, start, end);
  return around(text, start, end, MARKERS[format] ?? '');
}

function around(text: string, start: number, end: number, marker: string): Change {
  // Markers hold only where no space stands beside them within.
  const inner = text.slice(start, end);
  const from = start + inner.length - inner.trimStart().length;
  const to = inner.trim() === '' ? from : end - (inner.length - inner.trimEnd().length);
  const chosen = text.slice(from, to);
  const size = marker.length;
  if (text.slice(from - size, from) === marker && text.slice(to, to + size) === marker && from >= size) {
    return { from: from - size, to: to + size, text: chosen, select: [from - size, to - size] };
  }
  if (chosen.length >= 2 * size && chosen.startsWith(marker) && chosen.endsWith(marker)) {
    return { from, to, text: chosen.slice(size, -size), select: [from, to - 2 * size] };
  }
  return { from, to, text: marker + chosen + marker, select: [from + size, to + size] };
}

function block(text: string, start: number, end: number): Change {
  const chosen = text.slice(start, end);
  const before = start > 0 && text[start - 1] !== '\n' ? '\n```\n' : '```\n';
  const after = end < text.length && text[end] !== '\n' ? '\n```\n' : '\n```';
  const at = start + before.length;
  return { from: start, to: end, text: before + chosen + after, select: [at, at + chosen.length] };
}

function eachLine(text: string, start: number, end: number, prefix: string): Change {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split('\n');
  const done = lines.every((line) => line.startsWith(prefix));
  const changed = lines.map((line) => (done ? line.slice(prefix.length) : prefix + line)).join('\n');
  return { from, to, text: changed, select: [from + changed.length, from + changed.length] };
}

/** The address is what is written next; or the words, where an address was chosen. */
function link(text: string, start: number, end: number): Change {
  const chosen = text.slice(start, end);
  if (/^https?:\/\/\S+$/.test(chosen))
    return { from: start, to: end, text: `[](${chosen})`, select: [start + 1, start + 1] };
  const at = start + chosen.length + 3;
  return { from: start, to: end, text: `[${chosen}](https://)`, select: [at, at + 'https://'.length] };
}

interface Keys {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The format that Ctrl or ⌘ with a letter means. */
export function formatOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Keys): Format | undefined {
  if (ctrlKey === metaKey || altKey) return undefined;
  const letter = key.toLowerCase();
  if (shiftKey) return letter === 'x' ? 'strike' : undefined;
  return ({ b: 'bold', i: 'italic', e: 'code' } as const)[letter];
}
