import { expect, test } from '@jest/globals';
import { readStatusEnd } from '../../../protocol/slash-commands.js';
import { choiceOf, endOf, fieldOf, isTooFar } from './status-end.js';

/** A Wednesday, by the clock of this machine. */
const now = new Date(2026, 10, 25, 14, 30).getTime();
const at = (day: number, hour = 0): string => new Date(2026, 10, day, hour).toISOString();

test('a status ends after a while, with the day, before Monday, or at a time of one’s own', () => {
  expect(endOf('never', now, '')).toBeUndefined();
  expect(endOf('half', now, '')).toBe(new Date(2026, 10, 25, 15, 0).toISOString());
  expect(endOf('today', now, '')).toBe(at(26));
  expect(endOf('week', now, '')).toBe(at(30));
  // On a Sunday the week ends with the day, and on a Monday with the next one.
  expect(endOf('week', new Date(2026, 10, 29, 9).getTime(), '')).toBe(at(30));
  expect(endOf('week', new Date(2026, 10, 30, 9).getTime(), '')).toBe(at(37));
  expect(endOf('at', now, fieldOf(Date.parse(at(27, 9))))).toBe(at(27, 9));
  expect(endOf('at', now, '')).toBeUndefined();
  const far = ['10000-01-01T00:00', '275760-01-01T00:00', '+012026-01-01T00:00', '9999-12-31T23:59'];
  for (const typed of far) expect([isTooFar(typed), endOf('at', now, typed)]).toEqual([true, undefined]);
  expect([isTooFar('9999-12-30T00:00'), isTooFar(''), isTooFar(fieldOf(now))]).toEqual([false, false, false]);
  expect([choiceOf({ text: 'x' }), choiceOf({ text: 'x', until: at(27) })]).toEqual(['never', 'at']);
});

test.each([
  ['30m At lunch', { text: 'At lunch', minutes: 30 }],
  ['2h 🍜', { text: '🍜', minutes: 120 }],
  ['999d Away', { text: 'Away', minutes: 525_600 }],
  ['0m Away', { text: '0m Away' }],
  ['30m', { text: '30m' }],
  ['30 minutes', { text: '30 minutes' }],
  ['3D print', { text: '3D print' }],
])('/status %s', (rest, read) => {
  expect(readStatusEnd(rest)).toEqual(read);
});
