/**
 * The law of the local server for what is said of messages, with the real store and the real book of conversations: an old
 * page and an old snapshot, with the events since, are a fresh page and a fresh snapshot; and so after a new start, and
 * whomever the user blocks meanwhile.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { userKey, type DeviceId, type UserKey } from '../../protocol/ids.js';
import type { ConversationView, EntryView, LocalEvent, Snapshot } from '../../protocol/local-api.js';
import { entryViews } from '../commands/entry-view.js';
import { ConversationBook } from '../core/conversations.js';
import { BlockFilter } from '../core/block-filter.js';
import type { PeerServices } from '../services.js';
import { general, TestStore, Writers } from '../store/test-store.js';
import { EventHub, type EventReader } from './events.js';
import { TestPeer, username } from './test-services.js';

const alice = username('alice');
const own = { device: '-device' };

class World {
  readonly store = new TestStore();
  readonly by = new Writers();
  readonly peer = new TestPeer(alice);
  readonly device = 'alice-device'.padEnd(22, '0') as DeviceId;
  readonly blocked = new Set<UserKey>();
  readonly seen = new BlockFilter(this.store.store, {
    isBlocked: (user) => this.blocked.has(user),
    blocked: () => [...this.blocked],
  });
  readonly book = this.newBook();
  readonly services: PeerServices = Object.create(this.peer, {
    history: { value: this.seen },
    people: { value: { ...this.peer.people, hides: this.seen.hides } },
    conversations: { value: this.book },
  }) as PeerServices;
  readonly hub = new EventHub(this.services);
  /** What was written, and is on its way here, by its author. */
  readonly under: Record<string, Entry[]> = { alice: [], bob: [], carol: [] };
  readonly written: Entry[] = [];

  constructor() {
    this.book.open(general);
  }

  /** As the daemon would have it after a new start. */
  newBook(): ConversationBook {
    return new ConversationBook({
      self: { username: alice, device: this.peer.account.device },
      ...{ store: this.store.store, events: this.peer.events, filter: this.seen },
      older: () => 0,
      soon: (run) => void setImmediate(run),
      receipts: { of: () => ({}), readsOf: () => ({}) },
      delivery: { pending: { text: () => undefined }, marked: () => undefined },
      personal: {
        notify: () => undefined,
        autoFetch: () => undefined,
        retention: () => undefined,
        people: { isSilent: this.seen.hides, silent: () => [...this.seen.hidden()] },
      },
      directory: { person: () => undefined },
      files: this.peer.files,
    });
  }

  writes(entry: Entry): void {
    this.under[entry.from]?.push(entry);
    this.written.push(entry);
  }

  /** So many entries of a log come here in one piece, as the core is told of them. */
  comes(from: string, count: number): void {
    const entries = this.under[from]?.splice(0, count) ?? [];
    if (entries.length === 0) return;
    this.store.write(...entries);
    this.tells(entries);
  }

  /** The clock of this device was ahead, and shows this now: milliseconds after the start of 2026. */
  clockSet(now: number): void {
    const { entries } = this.store.store;
    entries.transaction(() => entries.placement.settle(general, this.device, Date.UTC(2026, 0, 1) + now));
    this.tells([]);
  }

  private tells(entries: readonly Entry[]): void {
    const { events } = this.peer;
    const effects = this.store.store.entries.placement.among(general, this.store.store.relations.effects(entries));
    this.book.added(general, entries, effects);
    if (entries.length > 0) events.emit('entries', { conversation: general, entries, awaited: effects.awaited });
    if (effects.changed.length > 0) events.emit('changed', { conversation: general, ids: effects.changed });
    events.emit('conversation', general);
  }

  /** As the user's choice has it done. */
  blocks(name: string, on: boolean): void {
    const user = userKey(username(name));
    if (this.blocked.has(user) === on) return;
    if (on) this.blocked.add(user);
    else this.blocked.delete(user);
    this.book.chosen(user);
    this.peer.events.emit('blocks');
  }

  page(): EntryView[] {
    return entryViews(this.services, this.seen.page(general, undefined, 200).entries);
  }

  close(): void {
    this.hub.close();
    this.store.close();
  }
}

/** A window that has loaded all of the conversation. */
class Window implements EventReader {
  private texts: string[] = [];
  private page: EntryView[] = [];

  constructor(private readonly world: World) {
    world.hub.attach(this, 'events');
  }

  /** A snapshot takes the place of all before, and what is loaded is read again. */
  enqueue = (frames: readonly Buffer[]): void => {
    for (const text of frames.map(String)) {
      if (text.startsWith('{"type":"snapshot"')) [this.texts, this.page] = [[], this.world.page()];
      this.texts.push(text);
    }
  };
  flush = (): void => undefined;
  restart(): void {
    throw new Error('events could not be told');
  }

  now(): { page: EntryView[]; conversation: ConversationView | undefined; told: LocalEvent[] } {
    const [first, ...rest] = this.texts.map((text) => JSON.parse(text) as unknown);
    let conversation = (first as Snapshot).conversations.find(({ id }) => id === general);
    const rows = new Map(this.page.map((row) => [row.id, row]));
    const told = rest as LocalEvent[];
    for (const event of told) {
      if (event.type === 'conversation') conversation = event.conversation;
      if (event.type !== 'entries' && event.type !== 'changed') continue;
      for (const entry of event.entries) {
        if (event.type === 'entries' || rows.has(entry.id)) rows.set(entry.id, entry);
        const latest = conversation?.latest;
        const newer = event.type === 'entries' && (!latest || after(entry, latest));
        if (conversation && (newer || latest?.id === entry.id)) conversation = { ...conversation, latest: entry };
      }
    }
    return { page: [...rows.values()].sort((a, b) => (after(a, b) ? 1 : -1)), conversation, told };
  }
}

