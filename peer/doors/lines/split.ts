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

  /** What ends in this chunk; empty lines are left out. */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#end(chunk.subarray(start, end), pieces);
      start = end + 1;
    }
    this.#hold(chunk.subarray(start), pieces);
    return pieces;
  }

  #end(rest: Buffer, pieces: Piece[]): void {
    const skipped = this.#skipping;
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, rest]) : rest;
    this.#held = Buffer.alloc(0);
    this.#skipping = false;
    if (skipped) return;
    const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
    if (line.length === 0) return;
    pieces.push(pieceOf(line));
  }

  #hold(rest: Buffer, pieces: Piece[]): void {
    if (this.#skipping || rest.length === 0) return;
    // One more for the carriage return of a line that is just short enough.
    if (this.#held.length + rest.length <= CLIENT_LINE_MAX + 1) {
      this.#held = Buffer.concat([this.#held, rest]);
      return;
    }
    this.#held = Buffer.alloc(0);
    this.#skipping = true;
    pieces.push(TOO_LONG);
  }
}

function pieceOf(line: Buffer): Piece {
  if (line.length > CLIENT_LINE_MAX) return TOO_LONG;
  return isUtf8(line) && !line.includes(0) ? { line: line.toString('utf8') } : NO_TEXT;
}
