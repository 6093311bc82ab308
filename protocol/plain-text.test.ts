import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanLine, cleanLines, isEmoji, isLine, isLines } from './plain-text.js';

describe('a line', () => {
  test.each(['Alice', 'Nguyễn Thị Minh', 'می‌خواهم', 'سارا رضایی', '李小龍', 'O’Brien', 'x 🏴󠁧󠁢󠁥󠁮󠁧󠁿'])(
    '%s is one',
    (text) => {
      expect(isLine(text, 64)).toBe(true);
    },
  );

  test.each([
    '',
    ' x',
    'x ',
    'x\ny',
    'x\u0000',
    'x\u202ey',
    '\u2067x',
    '\u200d',
    '\u3164',
    '\ud800',
    'x'.repeat(65),
    7,
  ])('%j is none', (text) => {
    expect(isLine(text, 64)).toBe(false);
  });
});

test('whatever is written, what is made of it is a line, or nothing is to be seen of it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(text, (written) => {
      const [line, lines] = [cleanLine(written), cleanLines(written)];
      expect(cleanLine(line)).toBe(line);
      expect(cleanLines(lines)).toBe(lines);
      if (isLine(line, 200)) expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      if (isLines(lines, 200)) expect(lines).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test.each([
  ['🌴', true],
  ['👨‍👩‍👧', true],
  ['🇻🇳', true],
  ['1️⃣', true],
  ['❤️', true],
  ['🎉🎉', true],
  ['a', false],
  ['1', false],
  ['🌴 ', false],
  ['<b>', false],
  ['', false],
])('%j is an emoji: %j', (text, is) => {
  expect(isEmoji(text, 64)).toBe(is);
});
