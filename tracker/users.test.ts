import { afterEach, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserList } from '../protocol/tracker-api.js';
import { LAST_SEEN_STEP_MS } from '../protocol/limits.js';
import { userKey, type UserKey, type Username } from '../protocol/ids.js';
import { Check } from 'typebox/value';
import { FakeClock } from './testing/fake-clock.js';
import { TestTrackers, type TestUser } from './testing/test-tracker.js';
import { EventsSocket } from './testing/events-socket.js';
import { Directory } from './directory.js';
import { openDatabase } from './store/sqlite/database.js';
import { AccountPages } from './store/sqlite/account-pages.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { LastSeen } from './last-seen.js';
import { Users } from './users.js';

const trackers = new TestTrackers();
afterEach(() => trackers.clean());

async function names(user: TestUser, query = ''): Promise<string[]> {
  const { status, body } = await user.get(`/users${query}`);
  expect(status).toBe(200);
  if (!Check(UserList, body)) throw new Error(JSON.stringify(body));
  return body.users.map(({ username }) => username);
}

test('every account is listed and found, online or not', async () => {
  const tracker = await trackers.start();
  const [alice, bob] = await tracker.registerAll('Alice', 'bob');
  await tracker.register('carol');
  await bob.submit();
  expect(await names(alice)).toEqual(['Alice', 'bob', 'carol']);
  expect(await names(alice, '?q=AR')).toEqual(['carol']);
  expect(await names(alice, '?limit=1')).toEqual(['Alice']);
  expect(await names(alice, '?limit=2&after=aLiCe')).toEqual(['bob', 'carol']);
  const { body } = await alice.get('/users?q=b');
  const now = Date.now();
  const [{ last_seen: seen, ...record } = { last_seen: '' }] = body['users'] as { last_seen: string }[];
  expect(record).toEqual({ username: 'bob', online: true });
  expect(Date.parse(seen) % LAST_SEEN_STEP_MS).toBe(0);
  expect(Date.parse(seen)).toBeLessThanOrEqual(now);
  expect((await alice.get('/users/BOB')).body['user']).toMatchObject({ username: 'bob', online: true });
  expect((await alice.get('/users/Carol')).body['user']).toEqual({ username: 'carol', online: false });
  expect((await alice.get('/users/dave')).body).toMatchObject({ code: 'unknown_user' });
});

test('the list needs a session, has bounded pages, and is limited in rate', async () => {
  const tracker = await trackers.start({ limits: { userReadsPerAccount: 5 } });
  const alice = await tracker.register('alice');
  expect((await tracker.fetch('/users')).status).toBe(401);
  expect((await tracker.fetch('/users/alice')).status).toBe(401);
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'q=', `q=${'a'.repeat(33)}`, 'after=a%20b', 'after=']) {
    expect([query, (await alice.get(`/users?${query}`)).status]).toEqual([query, 400]);
  }
  for (let i = 0; i < 5; i++) await names(alice);
  expect((await alice.get('/users')).body).toMatchObject({ code: 'rate_limited' });
  expect((await alice.get('/users/alice')).status).toBe(429);
});

test('a restricted list shows only those who share a channel; any account is found by its whole name', async () => {
  const dataDir = await trackers.directory();
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ userList: 'shared-channels' }));
  const tracker = await trackers.start({ dataDir });
  const [alice, bob] = await tracker.registerAll('alice', 'bob');
  const events = await EventsSocket.open(alice);
  await tracker.register('carol');
  await bob.post('/add-list', { username: 'bob', channel: 'tech' });
  expect(await names(alice)).toEqual(['alice']);
  expect((await alice.get('/users/carol')).body['user']).toMatchObject({ username: 'carol' });
  await alice.post('/add-list', { username: 'alice', channel: 'tech' });
  expect(await names(alice)).toEqual(['alice', 'bob']);
  expect(await names(alice, '?q=o')).toEqual(['bob']);
  await events.until(({ type }) => type === 'channel_joined');
  expect(events.heard.map(({ type }) => type)).not.toContain('user_registered');
  await events.close();
});

