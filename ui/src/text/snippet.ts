/** Long pasted texts: whether the composer can hold one, and how one becomes code-block messages. Pure. */
import { toStorable } from '../../../protocol/text.js';
import { COMPOSER_LINES_MAX, COMPOSER_MAX } from '../limits.js';
import { utf8Length } from './bytes.js';
import { splitMessage } from './split-message.js';

/** A long text that was pasted, beside the composer until it is sent. */
export interface Snippet {
  readonly id: string;
  /** In whose composer it waits. */
  readonly conversation: string;
  readonly text: string;
  /** Browser clock, ms: snippets stand in this order. */
  readonly createdAt: number;
}

/** Whether a text is short enough to be laid out in the composer. Looks at no more of it than that. */
export function fitsComposer(text: string): boolean {
  if (text.length > COMPOSER_MAX) return false;
  let lines = 1;
  // A text area reads each of the three ends of lines as one.
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === LF || (unit === CR && text.charCodeAt(at + 1) !== LF)) lines++;
  }
  return lines <= COMPOSER_LINES_MAX;
}

const LF = 10;
const CR = 13;

/** A word of an input method, or an emoji: more comes by paste, drop or speech. */
const TYPED_MAX = 64;

/** Whether so little is written at once that fingers may have done it: then a full composer takes no more. */
export function isTyped(text: string): boolean {
  return text.length <= TYPED_MAX && (text === '\n' || !text.includes('\n'));
}

/** Whether what is typed may not fit any more. */
export function isFull(text: string): boolean {
  return text.length > COMPOSER_MAX - TYPED_MAX || !fitsComposer(`${text}\n`);
}

/** What a field may hold: line ends as a text area has them, and nothing that no daemon can keep. */
export function pastedText(text: string): string {
  return toStorable(text.replace(/\r\n?/g, '\n'));
}

/** What stands in `after` that did not stand in `before`, when both differ in one place. */
export function insertedText(before: string, after: string): string {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return after.slice(start, after.length - end);
}

/** A last line without text is the end of the line before it. */
export function countLines(text: string): number {
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** How much of a snippet its card shows. */
const PREVIEW = { lines: 3, length: 120 } as const;

export function previewOf(text: string): string {
  const lines = text.slice(0, 4 * PREVIEW.lines * PREVIEW.length).split('\n', 40);
  return lines
    .filter((line) => line.trim() !== '')
    .slice(0, PREVIEW.lines)
    .map((line) => line.slice(0, PREVIEW.length).toWellFormed())
    .join('\n');
}

/** A fence longer than this would take the room of the text. */
const FENCE_MAX = 64;
/** `[3/66]` and the ends of lines around the fences. */
const HEAD_MAX = 24;

/**
 * The text as messages of at most `max` bytes of UTF-8: code blocks, in order, that hold the whole text. Of several, each
 * begins with its number, which also makes one visible whose lines are all blank. Lines are cut only where they are longer
 * than a message.
 */
export function snippetMessages(text: string, max: number): string[] {
  const fence = fenceFor(text);
  // A text that fences cannot hold goes as it is.
  if (fence.length > FENCE_MAX) return splitMessage(text, max);
  const pieces = cutAtLines(text, max - 2 * fence.length - HEAD_MAX);
  return pieces.map((piece, index) => {
    const head = pieces.length > 1 ? `[${index + 1}/${pieces.length}]\n` : '';
    return `${head}${fence}\n${piece}${piece.endsWith('\n') ? '' : '\n'}${fence}`;
  });
}

/** The beginning of a text, of at most so many bytes and lines, up to the end of a line where it can be; and the rest. */
export function headOf(text: string, max: number, linesMax = Infinity): readonly [head: string, rest: string] {
  let bytes = 0;
  let lines = 0;
  let line = 0;
  let at = 0;
  for (const character of text.slice(0, Math.max(0, max))) {
    bytes += utf8Length(character);
    if (bytes > max || lines >= linesMax) break;
    at += character.length;
    if (character !== '\n') continue;
    line = at;
    lines++;
  }
  const cut = at === text.length || line === 0 ? at : line;
  return [text.slice(0, cut), text.slice(cut)];
}

function cutAtLines(text: string, max: number): string[] {
  const pieces: string[] = [];
  for (let rest = text; rest !== '';) {
    const [piece, after] = headOf(rest, max);
    pieces.push(piece);
    rest = after;
  }
  return pieces;
}

/** Longer than any line of the text that could close it; of the marker that needs fewer. */
function fenceFor(text: string): string {
  const longest = (marker: RegExp): number =>
    [...text.matchAll(marker)].reduce((most, [, run = '']) => Math.max(most, run.length), 0);
  const backticks = longest(/^ {0,3}(`{3,})/gm);
  const tildes = longest(/^ {0,3}(~{3,})/gm);
  return backticks <= tildes ? '`'.repeat(Math.max(3, backticks + 1)) : '~'.repeat(Math.max(3, tildes + 1));
}
