import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareEntries, mergeEntries } from './order.js';
import { entry } from './test-samples.js';

const time = fc.nat(5).map((n) => new Date(n * 1000).toISOString());
const some = fc.array(
  fc.tuple(fc.constantFrom('bob', 'carol'), fc.nat(6)).chain(([from, seq]) =>
    // An entry has one time for ever.
    fc.constant(entry(seq, { from, time: new Date(((seq * 7) % 5) * 1000).toISOString() })),
  ),
  { maxLength: 12 },
);

describe('merging entries', () => {
  test('makes one sorted timeline with each entry once, whatever comes in whichever order', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), (batches) => {
        const merged = batches.reduce(mergeEntries, mergeEntries([], []));
        const ids = new Set(batches.flat().map(({ id }) => id));
        expect(merged.map(({ id }) => id).sort()).toEqual([...ids].sort());
        expect([...merged].sort(compareEntries)).toEqual(merged);
        const reversed = [...batches].reverse().reduce(mergeEntries, mergeEntries([], []));
        expect(reversed).toEqual(merged);
      }),
    );
  });

  test('replaces an entry by its newer view', () => {
    const merged = mergeEntries([entry(1), entry(2)], [entry(1, { message: '', state: 'read' })]);
    expect(merged.map(({ message }) => message)).toEqual(['', 'message 2']);
  });

  test('answers the same array when nothing came', () => {
    const known = [entry(1)];
    expect(mergeEntries(known, [])).toBe(known);
  });

  test('orders by time, then device, then seq', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        const order = compareEntries(entry(1, { time: a }), entry(1, { time: b, device: 'zzz' }));
        expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : -1);
      }),
    );
    expect(compareEntries(entry(2), { ...entry(2), seq: 10 })).toBeLessThan(0);
    expect(compareEntries(entry(2), entry(2))).toBe(0);
  });
});
