import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConversationView, EntryView, LocalEvent, Snapshot } from '../../protocol/local-api.js';
import { directConversation, type ConversationId } from '../../protocol/ids.js';
import { EventHub, type EventReader } from './events.js';
import { channel, conversation, TestPeer, username } from './test-services.js';
import { snapshot } from './pending-events.js';

/** The reducer of a window, as plain as it can be: the law is about what it is told, not how it draws. */
class Window implements EventReader {
  readonly #texts: string[] = [];
  restarts = 0;

  enqueue(frames: readonly Buffer[]): void {
    this.#texts.push(...frames.map(String));
  }

  flush(): void {
    // What is enqueued counts as read.
  }

  restart(): void {
    this.restarts += 1;
  }

  get state(): Snapshot {
    const told = this.#texts.map((text) => JSON.parse(text) as Snapshot | LocalEvent);
    const [first, ...events] = told.slice(told.findLastIndex(({ type }) => type === 'snapshot'));
    const state = first as Snapshot;
    for (const event of events) apply(state, event as LocalEvent);
    return state;
  }

  get entries(): EntryView[] {
    const events = this.#texts.slice(1).map((text) => JSON.parse(text) as LocalEvent);
    return events.flatMap((event) => (event.type === 'entries' ? event.entries : []));
  }
}

function apply(state: Snapshot, event: LocalEvent): void {
  switch (event.type) {
    case 'person':
      return put(state.people, event.person, 'username');
    case 'channel':
      return put(state.channels, event.channel, 'name');
    case 'tracker':
      state.tracker = event.tracker;
      return;
    case 'notice':
      return put(state.notices, event.notice, 'id');
    case 'notice_removed':
      state.notices = state.notices.filter(({ id }) => id !== event.id);
      return;
    case 'conversation':
      return put(state.conversations, event.conversation, 'id');
    case 'conversation_removed':
      state.conversations = state.conversations.filter(({ id }) => id !== event.id);
      return;
    case 'preferences':
      state.preferences = event.preferences;
      return;
    case 'typing':
      // Of the moment, and in no snapshot; but never of a conversation that is not there.
      return withConversation(state, event.conversation, () => undefined);
    case 'changed':
      return withConversation(state, event.conversation, (view) => {
        view.latest = event.entries.find(({ id }) => id === view.latest?.id) ?? view.latest;
      });
    case 'entries':
      return withConversation(state, event.conversation, (view) => {
        for (const entry of event.entries)
          if (!view.latest || after(entry, view.latest)) view.latest = withoutMark(entry);
      });
    case 'receipts':
      return withConversation(state, event.conversation, (view) => {
        view.receipts = event.receipts;
        const { latest } = view;
        const held = latest && Object.values(event.receipts).some((seq) => seq >= latest.seq);
        if (held && latest.device === state.me.device) latest.state = 'delivered';
      });
  }
}

function put<Key extends string, Item extends Record<Key, string>>(items: Item[], item: Item, key: Key): void {
  const at = items.findIndex((known) => known[key] === item[key]);
  if (at < 0) items.push(item);
  else items[at] = item;
}

/** Entries of a conversation that is not there would be a breach of the law: nothing is made up for them. */
function withConversation(state: Snapshot, id: string, change: (view: ConversationView) => void): void {
  const view = state.conversations.find((known) => known.id === id);
  if (!view) throw new Error(`an event for ${id}, which does not exist`);
  change(view);
}

function after(a: EntryView, b: EntryView): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.device === b.device ? a.seq >= b.seq : a.device > b.device;
}

function withoutMark({ client: _, ...entry }: EntryView): EntryView {
  return entry;
}

/** As a set: order within the lists is the reader's own. */
function comparable(state: Snapshot): object {
  const by = <Item>(items: readonly Item[], key: (item: Item) => string): Item[] =>
    items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    ...state,
    now: '',
    people: by(state.people, ({ username }) => username),
    blocked: state.blocked.toSorted(),
    channels: by(state.channels, ({ name }) => name),
    conversations: by(state.conversations, ({ id }) => id),
    notices: by(state.notices, ({ id }) => id),
  };
}

const alice = username('alice');
const general = conversation('#general');
const users = ['Bob', 'carol', 'Dave'].map(username);
const channels = ['general', 'tech', 'game'].map(channel);
const anyUser = fc.constantFrom(...users);
const anyChannel = fc.constantFrom(...channels);
const anyRoom = fc.oneof(
  anyChannel.map((name) => conversation(`#${name}`)),
  anyUser.map((user) => directConversation(alice, user)),
);
const presence = fc.constantFrom('online' as const, 'away' as const, 'offline' as const);

type Step = (peer: TestPeer, hub: EventHub, windows: Window[]) => void;

