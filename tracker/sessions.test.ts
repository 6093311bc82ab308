/** What is read of sessions, and when; what calls do with them is shown where the calls are. */
import { beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { userKey, type Username } from '../protocol/ids.js';
import { Sessions } from './sessions.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import type { SessionStore } from './store/tracker-store.js';
import { FakeClock } from './testing/fake-clock.js';

const alice = 'alice' as Username;
const user = userKey(alice);
let clock: FakeClock;
let store: ReturnType<typeof openSqliteStore>;
let reads: number;

beforeEach(async () => {
  clock = new FakeClock();
  store = openSqliteStore(':memory:', clock);
  reads = 0;
  await store.accounts.create({ key: user, username: alice, passwordHash: '', created: 1 });
});

/** Over the store, of which finds are counted; `more` takes the place of some of its calls. */
function open(more: Partial<SessionStore> = {}): Sessions {
  const real = store.sessions;
  const counted: SessionStore = {
    isShared: false,
    put: (session) => real.put(session),
    find: (hash) => {
      reads += 1;
      return real.find(hash);
    },
    extend: (...args) => real.extend(...args),
    bind: (...args) => real.bind(...args),
    remove: (hash) => real.remove(hash),
    ofDevice: (device) => real.ofDevice(device),
    ofUser: (of) => real.ofUser(of),
    removeExpired: (now) => real.removeExpired(now),
    count: () => real.count(),
    watch: (listener) => real.watch(listener),
    ...more,
  };
  return new Sessions({ store: counted, clock, randomBytes, maxPerUser: 5 });
}

const find = async (sessions: Sessions, token: string) => sessions.known(token) ?? (await sessions.find(token));

/** As 200 heart-beats. */
async function beat(sessions: Sessions, token: string): Promise<void> {
  for (let times = 0; times < 200; times += 1) {
    expect(await find(sessions, token)).toMatchObject({ username: 'alice' });
    clock.advance(15_000);
  }
}

test('a session that is used is read once in an hour, not with each heart-beat', async () => {
  const sessions = open();
  await beat(sessions, await sessions.open(user, alice));
  expect(reads).toBe(1);
});

test('where other nodes end sessions too, it is read more often', async () => {
  const sessions = open({ isShared: true });
  await beat(sessions, await sessions.open(user, alice));
  expect(reads).toBe(200);
});

test('a session that ends is over at once', async () => {
  const sessions = open();
  const [one, two, three] = [
    await sessions.open(user, alice),
    await sessions.open(user, alice),
    await sessions.open(user, alice),
  ];
  for (const token of [one, two, three]) expect(await find(sessions, token)).toBeDefined();
  const session = await find(sessions, one);
  if (session) await sessions.close(session);
  expect(await find(sessions, one)).toBeUndefined();
  expect(await find(sessions, two)).toBeDefined();
  await sessions.closeAll(user);
  for (const token of [two, three]) expect(await find(sessions, token)).toBeUndefined();
});

test('also one that ends while it is looked up', async () => {
  let meanwhile = (): Promise<void> => Promise.resolve();
  const sessions = open({
    find: async (hash) => {
      const found = await store.sessions.find(hash);
      await meanwhile();
      return found;
    },
  });
  const token = await sessions.open(user, alice);
  meanwhile = async () => {
    meanwhile = () => Promise.resolve();
    await sessions.closeAll(user);
  };
  expect(await sessions.find(token)).toBeUndefined();
  expect(sessions.known(token)).toBeUndefined();
});

test('and one of an account whose sessions could not be removed: the next look-up is of the store', async () => {
  const sessions = open({ remove: () => Promise.reject(new Error('the disk is full')) });
  const token = await sessions.open(user, alice);
  expect(await find(sessions, token)).toBeDefined();
  await store.accounts.endSignIns(user);
  await expect(sessions.closeAll(user)).rejects.toThrow('the disk is full');
  expect(await find(sessions, token)).toBeUndefined();
});
