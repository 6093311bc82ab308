import { expect, test } from '@jest/globals';
import { AUTO_FETCH_MS, comesByItself, type AutoFetchCase } from './auto-fetch.js';

const NOW = Date.UTC(2026, 10, 20);
const usual: AutoFetchCase = {
  facts: { mime: 'image/png', size: 1_000_000 },
  ...{ time: NOW - 1000, now: NOW, conversation: undefined },
  author: { own: false, friend: false, blocked: false },
  preferences: { auto: 'all', autoKinds: 'pictures', autoMax: 5_000_000 },
};
const stranger = usual.author;
const friends = { ...usual.preferences, auto: 'friends' } as const;

test.each<[string, Partial<AutoFetchCase>, boolean]>([
  ['a small picture of anybody', {}, true],
  ['one of exactly the limit', { facts: { mime: 'image/png', size: 5_000_000 } }, true],
  ['one above the limit', { facts: { mime: 'image/png', size: 5_000_001 } }, false],
  ['a document', { facts: { mime: 'application/pdf', size: 10 } }, false],
  [
    'a document, of those who want any kind',
    { facts: { mime: 'application/pdf', size: 10 }, preferences: { ...usual.preferences, autoKinds: 'all' } },
    true,
  ],
  ['a voice message', { facts: { mime: 'audio/webm', size: 10, voice: true } }, true],
  ['music', { facts: { mime: 'audio/mpeg', size: 10 } }, false],
  ['a stranger, where friends alone', { preferences: friends }, false],
  ['a friend, where friends alone', { preferences: friends, author: { ...stranger, friend: true } }, true],
  ['another device of the user', { preferences: friends, author: { ...stranger, own: true } }, true],
  ['nobody', { preferences: { ...usual.preferences, auto: 'none' }, author: { ...stranger, friend: true } }, false],
  [
    'all of a conversation',
    {
      conversation: 'all',
      facts: { mime: 'video/mp4', size: 2 ** 35 },
      preferences: { ...usual.preferences, auto: 'none' },
    },
    true,
  ],
  ['nothing of a conversation', { conversation: 'none' }, false],
  [
    'somebody blocked, whatever was chosen',
    { conversation: 'all', author: { ...stranger, blocked: true, friend: true } },
    false,
  ],
  ['an old one', { time: NOW - AUTO_FETCH_MS - 1 }, false],
])('%s', (_what, change, expected) => {
  expect(comesByItself({ ...usual, ...change })).toBe(expected);
});
