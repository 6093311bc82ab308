import { describe, expect, test } from '@jest/globals';
import type { Action } from './actions.js';
import { isMet } from './attention.js';
import { entry, event, goTo, live, loading, page, run, seqs, signedIn, snapshot, view } from './test-samples.js';

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
