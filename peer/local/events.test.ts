import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { directConversation, type ConversationId } from '../../protocol/ids.js';
import { EventHub } from './events.js';
import { channel, conversation, TestPeer, username } from './test-services.js';
import { PendingEvents, snapshot } from './pending-events.js';
import { comparable, Window } from './test-window.js';

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

const anyFile = fc.constantFrom('a'.repeat(64), 'b'.repeat(64));

function showFile(peer: TestPeer, sha256: string): void {
  const data = { name: 'plan.pdf', size: 3, mime: 'application/pdf', sha256, chunks: 'c'.repeat(64) };
  peer.write(general, peer.me, [{ kind: 'file', message: '', data }]);
}

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
      if (last) void peer.conversations.markRead(id, last.id);
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
  fc
    .tuple(fc.constantFrom('fetch' as const, 'pause' as const, 'cancel' as const), anyFile)
    .map(([what, sha256]): Step => (peer) => {
      if (!peer.files.list({ limit: 99 }).files.some((file) => file.sha256 === sha256)) showFile(peer, sha256);
      // What is not on its way can neither be paused nor cancelled.
      peer.files[what](sha256).catch(() => undefined);
    }),
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

  test('what the user marked as unread is told as such, once; what is read, or comes, is not', () => {
    const peer = new TestPeer();
    const hub = new EventHub(peer);
    const told: string[] = [];
    const take = (frames: readonly Buffer[]): void => void told.push(...frames.map(String));
    hub.attach({ enqueue: take, flush: () => undefined, restart: () => undefined }, 'events');
    const marked = (): boolean[] => {
      hub.flush();
      const texts = told.splice(0).filter((text) => text.startsWith('{"type":"conversation"'));
      return texts.map((text) => text.includes('"markedUnread":true'));
    };
    peer.receive(general, 'one');
    const id = peer.history.page(general, undefined, 1).entries[0]?.id;
    if (!id) throw new Error('bug: the message that came is not there');
    expect(marked()).toEqual([false]);
    void peer.conversations.markRead(general, id);
    expect(marked()).toEqual([false]);
    void peer.conversations.markUnread(general, id);
    peer.receive(general, 'two');
    expect(marked()).toEqual([true]);
    peer.receive(general, 'three');
    expect(marked()).toEqual([false]);
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

test('that a file has come is told in the tick in which somebody is blocked as well, but nothing of theirs', async () => {
  const peer = new TestPeer();
  const [mine, theirs] = ['a'.repeat(64), 'b'.repeat(64)] as const;
  showFile(peer, mine);
  const data = { name: 'spam.pdf', size: 3, mime: 'application/pdf', sha256: theirs, chunks: 'c'.repeat(64) };
  peer.write(general, username('Bob'), [{ kind: 'file', message: '', data }]);
  const entries = peer.history.page(general, undefined, 9).entries;
  const pending = new PendingEvents();
  for (const { id, data: facts, conversation: where } of entries) {
    const sha256 = String(facts['sha256']);
    pending.take.file({
      ...{ id: sha256, sha256, entry: id, conversation: where, name: 'x', size: 3, done: 3 },
      ...{ direction: 'down', state: 'done', users: ['alice', 'Bob'], liars: ['Bob'] },
    });
  }
  peer.people.choose(username('Bob'), { blocked: true });
  pending.take.blocks();
  const told = pending.eventTexts(peer).map((text) => JSON.parse(text) as { type: string; transfer?: object });
  expect(told.filter(({ type }) => type === 'file')).toEqual([
    { type: 'file', transfer: expect.objectContaining({ id: mine, state: 'done', users: ['alice'], liars: [] }) },
  ]);
  expect(told.at(-1)?.type).toBe('snapshot');
});
