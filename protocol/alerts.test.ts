/** What is worth a notification: rules, exceptions, calls, words, quiet hours; and by which clock. */
import { describe, expect, test } from '@jest/globals';
import { holdsKeyword, isAlert, type Situation } from './alerts.js';
import type { ConversationId, Username } from './ids.js';
import type { NotifyRules, QuietHours } from './local-notify.js';
import { callIn } from './mentions.js';
import { isQuietHour, isZone } from './quiet-hours.js';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const HOUR = 3600_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const general = '#general' as ConversationId;
const direct = '@alice+bob' as ConversationId;

interface Case extends Partial<Omit<Situation, 'rules'>> {
  readonly of?: Partial<Parameters<typeof isAlert>[0]>;
  readonly rules?: Partial<NotifyRules>;
}

/** A message of bob in #general, but for what a case says. */
function worth({ of, rules, ...situation }: Case): boolean {
  const entry = {
    kind: 'text',
    from: 'Bob' as Username,
    conversation: general,
    message: 'hello',
    data: {},
    time: iso(NOW - 1000),
  };
  return isAlert(
    { ...entry, ...of },
    {
      ...{ self: 'alice' as Username, rule: undefined, present: true, quiet: false, silent: false, now: NOW },
      rules: { channels: 'all', calls: true, keywords: [], ...rules },
      ...situation,
    },
  );
}

const named = { data: { mentions: ['bob', 'ALICE'] } };
const only = { rules: { channels: 'mentions' as const } };
const words = { rules: { channels: 'mentions' as const, keywords: ['Release', 'đường phố'] } };
const night: QuietHours = { from: '11:00', to: '13:00', days: [5], zone: 'UTC' };

describe('a message is worth a notification', () => {
  test.each<[string, Case]>([
    ['in a channel', {}],
    [
      'to this user alone, whatever the rule of channels',
      { of: { conversation: direct }, rules: { channels: 'none' } },
    ],
    ['with a file', { of: { kind: 'file' } }],
    ['that names this user, where only that is wanted', { ...only, of: named }],
    ['in a channel that is an exception', { rules: { channels: 'none' }, rule: 'all' }],
    ['that calls all', { ...only, of: { data: { call: 'all' } } }],
    ['that calls all, of somebody away', { ...only, present: false, of: { data: { call: 'all' } } }],
    ['that calls those who are here', { ...only, of: { data: { call: 'here' } } }],
    ['with a word that was asked for', { ...words, of: { message: 'the RELEASE, tomorrow' } }],
    ['with some words, otherwise accented', { ...words, of: { message: 'tren duong-pho nay' } }],
    ['that took hours to come', { of: { time: iso(NOW - 23 * HOUR) } }],
    ['of a clock that is ahead', { of: { time: iso(NOW + HOUR) } }],
    ['outside of the quiet hours', { rules: { quietHours: { ...night, from: '12:01' } } }],
    ['in the quiet hours of another day', { rules: { quietHours: { ...night, days: [4, 6] } } }],
  ])('%s', (_what, given) => expect(worth(given)).toBe(true));
});

describe('a message is not worth one', () => {
  test.each<[string, Case]>([
    ['of this user, in other letters', { of: { from: 'Alice' as Username } }],
    [
      'where nothing is wanted, though it names and calls',
      { rule: 'none', of: { data: { ...named.data, call: 'all' } } },
    ],
    ['where only mentions are wanted', only],
    ['that names somebody else', { ...only, of: { data: { mentions: ['bob'] } } }],
    ['that only spells the name', { ...only, of: { message: '@alice' } }],
    ['that names in no list of names', { ...only, of: { data: { mentions: { 0: 'alice' } } } }],
    ['that calls those who are here, of somebody away', { ...only, present: false, of: { data: { call: 'here' } } }],
    [
      'that calls, where calls are not wanted',
      { rules: { channels: 'mentions', calls: false }, of: { data: { call: 'all' } } },
    ],
    ['that calls in no known way', { ...only, of: { data: { call: ['all'] } } }],
    ['with a word within another one', { ...words, of: { message: 'prereleases' } }],
    ['with a word in code', { ...words, of: { message: 'see `release`' } }],
    ['while quiet, though it names this user', { quiet: true, of: named }],
    ['in quiet hours, though it names this user', { rules: { quietHours: night }, of: named }],
    ['of somebody muted, though it names this user', { silent: true, of: named }],
    ['of a join', { of: { kind: 'join' } }],
    ['of a kind that this version does not know', { of: { kind: 'poll' } }],
    ['of old, fetched with the history', { of: { time: iso(NOW - 25 * HOUR) } }],
    ['without a time', { of: { time: 'soon' }, rules: { channels: 'none' } }],
  ])('%s', (_what, given) => expect(worth(given)).toBe(false));
});

