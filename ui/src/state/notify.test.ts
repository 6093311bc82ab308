import { describe, expect, test } from '@jest/globals';
import type { ConversationView, EntryView, PreferencesView } from '../../../protocol/local-api.js';
import { attentionOf, names, worthNotifying, type Looking } from './notify.js';
import { initialState, reduce } from './reduce.js';
import type { Route } from './route.js';
import { entry, snapshot } from './test-samples.js';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const HOUR = 3600_000;
const conversation = (id: string): ConversationView => ({ id, unread: 0, receipts: {} });
const iso = (ms: number): string => new Date(ms).toISOString();

interface Case {
  readonly of?: Partial<EntryView>;
  readonly rule?: ConversationView['notify'];
  readonly preferences?: Partial<PreferencesView>;
  readonly muted?: boolean;
  readonly looking?: Partial<Looking>;
}

const HOME: Route = { view: 'home' };
const GENERAL: Route = { view: 'channel', channel: 'general' };
const BOB: Route = { view: 'person', username: 'bob' };

/** A message of bob in #general while nobody looks, but for what a case says. */
function worth({ of, rule, preferences, muted, looking }: Case): boolean {
  const sample = snapshot();
  const id = of?.conversation ?? '#general';
  const told = {
    ...sample,
    conversations: [{ ...conversation(id), ...(rule ? { notify: rule } : {}) }],
    people: [{ username: 'Bob', presence: 'online' as const, link: 'linked' as const, ...(muted ? { muted } : {}) }],
    preferences: { ...sample.preferences, ...preferences },
  };
  const state = reduce(initialState(HOME), { type: 'snapshot', snapshot: told, at: NOW });
  const { me } = told;
  const message = entry(1, { from: 'Bob', conversation: id, time: iso(NOW - 1000), ...of });
  expect(me.username).toBe('alice');
  return worthNotifying({ ...state, visible: false, focused: false, ...looking }, message, NOW);
}

const mentioned = { data: { mentions: ['bob', 'ALICE'] } };

describe('a message is worth a notification', () => {
  test.each<[string, Case]>([
    ['in a channel', {}],
    ['to this user alone', { of: { conversation: '@alice+bob' } }],
    ['with a file', { of: { kind: 'file' } }],
    ['that names this user, where only that is wanted', { rule: 'mentions', of: mentioned }],
    ['while another conversation is in view', { looking: { visible: true, focused: true, route: BOB } }],
    ['while a page is in view that is no conversation', { looking: { visible: true, focused: true, route: HOME } }],
    ['in view of a window without the keyboard', { looking: { visible: true, focused: false, route: GENERAL } }],
    ['in a window that cannot be seen', { looking: { visible: false, focused: true, route: GENERAL } }],
    ['once the quiet is over', { preferences: { quietUntil: iso(NOW - 1) } }],
    ['of a quiet that is no time', { preferences: { quietUntil: 'soon' } }],
    ['while away', { preferences: { presence: 'away' } }],
    ['that took hours to come', { of: { time: iso(NOW - 23 * HOUR) } }],
    ['of a clock that is ahead', { of: { time: iso(NOW + HOUR) } }],
  ])('%s', (_what, given) => expect(worth(given)).toBe(true));
});

describe('a message is not worth one', () => {
  test.each<[string, Case]>([
    ['in the conversation that somebody looks at', { looking: { visible: true, focused: true, route: GENERAL } }],
    [
      'to this user alone, in view',
      { of: { conversation: '@alice+bob' }, looking: { visible: true, focused: true, route: BOB } },
    ],
    ['of this user, from another device', { of: { from: 'alice', device: 'another' } }],
    ['of this user in other letters', { of: { from: 'Alice' } }],
    ['where nothing is wanted', { rule: 'none' }],
    ['where nothing is wanted, though it names this user', { rule: 'none', of: mentioned }],
    ['where only mentions are wanted', { rule: 'mentions' }],
    ['that names somebody else', { rule: 'mentions', of: { data: { mentions: ['bob'] } } }],
    ['that only spells the name', { rule: 'mentions', of: { message: '@alice', data: {} } }],
    ['while busy', { preferences: { presence: 'busy' } }],
    ['while busy, though it names this user', { preferences: { presence: 'busy' }, of: mentioned }],
    ['before the quiet is over', { preferences: { quietUntil: iso(NOW + 1) } }],
    ['while quiet was asked for without an end', { preferences: { quietUntil: '9999-12-31T00:00:00.000Z' } }],
    ['of somebody muted, though it names this user', { muted: true, of: mentioned }],
    ['of a join', { of: { kind: 'join' } }],
    ['of a topic', { of: { kind: 'topic' } }],
    ['of a kind that this version does not know', { of: { kind: 'poll' } }],
    ['that was taken back before it came', { of: { deleted: true } }],
    ['of old, fetched with the history', { of: { time: iso(NOW - 25 * HOUR) } }],
  ])('%s', (_what, given) => expect(worth(given)).toBe(false));

  test('before the daemon told anything', () => {
    const state = { ...initialState(HOME), visible: false, focused: false };
    expect(worthNotifying(state, entry(1, { from: 'Bob', time: iso(NOW) }), NOW)).toBe(false);
  });
});

test('who is named is taken from nothing but a list of names', () => {
  expect(names(entry(1, { data: { mentions: ['Alice'] } }), 'alice')).toBe(true);
  for (const mentions of ['alice', { 0: 'alice' }, [['alice']], [null], 7, undefined])
    expect(names(entry(1, { data: { mentions } }), 'alice')).toBe(false);
});

describe('the title counts', () => {
  const attention = (...views: ConversationView[]) =>
    attentionOf(
      reduce(initialState(HOME), { type: 'snapshot', snapshot: { ...snapshot(), conversations: views }, at: 0 }).daemon,
    );

  test('direct messages and mentions', () => {
    const views = [
      { ...conversation('@alice+bob'), unread: 2 },
      { ...conversation('#general'), unread: 5, mentions: 1 },
    ];
    expect(attention(...views)).toEqual({ count: 3, level: 'mention' });
  });

  test('nothing else; that shows as a dot', () => {
    expect(attention({ ...conversation('#general'), unread: 5 })).toEqual({ count: 0, level: 'unread' });
    expect(attention({ ...conversation('#general'), unread: 5, notify: 'mentions' })).toEqual({
      count: 0,
      level: 'none',
    });
    expect(attention({ ...conversation('#general'), unread: 5, mentions: 2, notify: 'mentions' })).toEqual({
      ...{ count: 2, level: 'mention' },
    });
  });

  test('nothing that is muted, whatever it holds', () => {
    const muted = { notify: 'none' as const, unread: 3, mentions: 2 };
    const views = [
      { ...conversation('@alice+bob'), ...muted },
      { ...conversation('#general'), ...muted },
    ];
    expect(attention(...views)).toEqual({ count: 0, level: 'none' });
    expect(attentionOf(undefined)).toEqual({ count: 0, level: 'none' });
  });
});
