import { describe, expect, test } from '@jest/globals';
import type { ConversationView, EntryView, LocalEvent } from '../../../protocol/local-api.js';
import type { Action } from './actions.js';
import { isMet, lacksBanners } from './attention.js';
import type { OutboxItem, State } from './model.js';
import { reduce } from './reduce.js';
import { formatRoute, parseRoute } from './route.js';
import { entry, signedIn, snapshot } from './test-samples.js';
import { createStore } from './store.js';

const run = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const event = (told: LocalEvent): Action => ({ type: 'event', event: told });
const live = (...entries: EntryView[]): Action =>
  event({ type: 'entries', conversation: entries[0]?.conversation ?? '#general', entries });
const loading: Action = { type: 'history/loading', conversation: '#general' };
const again: Action = { type: 'history/loading', conversation: '#general', part: 'again' };
const page = (entries: EntryView[], more = false): Action => ({
  type: 'history/page',
  conversation: '#general',
  entries,
  more,
});
const item = (client: string): OutboxItem => ({
  client,
  conversation: '#general',
  message: client,
  createdAt: 1,
  phase: 'queued',
});
const seqs = (state: State): number[] => (state.timelines['#general']?.entries ?? []).map(({ seq }) => seq);
const goTo = (hash: string): Action => ({ type: 'route', route: parseRoute(hash) });
const view = (unread: number, changes: Partial<ConversationView> = {}): Action =>
  event({ type: 'conversation', conversation: { id: '#general', unread, receipts: {}, ...changes } });

describe('history', () => {
  test('an entry that comes while its page is under way is neither lost nor doubled', () => {
    const state = run(
      signedIn(),
      loading,
      live(entry(3)),
      page([entry(1), entry(2), entry(3)]),
      live(entry(3), entry(4)),
    );
    expect(seqs(state)).toEqual([1, 2, 3, 4]);
  });

  test('live entries of a conversation that was never opened are left to its first page', () => {
    expect(run(signedIn(), live(entry(3))).timelines).toEqual({});
  });

  test('a late entry older than what is loaded waits for its page, where it does not hide a hole', () => {
    const loaded = run(signedIn(), loading, page([entry(10), entry(11)], true));
    expect(seqs(run(loaded, live(entry(3), entry(12))))).toEqual([10, 11, 12]);
    const all = run(signedIn(), loading, page([entry(10)], false));
    expect(seqs(run(all, live(entry(3))))).toEqual([3, 10]);
  });

  test('a first page that failed leaves nothing behind that would pass for history', () => {
    const state = run(signedIn(), loading, live(entry(9)), { type: 'history/failed', conversation: '#general' });
    expect(state.timelines['#general']).toMatchObject({ phase: 'failed', loaded: false, entries: [] });
  });

  test('after a reconnect the timeline in view stays, and is whole again once it was read again', () => {
    const before = run(signedIn(), loading, page([entry(1), entry(2)]), {
      type: 'connection',
      connection: { phase: 'waiting' },
    });
    const back = run(before, { type: 'snapshot', snapshot: snapshot(), at: 0 });
    expect(back.timelines['#general']).toMatchObject({ stale: true, entries: [entry(1), entry(2)] });
    const whole = run(back, again, live(entry(6)), page([entry(1), entry(2), entry(4), entry(5)]));
    expect(whole.timelines['#general']?.stale).toBe(false);
    expect(seqs(whole)).toEqual([1, 2, 4, 5, 6]);
  });

  test('what lies deeper than was read again is dropped, to be loaded anew', () => {
    const before = run(signedIn(), loading, page([entry(1), entry(5)]), {
      type: 'snapshot',
      snapshot: snapshot(),
      at: 0,
    });
    expect(seqs(run(before, again, page([entry(4), entry(5), entry(6)], true)))).toEqual([4, 5, 6]);
  });

  test('a page asked for before a reconnect is dropped: events may be missing behind it', () => {
    const state = run(signedIn(), loading, { type: 'snapshot', snapshot: snapshot(), at: 0 }, page([entry(1)]));
    expect(seqs(state)).toEqual([]);
  });
});

