import { expect, test } from '@jest/globals';
import { readingOf, type ReadingInput } from './reading.js';
import type { Row } from './rows.js';
import { entry } from './test-samples.js';

const id = (seq: number): string => entry(seq).id;
const rows: readonly Row[] = [
  { kind: 'day', key: 'day', time: entry(1).time },
  { kind: 'message', key: id(1), entry: entry(1), first: true },
  { kind: 'unread', key: 'unread' },
  { kind: 'message', key: id(2), entry: entry(2), first: true },
  { kind: 'album', key: id(3), entries: [entry(3), entry(4)], first: true },
  { kind: 'notices', key: 'from', entries: [entry(5), entry(6)] },
  { kind: 'message', key: id(7), entry: entry(7), first: true },
  { kind: 'day', key: 'next day', time: entry(8).time },
  { kind: 'message', key: id(8), entry: entry(8), first: true },
];
const reading = (from: number, to: number, more: Partial<ReadingInput> = {}) =>
  readingOf({ rows, view: { from, to }, readUpTo: id(1), more: true, attached: false, self: 'alice', ...more });

test('reading goes on to the last row that is seen to its end, with all that stands in it', () => {
  expect(reading(1, 3)).toEqual({ attached: true, upTo: id(2) });
  expect(reading(3, 4)).toEqual({ attached: true, upTo: id(4) });
  expect(reading(3, 5)).toEqual({ attached: true, upTo: id(6) });
  expect(reading(2, 7)).toEqual({ attached: true, upTo: id(7) });
});

test('it does not go back, nor on where nothing new is seen', () => {
  expect(reading(0, 2)).toEqual({ attached: true });
  expect(reading(0, 1, { readUpTo: id(7) })).toEqual({ attached: true });
});

test('what was scrolled past is read, what was jumped over is not', () => {
  expect(reading(6, 8)).toEqual({ attached: false });
  expect(reading(6, 8, { attached: true })).toEqual({ attached: true, upTo: id(8) });
});

test('own messages above the first unread one are no gap', () => {
  const own: Row = { kind: 'message', key: id(9), entry: entry(9, { from: 'Alice' }), first: true };
  const first = [...rows.slice(0, 2), own, own, ...rows.slice(2)];
  expect(reading(4, 5, { rows: first })).toEqual({ attached: true, upTo: id(2) });
});

test('where what was read is not loaded, nothing is known; where nothing ever was, all of the beginning counts', () => {
  expect(reading(0, 8, { readUpTo: 'x' })).toEqual({ attached: false });
  expect(reading(0, 8, { readUpTo: 'x', more: false, attached: true })).toEqual({ attached: false });
  const none = { readUpTo: undefined };
  expect(reading(0, 3, none)).toEqual({ attached: false });
  expect(reading(0, 3, { ...none, more: false })).toEqual({ attached: true, upTo: id(2) });
  expect(reading(4, 6, { ...none, more: false })).toEqual({ attached: false });
});
