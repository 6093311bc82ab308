import { describe, expect, test } from '@jest/globals';
import type { Action } from './actions.js';
import { lacksBanners } from './attention.js';
import type { OutboxItem, State } from './model.js';
import { formatRoute } from './route.js';
import { entry, event, goTo, live, loading, page, run, seqs, signedIn, snapshot, view } from './test-samples.js';
import { createStore } from './store.js';

const again: Action = { type: 'history/loading', conversation: '#general', part: 'again' };
const item = (client: string): OutboxItem => ({
  client,
  conversation: '#general',
  message: client,
  createdAt: 1,
  phase: 'queued',
});

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