describe('the outbox', () => {
  test('an own message goes over into history by its event or by its result, whichever is first', () => {
    const waiting = run(signedIn(), loading, page([]), { type: 'outbox/add', item: item('c1') });
    const own = entry(1, { from: 'alice', client: 'c1' });
    const byEvent = run(waiting, live(own));
    expect(byEvent.outbox).toEqual([]);
    expect(seqs(byEvent)).toEqual([1]);
    expect(run(byEvent, { type: 'outbox/done', client: 'c1', entry: own }).timelines).toEqual(byEvent.timelines);
    expect(run(waiting, { type: 'outbox/done', client: 'c1', entry: own }).timelines).toEqual(byEvent.timelines);
  });

  test('what was under way is queued again when the connection is lost', () => {
    const state = run(
      signedIn(),
      { type: 'outbox/add', item: item('c1') },
      { type: 'outbox/phase', client: 'c1', phase: 'inflight' },
      { type: 'connection', connection: { phase: 'connecting' } },
    );
    expect(state.outbox[0]?.phase).toBe('queued');
  });
});

describe('the unread line', () => {
  const hidden: Action = { type: 'visible', visible: false };
  const newest = entry(5);

  test('stands where it stood when the conversation was opened, until it is left', () => {
    const unread = run(signedIn('#/c/broadcast'), view(2, { latest: newest, readUpTo: 'r' }), goTo('#/c/general'));
    expect(unread.marks).toEqual({ '#general': { count: 2, readUpTo: 'r', until: newest.id } });
    const read = run(unread, { type: 'read', conversation: '#general' }, view(0), live(entry(6)));
    expect(read.marks).toEqual(unread.marks);
    expect(run(read, goTo('#/c/broadcast')).marks).toEqual({});
  });

  test('does not appear for messages that are seen as they come', () => {
    expect(run(signedIn(), view(1, { latest: newest }), live(newest)).marks).toEqual({});
  });

  test('appears for messages that come while nobody looks, and stays at the first of them', () => {
    const first = run(signedIn(), hidden, view(1, { latest: newest }));
    expect(first.marks).toEqual({ '#general': { count: 1, until: newest.id } });
    expect(run(first, view(2, { latest: entry(6) })).marks).toEqual(first.marks);
    const reading = run(signedIn(), { type: 'following', following: false }, view(1, { latest: newest }));
    expect(reading.marks).toEqual(first.marks);
    const elsewhere = run(signedIn(), { type: 'focused', focused: false }, view(1, { latest: newest }));
    expect(elsewhere.marks).toEqual(first.marks);
  });

  test('appears for what came while the connection was away, though one looks', () => {
    const conversations = [{ id: '#general', unread: 30, latest: newest, receipts: {}, readUpTo: 'r' }];
    const back = run(signedIn(), { type: 'snapshot', snapshot: snapshot({ conversations }), at: 0 });
    expect(back.marks).toEqual({ '#general': { count: 30, readUpTo: 'r', until: newest.id } });
  });

  test('has to be met before anything below it is read; the messages that come after do not change that', () => {
    const unread = run(signedIn('#/c/broadcast'), view(2, { latest: newest, readUpTo: 'r' }), goTo('#/c/general'));
    expect(isMet(unread, '#general')).toBe(false);
    const met = run(
      unread,
      { type: 'mark/met', conversation: '#general' },
      view(3, { latest: entry(6), readUpTo: 'r' }),
    );
    expect([isMet(met, '#general'), met.marks['#general']?.count]).toEqual([true, 2]);
    expect(isMet(run(met, goTo('#/c/broadcast'), goTo('#/c/general')), '#general')).toBe(false);
    expect(isMet(signedIn(), '#general')).toBe(true);
  });

  test('is loaded anew with what is kept of the conversation, where that does not hold it', () => {
    const kept = run(signedIn(), loading, page([entry(8), entry(9)], true), goTo('#/c/broadcast'));
    const held = run(kept, view(1, { latest: entry(9), readUpTo: entry(8).id }), goTo('#/c/general'));
    expect(seqs(held)).toEqual([8, 9]);
    const lost = run(kept, view(5, { latest: entry(9), readUpTo: entry(4).id }), goTo('#/c/general'));
    expect(lost.timelines['#general']).toBeUndefined();
  });
});

