/** Guests of a tracker, over HTTP: who may come, what they are called, what they may not, and what stays of them. */
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Accounts } from './accounts.js';
import { InviteReturns } from './administration/invite-returns.js';
import { Invites } from './administration/invites.js';
import { systemClock } from './clock.js';
import { DAY_MS } from './daily-limits.js';
import type { TrackerConfig } from './config.js';
import { Guests } from './guests.js';
import { Argon2Hasher } from './password-hasher.js';
import { Sessions } from './sessions.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { EventsSocket } from './testing/events-socket.js';
import { expectFailure, PASSWORD, TestTrackers, TestUser, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(async () => {
  jest.restoreAllMocks();
  await trackers.clean();
});

const open = (more: Partial<TrackerConfig> = {}): Promise<TestTracker> => trackers.start({ guests: true, ...more });
const ask = (tracker: TestTracker, username: unknown) => tracker.post('/guests', { username });

async function enter(tracker: TestTracker, name: string): Promise<TestUser> {
  const { body } = await ask(tracker, name);
  if (typeof body['token'] !== 'string') throw new Error(JSON.stringify(body));
  return new TestUser(tracker, String(body['username']), body['token']);
}

async function listed(user: TestUser): Promise<unknown> {
  const { body } = await user.get('/users');
  return (body['users'] as { username: string; guest?: boolean }[]).map(({ username, guest }) => [username, guest]);
}

test('there are none unless the settings allow them, and a program can ask', async () => {
  const tracker = await trackers.start();
  expect((await tracker.fetch('/guests')).body).toEqual({ status: 'success', guests: false, registration: 'open' });
  expectFailure(await ask(tracker, 'Ali'), 403, 'forbidden');
  expect((await (await open()).fetch('/guests')).body).toEqual({
    status: 'success',
    guests: true,
    registration: 'open',
  });
});

test('each has a name of their own: as asked, or with a number, also beside names that look alike', async () => {
  const tracker = await open();
  const names: string[] = [];
  for (const name of ['Ali', 'ali', 'guest-ALI', 'Guest_guest-Ali', 'aIi', 'Ali-2']) {
    names.push((await enter(tracker, name)).username);
  }
  expect(names).toEqual(['guest-Ali', 'guest-ali-2', 'guest-ALI-3', 'guest-Ali-4', 'guest-aIi-5', 'guest-Ali-2-2']);
  for (let n = 6; n <= 21; n++) await enter(tracker, 'Ali');
  expect((await enter(tracker, 'Ali')).username).toBe('guest-Ali-22');
  const together = await Promise.all(Array.from({ length: 8 }, () => enter(tracker, 'Sara')));
  expect(new Set(together.map(({ username }) => username)).size).toBe(8);
});

test.each(['', 'guest-', 'a b', 'a\u0000b', '../x', 'ü', 'a'.repeat(27), 'a\r\nNICK b', 7, null])(
  'no guest is called %j: it is told what to do',
  async (name) => {
    const answer = await ask(await open(), name);
    expectFailure(answer, 400, typeof name === 'string' ? 'bad_name' : 'bad_request');
  },
);

test('a name that is too long to have a number is told to be shorter', async () => {
  const tracker = await open();
  const longest = 'a'.repeat(26);
  expect((await enter(tracker, longest)).username).toHaveLength(32);
  const again = await ask(tracker, longest);
  expectFailure(again, 400, 'bad_name');
  expect(again.body['message']).toMatch(/shorter/);
});

test('no password opens the account, and none can be given to it', async () => {
  const tracker = await open();
  const ali = await enter(tracker, 'Ali');
  for (const password of ['', PASSWORD, 'x'.repeat(8)])
    expectFailure(await tracker.post('/login', { username: 'guest-Ali', password }), 401, 'invalid_credentials');
  expect((await ali.post('/password', { old: '', new: PASSWORD })).status).toBe(401);
  expectFailure(
    await tracker.post('/login', { username: 'guest-Ali', password: PASSWORD }),
    401,
    'invalid_credentials',
  );
});

test.each([true, false])('names like theirs are given to nobody else (guests allowed: %j)', async (guests) => {
  const tracker = await trackers.start({ guests });
  for (const username of ['guest-Ali', 'GUEST_x', 'Guest--1'])
    expectFailure(await tracker.post('/register', { username, password: PASSWORD }), 409, 'name_confusable');
  expect((await tracker.post('/register', { username: 'guest', password: PASSWORD })).status).toBe(200);
});

test('is marked while here; afterwards is in no list and no channel, keeps the name, and is found by it', async () => {
  const tracker = await open();
  const [bob, ali] = [await tracker.register('bob'), await enter(tracker, 'Ali')];
  const events = await EventsSocket.open(bob);
  await ali.post('/add-list', { username: ali.username, channel: 'tech' });
  expect(await listed(bob)).toEqual([
    ['bob', undefined],
    ['guest-Ali', true],
  ]);
  expect((await bob.post('/add-list', { username: 'bob', channel: 'general' })).body).toMatchObject({
    member_count: 2,
  });
  expect((await ali.post('/logout', {})).status).toBe(200);
  expect((await ali.get('/me')).status).toBe(401);
  await events.until((event) => event.type === 'channel_left' && event.username === 'guest-Ali');
  await events.close();
  expect(await listed(bob)).toEqual([['bob', undefined]]);
  for (const part of ['ali', 'guest'])
    expect((await bob.get(`/users?q=${part}`)).body).toMatchObject({ users: [], more: false });
  expect((await bob.post('/add-list', { username: 'bob', channel: 'general' })).body).toMatchObject({
    ...{ member_count: 1, members: ['bob'] },
  });
  expect((await bob.get('/users/guest-ali')).body['user']).toEqual({
    username: 'guest-Ali',
    online: false,
    guest: true,
  });
  expect((await enter(tracker, 'Ali')).username).toBe('guest-Ali-2');
});

test('writes and joins as any account does, and makes no channel', async () => {
  const tracker = await open();
  const ali = await enter(tracker, 'Ali');
  expect((await ali.submit()).status).toBe(200);
  expect((await ali.post('/add-list', { username: ali.username, channel: 'tech' })).status).toBe(200);
  expectFailure(await ali.post('/add-list', { username: ali.username, channel: 'mine' }), 403, 'forbidden');
  expect((await ali.submit({ channels: ['mine', 'game'] })).status).toBe(200);
  expect((await ali.get('/me')).body).toMatchObject({ channels: ['broadcast', 'game', 'general', 'tech'] });
});

test('so many come in a day, also over a restart and at once; an address so many in a minute', async () => {
  const tracker = await open({ limits: { guestsPerDay: 3 } });
  const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => ask(tracker, `a${n}`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
  await tracker.tracker.close();
  const again = await open({ dataDir: tracker.dataDir, limits: { guestsPerDay: 3 } });
  const refused = await ask(again, 'late');
  expectFailure(refused, 429, 'rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3600);
  const tomorrow = Date.now() + DAY_MS + 1000;
  jest.spyOn(Date, 'now').mockReturnValue(tomorrow);
  expect((await ask(again, 'late')).status).toBe(200);
  const narrow = await open({ limits: { registrationsPerAddress: 2 } });
  const quick = [];
  for (let n = 0; n < 4; n++) quick.push((await ask(narrow, 'Ali')).status);
  expect(quick).toEqual([200, 200, 429, 429]);
});

test('whose gateway never came back is gone once the session has expired', async () => {
  const tracker = await open({ timings: { prune: 50 } });
  const [bob, ali] = [await tracker.register('bob'), await enter(tracker, 'Ali')];
  expect(await listed(bob)).toHaveLength(2);
  const later = Date.now() + 31 * DAY_MS;
  jest.spyOn(Date, 'now').mockReturnValue(later);
  const looking = await tracker.login('bob');
  while (((await listed(looking)) as unknown[]).length > 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await ali.get('/me')).status).toBe(401);
});

test('who is just coming in, and has no session yet, is not taken for one who is gone', async () => {
  const store = openSqliteStore(':memory:', systemClock);
  const clock = systemClock;
  const sessions = new Sessions({ store: store.sessions, clock, randomBytes, maxPerUser: 5 });
  const invites = new Invites({
    ...{ records: store.records, clock, randomBytes },
    hasAdmin: () => Promise.resolve(false),
  });
  let pruned = Promise.resolve();
  const guests: Guests = new Guests({
    ...{ settings: { guests: true }, maxADay: 5, store, clock },
    accounts: new Accounts({
      store: store.accounts,
      hasher: new Argon2Hasher(),
      clock,
      settings: { registration: 'open', isLocal: true },
      invites,
      returns: new InviteReturns({ invites, clock }),
    }),
    sessions: {
      open: async (user, username) => {
        pruned = guests.prune();
        for (let n = 0; n < 20; n++) await turn();
        return sessions.open(user, username);
      },
    },
  });
  await guests.enter('Ali');
  await pruned;
  expect(await store.accounts.guestsHere()).toMatchObject([{ username: 'guest-Ali' }]);
  await store.close();
});
