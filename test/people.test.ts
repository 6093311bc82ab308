/** What people tell of themselves (SPEC.md sections 4 and 5), by real peers. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId, Username } from '../protocol/ids.js';
import type { PersonView } from '../protocol/local-api.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, has, linked, linkedWith, post, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const general = '#general' as ConversationId;
const direct = '@alice+bob' as ConversationId;
const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(64, 7)]).toString('base64');

const seen = (peer: Peer, name: string): PersonView | undefined =>
  peer.services.people.list().find(({ username }) => username === name);
const topicAt = (peer: Peer, channel: string): string | undefined =>
  peer.services.people.channels().find(({ name }) => name === channel)?.topic;

/** All that is heard of typing from now on, as `conversation name`. */
function typingAt(peer: Peer): string[] {
  const heard: string[] = [];
  peer.services.events.on('typing', ({ conversation, username }) => heard.push(`${conversation} ${username}`));
  return heard;
}

test('how present somebody is goes over the link, and over the tracker to whoever has none', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
  expect(seen(alice, 'bob')?.presence).toBe('online');
  await runCommand(bob.services, 'preferences.set', { presence: 'busy' });
  expect(seen(bob, 'bob')?.presence).toBe('busy');
  await until(alice, () => seen(alice, 'bob')?.presence === 'busy');

  // A later link is told as well, and it is still so after a restart.
  await bob.close();
  const back = await world.peer('bob', [url]);
  await linked(alice, 'bob');
  await until(alice, () => seen(alice, 'bob')?.presence === 'busy');
  await runCommand(back.services, 'preferences.set', { presence: 'auto' });
  await until(alice, () => seen(alice, 'bob')?.presence === 'online');

  // On two devices: as present as on the more present one.
  const phone = await world.signedIn('bob', [url], { folder: 'bobs-phone' });
  await until(phone, linkedWith(phone, 'alice'));
  await runCommand(phone.services, 'preferences.set', { presence: 'away' });
  await post(phone, general, 'from the phone');
  await until(alice, () => has(alice, general, 'from the phone'));
  expect(seen(alice, 'bob')?.presence).toBe('online');
  await back.close();
  await until(alice, () => seen(alice, 'bob')?.presence === 'away');
});

test('who types is seen by those in the conversation, unless either does not want it', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  const carol = await world.signedIn('carol', [url]);
  for (const [one, other] of [
    [alice, 'bob'],
    [alice, 'carol'],
    [bob, 'alice'],
    [bob, 'carol'],
    [carol, 'bob'],
    [carol, 'alice'],
  ] as const)
    await linked(one, other);
  alice.services.conversations.openDirect('bob' as Username);
  const [atAlice, atCarol] = [typingAt(alice), typingAt(carol)];
  const types = (peer: Peer, conversation: string) =>
    runCommand(peer.services, 'conversation.typing', { conversation });

  await types(bob, direct);
  await types(bob, general);
  // Too soon: it is still shown.
  await types(bob, general);
  await until(alice, () => atAlice.length === 2);
  await until(carol, () => atCarol.length === 1);
  await post(bob, general, 'written');
  await until(carol, () => has(carol, general, 'written'));
  expect(atAlice).toEqual([`${direct} bob`, `${general} bob`]);
  expect(atCarol).toEqual([`${general} bob`]);

  // After a message the next letter counts at once; not from whom one has blocked, nor of whom has blocked one.
  await runCommand(alice.services, 'people.settings', { username: 'bob', blocked: true });
  await types(bob, general);
  await until(carol, () => atCarol.length === 2);
  await types(alice, general);
  await until(carol, () => atCarol.at(-1) === `${general} alice`);
  await runCommand(carol.services, 'preferences.set', { sendTyping: false });
  const atBob = typingAt(bob);
  await types(carol, general);
  await post(carol, general, 'silently');
  await post(alice, general, 'as well');
  await until(bob, () => has(bob, general, 'silently') && has(bob, general, 'as well'));
  expect(atBob).toEqual([]);
  await until(alice, () => has(alice, general, 'silently'));
  expect(atAlice).toHaveLength(2);
});

