/**
 * Nothing of somebody whom the user blocks is in any answer, event or snapshot (SPEC.md section 8, blocked people): every command there
 * is, and every frame, by three real peers of which one has left its traces wherever it could.
 */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CommandArguments, CommandName, EntryView, LocalEvent } from '../protocol/local-api.js';
import type { ConversationId, EntryId, Username } from '../protocol/ids.js';
import { commandHandlers, runCommand } from '../peer/commands/run.js';
import { EventHub, type Audience } from '../peer/local/events.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, until } from './support/in-process.js';
import { askedByIrc, IrcClient } from './support/irc-client.js';

const general = '#general' as ConversationId;
const club = '#club' as ConversationId;
const direct = '@alice+mallory' as ConversationId;
const lasting = 90_000;
/** What is mallory's: the name, what they call themself, what they write. */
const THEIRS = /mallory|malus|spamword/;
const SAID = /malus|spamword/;

let world: InProcess;
let alice: Peer;
let carol: Peer;
let mallory: Peer;
const told: Record<Audience, string[]> = { events: [], text: [] };
let hub: EventHub;
let irc: IrcClient;
/** Entries that the cases name, by what they are called here. */
const ids = { plan: '', spam: '', answer: '' };
/** Of a file of theirs, whose bytes are here. */
let theirs = '';

const post = (peer: Peer, conversation: string, message: string, replyTo?: string): Promise<{ entry: EntryView }> =>
  runCommand(peer.services, 'message.post', { conversation, message, ...(replyTo === undefined ? {} : { replyTo }) });
const holds = (peer: Peer, id: string): boolean => peer.services.history.entry(id as EntryId) !== undefined;
const viewOf = async (id: string): Promise<EntryView> =>
  (await runCommand(alice.services, 'history.entry', { entry: id })).entry;
const block = (blocked: boolean): Promise<object> =>
  runCommand(alice.services, 'people.settings', { username: 'mallory', blocked });
const memberCount = (): number | undefined =>
  alice.services.people.channels().find(({ name }) => name === 'club')?.members;

beforeAll(async () => {
  world = await InProcess.create();
  const { url } = await world.tracker();
  alice = await world.signedIn('alice', [url]);
  carol = await world.signedIn('carol', [url]);
  mallory = await world.signedIn('mallory', [url]);
  for (const peer of [alice, carol]) await until(peer, linkedWith(peer, 'mallory'));
  await until(alice, linkedWith(alice, 'carol'));
  for (const peer of [alice, carol, mallory]) await runCommand(peer.services, 'channel.join', { channel: 'club' });
  ids.plan = (await post(alice, general, 'the plan')).entry.id;
  await until(mallory, () => holds(mallory, ids.plan));
  const { services } = mallory;
  await runCommand(services, 'profile.set', { name: 'Malus', about: 'spamword', status: { text: 'spamword' } });
  ids.spam = (await post(mallory, general, 'spamword for @alice')).entry.id;
  await runCommand(services, 'message.edit', { target: ids.spam, message: 'spamword for @alice, edited' });
  await runCommand(services, 'message.react', { target: ids.plan, emoji: '👍', on: true });
  await runCommand(services, 'message.pin', { target: ids.plan, on: true });
  await post(mallory, general, 'spamword as an answer', ids.plan);
  await post(mallory, club, 'spamword in the club');
  ({ sha256: theirs } = await services.files.take(Readable.from([Buffer.from('of mallory')]), { mime: 'text/plain' }));
  for (const conversation of [general, direct])
    await runCommand(services, 'file.post', {
      ...{ conversation, sha256: theirs, name: 'spamword.txt', message: 'spamword' },
    });
  const last = await post(mallory, direct, 'spamword in private');
  await until(carol, () => holds(carol, ids.spam));
  ids.answer = (await post(carol, general, 'not at all', ids.spam)).entry.id;
  await runCommand(carol.services, 'message.react', { target: ids.spam, emoji: '🎉', on: true });
  await runCommand(carol.services, 'message.pin', { target: ids.spam, on: true });
  await until(alice, () => holds(alice, last.entry.id) && holds(alice, ids.answer));
  const nameOf = (): string | undefined => alice.services.people.person('mallory' as Username)?.name;
  await until(alice, () => nameOf() === 'Malus' && memberCount() === 3);
  await runCommand(alice.services, 'file.fetch', { sha256: theirs });
  const { files } = alice.services;
  await until(alice, () => files.isHere(theirs) && files.transfers().length === 0);
  hub = new EventHub(alice.services);
  for (const audience of ['events', 'text'] as const) {
    const enqueue = (frames: readonly Buffer[]): void => void told[audience].push(...frames.map(String));
    hub.attach({ enqueue, flush: () => undefined, restart: () => enqueue([Buffer.from('"restart"')]) }, audience);
  }
  irc = await IrcClient.signedIn(alice.services, 'batch message-tags draft/chathistory away-notify extended-join');
}, lasting);

afterAll(async () => {
  hub.close();
  irc.close();
  await world.close();
}, lasting);

type Cases = { readonly [Name in CommandName]: () => readonly CommandArguments<Name>[] };

