import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../protocol/local-api.js';
import type { Action } from '../state/actions.js';
import type { State } from '../state/model.js';
import { reduce } from '../state/reduce.js';
import { otherPeople, personOf } from '../state/sidebar.js';
import { entry, person, signedIn, snapshot } from '../state/test-samples.js';
import { withFound } from './found-people.js';
import { destinationOf } from './messages.js';

const BROADCAST = '#broadcast';
const unread = { id: BROADCAST, unread: 2, receipts: {} };
const conversations = [{ id: '#general', unread: 0, receipts: {} }, unread];
const theirs = entry(1, { from: 'Mallory', device: 'of-mallory' });
const others = entry(2, { from: 'carol', device: 'of-carol' });

/** A window that shows things of mallory's wherever it can. */
function full(): State {
  const found = { entries: [others, theirs], terms: [], problems: [], more: true };
  const loud = [theirs, others].map((each) => ({ ...each, conversation: BROADCAST }));
  const steps: Action[] = [
    { type: 'history/loading', conversation: '#general', load: 'x' },
    { type: 'history/page', conversation: '#general', entries: [theirs, others], more: false, load: 'x' },
    { type: 'event', event: { type: 'entries', conversation: BROADCAST, entries: loud } },
    { type: 'event', event: { type: 'entries', conversation: '#general', entries: [theirs] } },
    { type: 'finding', change: { kind: 'search/asked', query: 'q' } },
    { type: 'finding', change: { kind: 'search/answered', query: 'q', answer: found } },
    { type: 'finding', change: { kind: 'pins', conversation: '#general', entries: [theirs] } },
    { type: 'compose/reply', entry: theirs },
    { type: 'typing/heard', conversation: '#general', username: 'mallory', at: 0 },
  ];
  return steps.reduce(reduce, signedIn('#/c/general', { conversations, people: [person('mallory'), person('carol')] }));
}

const told = (state: State, changes: Partial<Snapshot>): State =>
  reduce(state, { type: 'snapshot', snapshot: snapshot({ conversations, ...changes }), at: 0 });

describe('a snapshot in which somebody is blocked', () => {
  const blocked = told(full(), { blocked: ['mallory'], people: [person('carol')] });

  test('takes what is theirs out of sight at once', () => {
    expect(JSON.stringify(full()).toLowerCase()).toContain('mallory');
    const { daemon, ...shown } = blocked;
    expect(JSON.stringify(shown).toLowerCase()).not.toContain('mallory');
    expect(JSON.stringify({ ...daemon, blocked: [] }).toLowerCase()).not.toContain('mallory');
  });

  test('leaves what is of others, and has it read again', () => {
    expect(blocked.timelines['#general']).toMatchObject({ entries: [others], stale: true });
    expect(blocked.banners.map(({ from }) => from)).toEqual(['carol']);
    expect(blocked.finding).toMatchObject({ pins: {}, search: { entries: [others], query: 'q', stale: true } });
  });

  test('leaves them to be named, to be unblocked, and to be written to alone', () => {
    if (!blocked.daemon) throw new Error('there is no snapshot');
    expect(personOf(blocked.daemon, 'MALLORY')).toMatchObject({ username: 'mallory', blocked: true });
    expect(otherPeople(blocked.daemon).map(({ person: { username } }) => username)).toEqual(['carol']);
    expect(destinationOf(blocked, '#general', '@mallory stop it')).toMatchObject({ kind: 'private' });
  });

  test('lets them be found by their whole name where they can be unblocked, and nowhere else', () => {
    const found = [{ username: 'mallory', presence: 'offline', link: 'none', blocked: true } as const];
    expect(withFound({}, found)).toEqual({});
    expect(Object.keys(withFound({}, found, true))).toEqual(['mallory']);
  });
});

test('when nobody is blocked any more, what was found is asked for again', () => {
  const back = told(told(full(), { blocked: ['mallory'] }), {});
  expect(back.timelines['#general']).toMatchObject({ stale: true });
  expect(back.finding.search.stale).toBe(true);
  const answer = { entries: [theirs], terms: [], problems: [], more: false };
  const again = reduce(back, { type: 'finding', change: { kind: 'search/answered', query: 'q', answer } });
  expect(again.finding.search).not.toHaveProperty('stale');
});

test('a snapshot after a reconnect, with the same people blocked, leaves what was found', () => {
  const { finding } = told(told(full(), { blocked: ['mallory'] }), { blocked: ['mallory'] });
  expect(finding.search.entries).toEqual([others]);
  expect(told(full(), {}).finding.search).not.toHaveProperty('stale');
});
