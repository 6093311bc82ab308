import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { ConversationView, EntryView, LocalEvent, Snapshot, TransferView } from '../../../protocol/local-api.js';
import { fromSnapshot, reduceDaemon } from './daemon.js';
import { sameName } from './entries.js';
import { compareEntries } from './order.js';
import { ME, entry, person, snapshot, transferOf } from './test-samples.js';

/** A daemon that keeps its own truth and tells of it by events, as section 8 has it. */
class Daemon {
  readonly #entries: EntryView[] = [];
  readonly #read = new Map<string, EntryView>();
  readonly #state: Snapshot;

  /** `early`: whether the `conversation` event of new entries comes before or after them. */
  constructor(private readonly early: boolean) {
    this.#state = structuredClone(snapshot({ conversations: [] }));
  }

  snapshot(): Snapshot {
    return structuredClone(this.#state);
  }

  apply(change: Change): LocalEvent[] {
    const state = this.#state;
    switch (change.do) {
      case 'entries': {
        const { conversation, entries } = change;
        const fresh = entries.filter((e) => !this.#entries.some((known) => known.id === e.id));
        this.#entries.push(...fresh);
        const told = entries.map((e) => this.#stated(this.#entries.find((known) => known.id === e.id) ?? e));
        const added: LocalEvent = { type: 'entries', conversation, entries: structuredClone(told) };
        const view = this.#conversation(conversation);
        return this.early ? [view, added] : [added, view];
      }
      case 'change': {
        const known = this.#of(change.conversation).at(-1 - change.nth);
        if (!known) return [];
        Object.assign(known, { message: change.message });
        const view = state.conversations.find(({ id }) => id === change.conversation);
        if (view?.latest?.id === known.id) view.latest = this.#stated(known);
        const told = structuredClone([this.#stated(known)]);
        return [{ type: 'changed', conversation: change.conversation, entries: told }];
      }
      case 'read': {
        const newest = this.#of(change.conversation).at(-1);
        if (newest) this.#read.set(change.conversation, newest);
        return [this.#conversation(change.conversation)];
      }
      case 'receipts': {
        const view = this.#view(change.conversation);
        const { who, seq, read } = change;
        const raised = (marks: Record<string, number> = {}): Record<string, number> => {
          const before = Object.hasOwn(marks, who) ? (marks[who] ?? 0) : 0;
          return { ...marks, [who]: Math.max(seq, before) };
        };
        if (read) view.reads = raised(view.reads);
        else view.receipts = raised(view.receipts);
        if (view.latest) view.latest = this.#stated(view.latest);
        const told = { type: 'receipts', conversation: view.id, receipts: { ...view.receipts } } as const;
        // Reads are told only where there are any.
        return [structuredClone(view.reads ? { ...told, reads: view.reads } : told)];
      }
      case 'pending': {
        const view = this.#view(change.conversation);
        if (change.text === undefined) delete view.pending;
        else view.pending = change.text;
        return [this.#conversation(change.conversation)];
      }
      case 'remove': {
        state.conversations = state.conversations.filter(({ id }) => id !== change.conversation);
        return [{ type: 'conversation_removed', id: change.conversation }];
      }
      case 'person': {
        const next = person(change.name, { presence: change.presence, link: 'none' });
        state.people = [...state.people.filter(({ username }) => !sameName(username, change.name)), next];
        return [{ type: 'person', person: next }];
      }
      case 'channel': {
        const channel = { name: change.name, topic: change.topic, members: 3, joined: true };
        state.channels = [...state.channels.filter(({ name }) => name !== change.name), channel];
        return [{ type: 'channel', channel }];
      }
      case 'tracker':
        state.tracker = { url: state.tracker.url, state: 'unreachable', reason: change.reason };
        return [{ type: 'tracker', tracker: state.tracker }];
      case 'transfer': {
        const { id, state: now, done } = change;
        const transfer = transferOf(id, { state: now, done });
        // Of one that is done the event is the last word, and no snapshot names it.
        state.transfers = state.transfers.filter((known) => known.id !== id);
        if (now !== 'done') state.transfers.push(transfer);
        return [{ type: 'file', transfer: structuredClone(transfer) }];
      }
      case 'cancel':
        state.transfers = state.transfers.filter(({ id }) => id !== change.id);
        return [{ type: 'file_removed', id: change.id }];
      case 'history': {
        const { held } = change;
        if (held === undefined) {
          delete state.history;
          return [{ type: 'history' }];
        }
        state.history = { device: 'A'.repeat(22), state: 'coming', held, total: 100 };
        return [{ type: 'history', history: { ...state.history } }];
      }
      case 'notice': {
        const notice = { id: change.id, level: 'info', code: 'x', text: change.id, time: state.now } as const;
        state.notices = [...state.notices.filter(({ id }) => id !== change.id), notice];
        return [{ type: 'notice', notice }];
      }
      case 'dismiss':
        state.notices = state.notices.filter(({ id }) => id !== change.id);
        return [{ type: 'notice_removed', id: change.id }];
    }
  }

  #of(conversation: string): EntryView[] {
    return this.#entries.filter((e) => e.conversation === conversation).sort(compareEntries);
  }

  /** An own entry's state follows from what the others hold and have read. */
  #stated(e: EntryView): EntryView {
    const view = this.#state.conversations.find(({ id }) => id === e.conversation);
    const some = (marks: Record<string, number> = {}): boolean => Object.values(marks).some((seq) => seq >= e.seq);
    if (e.device !== ME.device) return e;
    return { ...e, state: some(view?.reads) ? 'read' : some(view?.receipts) ? 'delivered' : 'sent' };
  }

  #view(id: string): ConversationView {
    let view = this.#state.conversations.find((known) => known.id === id);
    if (!view) this.#state.conversations.push((view = { id, unread: 0, receipts: {} }));
    return view;
  }

  #conversation(id: string): LocalEvent {
    const view = this.#view(id);
    const all = this.#of(id);
    const read = this.#read.get(id);
    view.unread = all.filter(
      (e) => isMessage(e) && e.from !== ME.username && (!read || compareEntries(e, read) > 0),
    ).length;
    const latest = all.at(-1);
    if (latest) view.latest = this.#stated(latest);
    if (read) view.readUpTo = read.id;
    return { type: 'conversation', conversation: structuredClone(view) };
  }
}

type Change =
  | { do: 'entries'; conversation: string; entries: EntryView[] }
  | { do: 'read' | 'remove'; conversation: string }
  | { do: 'change'; conversation: string; nth: number; message: string }
  | { do: 'receipts'; conversation: string; who: string; seq: number; read: boolean }
  | { do: 'pending'; conversation: string; text: string | undefined }
  | { do: 'person'; name: string; presence: 'online' | 'offline' }
  | { do: 'channel'; name: string; topic: string }
  | { do: 'tracker'; reason: string }
  | { do: 'notice' | 'dismiss'; id: string }
  | { do: 'transfer'; id: string; state: TransferView['state']; done: number }
  | { do: 'history'; held: number | undefined }
  | { do: 'cancel'; id: string };

const conversation = fc.constantFrom('#general', '#tech', '@alice+bob');
const author = fc.constantFrom('alice', 'bob', 'Carol');
const entries = conversation.chain((id) =>
  fc.record({
    do: fc.constant('entries' as const),
    conversation: fc.constant(id),
    entries: fc.array(
      fc
        .tuple(author, fc.nat(20), fc.constantFrom('text', 'file', 'join', 'reaction'))
        .map(([from, seq, kind]) => entry(seq, { from, kind, conversation: id })),
      { minLength: 1, maxLength: 4 },
    ),
  }),
);
const transferId = fc.constantFrom('down 1', 'up 1 bob', 'constructor', '__proto__');
const change: fc.Arbitrary<Change> = fc.oneof(
  entries,
  fc.record({ do: fc.constantFrom('read' as const, 'remove' as const), conversation }),
  fc.record({ do: fc.constant('change' as const), conversation, nth: fc.nat(2), message: fc.string() }),
  fc.record({
    do: fc.constant('receipts' as const),
    conversation,
    // Names that are traps for whoever keys objects by names.
    who: fc.constantFrom('bob', 'carol', 'constructor', '__proto__'),
    seq: fc.nat(20),
    read: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('pending' as const),
    conversation,
    text: fc.constantFrom(undefined, 'bob is offline: delivered when bob is back.'),
  }),
  fc.record({
    do: fc.constant('person' as const),
    name: author,
    presence: fc.constantFrom('online' as const, 'offline' as const),
  }),
  fc.record({ do: fc.constant('channel' as const), name: fc.constantFrom('tech', 'game'), topic: fc.string() }),
  fc.record({ do: fc.constant('tracker' as const), reason: fc.string() }),
  fc.record({ do: fc.constantFrom('notice' as const, 'dismiss' as const), id: fc.constantFrom('a', 'b') }),
  fc.record({
    do: fc.constant('transfer' as const),
    id: transferId,
    state: fc.constantFrom('running', 'waiting', 'paused', 'failed', 'done'),
    done: fc.nat(100),
  }),
  fc.record({ do: fc.constant('cancel' as const), id: transferId }),
  fc.record({ do: fc.constant('history' as const), held: fc.option(fc.nat(100), { nil: undefined }) }),
);

describe('the law: a snapshot and the events since make what a fresh snapshot makes', () => {
  test.each([
    ['before', true],
    ['after', false],
  ])('with conversations told %s their entries', (_, early) => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.array(change, { maxLength: 25 }), (earlier, later) => {
        const daemon = new Daemon(early);
        for (const each of earlier) daemon.apply(each);
        let state = fromSnapshot(daemon.snapshot());
        for (const each of later) for (const event of daemon.apply(each)) state = reduceDaemon(state, event);
        expect(state).toEqual(fromSnapshot(daemon.snapshot()));
      }),
      { numRuns: 300 },
    );
  });

  test('an event told twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const daemon = new Daemon(true);
        let state = fromSnapshot(daemon.snapshot());
        for (const event of changes.flatMap((each) => daemon.apply(each))) {
          const once = reduceDaemon(state, event);
          state = reduceDaemon(once, event);
          expect(state).toEqual(once);
        }
      }),
    );
  });

  test('an event of a newer daemon is passed over', () => {
    const state = fromSnapshot(snapshot());
    expect(reduceDaemon(state, { type: 'typing' } as unknown as LocalEvent)).toBe(state);
  });

  test('receipts and reads that did not change stay the same object, so that messages are not drawn again', () => {
    const view = { id: '#general', unread: 0, receipts: { bob: 3 }, reads: { bob: 2 } };
    const state = fromSnapshot(snapshot({ conversations: [view] }));
    const again = { ...structuredClone(view), unread: 5 };
    const next = reduceDaemon(state, { type: 'conversation', conversation: again }).conversations['#general'];
    expect(next?.receipts).toBe(view.receipts);
    expect(next?.reads).toBe(view.reads);
    expect(next?.unread).toBe(5);
  });

  test('what somebody holds or has read never falls, whatever comes late', () => {
    const view = { id: '#general', unread: 0, receipts: { bob: 3 }, reads: { bob: 2 } };
    const state = fromSnapshot(snapshot({ conversations: [view] }));
    const late: LocalEvent = { type: 'receipts', conversation: '#general', receipts: { bob: 1 }, reads: { bob: 1 } };
    expect(reduceDaemon(state, late).conversations['#general']).toEqual(view);
  });
});