/** Each command as somebody would use it who looks for traces; one that has no case here does not compile. */
const cases: Cases = {
  'message.post': () => [
    { conversation: general, message: 'and now', replyTo: ids.answer },
    { conversation: general, message: 'and now', replyTo: ids.spam },
  ],
  'message.edit': () => [ids.plan, ids.spam].map((target) => ({ target, message: 'edited' })),
  'message.delete': () => [{ target: ids.spam }],
  'message.react': () => [
    { target: ids.plan, emoji: '👀', on: true },
    { target: ids.spam, emoji: '👀', on: true },
  ],
  'message.pin': () => [
    { target: ids.plan, on: false },
    ...[ids.answer, ids.spam].map((target) => ({ target, on: true })),
  ],
  'file.post': () => [{ conversation: general, sha256: theirs, name: 'a.txt' }],
  'file.fetch': () => [{ sha256: theirs }, { sha256: theirs, conversation: general }],
  'file.pause': () => [{ sha256: theirs }],
  'file.cancel': () => [{ sha256: theirs }],
  'file.list': () => [{}, { conversation: general }, { conversation: direct }, { kind: 'document' }],
  'file.usage': () => [{}],
  'file.clean': () => [{}, { conversation: direct }],
  'file.pin': () => [{ sha256: theirs, on: true }],
  'history.entry': () => [{ entry: ids.plan }, { entry: ids.answer }, { entry: ids.spam }],
  'history.page': () => [
    ...[general, club].map((conversation) => ({ conversation, limit: 200 })),
    ...[{ around: ids.spam }, { before: ids.spam }, { after: ids.spam }, { since: ids.spam }].map((at) => ({
      conversation: general,
      ...at,
    })),
    { conversation: direct },
  ],
  search: () => ['spamword', 'from:mallory', 'in:@mallory spam', 'plan', 'after:2000'].map((query) => ({ query })),
  'conversation.read': () => [{ conversation: general, upTo: ids.plan }],
  'conversation.unread': () => [{ conversation: general, from: ids.plan }],
  'conversation.pins': () => [{ conversation: general }],
  'conversation.open': () => [{ username: 'carol' }],
  'conversation.members': () => [general, club].map((conversation) => ({ conversation })),
  'conversation.settings': () => [{ conversation: general, notify: 'all' }],
  'conversation.typing': () => [{ conversation: general }],
  'channel.join': () => [{ channel: 'tea' }],
  'channel.leave': () => [{ channel: 'tea' }],
  'channel.topic': () => [{ channel: 'club', topic: 'quiet' }],
  'channel.list': () => [{}],
  'people.list': () => [{}],
  'people.find': () => ['mal', 'allory', 'spam', 'malus', 'mallory'].map((query) => ({ query })),
  'people.watch': () => [{ usernames: ['mallory'] }],
  'people.profile': () => [{ username: 'mallory' }],
  'people.settings': () => [{ username: 'carol', friend: true }],
  'profile.set': () => [{ about: 'me' }],
  'preferences.set': () => [{ sendTyping: true }],
  'presence.active': () => [{ active: true }],
  'invite.make': () => [{}],
  'hook.list': () => [{}],
  'hook.create': () => [{ direction: 'in', name: 'hook', conversation: general }],
  'hook.revoke': () => [{ hook: 'none' }],
  'peer.connect': () => [{ username: 'carol', host: '127.0.0.1', port: 9 }],
  'doctor.run': () => [{}, { user: 'mallory' }],
  'tracker.login': () => [{ password: 'wrong' }],
  'account.password': () => [{ old: 'wrong', new: 'another password', devices: 'stay' as const }],
  'account.sign_out': () => [],
  'tracker.accept': () => [{ ca: 'a'.repeat(43), password: 'wrong' }],
  'notice.dismiss': () => [{ notice: 'none' }],
  'trust.safety_number': () => [{ username: 'mallory' }],
  'trust.verify': () => [{ username: 'carol', verified: false }],
  'devices.list': () => [{}],
  'devices.revoke': () => [{ device: 'a'.repeat(22) }],
  'devices.rename': () => [{ device: 'a'.repeat(22), name: 'laptop' }],
};

/** The answer of a command as it is sent, or why there is none, as text in small letters; without what the user has typed, or manages. */
async function answer(name: CommandName, args: object): Promise<string> {
  const result = await runCommand(alice.services, name, args).catch((error: unknown) => ({ error: String(error) }));
  const { blocked: _, terms: __, ...shown } = JSON.parse(JSON.stringify(result)) as Record<string, unknown>;
  return JSON.stringify(shown).toLowerCase();
}

