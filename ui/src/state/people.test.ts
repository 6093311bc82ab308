import { describe, expect, test } from '@jest/globals';
import { isQuiet, quietUntil } from './quiet.js';
import { reduce } from './reduce.js';
import { directItems, friendItems, otherPeople } from './sidebar.js';
import { entry, person, signedIn } from './test-samples.js';

const chosen = signedIn('#/c/general', {
  people: [
    person('alice', { link: 'self' }),
    person('zoe', { friend: true, name: 'Anna' }),
    person('bob', { friend: true, presence: 'offline' }),
    person('carol'),
    person('frank', { muted: true }),
    person('erin'),
  ],
  conversations: [
    { id: '#general', unread: 0, receipts: {} },
    { id: '#broadcast', unread: 0, receipts: {} },
    { id: '@alice+bob', unread: 2, mentions: 1, notify: 'none', receipts: {} },
    { id: '@alice+carol', unread: 0, receipts: {} },
  ],
});
const { daemon } = chosen;
if (!daemon) throw new Error('there is no snapshot');

test('friends stand together, by what they are called, with what waits in their conversation', () => {
  expect(friendItems(daemon)).toEqual([
    { person: person('zoe', { friend: true, name: 'Anna' }), unread: 0, mentions: 0, muted: false },
    {
      conversation: '@alice+bob',
      person: person('bob', { friend: true, presence: 'offline' }),
      ...{ unread: 2, mentions: 1, muted: true },
    },
  ]);
});

test('nobody is listed twice', () => {
  expect(directItems(daemon).map(({ person: { username } }) => username)).toEqual(['carol']);
  expect(otherPeople(daemon).map(({ person: { username } }) => username)).toEqual(['erin', 'frank']);
});

test('what a muted person writes is neither read out nor put over the view', () => {
  const said = (from: string) => ({
    conversation: '#broadcast',
    entries: [entry(1, { from, conversation: '#broadcast' })],
  });
  const after = (from: string) => reduce(chosen, { type: 'event', event: { type: 'entries', ...said(from) } });
  expect(after('Frank')).toMatchObject({ banners: [], heardCount: 0 });
  expect(after('carol').banners).toHaveLength(1);
  expect(after('carol').heardCount).toBe(1);
});

describe('what is read out', () => {
  const at = Date.parse('2026-11-20T12:00:00Z');
  const told = (conversation: string, ...minutes: number[]) =>
    ({
      type: 'event',
      at,
      event: {
        type: 'entries',
        conversation,
        entries: minutes.map((ago, n) => {
          const time = new Date(at - ago * 60_000).toISOString();
          return entry(n + 1, { from: 'carol', conversation, time });
        }),
      },
    }) as const;
  const bakery = '#bakery';
  const opened = {
    type: 'event',
    at,
    event: { type: 'conversation', conversation: { id: bakery, unread: 3, receipts: {} } },
  } as const;

  test('is what is new, and not what comes of the time when one was away', () => {
    expect(reduce(chosen, told('#general', 90, 1, 0)).heardCount).toBe(2);
  });

  test.each([
    ['by this window', { type: 'joining', conversation: bakery, at } as const],
    ['at another door', opened],
  ])('is nothing of the history of a channel that was joined %s, and then what is written there', (_, joined) => {
    const state = reduce(reduce(chosen, joined), told(bakery, 3, 2, 1));
    expect(state.heardCount).toBe(0);
    expect(reduce(state, told(bakery, 0)).heardCount).toBe(1);
  });

  test('is the first that somebody new writes to one alone, however the conversation came to be', () => {
    const direct = { id: '@alice+erin', unread: 1, receipts: {} };
    const state = reduce(chosen, { type: 'event', at, event: { type: 'conversation', conversation: direct } });
    expect(reduce(state, told(direct.id, 0.1)).heardCount).toBe(1);
  });
});

test('quiet lasts for as long as was chosen, and no longer', () => {
  const now = new Date(2026, 10, 20, 22, 15).getTime();
  const minutes = (quiet: Parameters<typeof quietUntil>[0]): number =>
    (Date.parse(quietUntil(quiet, now)) - now) / 60_000;
  expect(minutes('half')).toBe(30);
  expect(minutes('hour')).toBe(60);
  // Until the morning, whatever the clocks do in the night.
  expect(new Date(quietUntil('tomorrow', now)).getHours()).toBe(8);
  expect(minutes('tomorrow')).toBeLessThan(24 * 60);
  expect(isQuiet({ quietUntil: quietUntil('ever', now) }, now + 1e12)).toBe(true);
  expect(isQuiet({ quietUntil: quietUntil('half', now) }, now + 31 * 60_000)).toBe(false);
  expect(isQuiet({}, now)).toBe(false);
});
