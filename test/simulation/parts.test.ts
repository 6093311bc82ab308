import { describe, expect, test } from '@jest/globals';
import { entryId, toWire, type Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { entrySize } from './by-reference.js';
import { Disk } from './disk.js';
import { Random } from './random.js';
import { Schedule } from './schedule.js';

const CONVERSATION = '#general' as ConversationId;
const DEVICE = 'a'.repeat(22) as DeviceId;

/** A chain of entries. */
function chain(count: number): Entry[] {
  let prev: EntryId | '' = '';
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(i).toISOString();
    const from = 'alice' as Username;
    const place = { conversation: CONVERSATION, from, device: DEVICE, seq: i + 1, prev, time };
    const fields = { ...place, kind: 'text', message: `${i}`, data: {} };
    const entry = { ...fields, id: entryId(fields), sig: 's'.repeat(86) };
    prev = entry.id;
    return entry;
  });
}

describe('simulated time', () => {
  test('runs what is due by time, then by the order of asking; what is for now comes first', () => {
    const schedule = new Schedule();
    const done: string[] = [];
    for (const [ms, name] of [
      [5, 'e'],
      [1, 'b'],
      [5, 'f'],
      [3, 'd'],
      [1, 'c'],
    ] as const)
      schedule.after(ms, () => done.push(name));
    schedule.cancel(schedule.after(2, () => done.push('never')));
    schedule.soon(() => done.push('a'));
    for (let run = schedule.next(4); run; run = schedule.next(4)) run();
    expect(done.join('')).toBe('abcd');
    expect(schedule.now).toBe(3);
    for (let run = schedule.next(); run; run = schedule.next()) run();
    expect(done.join('')).toBe('abcdef');
  });

  test('keeps its order among thousands', () => {
    const schedule = new Schedule();
    const random = new Random(1);
    const times: number[] = [];
    for (let i = 0; i < 5_000; i++) schedule.after(random.int(500), () => times.push(schedule.now));
    for (let run = schedule.next(); run; run = schedule.next()) run();
    expect(times).toHaveLength(5_000);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('chance', () => {
  test('is the same for the same seed, spread evenly, and picks without repeating', () => {
    const take = (seed: number): number[] => Array.from({ length: 1_000 }, new Random(seed).next);
    expect(take(3)).toEqual(take(3));
    expect(take(3)).not.toEqual(take(4));
    const mean = take(5).reduce((sum, n) => sum + n, 0) / 1_000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
    const sample = new Random(1).sample([1, 2, 3, 4, 5, 6], 4);
    expect(new Set(sample).size).toBe(4);
  });
});

describe('the simulated disk', () => {
  function disk(): { disk: Disk; wrong: string[]; syncs: (() => void)[] } {
    const [wrong, syncs]: [string[], (() => void)[]] = [[], []];
    const made = new Disk({ later: (done) => syncs.push(done), writing: () => {}, wrong: (what) => wrong.push(what) });
    return { disk: made, wrong, syncs };
  }
  const marks = new Map<string, EntryId>();

  test('keeps what was synced; of the rest, a power failure takes any number of the last transactions', () => {
    const { disk: made, syncs, wrong } = disk();
    const entries = chain(4);
    made.write(entries.slice(0, 1), marks);
    made.sync(() => {});
    expect(made.durable(CONVERSATION, DEVICE)).toBe(0);
    syncs[0]?.();
    expect(made.durable(CONVERSATION, DEVICE)).toBe(1);
    for (const entry of entries.slice(1)) made.write([entry], marks);
    made.powerFails((transactions) => transactions - 2);
    expect(made.length(CONVERSATION, DEVICE)).toBe(2);
    expect(made.durable(CONVERSATION, DEVICE)).toBe(2);
    expect(made.newest(CONVERSATION)?.time).toBe(1);
    made.write(entries.slice(2), marks);
    expect(wrong).toEqual([]);
  });

  test('after a kill the system still has all that was written', () => {
    const { disk: made } = disk();
    made.write(chain(3), marks);
    made.reopen();
    expect(made.durable(CONVERSATION, DEVICE)).toBe(3);
  });

  test('says when a gap or a broken chain is written', () => {
    const { disk: made, wrong } = disk();
    const [first, , third] = chain(3);
    if (!first || !third) throw new Error('bug: no entries');
    made.write([first, third], marks);
    expect(wrong.join()).toMatch(/gap.*broken chain/);
  });

  test('a full disk takes nothing', () => {
    const { disk: made } = disk();
    made.full = true;
    expect(() => made.write(chain(1), marks)).toThrow(expect.objectContaining({ code: 'storage_full' }));
    expect(made.count).toBe(0);
  });
});

test('the size of an entry is about that of its text', () => {
  for (const entry of chain(3)) {
    const { length } = `${JSON.stringify(toWire(entry))}\n`;
    expect(Math.abs(entrySize(entry) / length - 1)).toBeLessThan(0.05);
  }
});
