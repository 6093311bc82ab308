/** Whom a user does not want to hear (SPEC.md section 8), by real peers. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import type { PersonView } from '../protocol/local-api.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, has, linked, post, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const general = '#general' as ConversationId;
const direct = '@alice+bob' as ConversationId;

const seen = (peer: Peer, name: string): PersonView | undefined =>
  peer.services.people.list().find(({ username }) => username === name);

test('of who is blocked nothing comes, until they no longer are', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
  const unread = (id: ConversationId) => alice.services.conversations.get(id)?.unread;
  await post(bob, direct, 'one');
  await post(bob, general, 'two');
  await until(alice, () => unread(direct) === 1 && unread(general) === 1);
  await runCommand(alice.services, 'people.settings', { username: 'BOB', blocked: true });
  expect([seen(alice, 'bob'), alice.services.people.blocked()]).toEqual([undefined, ['bob']]);
  expect([unread(direct), unread(general)]).toEqual([undefined, 0]);
  await post(bob, direct, 'three');
  await post(bob, general, 'four');
  // Written after them by somebody else, and linked to: what they wrote does not come.
  const carol = await world.signedIn('carol', [url]);
  await Promise.all([linked(alice, 'carol'), linked(bob, 'carol')]);
  await until(carol, () => has(carol, general, 'four'));
  await post(carol, general, 'five');
  await until(alice, () => has(alice, general, 'five'));
  expect([has(alice, direct, 'three'), has(alice, general, 'four')]).toEqual([false, false]);
  expect([unread(direct), unread(general)]).toEqual([undefined, 1]);
  expect(bob.services.conversations.get(direct)?.receipts).toEqual({ alice: 1 });
  await expect(runCommand(alice.services, 'people.settings', { username: 'bob', friend: true })).rejects.toMatchObject({
    code: 'bad_request',
  });

  // Opened by the user it is there, and quiet; what they read is not told.
  await runCommand(alice.services, 'conversation.open', { username: 'bob' });
  expect(unread(direct)).toBe(0);
  await alice.close();
  const back = await world.peer('alice', [url]);
  expect([seen(back, 'bob'), back.services.people.blocked()]).toEqual([undefined, ['bob']]);
  expect(back.services.conversations.get(direct)?.unread).toBe(0);
  await runCommand(back.services, 'people.settings', { username: 'bob', blocked: false, friend: true });
  expect(seen(back, 'bob')).toMatchObject({ friend: true });
  expect(back.services.people.blocked()).toEqual([]);
  await until(back, () => has(back, direct, 'three') && has(back, general, 'four'));
  expect(back.services.conversations.get(direct)?.unread).toBe(2);
});

test('who is muted is heard and counts for nothing, until they no longer are', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
  const choose = (choice: { friend?: boolean; muted?: boolean; blocked?: boolean }) =>
    runCommand(alice.services, 'people.settings', { username: 'bob', ...choice });
  const unread = (id: ConversationId) => alice.services.conversations.get(id)?.unread;
  await choose({ muted: true, friend: true });
  expect(seen(alice, 'bob')).toMatchObject({ muted: true, friend: true });
  await post(bob, direct, 'one');
  await post(bob, general, 'two @alice');
  await until(alice, () => has(alice, direct, 'one') && has(alice, general, 'two @alice'));
  expect([unread(direct), unread(general)]).toEqual([0, 0]);
  await choose({ muted: false });
  expect([unread(direct), unread(general)]).toEqual([1, 1]);
  expect(seen(alice, 'bob')?.muted).toBeUndefined();
  await choose({ muted: true });
  await choose({ blocked: true });
  await choose({ blocked: false });
  expect(seen(alice, 'bob')).toMatchObject({ username: 'bob' });
  expect(seen(alice, 'bob')?.muted).toBeUndefined();
});
