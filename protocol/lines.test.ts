import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isParleyError } from './errors.js';
import { LINE_MAX } from './limits.js';
import { LineSplitter } from './lines.js';

interface Outcome {
  lines: string[];
  error: string | undefined;
}

/** What a splitter makes of these pieces: lines, then at most one error. */
function split(pieces: Uint8Array[], maxBytes = 64): Outcome {
  const splitter = new LineSplitter(maxBytes);
  const lines: string[] = [];
  try {
    for (const piece of pieces) for (const line of splitter.push(piece)) lines.push(line);
  } catch (error) {
    if (!isParleyError(error)) throw error;
    return { lines, error: error.code };
  }
  return { lines, error: undefined };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

function cut(all: Uint8Array, at: number[]): Uint8Array[] {
  const ends = [...new Set(at.map((n) => n % (all.length + 1))), all.length].sort((a, b) => a - b);
  return ends.map((end, index) => all.subarray(ends[index - 1] ?? 0, end));
}

describe('lines', () => {
  test('one, several, none, empty ones, and carriage returns', () => {
    expect(split([bytes('a\nb\r\n\n\r\nc\n')]).lines).toEqual(['a', 'b', 'c']);
    expect(split([bytes('no end yet')]).lines).toEqual([]);
    expect(split([bytes('no end'), bytes(' yet\n')]).lines).toEqual(['no end yet']);
    expect(split([bytes('a\r'), bytes('\nb'), bytes('\n')]).lines).toEqual(['a', 'b']);
  });

  test('a character that is cut in two arrives complete', () => {
    const all = bytes('{"m":"سلام 👋"}\n');
    for (let at = 0; at <= all.length; at++) {
      expect(split([all.subarray(0, at), all.subarray(at)]).lines).toEqual(['{"m":"سلام 👋"}']);
    }
  });

  test('the limit counts a line without its newline', () => {
    const full = 'x'.repeat(64);
    expect(split([bytes(`${full}\n`)])).toEqual({ lines: [full], error: undefined });
    expect(split([bytes(`a\n${full}x\n`)])).toEqual({ lines: ['a'], error: 'line_too_long' });
    expect(split([bytes(`${full}\n`.repeat(5))])).toEqual({ lines: Array(5).fill(full), error: undefined });
  });

  test('an endless line ends at the limit, however it is cut', () => {
    for (const size of [1, 7, 1000, LINE_MAX, 2 * LINE_MAX]) {
      const splitter = new LineSplitter();
      const piece = Buffer.alloc(size, 'x');
      let taken = 0;
      const feed = (): void => {
        for (;;) {
          for (const line of splitter.push(piece)) throw new Error(`bug: a line of ${line.length}`);
          taken += size;
        }
      };
      expect(feed).toThrow(expect.objectContaining({ code: 'line_too_long' }));
      expect(taken).toBeLessThanOrEqual(LINE_MAX);
      expect(() => [...splitter.push(bytes('\nback to normal?\n'))]).toThrow('longer than 256 KiB');
    }
  });

  test('bytes that are not UTF-8 are refused, after the good lines before them', () => {
    const all = Buffer.concat([bytes('good\n'), Buffer.from([0x22, 0xff, 0x22, 10]), bytes('after\n')]);
    expect(split([all])).toEqual({ lines: ['good'], error: 'bad_json' });
  });

  test('hostile bytes give the same lines and the same error, cut anywhere', () => {
    const part = fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => bytes(text)) },
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\n\n', '\r').map(bytes) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 12 }), (parts, at) => {
        const all = Buffer.concat(parts);
        const whole = split([all]);
        expect(split(cut(all, at))).toEqual(whole);
        expect(split(Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });
});
