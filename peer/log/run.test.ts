/** What entries count while they wait in memory for a signature. */
import { describe, expect, test } from '@jest/globals';
import type { Entry, EntryData } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { UNPROVEN_BYTES_MAX, UNSIGNED_BYTES_MAX } from '../../protocol/limits.js';
import { runCost } from '../../protocol/signed-runs.js';
import { Run } from './run.js';

const CONVERSATION = '#general' as ConversationId;
const DEVICE = 'd'.repeat(22) as DeviceId;

function entry(seq: number, data: EntryData): Entry {
  const ids = { id: `${seq}` as EntryId, prev: `${seq - 1}` as EntryId };
  const time = '2026-11-20T12:00:00.000Z';
  return {
    ...{ ...ids, conversation: CONVERSATION, from: 'alice' as Username, device: DEVICE },
    ...{ seq, time, kind: 'text', message: '', data },
  };
}

/** About 32 KiB of text each; how many times as large it is at least once it is parsed, halved. */
const shapes: Record<string, [unknown, number]> = {
  'empty objects': [Array.from({ length: 10_000 }, () => ({})), 10],
  'empty lists': [Array.from({ length: 10_000 }, () => []), 6],
  'lists in lists': [Array.from({ length: 2_200 }, () => [[[[[[]]]]]]), 12],
  'lists in lists without others beside them': [[[[[[[]]]]]], 1],
  'members with short names': [Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [i.toString(36), 0])), 4],
  numbers: [Array.from({ length: 16_000 }, () => 1), 2],
};

describe.each(Object.entries(shapes))('data of %s', (_name, [a, times]) => {
  const data = { a };
  const text = runCost({ message: '', data });

  test('counts by what it takes in memory, and a whole piece of it is within the bound of a link', () => {
    const run = new Run(1, CONVERSATION, DEVICE);
    const length = Math.floor(UNSIGNED_BYTES_MAX / text);
    for (let seq = 1; seq <= length; seq++) run.push(entry(seq, data));
    expect(run.tail.bytes).toBeGreaterThan(times * length * text);
    expect(run.tail.bytes).toBeLessThanOrEqual(UNPROVEN_BYTES_MAX);
    run.shift(1);
    run.keep(1);
    expect(run.tail).toEqual({ entries: 1, bytes: expect.any(Number) });
    expect(run.tail.bytes).toBeGreaterThan(times * text);
    run.keep(0);
    expect(run.tail).toEqual({ entries: 0, bytes: 0 });
  });

  test('counts nothing as unsigned once a signature follows it', () => {
    const run = new Run(1, CONVERSATION, DEVICE);
    run.push(entry(1, data));
    run.push({ ...entry(2, data), sig: 's' });
    expect([run.tail, run.signedBytes > 2 * times * text]).toEqual([{ entries: 0, bytes: 0 }, true]);
  });
});
