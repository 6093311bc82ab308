/** A text that is too long for one message, in several: cut at line ends, and a code block goes on in the next one. */
import { utf8Length } from './bytes.js';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Each part has at most `max` bytes of UTF-8 and something to read. Only a line longer than that is cut within. */
export function splitMessage(text: string, max: number): string[] {
  const parts: string[] = [];
  let lines: string[] = [];
  let size = 0;
  // The line that opened the code block in which we are.
  let fence: string | undefined;
  const closing = (): string => FENCE.exec(fence ?? '')?.[1] ?? '';
  const flush = (): void => {
    const part = [...lines, ...(fence === undefined ? [] : [closing()])].join('\n').replace(/^\n+/, '').trimEnd();
    if (/\S/.test(part) && !(fence !== undefined && lines.length <= 1)) parts.push(part);
    lines = fence === undefined ? [] : [fence];
    size = fence === undefined ? 0 : utf8Length(fence) + 1;
  };
  for (const line of text.split('\n').flatMap((each) => cut(each, max - 64))) {
    const bytes = utf8Length(line) + 1;
    // Room for the line that closes the block, should the next line not fit.
    const room = max - (fence === undefined ? 0 : utf8Length(closing()) + 1);
    if (size + bytes - 1 > room && lines.length > 0) flush();
    lines.push(line);
    size += bytes;
    fence = fenceAfter(fence, line);
  }
  const rest = lines.join('\n').replace(/^\n+/, '').trimEnd();
  if (/\S/.test(rest) && !(fence !== undefined && lines.length <= 1 && parts.length > 0)) parts.push(rest);
  return parts;
}

function fenceAfter(open: string | undefined, line: string): string | undefined {
  const marker = FENCE.exec(line)?.[1];
  if (marker === undefined) return open;
  // An opening line that is itself very long is text to whoever reads it, so it is not said again.
  if (open === undefined) return line.length <= 40 ? line : undefined;
  const opened = FENCE.exec(open)?.[1] ?? '';
  const closes = marker.startsWith(opened) && line.trim() === marker;
  return closes ? undefined : open;
}

/** A line in pieces of at most `max` bytes, at a space where one is near, and never within a character. */
function cut(line: string, max: number): string[] {
  if (utf8Length(line) <= max) return [line];
  const pieces: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of line) {
    const more = utf8Length(character);
    if (bytes + more > max) {
      const space = piece.lastIndexOf(' ');
      const at = space > piece.length * 0.8 ? space + 1 : piece.length;
      pieces.push(piece.slice(0, at));
      piece = piece.slice(at);
      bytes = utf8Length(piece);
    }
    piece += character;
    bytes += more;
  }
  return [...pieces, piece];
}
