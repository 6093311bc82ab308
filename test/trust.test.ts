/** Who is who (SPEC.md section 3), shown by real peers and a real tracker: safety numbers, verification, revocation. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId, Username } from '../protocol/ids.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const post = (peer: Peer, conversation: string, message: string) =>
  peer.services.writer.append({ conversation: conversation as ConversationId, kind: 'text', message, data: {} });

const texts = (peer: Peer, conversation: string): string[] =>
  peer.services.history.page(conversation as ConversationId, undefined, 50).entries.map(({ message }) => message);

const notices = (peer: Peer): string[] => peer.services.notices.list().map(({ code }) => code);

const person = (peer: Peer, name: string) => peer.services.people.list().find(({ username }) => username === name);

async function three() {
  const tracker = await world.tracker();
  const trackers = [tracker.url];
  const alice = await world.signedIn('alice', trackers);
  const bob = await world.signedIn('bob', trackers);
  await Promise.all([until(alice, linkedWith(alice, 'bob')), until(bob, linkedWith(bob, 'alice'))]);
  return { tracker, trackers, alice, bob };
}

test('both sides read the same safety number, verify it, and are told when a device comes', async () => {
  const { trackers, alice, bob } = await three();
  const [a, b] = await Promise.all([
    alice.services.trust.safetyNumber('bob' as Username),
    bob.services.trust.safetyNumber('Alice' as Username),
  ]);
  expect(a.number).toMatch(/^\d{60}$/);
  expect(b.number).toBe(a.number);
  expect(a.devices.map(({ username }) => username)).toEqual(['alice', 'bob']);
  await expect(alice.services.trust.verify('bob' as Username, true, '1'.repeat(60))).rejects.toMatchObject({
    code: 'bad_request',
  });
  expect(person(alice, 'bob')?.verified).toBeUndefined();
  await alice.services.trust.verify('bob' as Username, true, a.number);
  expect(person(alice, 'bob')).toMatchObject({ verified: true });
  expect(notices(alice)).toEqual([]);

  const phone = await world.signedIn('bob', trackers, { folder: 'bobs-phone' });
  await until(alice, () => notices(alice).includes('verification_reset'));
  expect(person(alice, 'bob')?.verified).toBeUndefined();
  const after = await alice.services.trust.safetyNumber('bob' as Username);
  expect(after.number).not.toBe(a.number);
  const told = alice.services.notices.list().find(({ code }) => code === 'device_added')?.text;
  expect(told?.replaceAll(' ', '')).toContain(after.number);
  expect((await phone.services.trust.safetyNumber('alice' as Username)).number).toBe(after.number);
  expect((await bob.services.trust.safetyNumber('alice' as Username)).number).toBe(after.number);
  await until(bob, () => notices(bob).includes('device_added'));
  // To their user it is told by its name, once the tracker has said it, and by the next one.
  await phone.services.trust.rename(phone.services.account.device, "Bob's phone");
  await bob.services.trust.devices();
  await until(bob, () =>
    bob.services.notices.list().some(({ device, text }) => device === "Bob's phone" && text.includes(device)),
  );
});

test('who comes later is not warned of devices that were there before, of others or their own, and is of one that comes then', async () => {
  const { trackers, alice } = await three();
  const tablet = await world.signedIn('alice', trackers, { folder: 'alices-tablet' });
  const carol = await world.signedIn('carol', trackers);
  await Promise.all([until(carol, linkedWith(carol, 'alice')), until(tablet, linkedWith(tablet, 'carol'))]);
  await post(tablet, '#general', 'from the tablet');
  await until(carol, () => texts(carol, '#general').includes('from the tablet'));
  const number = (await carol.services.trust.safetyNumber('alice' as Username)).devices;
  expect(number.filter(({ username }) => username === 'alice')).toHaveLength(2);
  expect(notices(carol)).toEqual([]);
  expect(notices(tablet)).toEqual([]);
  // Who was there before is.
  await until(alice, () => notices(alice).length > 0);
  expect(notices(alice)).toEqual(['device_added']);
  await world.signedIn('alice', trackers, { folder: 'alices-phone' });
  await until(carol, () => notices(carol).includes('device_added'));
  await until(tablet, () => notices(tablet).includes('device_added'));
});

test('a revoked device is refused by all who hear of it, from each other too, and its later entries are not taken', async () => {
  const { tracker, trackers, alice, bob } = await three();
  const carol = await world.signedIn('carol', trackers);
  await Promise.all([until(carol, linkedWith(carol, 'alice')), until(bob, linkedWith(bob, 'carol'))]);
  await post(bob, '#general', 'before');
  await until(carol, () => texts(carol, '#general').includes('before'));

  const phone = await world.signedIn('bob', trackers, { folder: 'bobs-phone' });
  await until(phone, linkedWith(phone, 'alice'));
  await post(phone, '#general', 'from the phone');
  await until(carol, () => texts(carol, '#general').includes('from the phone'));
  const lost = phone.services.account.device;
  const listed = await bob.services.trust.devices();
  expect(listed.map(({ device, current, revoked }) => [device, current, revoked])).toEqual([
    [bob.services.account.device, true, false],
    [lost, false, false],
  ]);
  await expect(alice.services.trust.revoke(lost)).rejects.toMatchObject({ code: 'forbidden' });
  await bob.services.trust.revoke(lost);
  await Promise.all([
    until(phone, () => notices(phone).includes('device_revoked')),
    until(carol, () => notices(carol).includes('device_revoked')),
    until(alice, () => notices(alice).includes('device_revoked')),
  ]);
  expect((await bob.services.trust.devices()).find(({ device }) => device === lost)).toMatchObject({
    revoked: true,
    revokedAt: expect.any(String),
  });
  await expect(post(phone, '#general', 'after')).rejects.toMatchObject({ code: 'device_revoked' });
  await tracker.close();
  await expect(
    phone.services.people.connect('alice' as Username, '127.0.0.1', alice.services.p2p.port),
  ).rejects.toThrow(/revoked/);
  expect(linkedWith(alice, 'bob')()).toBe(true);
});

test('who was away hears of a revocation from another peer, keeps it over a restart, and believes no forged one', async () => {
  const { tracker, trackers, alice, bob } = await three();
  const phone = await world.signedIn('bob', trackers, { folder: 'bobs-phone' });
  const lost = phone.services.account.device;
  await until(phone, linkedWith(phone, 'alice'));
  await phone.close();
  await alice.close();
  await bob.services.trust.revoke(lost);
  await tracker.close();
  const back = await world.peer('alice', trackers);
  await until(back, linkedWith(back, 'bob'));
  await until(back, () => notices(back).includes('device_revoked'));
  const again = await world.peer('bob', [], { folder: 'bobs-phone' });
  const { port } = again.services.p2p;
  await expect(back.services.people.connect('bob' as Username, '127.0.0.1', port)).rejects.toThrow(/revoked/);
  await back.close();
  const third = await world.peer('alice', trackers);
  await expect(third.services.people.connect('bob' as Username, '127.0.0.1', port)).rejects.toThrow(/revoked/);
});

test('what a revoked device writes afterwards is not taken from those who took it unknowing', async () => {
  const { tracker, trackers, alice, bob } = await three();
  const dave = await world.signedIn('dave', trackers);
  const phone = await world.signedIn('bob', trackers, { folder: 'bobs-phone' });
  await Promise.all([until(phone, linkedWith(phone, 'dave')), until(phone, linkedWith(phone, 'alice'))]);
  await post(phone, '#general', 'honest');
  await Promise.all([alice, dave].map((peer) => until(peer, () => texts(peer, '#general').includes('honest'))));
  const ports = { phone: phone.services.p2p.port, dave: dave.services.p2p.port };
  await Promise.all([dave.close(), phone.close()]);
  await bob.services.trust.revoke(phone.services.account.device);
  await until(alice, () => notices(alice).includes('device_revoked'));
  await Promise.all([alice.close(), bob.close(), tracker.close()]);

  // Dave has not heard of it, and nobody tells him.
  const unknowing = await world.peer('dave', [], { peerPort: ports.dave });
  const stolen = await world.peer('bob', [], { folder: 'bobs-phone', peerPort: ports.phone });
  await until(unknowing, linkedWith(unknowing, 'bob'));
  await post(stolen, '#general', 'from the thief');
  await until(unknowing, () => texts(unknowing, '#general').includes('from the thief'));
  await stolen.close();

  const knowing = await world.peer('alice', []);
  await until(knowing, linkedWith(knowing, 'dave'));
  await until(unknowing, () => notices(unknowing).includes('device_revoked'));
  await post(unknowing, '#general', 'and dave');
  await until(knowing, () => texts(knowing, '#general').includes('and dave'));
  expect(texts(knowing, '#general')).toEqual(['honest', 'and dave']);
});
