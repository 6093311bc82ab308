import { describe, expect, test } from '@jest/globals';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import { Bench, ENTRY } from './test-download.js';

const [A, B, C] = ['a', 'b', 'c'] as [DeviceId, DeviceId, DeviceId];

test('all chunks of one source are asked in order, at most so many at once, and nothing twice', () => {
  const bench = new Bench(40, [A]);
  bench.ready(A);
  const order: unknown[] = [];
  for (let next = bench.answer(A); next !== undefined; next = bench.answer(A)) {
    order.push(next);
    expect(bench.queue(A).length).toBeLessThanOrEqual(16);
  }
  expect(order).toEqual([...Array(40).keys()]);
  expect(bench.complete).toBe(true);
});

describe('how many are under way', () => {
  /** The most, of a file that comes over that way. @param first until the list of hashes, and the first chunk, begins to come; milliseconds */
  const most = (delayMs: number, carryMs: number, first = delayMs): number => {
    const bench = new Bench(300, [A]);
    bench.machine.have('f', A, ENTRY, () => true, bench.now);
    for (let late = 0; late < 2; late++) bench.carry(A, first, carryMs);
    let most = 0;
    while (bench.carry(A, delayMs, carryMs) !== undefined) most = Math.max(most, bench.queue(A).length);
    expect(bench.complete).toBe(true);
    return most;
  };

  test('is as many as the way takes: few to a neighbour, more to who is far and fast, never more than may be', () => {
    expect(most(1, 10)).toBe(1);
    expect(most(60, 10)).toBeGreaterThan(6);
    expect(most(5_000, 10)).toBe(16);
  });

  test('is more than one to who is as far away as a chunk takes', () => {
    expect(most(80, 90)).toBeGreaterThanOrEqual(2);
  });

  test('is no more to a neighbour who took long to answer at first, as all do that have just begun', () => {
    expect(most(1, 10, 70)).toBe(1);
  });

  test('is no more than is written here in that time, however fast it is read', () => {
    const bench = new Bench(300, [A]);
    bench.machine.have('f', A, ENTRY, () => true, bench.now);
    bench.carry(A, 20, 2);
    let most = 0;
    while (bench.carry(A, 20, 2) !== undefined) {
      // It is read only when the one before was written.
      bench.now += 100;
      most = Math.max(most, bench.queue(A).length);
    }
    expect(most).toBe(1);
  });

  test('is one more just before one is here: little is lost with this process', () => {
    const bench = new Bench(40, [A]);
    bench.machine.have('f', A, ENTRY, () => true, bench.now);
    for (let next = -1; next < 4; next++) bench.carry(A, 1, 10);
    for (let next = 4; next < 39; next++) {
      expect(bench.queue(A)).toEqual([next]);
      bench.machine.nearlyHere(A, bench.now);
      expect(bench.queue(A)).toEqual([next, next + 1]);
      bench.answer(A);
    }
    bench.answer(A);
    expect(bench.complete).toBe(true);
  });
});

test('what is here and not written yet counts as under way, so that a slow disk is not asked for more', () => {
  const bench = new Bench(40, [A]);
  bench.ready(A);
  const arrived = [];
  while (bench.queue(A).shift() !== undefined) arrived.push(bench.machine.arrived(A, (bench.now += 10)));
  expect(arrived.length).toBeLessThanOrEqual(4);
  for (const arrival of arrived) bench.machine.taken(arrival, 'ok', (bench.now += 10));
  bench.finish([A]);
  expect(bench.complete).toBe(true);
});

test('an empty file needs the list of its hashes alone', () => {
  const bench = new Bench(0, [A]);
  bench.ready(A);
  expect(bench.complete).toBe(true);
});

test('sources without the whole complete each other', () => {
  const bench = new Bench(20, [A, B]);
  bench.ready(A, (n) => n < 12);
  bench.ready(B, (n) => n >= 8);
  bench.finish([A, B]);
  expect(bench.complete).toBe(true);
});

