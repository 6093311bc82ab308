/** Values for tests. */
import type {
  ConversationView,
  EntryView,
  LocalEvent,
  PersonView,
  PreferencesView,
  Snapshot,
  TransferView,
} from '../../../protocol/local-api.js';
import type { Action } from './actions.js';
import type { State } from './model.js';
import { initialState, reduce } from './reduce.js';
import { parseRoute } from './route.js';

export const ME = { username: 'alice', device: 'device-of-alice' };

export const PREFERENCES: PreferencesView = {
  ...{ presence: 'auto', sendReads: true, sendTyping: true },
  notify: { channels: 'all', calls: true, keywords: [] },
  files: { auto: 'all', autoKinds: 'pictures', autoMax: 5_000_000, down: 0, up: 0, atOnce: 4, quota: 1_000_000 },
  retention: 0,
};

export function entry(seq: number, changes: Partial<EntryView> = {}): EntryView {
  const from = changes.from ?? 'bob';
  const device = changes.device ?? `device-of-${from.toLowerCase()}`;
  const conversation = changes.conversation ?? '#general';
  const channel = conversation.startsWith('#');
  return {
    type: channel ? 'broadcast' : 'chat',
    id: `${conversation} ${device} ${seq}`,
    conversation,
    from,
    device,
    channel: channel ? conversation.slice(1) : 'direct',
    seq,
    prev: '',
    time: new Date(Date.UTC(2026, 10, 20, 6) + seq * 1000).toISOString(),
    kind: 'text',
    message: `message ${seq}`,
    data: {},
    state: 'delivered',
    ...changes,
  };
}

export function person(username: string, changes: Partial<PersonView> = {}): PersonView {
  return { username, presence: 'online', link: 'linked', ...changes };
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    version: 1,
    now: '2026-11-20T07:00:00.000Z',
    me: ME,
    tracker: { url: 'http://127.0.0.1:8001', state: 'connected' },
    p2p: { host: '127.0.0.1', port: 9101 },
    reach: {},
    people: [person('alice', { link: 'self' }), person('bob')],
    blocked: [],
    channels: [],
    conversations: [
      { id: '#general', unread: 0, receipts: {} },
      { id: '#broadcast', unread: 0, receipts: {} },
    ],
    notices: [],
    preferences: PREFERENCES,
    transfers: [],
    ...changes,
  };
}

export const SHA = 'ab'.repeat(32);

/** A file entry of bob's: a picture, unless its `data` says otherwise. */
export function fileEntry(seq: number, data: object = {}, changes: Partial<EntryView> = {}): EntryView {
  const facts = { name: `view-${seq}.png`, size: 4_000, mime: 'image/png', sha256: SHA, chunks: SHA };
  return entry(seq, { kind: 'file', message: '', data: { ...facts, width: 800, height: 600, ...data }, ...changes });
}

export function transferOf(id: string, changes: Partial<TransferView> = {}): TransferView {
  return { id, sha256: SHA, name: 'a', size: 100, direction: 'down', state: 'running', done: 0, users: [], ...changes };
}

/** Signed in, with a snapshot, looking at `hash`. */
export function signedIn(hash = '#/c/general', changes: Partial<Snapshot> = {}): State {
  const fresh = reduce(initialState(parseRoute(hash)), {
    type: 'session/signed_in',
    username: 'alice',
    outbox: [],
    drafts: {},
  });
  return reduce(fresh, { type: 'snapshot', snapshot: snapshot(changes), at: 0 });
}

/** Steps of one view, in #general. */
export const run = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
export const event = (told: LocalEvent): Action => ({ type: 'event', event: told });
export const live = (...entries: EntryView[]): Action =>
  event({ type: 'entries', conversation: entries[0]?.conversation ?? '#general', entries });
export const loading: Action = { type: 'history/loading', conversation: '#general' };
export const page = (entries: EntryView[], more = false): Action => ({
  type: 'history/page',
  conversation: '#general',
  entries,
  more,
});
export const seqs = (state: State): number[] => (state.timelines['#general']?.entries ?? []).map(({ seq }) => seq);
export const goTo = (hash: string): Action => ({ type: 'route', route: parseRoute(hash) });
export const view = (unread: number, changes: Partial<ConversationView> = {}): Action =>
  event({ type: 'conversation', conversation: { id: '#general', unread, receipts: {}, ...changes } });