test('a new account is announced to those online', async () => {
  const tracker = await trackers.start();
  const events = await EventsSocket.open(await tracker.register('alice'));
  await tracker.register('Bob');
  await events.until((event) => event.type === 'user_registered' && event.username === 'Bob');
  await events.close();
});

test('last-seen times are kept over a restart, and heart-beats cost no write', async () => {
  const clock = new FakeClock();
  const store = openSqliteStore(':memory:', clock);
  const bob = 'bob' as Username;
  await store.accounts.create({ key: userKey(bob), username: bob, passwordHash: 'hash', created: 1 });
  const times = { expiryMs: 45_000, graceMs: 5_000, maxPerUser: 10 };
  const directory = await Directory.open({ presence: store.presence, clock, random: () => 0, ...times });
  const writes: number[] = [];
  const { accounts } = store;
  const write = accounts.seen.bind(accounts);
  accounts.seen = (times) => {
    writes.push(times.size);
    return write(times);
  };
  const seen = new LastSeen({ store, directory, clock });
  const users = new Users({
    store: accounts,
    directory,
    seen,
    settings: { userList: 'everyone' },
    words: { of: () => undefined },
  });
  const submission = { username: bob, ip: '10.0.0.5', port: 9101 };
  await directory.submit(submission, []);
  await seen.flush();
  for (let beat = 0; beat < 100; beat++) {
    clock.advance(15_000);
    await directory.refresh(submission);
    await seen.flush();
  }
  expect(writes).toEqual([1]);
  const left = clock.now();
  clock.advance(60_000);
  const found = await users.find(userKey(bob));
  expect(found.online).toBe(false);
  expect(Date.parse(found.last_seen ?? '')).toBeGreaterThan(left - LAST_SEEN_STEP_MS);
  await seen.close();
  expect(await store.accounts.lastSeen(userKey(bob))).toBeGreaterThanOrEqual(left);
  await store.close();
});

test('no page of the list reads all accounts', () => {
  const db = openDatabase(':memory:');
  const prepared: string[] = [];
  const watched = new Proxy(db, {
    get: (target, name) =>
      name === 'prepare'
        ? (sql: string) => (prepared.push(sql), target.prepare(sql))
        : (Reflect.get(target, name) as unknown),
  });
  new AccountPages(watched);
  expect(prepared).toHaveLength(4);
  for (const [n, sql] of prepared.entries()) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from({ length: 5 }, () => null));
    const steps = (plan as unknown as { detail: string }[]).map(({ detail }) => detail);
    expect(steps.filter((step) => /^SCAN (a|p|own|theirs)\b/.test(step))).toEqual([]);
    // Those who share a channel are collected and sorted, but never all accounts.
    const sorted = steps.filter((step) => step.includes('TEMP B-TREE FOR ORDER'));
    if (n % 2 === 0) expect(sorted).toEqual([]);
  }
  db.close();
});

test('a search by a part of a name reads only its page, anywhere in the alphabet', () => {
  const db = openDatabase(':memory:');
  const insert = db.prepare("INSERT INTO accounts (key, username, password_hash, created) VALUES (?1, ?1, 'x', 0)");
  for (let n = 0; n < 2_000; n++) insert.run(`user${String(n).padStart(5, '0')}`);
  let looked = 0;
  db.function('instr', { deterministic: true }, (text: unknown, part: unknown) => {
    looked += 1;
    return String(text).indexOf(String(part)) + 1;
  });
  const pages = new AccountPages(db);
  const cost = (part: string, after?: UserKey): number[] => {
    looked = 0;
    return [pages.page({ part, after, limit: 10 }).length, looked];
  };
  expect(cost('zzz')).toEqual([0, 0]);
  expect(cost('r00')[0]).toBe(10);
  expect(looked).toBeLessThan(50);
  expect(cost('r00', 'user00500' as UserKey)[0]).toBe(10);
  expect(looked).toBeLessThan(50);
  db.close();
});
