/** Whom the machine of downloads asks next: by which entry, again when, and what it does not let wait. */
import { describe, expect, test } from '@jest/globals';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import { Bench, ENTRY } from './test-download.js';

const [A, B] = ['a', 'b'] as [DeviceId, DeviceId];
const nothing = { hasManifest: false, has: () => false };

describe('a source that came by a file in some of the conversations that we share', () => {
  const [HERE, THERE] = ['here', 'there'] as [EntryId, EntryId];
  const offered = (entries: EntryId[]): Bench => {
    const bench = new Bench(4, []);
    bench.machine.offer('f', A, entries, 0);
    bench.machine.linkUp(A, 0);
    return bench;
  };
  const refuse = (bench: Bench, entry: EntryId): void => {
    expect(bench.queue(A).shift()).toBe('manifest');
    bench.machine.refused(A, entry, 'manifest', 'not_found', bench.now);
  };

  test('is asked by an entry of each, at once, and of all of them again ever more seldom', () => {
    const bench = offered([HERE, THERE]);
    refuse(bench, HERE);
    refuse(bench, THERE);
    expect(bench.queue(A)).toEqual([]);
    bench.wait(16_000);
    refuse(bench, HERE);
    bench.machine.have('f', A, THERE, () => true, bench.now);
    bench.answer(A);
    bench.finish([A]);
    expect(bench.complete).toBe(true);
  });

  test('is asked by one that was written since as soon as it is here', () => {
    const bench = offered([HERE]);
    refuse(bench, HERE);
    bench.machine.offer('f', A, [HERE, THERE], bench.now);
    bench.machine.have('f', A, THERE, () => true, bench.now);
    bench.answer(A);
    bench.finish([A]);
    expect(bench.complete).toBe(true);
  });

  test('gives a part by each', () => {
    const bench = offered([HERE, THERE]);
    bench.machine.have('f', A, HERE, (n) => n < 2, bench.now);
    bench.answer(A);
    bench.finish([A]);
    expect(bench.machine.get('f')?.left).toBe(2);
    bench.wait(16_000);
    bench.machine.have('f', A, THERE, (n) => n >= 2, bench.now);
    bench.answer(A);
    bench.finish([A]);
    expect(bench.complete).toBe(true);
  });
});

describe('who says, unasked, that there is some', () => {
  const refuse = (bench: Bench): void => {
    expect(bench.queue(A).shift()).toBe('manifest');
    bench.machine.refused(A, ENTRY, 'manifest', 'not_found', bench.now);
  };

  test('and has none is not asked more often than once a second', () => {
    const bench = new Bench(4, [A]);
    refuse(bench);
    bench.machine.have('f', A, ENTRY, () => true, bench.now);
    refuse(bench);
    for (let n = 0; n < 100; n++) bench.machine.have('f', A, ENTRY, () => true, bench.now);
    expect(bench.queue(A)).toEqual([]);
    bench.wait(1_500);
    refuse(bench);
  });

  test('by an entry that they are not asked by, is not heeded', () => {
    const bench = new Bench(4, [A]);
    refuse(bench);
    bench.machine.have('f', A, 'other' as EntryId, () => true, bench.now);
    expect(bench.queue(A)).toEqual([]);
  });
});

describe('files of which nothing comes', () => {
  /** Further files, each of which that device alone may have. */
  function add(bench: Bench, ids: string[], device: DeviceId): void {
    for (const id of ids) {
      bench.machine.add({ sha256: id, size: 4 * FILE_CHUNK }, nothing, bench.now);
      bench.machine.offer(id, device, [ENTRY], bench.now);
    }
    bench.machine.linkUp(device, bench.now);
  }

  test('since who is there has none of them hold up no others', () => {
    const bench = new Bench(4, [A], ['1', '2', '3', '4', '5']);
    bench.machine.limit({ down: 0, atOnce: 2 }, 0);
    add(bench, ['f'], B);
    while (bench.queue(A).length > 0) {
      bench.queue(A).shift();
      bench.machine.refused(A, ENTRY, 'manifest', 'not_found', bench.now);
    }
    bench.ready(B);
    bench.finish([B]);
    expect(bench.complete).toBe(true);
  });

  test('since who gives them is slow hold up no others, and come all the same', () => {
    const bench = new Bench(4, [A], ['1', '2']);
    bench.machine.limit({ down: 0, atOnce: 2 }, 0);
    for (const id of ['1', '2']) bench.ready(A, () => true, id);
    add(bench, ['f'], B);
    expect(bench.queue(B)).toEqual([]);
    bench.wait(31_000);
    bench.ready(B);
    bench.finish([B]);
    expect(bench.complete).toBe(true);
    // At 2 KB a second.
    for (let n = 0; n < 8; n++) {
      bench.wait(525_000);
      expect(bench.said).not.toContain('close a');
      bench.answer(A);
    }
    expect(bench.said).toContain('complete 1');
    expect(bench.said).toContain('complete 2');
  });
});

test('many who send next to nothing do not keep others from being asked, and most of them are put back', () => {
  const slow = Array.from({ length: 30 }, (_, n) => `slow ${n}` as DeviceId);
  const bench = new Bench(400, slow);
  for (const device of slow) bench.ready(device, (n) => n < 200);
  bench.machine.offer('f', B, [ENTRY], bench.now);
  bench.machine.linkUp(B, bench.now);
  bench.ready(B, (n) => n >= 200);
  expect(bench.queue(B)).toEqual([]);
  bench.wait(62_000);
  const closed = bench.closeThem();
  expect(closed.length).toBeGreaterThan(0);
  bench.wait(1_000);
  bench.finish([B]);
  expect(bench.machine.get('f')?.left).toBe(200);
  // Some of them are waited for all the same: they may be all that there is.
  expect(slow.filter((device) => bench.queue(device).length > 0 && !closed.includes(device)).length).toBeGreaterThan(0);
});

test('many who are slow are waited for where nobody else waits', () => {
  const slow = Array.from({ length: 12 }, (_, n) => `slow ${n}` as DeviceId);
  const bench = new Bench(400, slow);
  for (const device of slow) bench.ready(device);
  bench.wait(50_000);
  expect(bench.closeThem()).toEqual([]);
});
