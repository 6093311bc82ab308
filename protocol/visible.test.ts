import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drawn, isSeen, isSeenMessage } from './visible.js';

const unseen = [
  '',
  ' \n\t',
  '\u00a0',
  '\u00ad',
  '\u034f',
  '\u061c',
  '\u115f\u1160',
  '\u17b4\u17b5',
  '\u180e',
  '\u200b\u200c\u200d\u200e\u200f',
  '\u202a\u202c',
  '\u2028\u2029',
  '\u2060\u2061\u2064',
  '\u2066\u2069',
  '\u206f',
  '\u2800',
  '\u3000',
  '\u3164',
  '\ufe0f',
  '\ufeff',
  '\uffa0',
  '\ufff9\ufffb',
  '\uffff',
  '\u{1d159}\u{1d173}',
  '\u{e0067}\u{e007f}',
  '\u{e0100}',
  '\u0301\u0302',
  '\u0007',
];
const seen = [
  'a',
  '.',
  '0',
  '\u200bا\u200c',
  'می‌خواهم',
  'क्ष',
  'न्‍',
  '👨‍👩‍👧‍👦',
  '🇻🇳',
  '1️⃣',
  '❤️',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '\ue000',
  '한',
];

test.each(unseen)('%j has nothing visible', (text) => {
  expect([isSeen(text), isSeenMessage(text)]).toEqual([false, false]);
});

test.each(seen)('%j has something visible', (text) => {
  expect([isSeen(text), isSeenMessage(text)]).toEqual([true, true]);
});

describe('Markdown', () => {
  test.each([
    '** **',
    '*** ***',
    '_ _',
    '__ \u200b __',
    '~~ ~~',
    '` `',
    '``\u3164``',
    '**\u2800**',
    '```',
    '```\n```',
    '```js\n\n```',
    '~~~\n\u200b\n~~~',
    '> ```\n> ```',
  ])('%j draws nothing', (text) => {
    expect(isSeenMessage(text)).toBe(false);
  });

  test.each([
    '*',
    '#',
    '>',
    '-',
    '---',
    '***',
    '`a`',
    '** a **',
    '```\na\n```',
    '[](https://x.y)',
    '&nbsp;',
    '. .',
    '-_-',
    '* a',
  ])('%j draws something', (text) => {
    expect(isSeenMessage(text)).toBe(true);
  });
});

test('any number of ignorable characters, blanks, controls and marks is invisible', () => {
  const one = fc
    .integer({ min: 0, max: 0x10_ff_ff })
    .map((code) => String.fromCodePoint(code))
    .filter((character) => /[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{M}]/u.test(character));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 10 }), (characters) => {
      expect(isSeen(characters.join(''))).toBe(false);
    }),
    { numRuns: 100 },
  );
});

describe('the drawn text', () => {
  test.each(seen)('is the same of %j', (text) => {
    expect(drawn(`${text} ${text}`)).toBe(`${text} ${text}`);
  });

  test.each(['Nguyễn Thị Ấ', 'مُحَمَّد', 'בְּרֵאשִׁ֖ית', 'བསྒྲུབས', 'ที่นี่', 'x\u0301\u0323', 'a\u200eb\u200fc'])(
    'is the same of %j',
    (text) => {
      for (const form of ['NFC', 'NFD'] as const) expect(drawn(text.normalize(form))).toBe(text.normalize(form));
    },
  );

  test('changes no direction', () => {
    expect(drawn('a\u202eb\u202c \u2066c\u2069 \u202ad\u2067e\u2068')).toBe('ab c de');
  });

  test('has a limited number of marks on a letter, however they are joined', () => {
    expect(drawn(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(6)}b`);
    expect(drawn(`a${'\u0301\u034f\u0489\u200d'.repeat(50)}b`).replaceAll(/[^\p{M}]/gu, '').length).toBeLessThanOrEqual(
      60,
    );
    expect(drawn(`a${'\u0301\u200d'.repeat(50)}b`).replaceAll(/[^\u0301]/g, '')).toHaveLength(6);
  });

  test('stays the same when drawn again, and is never longer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = drawn(text);
        expect(drawn(once)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(text.length);
        expect(isSeen(once)).toBe(isSeen(text));
      }),
    );
  });

  test('costs no more than its length', () => {
    const floods = ['\u0301', '\u200d', '\u0301\u200d', '> ', '` ', '* ', '```\n', '[', ' \n'].map((unit) =>
      unit.repeat(8_000),
    );
    for (const flood of floods)
      expect([typeof drawn(flood), typeof isSeenMessage(flood)]).toEqual(['string', 'boolean']);
  });
});