describe('marking as unread', () => {
  const [older, newest] = [entry(4), entry(5)];
  const read = view(0, { latest: newest, readUpTo: newest.id });
  const marked = event({
    type: 'conversation',
    conversation: { id: '#general', unread: 2, receipts: {}, latest: newest, readUpTo: older.id },
    markedUnread: true,
  });

  test('puts the line there, and is kept until the conversation is left', () => {
    const state = run(signedIn(), read, marked);
    expect(state.keptUnread).toBe('#general');
    expect(state.marks).toEqual({ '#general': { count: 2, readUpTo: older.id, until: newest.id, met: true } });
    expect(run(state, live(entry(6))).keptUnread).toBe('#general');
    expect(run(state, goTo('#/c/broadcast')).keptUnread).toBeUndefined();
  });

  test('ends when it is read, here or in another window', () => {
    const state = run(signedIn(), read, marked);
    expect(run(state, { type: 'read', conversation: '#general' }).keptUnread).toBeUndefined();
    expect(run(state, read).keptUnread).toBeUndefined();
  });

  test('is not taken for what the answer to reading does while more messages come', () => {
    const more = view(3, { latest: newest, readUpTo: older.id });
    expect(run(signedIn(), read, more).keptUnread).toBeUndefined();
    expect(run(signedIn(), read, { type: 'read', conversation: '#general' }, more).keptUnread).toBeUndefined();
  });

  test('is not taken for what a new message does, whichever event is first', () => {
    const counted = view(1, { latest: entry(6), readUpTo: newest.id });
    expect(run(signedIn(), read, live(entry(6)), counted).keptUnread).toBeUndefined();
    expect(run(signedIn(), read, counted, live(entry(6))).keptUnread).toBeUndefined();
  });
});

test('an entry that looks different now does so wherever it is shown', () => {
  const shout = entry(1, { conversation: '#broadcast' });
  const told = run(signedIn(), live(shout), loading, page([entry(7)]), view(0, { latest: entry(7) }));
  const edited = entry(7, { message: 'better' });
  const state = run(told, event({ type: 'changed', conversation: '#general', entries: [edited] }));
  expect(state.timelines['#general']?.entries).toEqual([edited]);
  expect(state.daemon?.conversations['#general']?.latest).toEqual(edited);
  const said = { ...shout, message: 'louder' };
  expect(run(told, event({ type: 'changed', conversation: '#broadcast', entries: [said] })).banners).toEqual([said]);
  const gone = { ...shout, message: '', deleted: true as const };
  expect(run(told, event({ type: 'changed', conversation: '#broadcast', entries: [gone] })).banners).toEqual([]);
});

test('a step to a message of the conversation in view leaves the view where it is', () => {
  const away = run(signedIn(), { type: 'following', following: false });
  const linked = run(away, { type: 'route', route: { view: 'channel', channel: 'general', entry: 'x' } });
  expect(linked.following).toBe(false);
  expect(formatRoute(linked.route)).toBe('#/m/x');
});

