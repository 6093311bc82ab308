/**
 * Bytes in any pieces → lines of IRC. It has no socket. A line that is too long, or no UTF-8, costs its sender that line and
 * nothing else, and an endless one never more memory than the longest that is taken.
 */
import { isUtf8 } from 'node:buffer';
import { CLIENT_TAGS_BYTES, LINE_BYTES } from './wire.js';

export type ReadLine =
  | { readonly text: string }
  /** `command` and `label` (IRCv3 labeled-response): where they can still be told. */
  | { readonly wrong: 'too_long' | 'not_utf8'; readonly command: string; readonly label?: string | undefined };

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const HOLD_MAX = CLIENT_TAGS_BYTES + LINE_BYTES;

export class LineReader {
  #held: Buffer[] = [];
  #length = 0;
  /** The line that is coming has passed the limit: what is left of it goes by. */
  #passing = false;

  /** Empty lines are left out. */
  *push(chunk: Buffer): Generator<ReadLine, void, undefined> {
    let start = 0;
    while (start < chunk.length) {
      const found = chunk.indexOf(NEWLINE, start);
      const end = found < 0 ? chunk.length : found;
      this.#hold(chunk.subarray(start, end));
      if (found < 0) return;
      start = end + 1;
      const line = this.#release();
      if (line) yield line;
    }
  }

  #hold(piece: Buffer): void {
    const room = HOLD_MAX - this.#length;
    if (piece.length > room) this.#passing = true;
    // A copy, so that no chunk of the socket stays in memory. Of what is too long the beginning tells which command it was.
    const kept = piece.subarray(0, Math.max(0, room));
    if (kept.length > 0) this.#held.push(Buffer.from(kept));
    this.#length += kept.length;
    if (this.#held.length > 64) this.#held = [Buffer.concat(this.#held)];
  }

  #release(): ReadLine | undefined {
    const [passing, whole] = [this.#passing, Buffer.concat(this.#held)];
    this.#held = [];
    this.#length = 0;
    this.#passing = false;
    const ends = whole[whole.length - 1] === CARRIAGE_RETURN;
    const bytes = ends ? whole.subarray(0, -1) : whole;
    if (bytes.length === 0) return undefined;
    if (passing || isTooLong(bytes)) return { wrong: 'too_long', ...beginningOf(bytes) };
    if (!isUtf8(bytes)) return { wrong: 'not_utf8', ...beginningOf(bytes) };
    // A NUL, or a CR within the line, is nothing that a line can hold (RFC 1459): it ends there for whoever relays it.
    const text = bytes.toString('utf8').replaceAll(/[\0\r]/g, '');
    return text.trim() === '' ? undefined : { text };
  }
}

function isTooLong(bytes: Buffer): boolean {
  const tags = bytes[0] === 64 /* @ */ ? bytes.indexOf(32) + 1 : 0;
  return tags > CLIENT_TAGS_BYTES || bytes.length - tags > LINE_BYTES - 2;
}

function beginningOf(bytes: Buffer): { command: string; label: string | undefined } {
  const text = bytes.toString('latin1');
  const [, tags = '', command = '*'] = /^(?:@([^ ]*) +)?(?::[^ ]* +)?([A-Za-z]{1,20})(?: |$)/.exec(text) ?? [];
  const [, label] = /(?:^|;)label=([!-:<-[\]-~]{1,64})(?:;|$)/.exec(tags) ?? [];
  return { command: command.toUpperCase(), label };
}
