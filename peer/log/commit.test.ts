/** What becomes of posts between the moment that they are let in and the transaction. */
import { expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { Committer } from './commit.js';
import { MemoryStorage } from './test-storage.js';

const GENERAL = '#general' as ConversationId;
const NOW = Date.UTC(2026, 10, 20, 12);
const YEAR = 365 * 24 * 3_600_000;

test('a post that waits while the clock is set beyond the certificate is refused, and the log goes on without it', async () => {
  let now = NOW;
  const soon: (() => void)[] = [];
  const syncs: (() => void)[] = [];
  const turn = (queue: (() => void)[]): void => queue.splice(0).forEach((callback) => callback());
  const storage = new MemoryStorage((done) => void syncs.push(done));
  const author = {
    ...{ username: 'alice' as Username, device: 'd'.repeat(22) as DeviceId },
    sign: (_: EntryId) => 'sig',
    isProvable: (time: number) => time <= NOW + YEAR / 12,
  };
  const clock = { now: () => now, soon: (callback: () => void) => void soon.push(callback) };
  const out = { added: () => {}, durable: () => {}, forked: () => {}, storage: () => {} };
  const buckets = { took: () => {}, unsaved: () => undefined, saved: () => {} };
  const committer = new Committer(author, storage, clock, out, buckets, () => {});
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
