/** A judge that could not find anything would acquit everybody. */
import { expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { isGood, judge, type Case } from './judge.js';
import type { Window } from './window.js';

const entry = (id: string, message: string): EntryView => ({ id, message, kind: 'text' }) as EntryView;
const [one, two, three] = [entry('1', 'a 1'), entry('2', 'a 2'), entry('3', 'b 1')];

const shows = (...history: EntryView[]): Window => ({ history: async () => history }) as unknown as Window;
const given = (...windows: Window[]): Case => ({
  conversations: new Map([['#general', windows]]),
  acknowledged: new Map([
    ['a 1', { conversation: '#general', id: '1' }],
    ['a 2', { conversation: '#general', id: '2' }],
  ]),
});

test('equal histories that hold all that was acknowledged are good', async () => {
  const verdict = await judge(given(shows(one, two, three), shows(one, two, three)));
  expect(verdict).toEqual({ entries: 3, lost: [], doubled: [], differing: [] });
  expect(isGood(verdict)).toBe(true);
});

test.each([
  ['an acknowledged message that nobody has', given(shows(one), shows(one)), { lost: ['a 2'] }],
  ['a message that is there under another id', given(shows(one, entry('9', 'a 2'))), { lost: ['a 2'] }],
  ['one that is there twice', given(shows(one, two, two)), { doubled: ['#general: 2', '#general: a 2'] }],
  ['a text that became two entries', given(shows(one, two, entry('4', 'a 1'))), { doubled: ['#general: a 1'] }],
  ['another order', given(shows(one, two), shows(two, one)), { differing: ['#general: 2 / 2 entries'] }],
  ['a member who lacks one', given(shows(one, two), shows(one)), { differing: ['#general: 2 / 1 entries'] }],
])('%s is not', async (_what, case_, found) => {
  const verdict = await judge(case_);
  expect(verdict).toMatchObject(found);
  expect(isGood(verdict)).toBe(false);
});