const ifThere = (id: ConversationId, change: (peer: TestPeer) => void): Step => {
  return (peer) => (id.startsWith('@') || peer.conversations.get(id) ? change(peer) : undefined);
};

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(anyRoom, fc.string()).map(([id, text]) => ifThere(id, (peer) => peer.receive(id, text))),
  fc.tuple(anyRoom, fc.array(fc.string())).map(([id, texts]) => ifThere(id, (peer) => void peer.add(id, alice, texts))),
  anyRoom.map((id) => ifThere(id, (peer) => peer.receipt(id))),
  anyRoom.map((id) =>
    ifThere(id, (peer) => {
      const last = peer.history.page(id, undefined, 1).entries.at(-1);
      if (last) peer.conversations.markRead(id, last.id);
    }),
  ),
  fc.tuple(anyUser, presence).map(
    ([name, now]): Step =>
      (peer) =>
        peer.person({ ...peer.people.person(name), username: name, presence: now, link: 'none' }),
  ),
  fc.record({ friend: fc.boolean(), blocked: fc.boolean() }, { requiredKeys: [] }).map(
    (choice): Step =>
      (peer) =>
        peer.people.choose(username('Bob'), choice),
  ),
  fc.record({ name: fc.string(), status: fc.record({ text: fc.string() }) }).map(
    (profile): Step =>
      (peer) =>
        void peer.profiles.set(profile),
  ),
  fc
    .record(
      {
        presence: fc.constantFrom('auto' as const, 'busy' as const),
        quietUntil: fc.constantFrom(null, '2026-11-20T18:00:00.000Z'),
        sendTyping: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    .map(
      (change): Step =>
        (peer) =>
          void peer.preferences.set(change),
    ),
  fc
    .tuple(anyRoom, fc.constantFrom('all' as const, 'mentions' as const, 'none' as const))
    .map(([id, notify]) => ifThere(id, (peer) => peer.conversations.setNotify(id, notify))),
  // Also where the conversation goes in the same tick.
  fc.tuple(anyRoom, anyUser).map(
    ([conversation, user]): Step =>
      (peer) =>
        void (peer.conversations.get(conversation) && peer.events.emit('typing', { conversation, username: user })),
  ),
  anyChannel.map(
    (name): Step =>
      (peer) =>
        void peer.join(name),
  ),
  anyChannel.map(
    (name): Step =>
      (peer) =>
        peer.leave(name),
  ),
  fc.constantFrom('connected' as const, 'unreachable' as const).map(
    (state): Step =>
      (peer) =>
        peer.tracker({ url: 'x', state }),
  ),
  fc.constantFrom('1', '2').map(
    (id): Step =>
      (peer) =>
        peer.notice({ id, level: 'info', code: 'x', text: 'x', time: 'x' }),
  ),
  fc.constantFrom('1', '2').map(
    (id): Step =>
      (peer) =>
        peer.notices.list().some((n) => n.id === id) ? peer.notices.dismiss(id) : undefined,
  ),
  fc.nat(500).map(
    (ms): Step =>
      (peer) =>
        void (peer.nowMs += ms),
  ),
  fc.constant<Step>((_peer, hub) => hub.flush()),
  fc.constant<Step>((_peer, hub, windows) => {
    const window = new Window();
    windows.push(window);
    hub.attach(window, 'events');
  }),
);

describe('the law of the local server', () => {
  test('an old snapshot plus the events since equals a fresh snapshot', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const peer = new TestPeer();
        const hub = new EventHub(peer);
        const windows = [new Window()];
        for (const window of windows) hub.attach(window, 'events');
        for (const change of steps) change(peer, hub, windows);
        hub.flush();
        const fresh = comparable(snapshot(peer));
        for (const window of windows) expect(comparable(window.state)).toEqual(fresh);
        expect(windows.map(({ restarts }) => restarts)).toEqual(windows.map(() => 0));
        hub.close();
      }),
      { numRuns: 300 },
    );
  });

  test('entries reach each window once, in order, however many came in a tick, in frames of bounded size', () => {
    const peer = new TestPeer();
    const hub = new EventHub(peer);
    const batches: (readonly Buffer[])[] = [];
    const window = new Window();
    hub.attach(window, 'events');
    hub.attach(
      { enqueue: (frames) => void batches.push(frames), flush: () => undefined, restart: () => undefined },
      'events',
    );
    const texts = Array.from({ length: 2000 }, (_, at) => `${at} ${'é'.repeat(200)}`);
    for (let at = 0; at < texts.length; at += 7) peer.add(general, alice, texts.slice(at, at + 7));
    hub.flush();
    expect(window.entries.map(({ message }) => message)).toEqual(texts);
    expect(batches).toHaveLength(2);
    const sizes = batches.flat().map(({ length }) => length);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
    hub.close();
  });

  test('own entries are sent until another user holds them; the mark of their command comes with them', () => {
    const peer = new TestPeer();
    const hub = new EventHub(peer);
    const window = new Window();
    hub.attach(window, 'events');
    peer.add(general, alice, ['one', 'two'], new Map([[1, 'mark-2']]));
    hub.flush();
    expect(window.entries.map(({ state, client }) => [state, client])).toEqual([
      ['sent', undefined],
      ['sent', 'mark-2'],
    ]);
    peer.receipt(general);
    peer.add(general, alice, ['three']);
    peer.receive(general, 'four');
    hub.flush();
    expect(window.entries.slice(2).map(({ state }) => state)).toEqual(['sent', 'delivered']);
    expect(window.state.conversations.find(({ id }) => id === general)?.receipts).toEqual({ bob: 2 });
    expect(peer.history.page(general, undefined, 4).entries).toHaveLength(4);
    hub.close();
  });

  test('when events cannot be told, the windows are asked to start again and the peer goes on', () => {
    const peer = new TestPeer();
    const hub = new EventHub(peer);
    const window = new Window();
    hub.attach(window, 'events');
    peer.conversations.receipts = () => {
      throw new Error('the database is locked');
    };
    peer.add(general, alice, ['one']);
    hub.flush();
    expect(window.restarts).toBe(1);
    expect(peer.errors).toHaveLength(1);
    hub.close();
  });
});
