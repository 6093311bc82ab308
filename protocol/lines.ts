/**
 * Splits NDJSON bytes, in any pieces, into lines (SPEC.md section 4). It has no socket. The lines, and the error after them,
 * must not depend on how the bytes were cut, and an endless line must never cost more memory than the limit.
 */
import { isUtf8 } from 'node:buffer';
import { ParleyError } from './errors.js';
import { LINE_MAX } from './limits.js';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** The first buffer for a line that did not end within its chunk; it doubles up to the limit. */
const FIRST_HOLD = 1024;
const NOTHING = Buffer.alloc(0);

export class LineSplitter {
  /** The beginning of a line without its end yet. It is a copy, so that no chunk of the socket stays in memory. */
  #held = NOTHING;
  #length = 0;
  #failed: ParleyError | undefined;

  /** @param maxBytes of one line, without its newline. */
  constructor(readonly maxBytes = LINE_MAX) {}

  /**
   * The lines that end in `chunk`, without `\n` or `\r\n`; empty ones are skipped. Run it to its end: it does its work
   * as it is iterated. Throws ParleyError `line_too_long` as soon as the limit is passed, `bad_json` on bytes that are not
   * UTF-8 (JSON is), both after the good lines before it; from then on always.
   */
  *push(chunk: Uint8Array): Generator<string, void, undefined> {
    if (this.#failed) throw this.#failed;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    if (this.#length > 0) {
      const end = bytes.indexOf(NEWLINE);
      this.#hold(bytes, 0, end < 0 ? bytes.length : end);
      if (end < 0) return;
      const line = this.#release();
      if (line !== '') yield line;
      start = end + 1;
    }
    const last = bytes.lastIndexOf(NEWLINE);
    if (last >= start) yield* this.#whole(bytes.subarray(start, last));
    this.#hold(bytes, Math.max(start, last + 1), bytes.length);
  }

  /** Lines that are completely in one chunk are decoded together, which is several times faster than one by one. */
  *#whole(block: Buffer): Generator<string, void, undefined> {
    if (block.length > this.maxBytes || !isUtf8(block)) {
      yield* this.#oneByOne(block);
      return;
    }
    for (const line of block.toString('utf8').split('\n')) {
      const text = line.charCodeAt(line.length - 1) === CARRIAGE_RETURN ? line.slice(0, -1) : line;
      if (text !== '') yield text;
    }
  }

  /** Line by line, for a block in which a line may break a rule: the good lines before it still count. */
  *#oneByOne(block: Buffer): Generator<string, void, undefined> {
    for (let start = 0; start <= block.length;) {
      const found = block.indexOf(NEWLINE, start);
      const end = found < 0 ? block.length : found;
      if (end - start > this.maxBytes) throw this.#fail('line_too_long');
      const line = this.#decode(block.subarray(start, end));
      if (line !== '') yield line;
      start = end + 1;
    }
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.maxBytes) throw this.#fail('line_too_long');
    if (length > this.#held.length) {
      const size = Math.min(this.maxBytes, Math.max(FIRST_HOLD, length, 2 * this.#held.length));
      const larger = Buffer.allocUnsafeSlow(size);
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#length, start, end);
    this.#length = length;
  }

  #release(): string {
    const line = this.#decode(this.#held.subarray(0, this.#length));
    this.#length = 0;
    if (this.#held.length > FIRST_HOLD) this.#held = NOTHING;
    return line;
  }

  #decode(line: Buffer): string {
    if (!isUtf8(line)) throw this.#fail('bad_json', 'A line is not UTF-8. Send JSON in UTF-8.');
    const end = line[line.length - 1] === CARRIAGE_RETURN ? line.length - 1 : line.length;
    return line.toString('utf8', 0, end);
  }

  #fail(code: 'line_too_long' | 'bad_json', message?: string): ParleyError {
    this.#held = NOTHING;
    this.#length = 0;
    return (this.#failed = new ParleyError(code, message));
  }
}
