/** What becomes of posts between the moment that they are let in and the transaction. */
import { beforeEach, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { Committer } from './commit.js';
import { MemoryStorage } from './test-storage.js';

const GENERAL = '#general' as ConversationId;
const NOW = Date.UTC(2026, 10, 20, 12);
const YEAR = 365 * 24 * 3_600_000;

let now: number;
let soon: (() => void)[];
let syncs: (() => void)[];
let told: string[];
let committer: Committer;

const author = {
  ...{ username: 'alice' as Username, device: 'd'.repeat(22) as DeviceId },
  sign: (_: EntryId) => 'sig',
  isProvable: (time: number) => time <= NOW + YEAR / 12,
};
const turn = (queue: (() => void)[]): void => queue.splice(0).forEach((callback) => callback());

beforeEach(() => {
  [now, soon, syncs, told] = [NOW, [], [], []];
  const storage = new MemoryStorage((done) => void syncs.push(done));
  const clock = { now: () => now, soon: (callback: () => void) => void soon.push(callback) };
  const out = {
    added: (_: ConversationId, entries: readonly Entry[]) => void told.push(...entries.map(({ message }) => message)),
    durable: () => void told.push('durable'),
    forked: () => {},
    storage: () => {},
  };
  const buckets = { took: () => {}, unsaved: () => undefined, saved: () => {} };
  committer = new Committer(author, storage, clock, out, buckets, () => {});
});

/** The first entry of another device. */
function others(message: string): Entry {
  const fields = { conversation: GENERAL, from: 'bob' as Username, device: 'b'.repeat(22) as DeviceId, seq: 1 };
  const time = new Date(NOW).toISOString();
  return { ...fields, prev: '', time, kind: 'text', message, data: {}, id: 'i'.repeat(43) as EntryId, sig: 'sig' };
}

test('what others wrote is told before the sync is begun, and is durable only after it', () => {
  committer.accept([others('one')]);
  turn(soon);
  expect([told, syncs.length]).toEqual([['one'], 0]);
  turn(soon);
  expect([told, syncs.length]).toEqual([['one'], 1]);
  turn(syncs);
  expect(told).toEqual(['one', 'durable']);
});

test('once it is closed no sync is begun, and nothing more is told', () => {
  committer.accept([others('one')]);
  turn(soon);
  committer.close();
  turn(soon);
  expect([told, syncs.length]).toEqual([['one'], 0]);
});

test('a post that waits while the clock is set beyond the certificate is refused, and the log goes on without it', async () => {
  const post = (message: string): Promise<Entry> =>
    new Promise((resolve, reject) => {
      committer.post({ conversation: GENERAL, kind: 'text', message, data: {}, resolve, reject });
    });

  const first = post('one');
  turn(soon);
  const second = post('two');
  now += YEAR;
  turn(syncs);
  const refused = expect(second).rejects.toMatchObject({ code: 'certificate_ended' });
  turn(soon);
  await refused;
  expect(await first).toMatchObject({ seq: 1, message: 'one' });

  now = NOW + 1_000;
  turn(syncs);
  const third = post('three');
  turn(soon);
  turn(syncs);
  expect(await third).toMatchObject({ seq: 2, message: 'three' });
});
