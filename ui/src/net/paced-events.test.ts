import { beforeEach, expect, test } from '@jest/globals';
import { APART_MS, DRAWN_WITHIN_MS, LATE_APART_MS, PacedEvents } from './paced-events.js';

let time: number;
let due: { at: number; work: () => void }[];
let told: number[];
let draw: () => void;
let events: PacedEvents<number>;

beforeEach(() => {
  [time, due, told] = [1_000, [], []];
  const later = (work: () => void, ms: number): (() => void) => {
    const timer = { at: time + ms, work };
    due.push(timer);
    return () => void (due = due.filter((other) => other !== timer));
  };
  const drawn = (work: () => void): void => void (draw = work);
  events = new PacedEvents({ now: () => time, later, drawn }, (event) => told.push(event));
});

function pass(ms: number): void {
  time += ms;
  for (const timer of due.filter(({ at }) => at <= time)) timer.work();
}

test('one that comes alone is handed on at once', () => {
  events.push(1);
  expect(told).toEqual([1]);
  pass(APART_MS);
  events.push(2);
  expect(told).toEqual([1, 2]);
  expect(due).toEqual([]);
});

test('those that follow closely come together, in their order, and no later than that', () => {
  events.push(1);
  pass(10);
  events.push(2);
  events.push(3);
  expect(due).toHaveLength(1);
  pass(APART_MS - 11);
  expect(told).toEqual([1]);
  pass(1);
  expect(told).toEqual([1, 2, 3]);
  events.push(4);
  expect(told).toEqual([1, 2, 3]);
  pass(APART_MS);
  expect(told).toEqual([1, 2, 3, 4]);
});

test('nothing overtakes them: they are handed on before what was said after them, once', () => {
  events.push(1);
  events.push(2);
  events.flush();
  expect(told).toEqual([1, 2]);
  pass(APART_MS);
  expect(told).toEqual([1, 2]);
  expect(due).toEqual([]);
});

test('what an event brings about may bring the next one', () => {
  const all: number[] = [];
  const chained = new PacedEvents<number>(
    { now: () => time, later: () => () => undefined, drawn: () => undefined },
    (event) => {
      all.push(event);
      if (event === 1) chained.push(2);
    },
  );
  chained.push(1);
  chained.flush();
  expect(all).toEqual([1, 2]);
});

test('after a drawing that took longer than two frames the next ones wait, from its end on', () => {
  events.push(1);
  time += DRAWN_WITHIN_MS + 1;
  events.push(2);
  draw();
  pass(LATE_APART_MS - 1);
  events.push(3);
  expect(told).toEqual([1]);
  pass(1);
  expect(told).toEqual([1, 2, 3]);
  // This one was quick.
  time += DRAWN_WITHIN_MS;
  draw();
  events.push(4);
  pass(APART_MS - DRAWN_WITHIN_MS);
  expect(told).toEqual([1, 2, 3, 4]);
});

test('one that comes alone after a late drawing waits for nothing once the page was free for so long', () => {
  events.push(1);
  time += 200;
  draw();
  pass(LATE_APART_MS);
  events.push(2);
  expect(told).toEqual([1, 2]);
});

test('a drawing that is told of after the next events were handed on says nothing of those', () => {
  events.push(1);
  const first = draw;
  time += APART_MS;
  events.push(2);
  time += APART_MS;
  first();
  events.push(3);
  expect(told).toEqual([1, 2, 3]);
});