test('a profile reaches who is there and who was not, and is the same after a restart', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const carol = await world.signedIn('carol', [url]);
  await linked(alice, 'carol');
  const status = { emoji: '🌴', text: ' On\u202e holiday ' };
  const set = await runCommand(alice.services, 'profile.set', { name: ' Alice  Liddell ', status, picture: PNG });
  const expected = { name: 'Alice Liddell', status: { emoji: '🌴', text: 'On holiday' } };
  expect(set.profile).toMatchObject({ username: 'alice', ...expected });
  await until(carol, () => seen(carol, 'alice')?.name === 'Alice Liddell');
  const address = set.profile.picture ?? '';
  expect(seen(carol, 'alice')).toMatchObject({ ...expected, picture: address });
  const picture = carol.services.profiles.picture(address.split('/').at(-1) ?? '');
  expect(Buffer.from(picture?.bytes ?? []).toString('base64')).toBe(PNG);
  expect(picture?.mime).toBe('image/png');

  // What is not mentioned stays; it is no row of the timeline.
  await runCommand(alice.services, 'profile.set', { about: 'In Wonderland.', picture: null });
  await until(carol, () => seen(carol, 'alice')?.picture === undefined);
  const profile = { username: 'alice', ...expected, about: 'In Wonderland.' };
  expect(await runCommand(carol.services, 'people.profile', { username: 'ALICE' })).toEqual({ profile });
  expect(carol.services.profiles.picture(address.split('/').at(-1) ?? '')).toBeUndefined();

  // Bob hears of it from Carol, with Alice away.
  await alice.close();
  const bob = await world.signedIn('bob', [url]);
  // Her log comes in pieces, since Bob did not know her: the last profile is what counts.
  await until(bob, () => bob.services.profiles.of('alice' as Username).about === profile.about);
  expect(bob.services.profiles.of('alice' as Username)).toEqual(profile);
  await bob.close();
  const again = await world.peer('bob', []);
  expect(seen(again, 'alice')).toMatchObject(expected);
  expect(again.services.profiles.of('alice' as Username)).toEqual(profile);
});

test('a profile that does not fit means nothing, wherever it comes from', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await linked(alice, 'bob');
  await runCommand(bob.services, 'profile.set', { name: 'Bob' });
  const forge = (data: Record<string, unknown>) =>
    bob.services.writer.append({ conversation: general, kind: 'profile', message: '', data });
  await forge({ name: 'x'.repeat(65) });
  await forge({ name: 'evil\u202egnp' });
  await forge({ name: 'Bobby', picture: { mime: 'image/png', data: Buffer.from('<svg/>').toString('base64') } });
  await forge({ name: 'Bobby', status: { emoji: 'not an emoji' } });
  await post(bob, general, 'after');
  await until(alice, () => has(alice, general, 'after'));
  expect(seen(alice, 'bob')?.name).toBe('Bob');
  await alice.close();
  expect(seen(await world.peer('alice', []), 'bob')?.name).toBe('Bob');
  const big = Buffer.concat([Buffer.from(PNG, 'base64'), Buffer.alloc(12 * 1024)]).toString('base64');
  for (const change of [{ picture: big }, { status: { emoji: 'x' } }, { name: '\u200d' }])
    await expect(runCommand(bob.services, 'profile.set', change)).rejects.toMatchObject({ code: 'bad_request' });
});

test('a topic is in the log of the channel; the tracker hears of it, also later', async () => {
  const tracker = await world.tracker();
  const alice = await world.signedIn('alice', [tracker.url]);
  const bob = await world.signedIn('bob', [tracker.url]);
  await linked(alice, 'bob');
  await runCommand(alice.services, 'channel.topic', { channel: 'general', topic: ' What all should know ' });
  await until(bob, () => topicAt(bob, 'general') === 'What all should know');
  // Of a channel that Bob is not in, by the tracker.
  await runCommand(alice.services, 'channel.join', { channel: 'garden' });
  await runCommand(alice.services, 'channel.topic', { channel: 'garden', topic: 'Roses' });
  await until(bob, () => topicAt(bob, 'garden') === 'Roses');
  // Of a second one at once, as from another window, nothing is written.
  const tulips = () => runCommand(alice.services, 'channel.topic', { channel: 'garden', topic: 'Tulips' });
  await Promise.all([tulips(), tulips()]);
  const { entries } = await runCommand(alice.services, 'history.page', { conversation: '#garden' });
  expect(entries.filter(({ message }) => message === 'Tulips')).toHaveLength(1);
  for (const topic of ['a\u202eb', 'two\nlines', '\u0007', 'é'.repeat(129)])
    await expect(runCommand(alice.services, 'channel.topic', { channel: 'general', topic })).rejects.toMatchObject({
      code: 'bad_request',
    });

  const port = Number(new URL(tracker.url).port);
  await tracker.close();
  await until(alice, () => alice.services.people.tracker().state !== 'connected');
  await runCommand(alice.services, 'channel.topic', { channel: 'garden', topic: 'Red roses' });
  expect(topicAt(alice, 'garden')).toBe('Red roses');
  await world.tracker('tracker', { port });
  await until(bob, () => topicAt(bob, 'garden') === 'Red roses');
  await alice.close();
  expect(topicAt(await world.peer('alice', []), 'garden')).toBe('Red roses');
});