describe('of somebody who is blocked', () => {
  test(
    'there are traces everywhere before',
    async () => {
      const everything: Record<string, boolean> = {};
      for (const name of [
        'history.page',
        'history.entry',
        'search',
        'conversation.pins',
        'conversation.members',
        'file.list',
        'file.usage',
      ] as const)
        for (const args of cases[name]()) everything[name] ||= THEIRS.test(await answer(name, args));
      expect(Object.values(everything)).toEqual(Array.from({ length: 7 }, () => true));
      expect(await alice.services.files.open(theirs)).toMatchObject({ name: 'spamword.txt' });
      expect(await viewOf(ids.plan)).toMatchObject({
        reactions: [{ emoji: '👍', users: ['mallory'] }],
        pinned: { by: 'mallory' },
      });
    },
    lasting,
  );

  test(
    'one snapshot is told, and no entry, however much looks different',
    async () => {
      hub.flush();
      for (const frames of Object.values(told)) frames.length = 0;
      await block(true);
      hub.flush();
      const types = told.events.map((frame) => (JSON.parse(frame) as LocalEvent | { type: 'snapshot' }).type);
      expect(types.filter((type) => ['snapshot', 'entries', 'changed'].includes(type))).toEqual(['snapshot']);
      expect(types.at(-1)).toBe('snapshot');
      expect(memberCount()).toBe(2);
      expect(told.text).toEqual([]);
    },
    lasting,
  );

  test.each(Object.keys(commandHandlers) as CommandName[])(
    '%s tells nothing',
    async (name) => {
      const leaks: string[] = [];
      for (const args of cases[name]()) {
        // A name that the user has written out is no news to them.
        const named = JSON.stringify(args).includes('mallory');
        const text = await answer(name, args);
        if ((named ? SAID : THEIRS).test(text)) leaks.push(text);
      }
      expect(leaks).toEqual([]);
    },
    lasting,
  );

  test(
    'the bytes of their files are given to nobody, and counted in one sum without a name',
    async () => {
      // Of what the user has written meanwhile the name is the own.
      await runCommand(alice.services, 'file.pin', { sha256: theirs, on: false });
      const [own] = alice.services.files.list({ limit: 10 }).files;
      await runCommand(alice.services, 'message.delete', { target: own?.entry ?? '' });
      expect(await alice.services.files.open(theirs)).toBeUndefined();
      const { conversations, elsewhere } = await alice.services.files.usage();
      expect([conversations, elsewhere]).toEqual([[], { bytes: 10, files: 1 }]);
    },
    lasting,
  );

  test(
    'what others said to them, and what they do from then on, tells nothing either, nor does IRC',
    async () => {
      expect(await askedByIrc(irc, 'mallory', SAID)).toEqual([]);
      expect((await viewOf(ids.answer)).reply).toEqual({ id: ids.spam, blocked: true });
      const { services } = mallory;
      await runCommand(services, 'conversation.typing', { conversation: general });
      await runCommand(services, 'preferences.set', { presence: 'busy' });
      const later = await post(mallory, general, 'spamword once more');
      await runCommand(services, 'message.react', { target: ids.plan, emoji: '💣', on: true });
      await runCommand(services, 'profile.set', { name: 'Malus the Second' });
      const { sha256 } = await alice.services.files.take(Readable.from([Buffer.from('of alice')]), {});
      await runCommand(alice.services, 'file.post', { conversation: general, sha256, name: 'a.txt' });
      await until(mallory, () => services.files.list({ limit: 1 }).files[0]?.sha256 === sha256);
      await runCommand(services, 'file.fetch', { sha256 });
      await until(mallory, () => services.files.isHere(sha256));
      await until(carol, () => holds(carol, later.entry.id));
      const after = await post(carol, general, 'after all that');
      await until(alice, () => holds(alice, after.entry.id));
      hub.flush();
      const isRemoval = (frame: string): boolean => frame.startsWith('{"type":"conversation_removed"');
      const frames = [...told.events, ...told.text].filter((frame) => !isRemoval(frame));
      const leaks = frames
        .map((frame) => JSON.stringify({ ...(JSON.parse(frame) as object), blocked: undefined }).toLowerCase())
        .filter((text) => THEIRS.test(text));
      expect(leaks).toEqual([]);
      expect(irc.lines.filter((line) => THEIRS.test(line))).toEqual([]);
      expect(irc.lines.join('\n')).toContain('after all that');
      expect(frames.length).toBeGreaterThan(5);
      expect(alice.services.people.blocked()).toEqual(['mallory']);
    },
    lasting,
  );

  test(
    'all is back once they are blocked no more, with what they did meanwhile',
    async () => {
      for (const frames of Object.values(told)) frames.length = 0;
      await block(false);
      hub.flush();
      expect(told.events.at(-1)).toMatch(/^\{"type":"snapshot"/);
      expect((await viewOf(ids.answer)).reply).toMatchObject({ from: 'mallory' });
      expect((await viewOf(ids.plan)).reactions).toContainEqual({ emoji: '👍', users: ['mallory'] });
      const { entries } = await runCommand(alice.services, 'history.page', { conversation: general, limit: 200 });
      expect(entries.map(({ message }) => message)).toContain('spamword for @alice, edited');
      await until(alice, () =>
        alice.services.history
          .page(general, undefined, 200)
          .entries.some(({ message }) => message === 'spamword once more'),
      );
      expect(memberCount()).toBe(3);
      const { people } = await runCommand(alice.services, 'people.find', { query: 'mal' });
      expect(people.map(({ username }) => username)).toEqual(['mallory']);
    },
    lasting,
  );
});
