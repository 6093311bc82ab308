import { expect, test } from '@jest/globals';
import { Rounds } from './rounds.js';
import { FakeClock } from './testing/fake-clock.js';

function start(count: number): {
  clock: FakeClock;
  items: Set<number>;
  visits: Map<number, number>;
  rounds: Rounds<number>;
} {
  const clock = new FakeClock();
  const items = new Set(Array.from({ length: count }, (_, at) => at));
  const visits = new Map<number, number>();
  const visit = (item: number): void => void visits.set(item, (visits.get(item) ?? 0) + 1);
  return { clock, items, visits, rounds: new Rounds({ clock, everyMs: 10_000, items, visit }) };
}

test('few are visited together, once in each round', () => {
  const { clock, visits } = start(3);
  clock.advance(9_999);
  expect(visits.size).toBe(0);
  clock.advance(1);
  expect([...visits.values()]).toEqual([1, 1, 1]);
  clock.advance(10_000);
  expect([...visits.values()]).toEqual([2, 2, 2]);
});

test('many are visited a few at a time, each as often', () => {
  const { clock, visits } = start(10_000);
  let seen = 0;
  for (let ms = 0; ms < 60_000; ms += 10) {
    const before = [...visits.values()].reduce((sum, count) => sum + count, 0);
    clock.advance(10);
    seen = [...visits.values()].reduce((sum, count) => sum + count, 0) - before;
    expect(seen).toBeLessThanOrEqual(128);
  }
  expect(visits.size).toBe(10_000);
  expect(Math.min(...visits.values())).toBeGreaterThanOrEqual(4);
  expect(Math.max(...visits.values())).toBeLessThanOrEqual(6);
});

test.each([1, 127, 128, 129, 256])('each of %d is visited once in each round', (count) => {
  const { clock, visits } = start(count);
  // The first ones begin together, after a whole round.
  clock.advance(26_000);
  visits.clear();
  clock.advance(30_000);
  expect([Math.min(...visits.values()), Math.max(...visits.values()), visits.size]).toEqual([3, 3, count]);
});

test('who has gone is not visited, and who has come is', () => {
  const { clock, items, visits, rounds } = start(300);
  clock.advance(10_000);
  items.delete(299);
  items.add(1_000);
  clock.advance(10_000);
  expect(visits.has(299)).toBe(false);
  expect(visits.has(1_000)).toBe(true);
  rounds.stop();
  expect(clock.pending).toBe(0);
});