describe('a source that', () => {
  test('vanishes is replaced, and what it was asked for is asked of others', () => {
    const bench = new Bench(10, [A, B]);
    bench.ready(A);
    bench.ready(B);
    bench.machine.gone(A, bench.now);
    bench.asked.delete(A);
    bench.finish([B]);
    expect(bench.complete).toBe(true);
  });

  test('loses its link is connected again, asked anew, and gives the rest', () => {
    const bench = new Bench(10, [A]);
    bench.ready(A);
    bench.answer(A);
    bench.machine.linkDown(A, bench.now);
    bench.asked.delete(A);
    expect(bench.said).toContain('connect a');
    bench.machine.linkUp(A, bench.now);
    bench.ready(A);
    bench.finish([A]);
    expect(bench.complete).toBe(true);
  });

  test('stops is not waited for at the end: others are asked, and it is told not to send', () => {
    const bench = new Bench(8, [A, B]);
    bench.ready(A);
    bench.ready(B);
    expect(bench.queue(A).length).toBeGreaterThan(0);
    for (let i = 0; i < 40 && !bench.complete; i++) {
      bench.finish([B]);
      bench.wait(1_000);
    }
    expect(bench.complete).toBe(true);
    expect(bench.said.some((line) => line.startsWith('cancel a'))).toBe(true);
  });

  test('takes longer than a minute for a chunk that another has is left', () => {
    const bench = new Bench(200, [A, B]);
    bench.ready(A);
    bench.ready(B);
    bench.wait(61_000);
    expect(bench.said).toContain('close a');
  });

  test('is slow, and the only one, is waited for; but not for ever', () => {
    const bench = new Bench(2, [A]);
    bench.ready(A);
    bench.wait(300_000);
    expect(bench.said).not.toContain('close a');
    bench.wait(601_000);
    expect(bench.said).toContain('close a');
  });

  test('lies is named, and after a second time left alone, also by what it was asked for already', () => {
    const bench = new Bench(12, [A, B]);
    bench.ready(A);
    bench.ready(B);
    const first = bench.answer(A, 'wrong');
    expect(bench.said).toContain('lied f a');
    expect(bench.queue(A)).not.toContain(first);
    bench.answer(A, 'wrong');
    const before = bench.queue(A).length;
    bench.finish([B]);
    bench.finish([A, B]);
    expect(bench.said.filter((line) => line.startsWith('cancel a')).length).toBe(before);
    expect(bench.complete).toBe(true);
  });

  test('lies about the list of hashes twice is asked for nothing', () => {
    const bench = new Bench(4, [A]);
    bench.answer(A, 'wrong');
    bench.wait(20_000);
    bench.answer(A, 'wrong');
    bench.wait(3_600_000);
    expect(bench.queue(A)).toEqual([]);
    expect(bench.said.filter((line) => line === 'lied f a')).toHaveLength(2);
  });

  test('has nothing is asked again, ever more seldom; and at once when it says that it has some', () => {
    const bench = new Bench(4, [A]);
    const refuse = (): void => {
      expect(bench.queue(A).shift()).toBe('manifest');
      bench.machine.refused(A, ENTRY, 'manifest', 'not_found', bench.now);
    };
    refuse();
    expect(bench.queue(A)).toEqual([]);
    bench.wait(16_000);
    refuse();
    bench.wait(7_000);
    expect(bench.queue(A)).toEqual([]);
    bench.machine.have('f', A, ENTRY, () => true, bench.now);
    expect(bench.queue(A)).toEqual(['manifest']);
  });

  test('answers what was not asked breaks the rules', () => {
    const bench = new Bench(4, [A]);
    bench.ready(A);
    expect(bench.machine.expects(A, ENTRY, 3)).toBeUndefined();
    expect(bench.machine.expects(A, 'x' as EntryId, 0)).toBeUndefined();
    expect(bench.machine.expects(C, ENTRY, 0)).toBeUndefined();
    expect(bench.machine.expects(A, ENTRY, 0)).toBeDefined();
    expect(() => bench.machine.refused(A, ENTRY, 2, 'not_found', bench.now)).toThrow();
    expect(() => bench.machine.arrived(C, bench.now)).toThrow();
  });
});