describe('broadcasts', () => {
  const shout = entry(1, { conversation: '#broadcast', message: 'fire' });

  test('are shown over any view until they are read, in whichever window', () => {
    const told = run(signedIn(), live(shout), live(shout));
    expect(told.banners).toEqual([shout]);
    expect(run(told, { type: 'read', conversation: '#broadcast' }).banners).toEqual([]);
    const elsewhere = event({ type: 'conversation', conversation: { id: '#broadcast', unread: 0, receipts: {} } });
    expect(run(told, elsewhere).banners).toEqual([]);
    const more = run(told, live({ ...shout, id: 'second', seq: 2 }));
    const first = { id: '#broadcast', unread: 1, receipts: {}, readUpTo: shout.id };
    expect(run(more, event({ type: 'conversation', conversation: first })).banners.map(({ id }) => id)).toEqual([
      'second',
    ]);
  });

  test('of oneself, of other kinds, and in the view of #broadcast itself need no banner', () => {
    expect(run(signedIn(), live({ ...shout, from: 'Alice' }), live({ ...shout, kind: 'join' })).banners).toEqual([]);
    expect(run(signedIn('#/c/broadcast'), live(shout)).banners).toEqual([]);
  });

  test('unread ones that a snapshot does not name are found in the newest history', () => {
    const join = entry(9, { conversation: '#broadcast', kind: 'join' });
    const entries = [entry(1), entry(2), entry(3, { from: 'alice' }), entry(4)].map((e, i) =>
      entry(i + 1, { conversation: '#broadcast', from: e.from }),
    );
    const unread = { id: '#broadcast', unread: 2, latest: join, receipts: {} };
    const state = (readUpTo?: string): State =>
      signedIn('#/c/general', { conversations: [{ ...unread, ...(readUpTo === undefined ? {} : { readUpTo }) }] });
    const told = (before: State): number[] =>
      run(before, { type: 'broadcasts', entries: [...entries, join] }).banners.map(({ seq }) => seq);
    expect(lacksBanners(state())).toBe(true);
    expect(told(state())).toEqual([2, 4]);
    expect(told(state(entries[1]?.id))).toEqual([4]);
    expect(told(run(state(), { type: 'read', conversation: '#broadcast' }))).toEqual([]);
    expect(lacksBanners(run(state(), { type: 'read', conversation: '#broadcast' }))).toBe(false);
  });

  test('unread ones are shown after a reload', () => {
    const conversations = [{ id: '#broadcast', unread: 1, latest: shout, receipts: {} }];
    expect(signedIn('#/c/general', { conversations }).banners).toEqual([shout]);
    expect(
      signedIn('#/c/general', { conversations: [{ id: '#broadcast', unread: 0, latest: shout, receipts: {} }] })
        .banners,
    ).toEqual([]);
  });
});

test('a step that the browser tells twice is made once: what the view said meanwhile stands', () => {
  const gone = run(signedIn(), goTo('#/u/bob'), { type: 'following', following: false });
  expect(run(gone, goTo('#/u/bob'))).toBe(gone);
  expect(run(gone, goTo('#/c/general')).following).toBe(true);
});

test('where a conversation was left is remembered until it is left at its end', () => {
  const place = { key: 'x', top: -4 };
  const left = run(signedIn(), { type: 'place', conversation: '#general', place });
  expect(left.places).toEqual({ '#general': place });
  expect(run(left, { type: 'place', conversation: '#general' }).places).toEqual({});
});

test('the panel of a person stands until it is closed, or the view beneath it is another one', () => {
  const shown = run(signedIn(), { type: 'person/show', username: 'bob' });
  expect(shown.personShown).toBe('bob');
  expect(run(shown, live(entry(1))).personShown).toBe('bob');
  expect(run(shown, { type: 'person/hide' }).personShown).toBeUndefined();
  expect(run(shown, goTo('#/settings')).personShown).toBeUndefined();
});

test('signing out forgets everything of the user', () => {
  const sessionView = { username: 'alice', signedIn: false, tracker: snapshot().tracker };
  const state = run(
    signedIn(),
    loading,
    page([entry(1)]),
    { type: 'draft', conversation: '#general', text: 'secret' },
    {
      type: 'session/signed_out',
      view: sessionView,
      reason: 'ended',
    },
  );
  expect(state).toMatchObject({
    session: { phase: 'signed_out', reason: 'ended' },
    timelines: {},
    drafts: {},
    outbox: [],
  });
  expect(state.daemon).toBeUndefined();
});

test('the store tells its listeners of changes only, and a listener may dispatch', () => {
  const store = createStore(signedIn());
  const seen: boolean[] = [];
  const stop = store.subscribe(() => {
    seen.push(store.get().visible);
    if (!store.get().visible) store.dispatch({ type: 'visible', visible: true });
  });
  store.dispatch({ type: 'visible', visible: false });
  expect(seen).toEqual([false, true]);
  stop();
  store.dispatch({ type: 'visible', visible: false });
  expect(seen).toHaveLength(2);
});