test('who is in a channel: by their links, by what they wrote, and not who left', async () => {
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  const carol = await world.signedIn('carol', [url]);
  await Promise.all([linked(alice, 'bob'), linked(alice, 'carol')]);
  const club = '#club' as ConversationId;
  const members = (peer: Peer, conversation: string) =>
    runCommand(peer.services, 'conversation.members', { conversation }).then(({ members: names }) => names);
  for (const peer of [alice, bob, carol]) await runCommand(peer.services, 'channel.join', { channel: 'club' });
  await post(bob, club, 'here I am');
  await until(alice, () => has(alice, club, 'here I am'));
  await until(alice, () => alice.services.conversations.members(club).length === 3);
  expect(await members(alice, '#club')).toEqual(['alice', 'bob', 'carol']);
  // From two windows at once: the other one is told, and nothing is written twice.
  const leaving = Array.from({ length: 2 }, () => runCommand(bob.services, 'channel.leave', { channel: 'club' }));
  const [, again] = await Promise.allSettled(leaving);
  expect(again).toMatchObject({ status: 'rejected', reason: { code: 'not_member' } });
  await until(alice, () => alice.services.conversations.members(club).length === 2);
  const { entries } = await runCommand(alice.services, 'history.page', { conversation: club });
  expect(entries.filter(({ kind }) => kind === 'leave')).toHaveLength(1);
  expect(await members(alice, '#club')).toEqual(['alice', 'carol']);
  expect(await members(alice, '#general')).toEqual(['alice', 'bob', 'carol']);
  expect(await members(alice, direct)).toEqual(['alice', 'bob']);
  await expect(members(bob, '#club')).rejects.toMatchObject({ code: 'not_member' });
});

test('who joins a channel that the tracker refuses is told why, and is not in it, until the tracker takes it', async () => {
  const { url } = await world.tracker('tracker', { limits: { channelsPerDay: 1 } });
  const alice = await world.signedIn('alice', [url]);
  const bob = await world.signedIn('bob', [url]);
  await linked(alice, 'bob');
  await runCommand(alice.services, 'channel.join', { channel: 'one' });
  await expect(runCommand(alice.services, 'channel.join', { channel: 'two' })).rejects.toMatchObject({
    code: 'rate_limited',
    message: expect.stringMatching(/in \d+ hours/),
  });
  expect(alice.services.membership.joined()).not.toContain('two');
  expect(alice.services.people.channels().find(({ name }) => name === 'two')).toBeUndefined();
  // Bob makes it, within his own limit.
  await runCommand(bob.services, 'channel.join', { channel: 'two' });
  await runCommand(alice.services, 'channel.join', { channel: 'two' });
  expect(alice.services.people.channels().find(({ name }) => name === 'two')).toMatchObject({ joined: true });
  await post(bob, '#two' as ConversationId, 'here it is');
  await until(alice, () => has(alice, '#two' as ConversationId, 'here it is'));
});

test('preferences and what notifies are kept over a restart', async () => {
  const alice = await world.signedIn('alice', [(await world.tracker()).url]);
  const quietUntil = '2026-11-20T18:00:00+01:00';
  const chosen = { quietUntil, sendReads: false, files: { auto: 'friends' } } as const;
  const { preferences } = await runCommand(alice.services, 'preferences.set', chosen);
  expect(preferences).toEqual({
    files: expect.objectContaining({ auto: 'friends', autoMax: 5_000_000 }),
    notify: { channels: 'all', keywords: [], calls: true },
    presence: 'auto',
    quietUntil: '2026-11-20T17:00:00.000Z',
    relayOnly: false,
    retention: 0,
    sendReads: false,
    sendTyping: true,
  });
  await runCommand(alice.services, 'conversation.settings', { conversation: '#general', notify: 'mentions' });
  expect(alice.services.conversations.get(general)?.notify).toBe('mentions');
  await expect(runCommand(alice.services, 'preferences.set', { quietUntil: 'soon' })).rejects.toMatchObject({
    code: 'bad_request',
  });
  await alice.close();
  const back = await world.peer('alice', []);
  expect(back.services.preferences.view()).toEqual(preferences);
  expect(back.services.conversations.get(general)?.notify).toBe('mentions');
  await runCommand(back.services, 'preferences.set', { quietUntil: null });
  expect(back.services.preferences.view().quietUntil).toBeUndefined();
  await runCommand(back.services, 'conversation.settings', { conversation: '#general', notify: 'all' });
  expect(back.services.conversations.get(general)?.notify).toBe('all');
  await runCommand(back.services, 'conversation.settings', { conversation: '#general', notify: 'default' });
  expect(back.services.conversations.get(general)?.notify).toBeUndefined();
});
