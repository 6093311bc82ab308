/**
 * Bytes, in any pieces, into lines for people and small scripts. Unlike the link's splitter it goes on after a bad line: whoever
 * typed it is told, and tries again. A line without end costs no more memory than the limit.
 */
import { isUtf8 } from 'node:buffer';

/** Section 9: one line that a client sends, in bytes without its end. */
export const CLIENT_LINE_MAX = 4096;

const NEWLINE = 10;

export type Piece =
  { readonly line: string } | { readonly broken: 'line_too_long' | 'bad_text'; readonly because: string };

const TOO_LONG: Piece = {
  broken: 'line_too_long',
  because: `A line is longer than ${CLIENT_LINE_MAX} bytes. Send it in several lines.`,
};
const NO_TEXT: Piece = {
  broken: 'bad_text',
  because: 'That line is no text in UTF-8, or holds a NUL. Send one line of text, or one JSON object, a line.',
};

export class ClientLines {
  #held: Buffer = Buffer.alloc(0);
  /** The rest of a line of which the beginning was too long. */
  #skipping = false;

  /** What ends in this chunk, read as it is asked for; empty lines are left out. The next chunk only after the last piece. */
  *push(chunk: Buffer): Generator<Piece, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const isEmpty = end === start && this.#held.length === 0 && !this.#skipping;
      const piece = isEmpty ? undefined : this.#end(chunk.subarray(start, end));
      start = end + 1;
      if (piece) yield piece;
    }
    const piece = this.#hold(chunk.subarray(start));
    if (piece) yield piece;
  }

  #end(rest: Buffer): Piece | undefined {
    const skipped = this.#skipping;
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, rest]) : rest;
    this.#held = Buffer.alloc(0);
    this.#skipping = false;
    if (skipped) return undefined;
    const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
    return line.length === 0 ? undefined : pieceOf(line);
  }

  #hold(rest: Buffer): Piece | undefined {
    if (this.#skipping || rest.length === 0) return undefined;
    // One more for the carriage return of a line that is just short enough.
    if (this.#held.length + rest.length <= CLIENT_LINE_MAX + 1) {
      this.#held = Buffer.concat([this.#held, rest]);
      return undefined;
    }
    this.#held = Buffer.alloc(0);
    this.#skipping = true;
    return TOO_LONG;
  }
}

function pieceOf(line: Buffer): Piece {
  if (line.length > CLIENT_LINE_MAX) return TOO_LONG;
  return isUtf8(line) && !line.includes(0) ? { line: line.toString('utf8') } : NO_TEXT;
}
