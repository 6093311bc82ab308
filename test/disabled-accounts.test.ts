/** An account that an admin disables (SPEC.md section 3), with real peers and a real tracker. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId, Username } from '../protocol/ids.js';
import type { Peer } from '../peer/peer.js';
import type { Tracker } from '../tracker/main.js';
import { has, InProcess, linkedWith, PASSWORD, post, until } from './support/in-process.js';

const lasting = 60_000;
const general = '#general' as ConversationId;
let world: InProcess;
let tracker: Tracker;
let trackers: string[];
/** The first account, and so an admin. */
let alice: Peer;
let bob: Peer;
let carol: Peer;

beforeEach(async () => {
  world = await InProcess.create();
  tracker = await world.tracker();
  trackers = [tracker.url];
  alice = await world.signedIn('alice', trackers);
  bob = await world.signedIn('bob', trackers);
  carol = await world.signedIn('carol', trackers);
  await Promise.all([alice, carol].map((peer) => until(peer, linkedWith(peer, 'bob'))));
  await until(carol, linkedWith(carol, 'alice'));
}, lasting);
afterEach(() => world.close(), lasting);

/** By an admin, over HTTP. */
async function act(action: string, name: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username: 'alice', password: PASSWORD });
  const login = await fetch(`${tracker.url}/login`, { method: 'POST', headers, body });
  const { token } = (await login.json()) as { token: string };
  const path = `${tracker.url}/admin/accounts/${name}/${action}`;
  const answer = await fetch(path, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}` },
    body: '{}',
  });
  expect(answer.status).toBe(200);
}

const unlinked = (peer: Peer, name: string) => until(peer, () => !linkedWith(peer, name)());
const notices = (peer: Peer): string[] => peer.services.notices.list().map(({ code }) => code);
const connect = (peer: Peer, to: Peer) =>
  peer.services.people.connect(to.services.account.username, '127.0.0.1', to.services.p2p.port);

test(
  'nobody is linked with its devices any more, its user is told why, and who is let in again goes on',
  async () => {
    await post(bob, general, 'before');
    await until(carol, () => has(carol, general, 'before'));
    await act('disable', 'bob');
    await Promise.all([unlinked(alice, 'bob'), unlinked(carol, 'bob'), unlinked(bob, 'alice')]);
    await until(bob, () => bob.services.people.tracker().state === 'refused');
    expect(bob.services.people.tracker()).toMatchObject({ code: 'account_disabled' });
    await until(bob, () => notices(bob).includes('account_disabled'));
    await expect(connect(carol, bob)).rejects.toMatchObject({ code: 'account_disabled' });
    await expect(connect(bob, carol)).rejects.toMatchObject({ code: 'account_disabled' });
    expect(has(carol, general, 'before')).toBe(true);
    expect(linkedWith(carol, 'alice')()).toBe(true);

    await act('enable', 'bob');
    await bob.services.account.login(PASSWORD, false);
    await Promise.all([until(carol, linkedWith(carol, 'bob')), until(alice, linkedWith(alice, 'bob'))]);
    expect(notices(bob)).not.toContain('account_disabled');
    await post(bob, general, 'after');
    await until(carol, () => has(carol, general, 'after'));
  },
  lasting,
);

test(
  'who was away hears of it from another peer, without the tracker, and keeps it over a restart',
  async () => {
    await carol.close();
    await act('disable', 'bob');
    await unlinked(alice, 'bob');
    await tracker.close();
    const back = await world.peer('carol', trackers);
    await until(back, linkedWith(back, 'alice'));
    await expect(connect(back, bob)).rejects.toMatchObject({ code: 'account_disabled' });
    await Promise.all([back.close(), alice.close()]);
    const third = await world.peer('carol', trackers);
    await expect(connect(third, bob)).rejects.toMatchObject({ code: 'account_disabled' });
    expect(third.services.people.person('bob' as Username)?.link).not.toBe('linked');
  },
  lasting,
);
