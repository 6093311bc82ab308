/** Somebody who registered exists for everybody, present or not: real trackers, real peers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isParleyError } from '../protocol/errors.js';
import { userKey, type ConversationId, type Username } from '../protocol/ids.js';
import { systemClock } from '../tracker/clock.js';
import { openSqliteStore } from '../tracker/store/sqlite/sqlite-store.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { register } from '../scripts/demo/accounts.js';
import { InProcess, PASSWORD, has, until } from './support/in-process.js';
import { published } from './support/prekeys.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const direct = '@alice+bob' as ConversationId;
const person = (peer: Peer, name: string) => peer.services.people.person(name as Username);
const connected = (peer: Peer): Promise<void> =>
  until(peer, () => peer.services.people.tracker().state === 'connected');
const pending = (peer: Peer, id = direct): string | undefined => peer.services.conversations.get(id)?.pending;
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => (isParleyError(error) ? error.code : error),
  );

/** Registered, has run once, and is away. */
async function wasHere(name: string, url: string): Promise<void> {
  const peer = await world.signedIn(name, [url]);
  await connected(peer);
  await published(name, url);
  await peer.close();
}

test('a newcomer lists, finds and writes to those who are away, and they get it when the newcomer is gone', async () => {
  const { url } = await world.tracker();
  await wasHere('Bob', url);
  const alice = await world.signedIn('alice', [url]);
  await until(alice, () => person(alice, 'bob')?.presence === 'offline');
  expect(person(alice, 'bob')).toMatchObject({ username: 'Bob', link: 'none' });
  expect(person(alice, 'bob')?.lastSeen).toBeDefined();
  expect(await runCommand(alice.services, 'people.find', { query: 'OB' })).toMatchObject({
    people: [{ username: 'Bob' }],
    checked: true,
  });
  await runCommand(alice.services, 'message.post', { conversation: direct, message: 'to whom it may concern' });
  await until(alice, () => pending(alice)?.includes('waits sealed') === true);
  await alice.close();
  const bob = await world.peer('Bob', [url]);
  await until(bob, () => has(bob, direct, 'to whom it may concern'));
});

test('whoever is named at once, before anything was listed, is asked for', async () => {
  const { url } = await world.tracker();
  await wasHere('Bob', url);
  const alice = await world.signedIn('alice', [url]);
  const { services } = alice;
  const posts = ['one', 'two', 'three'].map((message) =>
    runCommand(services, 'message.post', { conversation: direct, message }),
  );
  const entries = await Promise.all(posts);
  expect(entries.map(({ entry }) => entry.seq)).toEqual([1, 2, 3]);
  expect(await runCommand(services, 'conversation.open', { username: 'BOB' })).toEqual({ conversation: direct });
  expect(await runCommand(services, 'people.profile', { username: '@bob' })).toEqual({ profile: { username: 'Bob' } });
  await runCommand(services, 'people.settings', { username: 'bob', friend: true });
  expect((await runCommand(services, 'trust.safety_number', { username: 'bob' })).number).toHaveLength(60);
});

test('what names nobody says so, and names that look like somebody are not they', async () => {
  const { url } = await world.tracker();
  await wasHere('bob', url);
  const alice = await world.signedIn('alice', [url]);
  await connected(alice);
  const { services } = alice;
  for (const username of ['b0b', 'bobb', 'bo', 'nobody']) {
    expect([username, await code(runCommand(services, 'conversation.open', { username }))]).toEqual([
      username,
      'unknown_user',
    ]);
    const conversation = `@${['alice', username].sort().join('+')}`;
    expect(await code(runCommand(services, 'message.post', { conversation, message: 'hi' }))).toBe('unknown_user');
    for (const command of ['people.profile', 'people.settings', 'trust.safety_number'] as const)
      expect(await code(runCommand(services, command, { username }))).toBe('unknown_user');
    const address = { username, host: '127.0.0.1', port: 9 };
    expect(await code(runCommand(services, 'peer.connect', address))).toBe('unknown_user');
  }
  const own = { conversation: '@alice+alice', message: 'to myself' };
  expect(await code(runCommand(services, 'message.post', own))).toBe('done');
  expect(await code(runCommand(services, 'message.post', { conversation: '@bob+carol', message: 'x' }))).toBe(
    'not_member',
  );
});

test('a mention finds those who are away', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  await connected(alice);
  // Behind the back of the events: as on a tracker that has too many accounts to list.
  await register(url, { username: 'Zed', password: PASSWORD });
  const general = { conversation: '#general' };
  const [first, second] = await Promise.all(
    ['@zed @nobody hi', 'later'].map((message) => runCommand(alice.services, 'message.post', { ...general, message })),
  );
  expect(first?.entry.data['mentions']).toEqual(['Zed']);
  expect(first?.entry.seq).toBeLessThan(second?.entry.seq ?? 0);
});

