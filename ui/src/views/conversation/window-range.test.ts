import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BEYOND, Heights, edgeOf, isNarrow, isTooLow, offsetsOf, piecesOf, rangeOf, rowAt } from './window-range.js';

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ key: String(i + from) }));
const guessing = () => new Heights<{ key: string }>(() => 30);
const measured = (heights: readonly number[]) => {
  const known = guessing();
  heights.forEach((height, i) => known.measured(String(i), height));
  return known;
};

describe('heights', () => {
  test('are guessed, and a guess stays until the row is measured', () => {
    const heights = guessing();
    expect(heights.of({ key: 'new' })).toBe(30);
    expect(heights.of({ key: 'other' })).toBe(30);
    heights.measured('other', 60);
    expect(heights.of({ key: 'new' })).toBe(30);
    heights.measured('new', 70);
    expect(heights.of({ key: 'new' })).toBe(70);
  });

  test('are guessed better by what was measured', () => {
    const heights = guessing();
    heights.of({ key: 'one' });
    heights.measured('one', 60);
    expect(heights.of({ key: 'two' })).toBe(60);
  });

  test('of rows that are gone are forgotten', () => {
    const heights = guessing();
    for (const row of rows(5000)) heights.of(row);
    for (const { key } of rows(5000)) heights.measured(key, Number(key) === 4000 ? 700 : 7);
    heights.prune(rows(10));
    expect(heights.of({ key: '5' })).toBe(7);
    expect(heights.of({ key: '4000' })).toBeLessThan(10);
  });

  test('add up to offsets', () => {
    expect([...offsetsOf(rows(3), measured([10, 20, 30]))]).toEqual([0, 10, 30, 60]);
    expect([...offsetsOf([], guessing())]).toEqual([0]);
  });
});

test('an offset lies in the row that holds it, and beyond the ends in the nearest', () => {
  const offsets = offsetsOf(rows(3), measured([10, 20, 30]));
  expect([-5, 0, 9, 10, 29, 30, 59, 60, 999].map((at) => rowAt(offsets, at))).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 2]);
  expect(rowAt(offsetsOf([], guessing()), 5)).toBe(0);
});

const tall = measured(Array.from({ length: 1000 }, () => 100));
const offsets = offsetsOf(rows(1000), tall);

describe('the range', () => {
  const about = (all: { key: string }[], held: { key: string; top: number }[]) => {
    const places = offsetsOf(all, tall);
    return rangeOf(places, edgeOf(all, places, held), 800);
  };

  test('ends with the newest row where none is held, or all held ones are gone', () => {
    const newest = { start: 1000 - 8 - BEYOND / 100, end: 1000 };
    expect(about(rows(1000), [])).toEqual(newest);
    expect(about(rows(1000), [{ key: 'gone', top: 0 }])).toEqual(newest);
    expect(about([], [])).toEqual({ start: 0, end: 0 });
  });

  test('lies about the first held row that is there, also when rows are added above', () => {
    const held = [
      { key: 'gone', top: -90 },
      { key: '500', top: -50 },
    ];
    expect(about(rows(1000), held)).toEqual({ start: 491, end: 518 });
    expect(about(rows(1050, -50), held)).toEqual({ start: 541, end: 568 });
  });

  test('has a bound however low the rows are', () => {
    const flat = offsetsOf(rows(5000), measured(Array.from({ length: 5000 }, () => 1)));
    const { start, end } = rangeOf(flat, 3000, 800);
    expect(end - start).toBeLessThan(200);
  });

  test('is narrow once an edge comes near, but not at the ends of what is loaded', () => {
    const range = rangeOf(offsets, 50_000, 800);
    expect(isNarrow(range, offsets, 50_000, 800)).toBe(false);
    expect(isNarrow(range, offsets, 49_500, 800)).toBe(true);
    expect(isNarrow(range, offsets, 50_500, 800)).toBe(true);
    expect(isNarrow(rangeOf(offsets, 0, 800), offsets, 0, 800)).toBe(false);
    expect(isNarrow(rangeOf(offsets, undefined, 800), offsets, 100_000 - 800, 800)).toBe(false);
  });
});

test('pieces are all rows once, drawn or as room, with the kept one among the drawn', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 }),
      fc.nat(60),
      fc.nat(60),
      fc.integer({ min: -1, max: 59 }),
      (heights, a, b, wanted) => {
        const all = rows(heights.length);
        const kept = Math.min(wanted, heights.length - 1);
        const [start, end] = [Math.min(a, b), Math.max(a, b)].map((at) => Math.min(at, heights.length));
        const places = offsetsOf(all, measured(heights));
        const pieces = piecesOf(all, places, { start: start ?? 0, end: end ?? 0 }, kept);
        const spans = pieces.map((piece) =>
          'row' in piece ? [Number(piece.row.key), Number(piece.row.key) + 1] : [piece.start, piece.end],
        );
        expect(spans.flatMap(([from = 0, to = 0]) => all.slice(from, to))).toEqual(all);
        for (const piece of pieces) {
          if (!('row' in piece)) expect(piece.room).toBe((places[piece.end] ?? 0) - (places[piece.start] ?? 0));
        }
        if (kept >= 0) expect(pieces.some((piece) => 'row' in piece && piece.row.key === String(kept))).toBe(true);
        expect(new Set(pieces.map((piece) => ('row' in piece ? piece.row.key : piece.key))).size).toBe(pieces.length);
      },
    ),
  );
});

describe('rows that are lower than was guessed', () => {
  const low = (end: number) => measured(Array.from({ length: end }, () => 10));

  test('leave room in what can be seen, until more are drawn', () => {
    const list = rows(100);
    const heights = guessing();
    let range = rangeOf(offsetsOf(list, heights), undefined, 600, 60);
    expect(isTooLow(list, heights, range, 600)).toBe(false);
    for (const { key } of list.slice(range.start)) heights.measured(key, 20);
    expect(isTooLow(list, heights, range, 600)).toBe(true);
    for (let drawings = 1; isTooLow(list, heights, range, 600); drawings++) {
      expect(drawings).toBeLessThan(4);
      range = rangeOf(offsetsOf(list, heights), undefined, 600, 60);
      for (const { key } of list.slice(range.start)) heights.measured(key, 20);
    }
    expect(range.end - range.start).toBeGreaterThanOrEqual(30);
  });

  test('are no reason to draw anew where all, or the most, are drawn, or others are looked at', () => {
    expect(isTooLow(rows(10), low(10), { start: 0, end: 10 }, 600)).toBe(false);
    expect(isTooLow(rows(500), low(500), { start: 340, end: 500 }, 6_000)).toBe(false);
    expect(isTooLow(rows(500), low(500), { start: 300, end: 320 }, 600)).toBe(false);
  });
});
