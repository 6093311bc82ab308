import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromSnapshot } from '../../state/daemon.js';
import { entry, person, snapshot } from '../../state/test-samples.js';
import { candidatesOf } from './candidates.js';
import { fold, placed } from './fold.js';
import { ranked, recents } from './ranking.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 6, minute)).toISOString();
const channel = (name: string, joined: boolean) => ({ name, topic: '', members: 2, joined });

const daemon = fromSnapshot(
  snapshot({
    people: [
      person('alice', { link: 'self' }),
      person('bob'),
      person('Bobby', { presence: 'offline' }),
      person('tran', { name: 'Trần Đức Anh' }),
    ],
    channels: [
      channel('general', true),
      channel('broadcast', true),
      channel('design', true),
      channel('dev-ops', false),
    ],
    conversations: [
      { id: '#general', unread: 0, receipts: {}, latest: entry(1, { time: at(1) }) },
      { id: '#broadcast', unread: 0, receipts: {} },
      { id: '#design', unread: 3, receipts: {}, latest: entry(2, { time: at(0) }) },
      { id: '@alice+bob', unread: 0, receipts: {}, latest: entry(3, { time: at(5) }) },
      { id: '@alice+zoe', unread: 0, receipts: {} },
    ],
  }),
);
const all = candidatesOf(daemon, [{ name: 'settings', title: 'Settings' }]);
const keys = (query: string): string[] => ranked(all, query).map(({ candidate }) => candidate.key);

describe('the switcher', () => {
  test('offers what is unread, then what was used last', () => {
    expect(recents(all, 9).map(({ key }) => key)).toEqual(['#design', '@bob', '#general']);
    expect(recents(all, 1)).toHaveLength(1);
  });

  test('knows each conversation and person once, also one whom the daemon does not', () => {
    const known = all.map(({ key }) => key);
    expect(new Set(known).size).toBe(known.length);
    expect(known).toEqual(expect.arrayContaining(['@zoe', '@alice', '#dev-ops', '>settings']));
  });

  test.each([
    ['bob', ['@bob', '@bobby']],
    ['gnrl', ['#general']],
    ['genreal', ['#general']],
    ['ops', ['#dev-ops']],
    ['ops dev', ['#dev-ops']],
    ['SETT', ['>settings']],
    ['duc', ['@tran']],
    ['Đức', ['@tran']],
    ['tran', ['@tran']],
    ['xyzzy', []],
  ])('takes %j for %j', (query, expected) => expect(keys(query).slice(0, 2)).toEqual(expected));

  test('prefers the whole name to its beginning, and that to its middle', () => {
    expect(keys('e').at(0)).not.toBe('#general');
    expect(keys('de').slice(0, 2)).toEqual(['#design', '#dev-ops']);
  });

  test('leaves people or channels alone where it is told so', () => {
    expect(keys('@').every((key) => key.startsWith('@'))).toBe(true);
    expect(keys('#').every((key) => key.startsWith('#'))).toBe(true);
    expect(keys('#')).toContain('#dev-ops');
    expect(keys('@b')).toEqual(expect.arrayContaining(['@bob', '@bobby']));
    expect(keys('#bob')).toEqual([]);
  });

  test('marks what was typed, in the name and behind it', () => {
    const [hit] = ranked(all, 'đức');
    expect(hit?.candidate.title.slice(hit.title[0], hit.title[1])).toBe('Đức');
    const [byUser] = ranked(all, '@tran');
    expect([...(byUser?.title ?? []), ...(byUser?.detail ?? [])].length).toBeGreaterThan(0);
  });

  test('takes any text without an error, and marks within bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 24 }), (query) => {
        for (const { candidate, title, detail } of ranked(all, query)) {
          for (const place of title) expect(place).toBeLessThanOrEqual(candidate.title.length);
          for (const place of detail) expect(place).toBeLessThanOrEqual(candidate.detail.length);
        }
      }),
    );
  });
});

test('a folded text knows where each of its parts was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { text: folded, from, to } = placed(text);
      expect(folded).toBe(fold(text));
      for (let at = 0; at < folded.length; at++)
        expect(fold(text.slice(from(at), to(at)))).toContain(folded.charAt(at));
    }),
  );
});
