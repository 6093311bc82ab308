import { describe, expect, test } from '@jest/globals';
import type { ConversationView } from '../../../protocol/local-api.js';
import { attentionOf, notifyRule, unseenAlerts, type Looking } from './notify.js';
import { initialState, reduce } from './reduce.js';
import type { Route } from './route.js';
import { entry, snapshot } from './test-samples.js';

const HOME: Route = { view: 'home' };
const GENERAL: Route = { view: 'channel', channel: 'general' };
const BOB: Route = { view: 'person', username: 'bob' };
const conversation = (id: string): ConversationView => ({ id, unread: 0, receipts: {} });

describe('what the daemon calls worth a notification', () => {
  const [one, two] = [entry(1), entry(2)];
  const shown = (looking: Partial<Looking>, alerts: string[] = [two.id], entries = [one, two]): string[] => {
    const state = reduce(initialState(HOME), { type: 'snapshot', snapshot: snapshot(), at: 0 });
    const event = { type: 'entries', conversation: '#general', entries, alerts } as const;
    return unseenAlerts({ ...state, visible: false, focused: false, ...looking }, event).map(({ id }) => id);
  };

  test('is shown, and nothing else', () => {
    expect(shown({})).toEqual([two.id]);
    expect(shown({}, [])).toEqual([]);
    expect(shown({}, [one.id, two.id, 'of another'])).toEqual([one.id, two.id]);
  });

  test.each<[string, Partial<Looking>, number]>([
    ['not in the conversation that somebody looks at', { visible: true, focused: true, route: GENERAL }, 0],
    ['while another conversation is in view', { visible: true, focused: true, route: BOB }, 1],
    ['in view of a window without the keyboard', { visible: true, focused: false, route: GENERAL }, 1],
    ['in a window that cannot be seen', { visible: false, focused: true, route: GENERAL }, 1],
  ])('%s', (_what, looking, count) => expect(shown(looking)).toHaveLength(count));

  test('not what was written before one joined, which comes as history', () => {
    expect(shown({ joinedAt: { '#general': Date.parse(two.time) + 1 } })).toEqual([]);
    expect(shown({ joinedAt: { '#general': Date.parse(two.time) } })).toEqual([two.id]);
  });

  test('not what was taken back before it came', () => {
    expect(shown({}, [two.id], [{ ...two, deleted: true }])).toEqual([]);
  });
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

  test('by the rule of all channels, where one has none of its own', () => {
    const sample = snapshot({ conversations: [{ ...conversation('#general'), unread: 5 }] });
    const preferences = { ...sample.preferences, notify: { ...sample.preferences.notify, channels: 'none' as const } };
    const { daemon } = reduce(initialState(HOME), { type: 'snapshot', snapshot: { ...sample, preferences }, at: 0 });
    expect(attentionOf(daemon)).toEqual({ count: 0, level: 'none' });
    expect([notifyRule(daemon, '#general'), notifyRule(daemon, '@alice+bob')]).toEqual(['none', 'all']);
  });
});
