import { expect, test } from '@jest/globals';
import { STEP, WINDOW, anchorAbove, anchorBelow, rangeOf } from './window-range.js';

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ key: String(i + from) }));

test('without an anchor the newest rows are shown', () => {
  expect(rangeOf(rows(1000), null)).toEqual({ start: 1000 - WINDOW, end: 1000 });
  expect(rangeOf(rows(10), null)).toEqual({ start: 0, end: 10 });
  expect(rangeOf([], null)).toEqual({ start: 0, end: 0 });
});

test('an anchor keeps its place when rows are added above it, and one that is gone leads to the newest', () => {
  expect(rangeOf(rows(1000), '300')).toEqual({ start: 300, end: 300 + WINDOW });
  expect(rangeOf(rows(1050, -50), '300')).toEqual({ start: 350, end: 350 + WINDOW });
  expect(rangeOf(rows(1000), 'gone')).toEqual({ start: 1000 - WINDOW, end: 1000 });
});

test('walking up reaches the oldest row, walking down the newest, never with more rows than the window has', () => {
  const all = rows(1000);
  let anchor: string | null = null;
  for (let i = 0; i < 1000 / STEP; i++) {
    const range = rangeOf(all, anchor);
    expect(range.end - range.start).toBe(WINDOW);
    anchor = anchorAbove(all, range);
  }
  expect(rangeOf(all, anchor).start).toBe(0);
  for (let i = 0; i < 1000 / STEP; i++) anchor = anchorBelow(all, rangeOf(all, anchor));
  expect(anchor).toBeNull();
});
