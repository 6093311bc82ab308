import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceId, EntryId, Username } from './ids.js';
import { QUOTE_MAX, REACTIONS_MAX } from './limits.js';
import { excerpt } from './related.js';
import { foldRelations, mentions, relationOf, replyTarget, type RelationFact, type RelationKind } from './relations.js';
import { isEmoji } from './text.js';

const id = 'T'.repeat(43) as EntryId;
const alice = 'Alice' as Username;
const text = { kind: 'text', from: alice };

interface Said extends RelationFact {
  readonly what: number;
}

let count = 0;
function fact(kind: RelationKind, from: string, at: number, more: Partial<RelationFact> = {}): Said {
  const time = new Date(Date.UTC(2026, 10, 20) + at * 1000).toISOString();
  const device = from.toLowerCase().padEnd(22, '0') as DeviceId;
  return { kind, from: from as Username, time, device, seq: at, emoji: '', remove: false, what: ++count, ...more };
}

describe('what an entry says about another one', () => {
  const relation = (kind: string, data: object, message = '') => relationOf({ kind, message, data: { ...data } });

  test('is read from its kind and its data', () => {
    expect(relation('edit', { target: id, mentions: ['bob'] }, 'new')).toEqual({
      kind: 'edit',
      target: id,
      emoji: '',
      remove: false,
    });
    expect(relation('delete', { target: id })).toMatchObject({ kind: 'delete', target: id });
    expect(relation('reaction', { target: id, emoji: '👍🏽' })).toMatchObject({ emoji: '👍🏽', remove: false });
    expect(relation('reaction', { target: id, emoji: '👍', remove: true })).toMatchObject({ remove: true });
    expect(relation('pin', { target: id, remove: true, more: 1 })).toMatchObject({ kind: 'pin', remove: true });
  });

  test.each([
    ['text', { target: id }, 'x'],
    ['constructor', { target: id }, 'x'],
    ['edit', { target: id }, ' \n'],
    ['edit', { target: 'short' }, 'x'],
    ['edit', { target: id, mentions: 'bob' }, 'x'],
    ['edit', { target: id, mentions: ['<b>'] }, 'x'],
    ['delete', {}, ''],
    ['delete', { target: [id] }, ''],
    ['reaction', { target: id }, ''],
    ['reaction', { target: id, emoji: 'lol' }, ''],
    ['reaction', { target: id, emoji: '👍👍' }, ''],
    ['reaction', { target: id, emoji: '👍', remove: 'yes' }, ''],
    ['pin', { target: id, remove: 1 }, ''],
  ])('%s %j %j has no effect', (kind, data, message) => {
    expect(relation(kind, data, message)).toBeUndefined();
  });

  test('replies and mentions are read only from messages', () => {
    expect(replyTarget({ kind: 'text', data: { reply_to: id } })).toBe(id);
    expect(replyTarget({ kind: 'topic', data: { reply_to: id } })).toBeUndefined();
    expect(replyTarget({ kind: 'text', data: { reply_to: 7 } })).toBeUndefined();
    expect(mentions({ data: { mentions: ['bob', 'ALICE'] } }, alice)).toBe(true);
    expect(mentions({ data: { mentions: ['alice2', 7, null] } }, alice)).toBe(false);
    expect(mentions({ data: { mentions: 'alice' } }, alice)).toBe(false);
  });
});

test.each(['👍', '👍🏽', '❤️', '❤', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇻🇳', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '3️⃣', '#⃣', '🧑🏿‍🚀', '❤️‍🔥', '☺️'])('%s is one emoji', (emoji) => {
  expect(isEmoji(emoji)).toBe(true);
});

test.each([
  '',
  'a',
  '7',
  '👍👍',
  '👍 ',
  ' 👍',
  ':+1:',
  '🇻',
  '‍',
  '️',
  '👍‍',
  '<img>',
  '👍\u202e',
  `👩${'‍👩'.repeat(40)}`,
])('%j is not one emoji', (emoji) => {
  expect(isEmoji(emoji)).toBe(false);
});

