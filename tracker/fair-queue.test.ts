import { expect, test } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

function drained(queue: FairQueue<string>): string[] {
  const all: string[] = [];
  for (let next = queue.next(); next !== undefined; next = queue.next()) all.push(next);
  return all;
}

test('each of those who asked has a turn, and the work of one is done in its order', () => {
  const queue = new FairQueue<string>(10);
  for (const work of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(work.charAt(0), work);
  expect([queue.size, drained(queue), queue.size]).toEqual([6, ['a1', 'b1', 'c1', 'a2', 'c2', 'a3'], 0]);
});

test('who comes back waits behind those who are there', () => {
  const queue = new FairQueue<string>(10);
  for (const work of ['a1', 'b1']) queue.add(work.charAt(0), work);
  expect(queue.next()).toBe('a1');
  queue.add('a', 'a2');
  expect(drained(queue)).toEqual(['b1', 'a2']);
});

test('where it is full the last of whoever has most gives way, and nobody who has as little as the newcomer', () => {
  const queue = new FairQueue<string>(4);
  for (const work of ['a1', 'a2', 'a3', 'b1']) expect(queue.add(work.charAt(0), work)).toBeUndefined();
  expect(queue.add('a', 'a4')).toBe('a4');
  expect(queue.add('c', 'c1')).toBe('a3');
  expect(queue.add('d', 'd1')).toBe('a2');
  expect(queue.add('e', 'e1')).toBe('e1');
  expect(queue.add('b', 'b2')).toBe('b2');
  expect([queue.size, drained(queue)]).toEqual([4, ['a1', 'b1', 'c1', 'd1']]);
});

test('whatever comes, nothing is lost, done twice, or kept beyond the bound', () => {
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const queue = new FairQueue<number>(16);
  const there = new Set<number>();
  for (let n = 0; n < 20_000; n += 1) {
    const isAdded = random(3) > 0;
    const out = isAdded ? queue.add(`from ${random(random(12) + 1)}`, n) : queue.next();
    if (isAdded) there.add(n);
    if (out !== undefined) expect(there.delete(out)).toBe(true);
    else if (!isAdded) expect(there.size).toBe(0);
    expect(queue.size).toBe(there.size);
    expect(queue.size).toBeLessThanOrEqual(16);
  }
});
