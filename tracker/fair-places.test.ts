import { expect, test } from '@jest/globals';
import { FairPlaces } from './fair-places.js';

/** As many as one gets that takes all it can. */
function fill(places: FairPlaces, from: string): (() => void)[] {
  const taken: (() => void)[] = [];
  for (let leave = places.take(from); leave; leave = places.take(from)) taken.push(leave);
  return taken;
}

test('one that takes all it can leaves a fifth to others, and few leave something to the next', () => {
  const places = new FairPlaces(20_000);
  expect(fill(places, 'a').length).toBe(16_000);
  expect(fill(places, 'b').length).toBeGreaterThan(3_000);
  for (const from of ['c', 'd']) expect(fill(places, from).length).toBeGreaterThan(0);
  expect(places.take('somebody')).toBeDefined();
});

test('what is given back is free again, and the bound is never passed', () => {
  const places = new FairPlaces(10);
  const taken = fill(places, 'a');
  expect(taken.length).toBe(8);
  taken.pop()?.();
  expect(places.take('a')).toBeDefined();
  const all = ['b', 'c', 'd', 'e'].flatMap((from) => fill(places, from));
  expect(8 + all.length).toBe(10);
  for (const leave of [...taken, ...all]) leave();
  expect(fill(places, 'f').length).toBeGreaterThan(6);
});