test.each<[string, string, boolean]>([
  ['東京都の天気', '京都', true],
  ['東京の天気', '京都', false],
  ['新しいiPhoneの発売', 'iphone', true],
  ['新しいiPhonesの発売', 'iphone', false],
  ['カタカナ', 'かたかな', true],
  ['ขอบคุณครับ', 'ขอบคุณ', true],
  ['안녕하세요', '안녕', true],
  ['done 🎉🎉', '🎉', true],
  ['ok👍🏽', '👍', true],
  ['ok', '👍', false],
  ['🇻🇳 now', '🇻🇳', true],
  ['🇻🇳 now', '🇮🇷', false],
  ['releases', 'release', false],
  ['`京都`', '京都', false],
])('in %s the keyword %s: %s', (message, keyword, holds) => {
  expect(holdsKeyword(message, [keyword])).toBe(holds);
});

test('keywords cost no more than their length, and empty ones match nothing', () => {
  expect(holdsKeyword('x', ['', ' ', '!?'])).toBe(false);
  expect(holdsKeyword('日本 です', ['日本'])).toBe(true);
  expect(holdsKeyword('a '.repeat(30_000), ['b'.repeat(64)])).toBe(false);
  expect(holdsKeyword('字'.repeat(16_000), ['字字字符'])).toBe(false);
});

describe('quiet hours', () => {
  const quiet = (hours: Partial<QuietHours>, at: string): boolean =>
    isQuietHour({ from: '22:00', to: '07:00', days: [1, 2, 3, 4, 5], zone: 'Europe/Berlin', ...hours }, Date.parse(at));

  test('over midnight belong to the day on which they begin', () => {
    // Friday evening to Saturday morning; Sunday evening is none.
    expect(quiet({}, '2026-11-20T21:00:00Z')).toBe(true);
    expect(quiet({}, '2026-11-21T05:59:59Z')).toBe(true);
    expect(quiet({}, '2026-11-21T06:00:00Z')).toBe(false);
    expect(quiet({}, '2026-11-20T20:59:59Z')).toBe(false);
    expect(quiet({}, '2026-11-22T22:00:00Z')).toBe(false);
    // Monday morning: Sunday evening did not begin any.
    expect(quiet({}, '2026-11-23T05:00:00Z')).toBe(false);
  });

  test('of one day, and of the whole of it', () => {
    expect(quiet({ from: '12:00', to: '13:00' }, '2026-11-20T11:30:00Z')).toBe(true);
    expect(quiet({ from: '12:00', to: '13:00' }, '2026-11-20T12:00:00Z')).toBe(false);
    expect(quiet({ from: '00:00', to: '00:00', days: [5] }, '2026-11-20T12:00:00Z')).toBe(true);
    expect(quiet({ from: '00:00', to: '00:00', days: [5] }, '2026-11-20T23:30:00Z')).toBe(false);
  });

  test('follow the clock on the wall when summer begins and ends', () => {
    // 2026-03-29, Sunday: 02:00 becomes 03:00; 2026-10-25, Sunday: 03:00 becomes 02:00.
    const all = { days: [0, 1, 2, 3, 4, 5, 6] };
    expect(quiet(all, '2026-03-29T04:59:00Z')).toBe(true);
    expect(quiet(all, '2026-03-29T05:00:00Z')).toBe(false);
    expect(quiet(all, '2026-10-25T05:59:00Z')).toBe(true);
    expect(quiet(all, '2026-10-25T06:00:00Z')).toBe(false);
    // The hour that comes twice.
    const twice = { ...all, from: '02:00', to: '03:00' };
    expect([quiet(twice, '2026-10-25T00:30:00Z'), quiet(twice, '2026-10-25T01:30:00Z')]).toEqual([true, true]);
  });

  test('are by the zone of the user, and none where nobody knows it', () => {
    expect(quiet({ zone: 'Asia/Tokyo' }, '2026-11-20T13:00:00Z')).toBe(true);
    expect(quiet({ zone: 'Nowhere/Here' }, '2026-11-20T22:00:00Z')).toBe(false);
    expect([isZone('Asia/Ho_Chi_Minh'), isZone('Nowhere/Here'), isZone('')]).toEqual([true, false, false]);
  });
});

test('who is called stands in the text, outside of code; a user of that name goes first', () => {
  const known = (name: string) => (name === 'here' ? ('Here' as Username) : undefined);
  const nobody = () => undefined;
  expect(callIn('@all, look', nobody)).toBe('all');
  expect(callIn('look @here and @all', nobody)).toBe('all');
  expect(callIn('(@here)', nobody)).toBe('here');
  expect(callIn('@here', known)).toBeUndefined();
  for (const text of ['`@all`', 'x@all', '@allan', '@All', 'all', '@all-in', '@@all', '/@all'])
    expect([text, callIn(text, nobody)]).toEqual([text, undefined]);
});