test('what had not left when the chunk came from elsewhere has no answer that is waited for', () => {
  const bench = new Bench(8, [A, B]);
  bench.unsent.add(A);
  bench.ready(A);
  bench.ready(B);
  for (let i = 0; i < 40 && !bench.complete; i++) {
    bench.finish([B]);
    bench.wait(1_000);
  }
  expect(bench.said.some((line) => line.startsWith('cancel a'))).toBe(true);
  bench.machine.add({ sha256: 'g', size: FILE_CHUNK }, { hasManifest: true, has: () => false }, bench.now);
  bench.machine.offer('g', A, [ENTRY], bench.now);
  expect(bench.queue(A)).toEqual(['manifest']);
  bench.ready(A, () => true, 'g');
  bench.answer(A);
  expect(bench.said).toContain('complete g');
});

test('a second answer is thrown away as soon as there is a first; where that is wrong, the chunk is asked for again', () => {
  const bench = new Bench(2, [A, B]);
  bench.ready(A);
  bench.ready(B);
  const late = bench.queue(A)[0];
  for (let i = 0; i < 40 && !bench.queue(B).includes(late ?? 'manifest'); i++) {
    if (bench.queue(B).length > 0) bench.answer(B);
    bench.wait(1_000);
  }
  const arrivals = [bench.machine.arrived(A, bench.now), bench.machine.arrived(B, bench.now)] as const;
  for (const device of [A, B]) bench.queue(device).shift();
  expect(arrivals.map(({ id, chunk }) => [id, chunk])).toEqual([
    ['f', late],
    [undefined, late],
  ]);
  bench.machine.taken(arrivals[0], 'wrong', bench.now);
  expect([bench.queue(A), bench.queue(B)]).toEqual([[], [late]]);
  bench.answer(B);
  expect(bench.complete).toBe(true);
});

test('a chunk that could not be written is asked for again', () => {
  const bench = new Bench(3, [A]);
  bench.ready(A);
  expect(bench.answer(A, 'failed')).toBe(0);
  bench.finish([A]);
  expect(bench.complete).toBe(true);
});

test('two files share a source by turns', () => {
  const bench = new Bench(30, [A], ['f', 'g']);
  bench.machine.have('f', A, ENTRY, () => true, 0);
  bench.machine.have('g', A, ENTRY, () => true, 0);
  bench.answer(A);
  bench.answer(A);
  for (let i = 0; i < 20; i++) bench.answer(A);
  const left = ['f', 'g'].map((id) => bench.machine.get(id)?.left ?? 0);
  expect(Math.abs((left[0] ?? 0) - (left[1] ?? 0))).toBeLessThanOrEqual(4);
});

test('a limit of speed and of files at once is kept', () => {
  const bench = new Bench(30, [A], ['f', 'g']);
  bench.machine.limit({ down: 2 * FILE_CHUNK, atOnce: 1 }, 0);
  bench.machine.have('f', A, ENTRY, () => true, 0);
  bench.answer(A);
  if (bench.queue(A)[0] === 'manifest') bench.answer(A);
  for (let second = 0; second < 5; second++) {
    bench.finish([A]);
    bench.wait(1_000);
  }
  const done = 30 - (bench.machine.get('f')?.left ?? 0);
  expect(done).toBeGreaterThan(4);
  expect(done).toBeLessThanOrEqual(16);
  expect(bench.machine.get('g')?.left).toBe(30);
});

test('what was cancelled is thrown away when it comes all the same', () => {
  const bench = new Bench(12, [A]);
  bench.machine.have('f', A, ENTRY, () => true, bench.now);
  for (let next = -1; next < 4; next++) bench.carry(A, 1, 10);
  bench.machine.nearlyHere(A, bench.now);
  bench.machine.remove('f', bench.now);
  expect(bench.said.filter((line) => line.startsWith('cancel'))).toHaveLength(2);
  expect(bench.machine.expects(A, ENTRY, 4)).toBeDefined();
  expect(bench.machine.arrived(A, bench.now).id).toBeUndefined();
  bench.machine.refused(A, ENTRY, 5, 'cancelled', bench.now);
  expect(bench.machine.isAsked(A)).toBe(false);
});
