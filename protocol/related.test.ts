import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QUOTE_MAX } from './limits.js';
import { excerpt } from './related.js';

test('a quote is cut where a character ends', () => {
  const family = '👩‍👩‍👧‍👦';
  const text = 'x'.repeat(QUOTE_MAX - 3) + family;
  expect(excerpt(text)).toBe('x'.repeat(QUOTE_MAX - 3));
  expect(excerpt('e\u0301'.repeat(QUOTE_MAX))).toBe('e\u0301'.repeat(QUOTE_MAX / 2));
  expect(excerpt('short')).toBe('short');
});

test('it is a beginning of bounded length, and well formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
      const cut = excerpt(text);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(QUOTE_MAX);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});
