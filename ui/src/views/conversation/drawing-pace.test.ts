import { expect, test } from '@jest/globals';
import { LATE_APART_MS } from '../../net/paced-events.js';
import { BEYOND_AT_FIRST, CLOSE_MS, DrawingPace, STILL_MS } from './drawing-pace.js';
import { BEYOND } from './window-range.js';

test('a conversation is opened with what can be seen, and the rest follows', () => {
  const pace = new DrawingPace();
  pace.drawing([], 0);
  expect(pace.beyond(true)).toBe(BEYOND_AT_FIRST);
  expect(pace.still()).toBe(true);
  expect(pace.beyond(true)).toBe(BEYOND);
  expect(pace.still()).toBe(false);
});

test('rows that come one after the other are drawn without what lies beyond, until they stand still', () => {
  const pace = new DrawingPace();
  pace.drawing([], 0);
  pace.still();
  pace.drawing([], STILL_MS);
  expect(pace.hurried).toBe(false);
  pace.drawing([], STILL_MS + CLOSE_MS);
  expect(pace.hurried).toBe(false);
  pace.drawing([], STILL_MS + CLOSE_MS + 16);
  expect(pace.beyond(true)).toBe(BEYOND_AT_FIRST);
  pace.drawing([], 3 * STILL_MS);
  expect(pace.hurried).toBe(false);
});

test('the pause that a page makes in a flood is no end of it', () => {
  const pace = new DrawingPace();
  pace.drawing([], 0);
  pace.drawing([], 50);
  pace.drawing([], 50 + LATE_APART_MS);
  expect(pace.hurried).toBe(true);
  expect(STILL_MS).toBeGreaterThan(LATE_APART_MS);
});

test('drawing the same rows again is no change', () => {
  const pace = new DrawingPace();
  const rows: unknown[] = [];
  pace.drawing(rows, 0);
  pace.still();
  pace.drawing(rows, 1);
  pace.drawing(rows, 2);
  expect(pace.hurried).toBe(false);
});

test('who reads further up has all of it drawn', () => {
  const pace = new DrawingPace();
  pace.drawing([], 0);
  expect(pace.hurried).toBe(true);
  expect(pace.beyond(false)).toBe(BEYOND);
});
