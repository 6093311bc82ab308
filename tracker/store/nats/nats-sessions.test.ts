/** Sessions as a node finds them that may not have heard of all, and asks. The buckets stand for it; what they know is real. */
import { expect, test } from '@jest/globals';
import { userKey, type Username } from '../../../protocol/ids.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { Account, Session } from '../tracker-store.js';
import type { Bucket } from './bucket.js';
import { Mirror } from './mirror.js';
import { NatsSessions } from './nats-sessions.js';

const username = 'Alice' as Username;
const user = userKey(username);
const session: Session = { hash: 'hash', user, username, created: 1, expires: 10 ** 14, epoch: 0 };
const account: Account = { key: user, username, passwordHash: 'hash', created: 1, epoch: 0 };

/** One of which nobody knows whether it is current; `asked` runs while the leader is asked. */
function doubted<T>(key: string, value: T, asked: () => void = () => undefined) {
  const mirror = new Mirror<T>(() => undefined);
  mirror.learn(key, { value, revision: 1 });
  const bucket = {
    mirror,
    isCurrent: false,
    get: (wanted: string) => mirror.get(wanted),
    findNow: async (wanted: string) => {
      await Promise.resolve(asked());
      return mirror.get(wanted);
    },
    watch: (listener: Parameters<typeof mirror.watch>[0]) => mirror.watch(listener),
  };
  return { mirror, bucket: bucket as unknown as Bucket<T> };
}

test('a session that ends while its account is asked for is not found, and not held for valid by whoever has asked', async () => {
  const state = { ends: false };
  const sessions = doubted<Session>(session.hash, session);
  const accounts = doubted<Account>(user, account, () => {
    if (state.ends) sessions.mirror.follow(session.hash, { value: undefined, revision: 2 });
  });
  const store = new NatsSessions(sessions.bucket, accounts.bucket, new FakeClock());
  expect(await store.find(session.hash)).toEqual(session);
  state.ends = true;
  expect(await store.find(session.hash)).toBeUndefined();
});
