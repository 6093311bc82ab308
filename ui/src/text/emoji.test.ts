import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emojiNames, emojiSet } from '../../emoji-data.js';
import { withRecent, toneOf, withTone } from './emoji-choice.js';
import { findEmoji } from './emoji-search.js';
import { EMOJI_GROUPS, emojiSetOf } from './emoji-set.js';
import { closedShortcode, inCode, withEmoji } from './emoji-shortcodes.js';

const set = emojiSetOf(emojiSet());
const inVietnamese = emojiSetOf(emojiSet(), emojiNames('vi'));
const found = (query: string, of = set): string[] => findEmoji(of.all, query, 8).map(({ emoji }) => emoji);

describe('the set of emoji', () => {
  test('has each group, each emoji once, and the names of the other language at the right ones', () => {
    expect(set.groups).toHaveLength(EMOJI_GROUPS.length);
    expect(set.groups.map((group) => group[0]?.emoji)).toEqual(['😀', '👋', '🐵', '🍇', '🌍️', '🎃', '👓️', '🏧', '🏁']);
    expect(set.byEmoji.size).toBe(set.all.length);
    expect(set.all.length).toBeGreaterThan(1_500);
    expect(inVietnamese.byEmoji.get('👋')?.label).toBe('vẫy tay');
    expect(inVietnamese.groups.at(-1)?.at(-1)?.label).toMatch(/^cờ/);
  });

  test('is found by shortcode first, then by name, then by keyword', () => {
    expect(found('smile')[0]).toBe('😄');
    expect(found('+1')[0]).toBe('👍️');
    expect(found('grinning cat')[0]).toBe('😺');
    expect(found('tada')).toContain('🎉');
    expect(found('hello')).toContain('👋');
    expect(found('')).toEqual([]);
    expect(found('zzzz')).toEqual([]);
  });

  test('is found in Vietnamese, with and without marks, and in English still', () => {
    expect(found('vẫy tay', inVietnamese)).toContain('👋');
    expect(found('vay tay', inVietnamese)).toContain('👋');
    expect(found('wave', inVietnamese)).toContain('👋');
  });
});

describe('skin tones', () => {
  test('are put behind the person, and behind both of a couple', () => {
    expect(withTone('👋', 1)).toBe('👋🏻');
    expect(withTone('✌️', 5)).toBe('✌🏿');
    expect(withTone('👩‍💻', 3)).toBe('👩🏽‍💻');
    expect(withTone('🧑‍🤝‍🧑', 2)).toBe('🧑🏼‍🤝‍🧑🏼');
    expect(withTone('👩‍❤️‍💋‍👨', 4)).toBe('👩🏾‍❤️‍💋‍👨🏾');
    expect(withTone('👋', 0)).toBe('👋');
  });

  test('are known from what was kept, or are none', () => {
    expect([toneOf('3'), toneOf('9'), toneOf(undefined), toneOf('x')]).toEqual([3, 0, 0, 0]);
  });
});

describe('shortcodes', () => {
  const emojiOf = (code: string): string | undefined => set.byCode.get(code)?.emoji;
  const written = (text: string): string => withEmoji(text, emojiOf);

  test('become emoji', () => {
    expect(written('good :smile: morning :tada::tada:')).toBe('good 😄 morning 🎉🎉');
    expect(written('(:+1:)')).toBe('(👍️)');
  });

  test('are left alone where they are none', () => {
    for (const text of [
      ':-) :) :D ;-)',
      '10:30:45',
      'a:smile:',
      ':no_such_thing:',
      'http://x:80:b:',
      ': smile :',
      'a::b::c',
      '::b::',
    ]) {
      expect(written(text)).toBe(text);
    }
  });

  test('are left alone in code', () => {
    for (const text of ['`:smile:`', '``a ` :smile:``', '```\n:smile:\n```', 'x\n~~~\n:smile:\n~~~', '```\n:smile:']) {
      expect(written(text)).toBe(text);
    }
    expect(written('`:smile:` :smile: `x`')).toBe('`:smile:` 😄 `x`');
    expect(written('a lone ` before :smile:')).toBe('a lone ` before 😄');
  });

  test('leave every other character as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', '`', '\n', ' ', 'b', '~') }), (text) => {
        expect(withEmoji(text, () => undefined)).toBe(text);
      }),
    );
  });

  test('are seen when their last colon is typed', () => {
    const closed = (text: string, caret = text.length) => closedShortcode(text, caret, emojiOf);
    expect(closed('hi :smile:')).toEqual({ from: 3, emoji: '😄' });
    expect(closed('hi :smile: there', 10)).toEqual({ from: 3, emoji: '😄' });
    expect(closed('hi :smile')).toBeUndefined();
    expect(closed(':nothing:')).toBeUndefined();
    expect(closed('`:smile:')).toBeUndefined();
    expect(closed('```\n:smile:')).toBeUndefined();
  });

  test('know code by its beginning, until it ends', () => {
    const at = (text: string): boolean => inCode(text, text.length);
    expect([at('`a'), at('```js\na'), at('~~~\n'), at('a ``b')]).toEqual([true, true, true, true]);
    expect([at('`a` b'), at('```\na\n```\n'), at('plain')]).toEqual([false, false, false]);
  });
});

test('the emoji used last stand first, each once, and not without end', () => {
  expect(withRecent(['a', 'b'], 'b')).toEqual(['b', 'a']);
  expect(withRecent(['a', 'b'], 'c')).toEqual(['c', 'a', 'b']);
  expect(
    withRecent(
      Array.from({ length: 40 }, (_, i) => String(i)),
      'x',
    ),
  ).toHaveLength(27);
});