function after(a: EntryView, b: EntryView): boolean {
  const [x, y] = [a.at ?? a.time, b.at ?? b.time];
  if (x !== y) return x > y;
  return a.device === b.device ? a.seq > b.seq : a.device > b.device;
}

type Step = (world: World, windows: Window[]) => void;

const who = fc.constantFrom('alice', 'bob', 'carol');
const ours = (from: string, at: number): object => (from === 'alice' ? { ...own, at } : { at });
const saying: fc.Arbitrary<Step> = fc
  .record({
    from: who,
    what: fc.constantFrom(
      'text',
      'text',
      'mention',
      'reply',
      'edit',
      'edit',
      'delete',
      'react',
      'unreact',
      'pin',
      'unpin',
    ),
    target: fc.nat(),
    at: fc.nat(6),
  })
  .map(({ from, what, target, at }) => (world) => {
    const { by, written } = world;
    const messages = written.filter(isMessage);
    const about = messages[target % Math.max(1, messages.length)];
    const more = ours(from, at);
    const n = written.length;
    if (what === 'mention') return world.writes(by.say(from, `m${n}`, { ...more, data: { mentions: ['Alice'] } }));
    if (what === 'text' || !about) return world.writes(by.say(from, `t${n}`, more));
    if (what === 'reply') return world.writes(by.reply(from, about, `r${n}`, more));
    if (what === 'edit') return world.writes(by.edit(about.from, about, `e${n}`, ours(about.from, at)));
    if (what === 'delete') return world.writes(by.remove(about.from, about, ours(about.from, at)));
    if (what.endsWith('react')) return world.writes(by.react(from, about, '👍', what === 'unreact', more));
    return world.writes(by.pin(from, about, what === 'unpin', more));
  });
const coming: fc.Arbitrary<Step> = fc.tuple(who, fc.integer({ min: 1, max: 5 })).map(
  ([from, count]) =>
    (world) =>
      world.comes(from, count),
);
const reading: fc.Arbitrary<Step> = fc.tuple(fc.boolean(), fc.nat()).map(([read, pick]) => (world) => {
  const rows = world.seen.page(general, undefined, 200).entries;
  const row = rows[pick % Math.max(1, rows.length)];
  if (row && read) void world.book.markRead(general, row.id);
  else if (row) void world.book.markUnread(general, row.id);
});
const blocking: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom('bob', 'carol'), fc.boolean()).map(
  ([name, on]) =>
    (world) =>
      world.blocks(name, on),
);
const clock: fc.Arbitrary<Step> = fc.nat(7).map((at) => (world) => world.clockSet(at * 1000));
const step = fc.oneof(
  { weight: 1, arbitrary: clock },
  { weight: 5, arbitrary: saying },
  { weight: 5, arbitrary: coming },
  { weight: 1, arbitrary: reading },
  { weight: 1, arbitrary: blocking },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.hub.flush()) },
  { weight: 1, arbitrary: fc.constant<Step>((world, windows) => void windows.push(new Window(world))) },
);

describe('the law of the local server, for what is said of messages', () => {
  test('old pages and snapshots with the events since are fresh ones', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World();
        try {
          const windows = [new Window(world)];
          for (const change of steps) change(world, windows);
          world.hub.flush();
          const fresh = { page: world.page(), conversation: world.book.get(general) };
          for (const window of windows) {
            const { page, conversation } = window.now();
            expect({ page, conversation }).toEqual(fresh);
          }
          expect(world.newBook().get(general)).toEqual(fresh.conversation);
        } finally {
          world.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('what has no row is told of only by what it changes, and only once that is here', () => {
    const world = new World();
    const window = new Window(world);
    const hello = world.by.say('bob', 'hello');
    world.writes(hello);
    world.writes(world.by.react('carol', hello, '👍'));
    world.comes('carol', 1);
    world.hub.flush();
    expect(window.now().told.map(({ type }) => type)).toEqual(['conversation']);
    world.comes('bob', 1);
    world.hub.flush();
    const [entries] = window.now().told.filter(({ type }) => type === 'entries');
    expect(entries).toMatchObject({ entries: [{ message: 'hello', reactions: [{ emoji: '👍', users: ['carol'] }] }] });
    expect(window.now().told.some(({ type }) => type === 'changed')).toBe(false);
    world.close();
  });

  test('an unread message that is taken back is unread no more', () => {
    const world = new World();
    const window = new Window(world);
    const hello = world.by.say('bob', 'hello', { data: { mentions: ['alice'] } });
    world.writes(hello);
    world.comes('bob', 1);
    world.hub.flush();
    expect(window.now().conversation).toMatchObject({ unread: 1, mentions: 1, latest: { message: 'hello' } });
    world.writes(world.by.remove('bob', hello));
    world.comes('bob', 1);
    world.hub.flush();
    expect(window.now().conversation).toMatchObject({ unread: 0, latest: { message: '', deleted: true } });
    expect(window.now().conversation).not.toHaveProperty('mentions');
    world.close();
  });
});
