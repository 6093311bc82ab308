/** Several trackers in a peer's list (SPEC.md section 2): they share their CA, and stand for one another. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ChannelName } from '../protocol/ids.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, PASSWORD, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const connectedTo =
  (peer: Peer, url: string): (() => boolean) =>
  () => {
    const { state, url: at } = peer.services.people.tracker();
    return state === 'connected' && at.startsWith(url);
  };

test('another one takes over: people and channels stay, and it is told what was joined', async () => {
  const first = await world.tracker('first');
  // A tracker is set up once; the second one begins as its copy, so that it has the same CA.
  const early = await world.signedIn('alice', [first.url]);
  await early.close();
  const bobs = await world.signedIn('bob', [first.url]);
  await bobs.close();
  await first.close();
  const second = await world.tracker('second', { copyOf: 'first' });
  const again = await world.tracker('first', { port: first.port });
  const urls = [again.url, second.url];

  const alice = await world.peer('alice', urls);
  const bob = await world.peer('bob', urls);
  await Promise.all([until(alice, connectedTo(alice, again.url)), until(bob, connectedTo(bob, again.url))]);
  await until(alice, linkedWith(alice, 'bob'));
  await alice.services.membership.join('lab' as ChannelName);
  const knownBefore = alice.services.people.channels().map(({ name }) => name);

  await again.close();
  await Promise.all([until(alice, connectedTo(alice, second.url)), until(bob, connectedTo(bob, second.url))]);
  expect(alice.services.people.list().map(({ username }) => username)).toEqual(
    expect.arrayContaining(['alice', 'bob']),
  );
  expect(alice.services.people.channels().map(({ name }) => name)).toEqual(expect.arrayContaining(knownBefore));
  expect(linkedWith(alice, 'bob')()).toBe(true);
  // The second one never heard of #lab but from Alice.
  await until(bob, () => bob.services.people.channels().some(({ name, members }) => name === 'lab' && members === 1));
  expect(alice.services.membership.joined()).toContain('lab');
});

test('one with another CA is not believed, and the next in the list is tried', async () => {
  const own = await world.tracker('own');
  const alice = await world.signedIn('alice', [own.url]);
  await alice.close();
  const stranger = await world.tracker('stranger');
  const other = await world.peer('alice', [stranger.url], { folder: 'elsewhere' });
  await other.services.account.login(PASSWORD, true);
  await other.close();
  const back = await world.peer('alice', [stranger.url, own.url]);
  await until(back, connectedTo(back, own.url));
  await back.close();
  const lured = await world.peer('alice', [stranger.url]);
  await lured.services.account.login(PASSWORD, false);
  await until(lured, () => lured.services.people.tracker().state === 'mistrusted');
  expect(lured.services.notices.list().map(({ code }) => code)).toEqual(['ca_changed']);
});