test('a search that names somebody says whether there is such a person', async () => {
  const tracker = await world.tracker();
  const alice = await world.signedIn('alice', [tracker.url]);
  await connected(alice);
  await register(tracker.url, { username: 'Zed', password: PASSWORD });
  const problems = async (query: string): Promise<string[]> =>
    (await runCommand(alice.services, 'search', { query })).problems;
  // Whom the tracker knows is found, though nothing of theirs is here; in a conversation with them the user is not.
  expect(await problems('from:zed hello')).toEqual([]);
  expect(await problems('from:me from:alice in:@alice')).toEqual([expect.stringContaining('no conversation @alice')]);
  expect(await problems('in:@zed')).toEqual([expect.stringContaining('You are in no conversation @zed')]);
  await runCommand(alice.services, 'conversation.open', { username: 'zed' });
  expect(await problems('in:@zed')).toEqual([]);
  for (const query of ['from:nobody', 'in:@nobody', 'from:@nobody in:@nobody'])
    expect(await problems(query)).toEqual(['Nobody here is called nobody. Check the spelling, or invite them.']);
  await runCommand(alice.services, 'people.settings', { username: 'zed', blocked: true });
  expect(await problems('from:zed')).toEqual([expect.stringContaining('You have blocked zed')]);
  await tracker.close();
  await until(alice, () => alice.services.people.tracker().state !== 'connected');
  expect(await problems('from:else')).toEqual([expect.stringContaining('cannot be checked while the tracker is away')]);
});

test('with the tracker away those of before are there, and others cannot be checked', async () => {
  const tracker = await world.tracker();
  await wasHere('bob', tracker.url);
  const first = await world.signedIn('alice', [tracker.url]);
  await until(first, () => person(first, 'bob') !== undefined);
  await first.close();
  await tracker.close();
  const alice = await world.peer('alice', [tracker.url]);
  expect(person(alice, 'bob')).toMatchObject({ presence: 'offline' });
  const { services } = alice;
  expect(await code(runCommand(services, 'message.post', { conversation: direct, message: 'hi' }))).toBe('done');
  const carol = { conversation: '@alice+carol', message: 'hi' };
  expect(await code(runCommand(services, 'message.post', carol))).toBe('user_unchecked');
  expect(await code(runCommand(services, 'conversation.open', { username: 'carol' }))).toBe('user_unchecked');
  expect(await runCommand(services, 'people.find', { query: 'b' })).toMatchObject({
    people: [{ username: 'bob' }],
    checked: false,
  });
});

test('what is written to an account that never ran waits, says why, and arrives', async () => {
  const { url } = await world.tracker();
  await register(url, { username: 'bob', password: PASSWORD });
  const alice = await world.signedIn('alice', [url]);
  await runCommand(alice.services, 'message.post', { conversation: direct, message: 'welcome' });
  await until(alice, () => pending(alice)?.startsWith('bob has not started Parley yet') === true);
  const bob = await world.peer('bob', [url]);
  await bob.services.account.login(PASSWORD, false);
  await until(bob, () => has(bob, direct, 'welcome'));
  await until(alice, () => pending(alice) === undefined);
});

test('who registers while somebody is there appears in their list', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  await connected(alice);
  await register(url, { username: 'Carol', password: PASSWORD });
  await until(alice, () => person(alice, 'carol')?.unstarted === true);
});

test('of a tracker with very many accounts a part is listed; the others are found, and written to', async () => {
  await mkdir(world.path('tracker'), { recursive: true });
  const store = openSqliteStore(join(world.path('tracker'), 'tracker.db'), systemClock);
  for (let n = 0; n < 1_200; n++) {
    const username = `many${String(n).padStart(4, '0')}` as Username;
    await store.accounts.create({ key: userKey(username), username, passwordHash: 'none', created: n });
  }
  const zoe = 'Zoe' as Username;
  await store.accounts.create({ key: userKey(zoe), username: zoe, passwordHash: 'none', created: 0 });
  await store.close();
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  await until(alice, () => person(alice, 'many0998') !== undefined);
  expect(person(alice, 'many1199')).toBeUndefined();
  expect(person(alice, 'zoe')).toBeUndefined();
  const found = await runCommand(alice.services, 'people.find', { query: 'zo' });
  expect(found).toMatchObject({ people: [{ username: 'Zoe' }], more: false, checked: true });
  const many = await runCommand(alice.services, 'people.find', { query: 'many1' });
  expect(many.people).toHaveLength(20);
  expect(many.more).toBe(true);
  const conversation = '@alice+zoe' as ConversationId;
  await runCommand(alice.services, 'message.post', { conversation, message: 'found you' });
  expect(person(alice, 'zoe')).toMatchObject({ username: 'Zoe' });
});
