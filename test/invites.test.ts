/** Who comes along by an invite that the window has made, with a real tracker and real peers (SPEC.md section 8). */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseInvite } from '../protocol/invite.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, PASSWORD, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const make = (peer: Peer, code?: { uses: number; days: number }) =>
  runCommand(peer.services, 'invite.make', code ? { code } : {});

test('an admin makes a link with a code, with which an account is made; nobody else does', async () => {
  const { url } = await world.tracker('tracker', { registration: 'invite' });
  // The first account of a tracker for this machine alone is its admin.
  const alice = await world.signedIn('alice', [url]);
  const { invite: plain } = await make(alice);
  expect(plain).toMatchObject({ signUp: { registration: 'invite', admin: true } });
  expect(parseInvite(plain.link)?.code).toBeUndefined();

  const { invite } = await make(alice, { uses: 1, days: 7 });
  expect(invite.code?.uses).toBe(1);
  const { code, ca, trackers } = parseInvite(invite.link) ?? {};
  const bob = await world.peer('bob', trackers ?? [], { invitedCa: ca, inviteCode: code });
  await bob.services.account.login(PASSWORD, true);
  await until(bob, () => bob.services.people.tracker().state === 'connected');

  expect((await make(bob)).invite.signUp).toEqual({ registration: 'invite', admin: false });
  await expect(make(bob, { uses: 1, days: 7 })).rejects.toMatchObject({ code: 'not_admin' });
  for (const wrong of [
    { uses: 0, days: 7 },
    { uses: 1, days: 91 },
    { uses: 1.5, days: 1 },
  ]) {
    await expect(make(alice, wrong)).rejects.toMatchObject({ code: 'bad_request' });
  }

  const carol = await world.peer('carol', [url]);
  await expect(carol.services.account.login(PASSWORD, true, code)).rejects.toMatchObject({ code: 'invite_over' });
});