describe('the fold', () => {
  test('the last edit of the author counts, and no one else’s', () => {
    const [first, last] = [fact('edit', 'alice', 1), fact('edit', 'ALICE', 3)];
    expect(foldRelations(text, [last, fact('edit', 'bob', 9), first]).edit).toBe(last);
    expect(foldRelations({ kind: 'file', from: alice }, [last]).edit).toBe(last);
    expect(foldRelations({ kind: 'topic', from: alice }, [last, fact('pin', 'bob', 2)])).toMatchObject({
      edit: undefined,
      pinned: undefined,
    });
  });

  test('of equal times the device, then the place in its log decides', () => {
    const [a, b] = [fact('edit', 'alice', 1), fact('edit', 'alice', 1, { device: 'z'.repeat(22) as DeviceId })];
    expect([foldRelations(text, [a, b]).edit, foldRelations(text, [b, a]).edit]).toEqual([b, b]);
    const c = { ...b, seq: 2 };
    expect(foldRelations(text, [c, b]).edit).toBe(c);
  });

  test('a deletion is final, only by the author, and removes everything else', () => {
    const rest = [fact('edit', 'alice', 5), fact('pin', 'bob', 6), fact('reaction', 'bob', 7, { emoji: '👍' })];
    expect(foldRelations(text, [...rest, fact('delete', 'bob', 1)]).deleted).toBe(false);
    expect(foldRelations(text, [fact('delete', 'alice', 1), ...rest])).toEqual({
      deleted: true,
      edit: undefined,
      reactions: [],
      pinned: undefined,
    });
  });

  test('each user has one reaction with each emoji, in the order of use, and can remove it', () => {
    const on = (from: string, at: number, emoji: string, remove = false) =>
      fact('reaction', from, at, { emoji, remove });
    const facts = [
      on('bob', 1, '👍'),
      on('carol', 2, '🎉'),
      on('dave', 3, '👍'),
      on('bob', 4, '👍', true),
      on('Bob', 6, '👍'),
      on('carol', 5, '🎉', true),
    ];
    expect(foldRelations(text, facts).reactions).toEqual([{ emoji: '👍', users: ['dave', 'Bob'] }]);
  });

  test('an entry has a limited number of emoji, the first ones', () => {
    const facts = Array.from({ length: REACTIONS_MAX + 5 }, (_, at) =>
      fact('reaction', 'bob', at, { emoji: String.fromCodePoint(0x1f400 + at) }),
    );
    const { reactions } = foldRelations(text, facts.toReversed());
    expect(reactions.map(({ emoji }) => emoji)).toEqual(facts.slice(0, REACTIONS_MAX).map(({ emoji }) => emoji));
  });

  test('anybody can pin, and the last pin counts', () => {
    const pin = fact('pin', 'bob', 2);
    expect(foldRelations(text, [pin, fact('pin', 'carol', 1)]).pinned).toBe(pin);
    expect(foldRelations(text, [pin, fact('pin', 'carol', 3, { remove: true })]).pinned).toBeUndefined();
  });

  const anyFact = fc
    .record({
      kind: fc.constantFrom<RelationKind>('edit', 'delete', 'reaction', 'reaction', 'pin'),
      from: fc.constantFrom('alice', 'Alice', 'bob', 'carol'),
      at: fc.nat(5),
      emoji: fc.constantFrom('👍', '🎉', '❤️'),
      remove: fc.boolean(),
    })
    .map(({ kind, from, at, ...more }) => fact(kind, from, at, more));

  test('is the same in any order of arrival, also with repetitions', () => {
    // A device has one entry at one place of its log.
    const distinct = fc.uniqueArray(anyFact, {
      maxLength: 30,
      size: 'max',
      selector: ({ device, seq }) => `${device} ${seq}`,
    });
    const facts = distinct.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })),
    );
    fc.assert(
      fc.property(facts, ([all, shuffled]) => {
        expect(foldRelations(text, shuffled)).toEqual(foldRelations(text, all));
      }),
      { numRuns: 1000 },
    );
  });
});

test('a quote is cut between characters', () => {
  const family = '👩‍👩‍👧‍👦';
  const text = 'x'.repeat(QUOTE_MAX - 3) + family;
  expect(excerpt(text)).toBe('x'.repeat(QUOTE_MAX - 3));
  expect(excerpt('e\u0301'.repeat(QUOTE_MAX))).toBe('e\u0301'.repeat(QUOTE_MAX / 2));
  expect(excerpt('short')).toBe('short');
});

test('a quote is a well-formed beginning of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
      const cut = excerpt(text);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(QUOTE_MAX);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});
