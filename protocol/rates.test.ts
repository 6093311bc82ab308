import { describe, expect, test } from '@jest/globals';
import { dueAt, entryCost, nextMark, RATES, type RateMark, type Rates } from './rates.js';

const T0 = Date.parse('2026-11-20T12:00:00.000Z');
const small: Rates = { ...RATES, overhead: 100, burst: 1_000, perMs: 1 };
const at = (ms: number, message = ''): { time: string; message: string; data: object & Record<string, unknown> } => ({
  time: new Date(T0 + ms).toISOString(),
  message,
  data: {},
});
const after = (entries: readonly ReturnType<typeof at>[], rates = small): RateMark => {
  const [first, ...rest] = entries;
  if (!first) throw new Error('bug: no entries');
  return rest.reduce((mark, entry) => nextMark(mark, entry, rates), nextMark(undefined, first, rates));
};

describe('the rate of a log', () => {
  test('counts bytes of UTF-8, of the message and of the data', () => {
    expect(entryCost({ ...at(0, 'đường'), data: { a: '上' } }, small)).toBe(100 + 9 + 11);
  });

  test('takes a burst at once, and the rest when the bucket has room', () => {
    const burst = Array.from({ length: 9 }, () => at(0)); // 102 each
    expect(dueAt(after(burst), small)).toBe(-Infinity);
    expect(dueAt(after([...burst, at(0)]), small)).toBe(T0 + 20);
    expect(dueAt(after([...burst, at(0), at(0)]), small)).toBe(T0 + 122);
  });

  test('takes a history of any length at once whose times keep to the rate, also from a clock that is ahead', () => {
    const year = Array.from({ length: 5_000 }, (_, i) => at(102 * i));
    expect(dueAt(after(year), small)).toBe(-Infinity);
  });

  test('gives nothing for an earlier time, and no lasting delay after a time that was ahead once', () => {
    const flood = Array.from({ length: 20 }, () => at(1_000));
    const back = after([...flood, at(-1_000_000)]);
    expect(back).toEqual(after([...flood, at(1_000)]));
    expect(dueAt(after([at(86_400_000), at(0), at(10)]), small)).toBe(-Infinity);
  });

  test('is generous to people: a pasted megabyte, a bot of five a second for a day, a hundred thousand at once', () => {
    const paste = Array.from({ length: 64 }, () => at(0, 'x'.repeat(16_384)));
    expect(dueAt(after(paste, RATES), RATES)).toBe(-Infinity);
    const bot = Array.from({ length: 5 * 3_600 * 24 }, (_, i) => at(200 * i, 'y'.repeat(100)));
    expect(dueAt(after(bot, RATES), RATES)).toBe(-Infinity);
    const flat = Array.from({ length: 100_000 }, () => at(0, 'z'.repeat(60)));
    expect(dueAt(after(flat, RATES), RATES)).toBe(-Infinity);
  });
});
