import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CLUSTER, fold, indexTokens, queryTokens } from './folding.js';

/** As FTS5 does it: the tokens of the query stand next to each other in those of the text, the last one perhaps as a beginning. */
function finds(query: string, text: string): boolean {
  const { text: wanted, prefix, extends: begins } = queryTokens(query);
  const tokens = ` ${indexTokens(text)} `;
  return wanted !== '' && tokens.includes(prefix || begins ? ` ${wanted}` : ` ${wanted} `);
}

describe('finds the same word in another form', () => {
  test.each<[string, string, string]>([
    ['Vietnamese', 'duong', 'đường'],
    ['Vietnamese', 'ĐƯỜNG', 'đường'.normalize('NFD')],
    ['Vietnamese', 'da nang', 'Ở Đà Nẵng'],
    ['Polish', 'lodz', 'Łódź'],
    ['Danish', 'oresund', 'Øresund'],
    ['Croatian', 'dordevic', 'Đorđević'],
    ['Icelandic', 'thingvellir', 'Þingvellir'],
    ['ligatures', 'aesthetic', 'æsthetic'],
    ['ligatures', 'office', 'oﬃce'],
    ['German', 'STRASSE', 'Straße'],
    ['German', 'straße', 'STRASSE'],
    ['German', 'GROẞ', 'groß'],
    ['Turkish', 'istanbul', 'İSTANBUL'],
    ['Turkish', 'irmak', 'Irmak ırmak'],
    ['Greek', 'οδος', 'ΟΔΟΣ'],
    ['Greek', 'ΟΔΌΣ', 'οδός'],
    ['Greek', 'αθηνα', 'Αθήνα'],
    ['Greek', 'ρινγκ', 'ῥίνγκ'],
    ['Russian', 'елка', 'Ёлка'],
    ['Arabic', 'محمد', 'مُحَمَّد'],
    ['Arabic', 'مُحَمَّد', 'محمد'],
    ['Arabic', 'احمد', 'أحمد'],
    ['Arabic', 'القران', 'القرآن'],
    ['Arabic', 'مدرسه', 'مدرسة'],
    ['Arabic', 'مستشفي', 'مستشفى'],
    ['Arabic', 'سلام', 'ســــلام'],
    ['Arabic', 'سلام', 'ﺳﻼﻡ'],
    ['Arabic', 'رحمن', 'رحمٰن'],
    ['Persian', 'میخواهم', 'می‌خواهم'],
    ['Persian', 'می‌خواهم', 'میخواهم'],
    ['Persian', 'علی', 'علي'],
    ['Persian', 'كتاب', 'کتاب'],
    ['Persian', 'خانه', 'خانۀ'],
    ['digits', '12345', '۱۲۳۴۵'],
    ['digits', '١٢٣', '123'],
    ['digits', '४२', '42'],
    ['digits', '１２', '12'],
    ['Hebrew', 'בראשית', 'בְּרֵאשִׁ֖ית'],
    ['Hindi', 'ज़रूर', 'जरूर'],
    ['Hindi', 'हिन्दी', 'हिन्दी में'],
    ['full width', 'hello', 'ｈｅｌｌｏ'],
    ['full width', 'ＡＢＣ', 'abc'],
    ['half width', 'パーティー', 'ﾊﾟｰﾃｨｰ'],
    ['kana', 'らーめん', 'ラーメン'],
    ['Chinese', '上海', '我家在上海东边'],
    ['Chinese', '海', '我家在上海东边'],
    ['Chinese', '边', '我家在上海东边'],
    ['Chinese', '我家在上海东边', '我家在上海东边。'],
    ['Chinese', '⼤家', '大家好'],
    ['Japanese', '京都', '東京都に行く'],
    ['Japanese', '行', '東京都に行く'],
    ['Korean', '하세', '안녕하세요'],
    ['Korean', '안녕'.normalize('NFD'), '안녕하세요'],
    ['Korean', '요', '안녕하세요'.normalize('NFD')],
    ['Thai', 'ภาษา', 'ผมพูดภาษาไทยได้'],
    ['Thai', 'ไทย', 'ผมพูดภาษาไทยได้'],
    ['Lao', 'ລາວ', 'ພາສາລາວງ່າຍ'],
    ['Khmer', 'ខ្មែរ', 'ភាសាខ្មែរ'],
    ['Burmese', 'မြန်မာ', 'ကျွန်တော်မြန်မာစကား'],
    ['a soft hyphen', 'wörterbuch', 'Wörter\u00adbuch'],
    ['a soft hyphen', 'wör\u00adter', 'Wörterbuch'],
    ['a blank of no width', 'foobar', 'foo\u200bbar'],
    ['directions', 'abc', '\u202eabc\u202c'],
    ['emoji', '🎉', 'done 🎉🎉'],
    ['emoji', '👍', 'ok 👍🏽'],
    ['emoji', '👩‍💻', 'a 👩🏿‍💻 here'],
    ['emoji', '❤', 'I ❤️ it'],
    ['emoji', '🇻🇳', 'go 🇻🇳!'],
    ['joined words', 'bar', 'foo_bar'],
    ['joined words', 'foo_bar', 'call foo_bar(baz)'],
    ['joined words', 'mail', 'e-mail'],
    ['joined words', 'don’t', "don't"],
    ['joined words', 'eau', 'l’eau'],
    ['joined words', 'example.org/wi', 'see https://example.org/wiki?x=1'],
    ['mixed scripts', '手机', 'iPhone手机'],
    ['mixed scripts', 'iphone手', 'iPhone手机'],
    ['mixed scripts', '3月', '2026年3月5日'],
    ['mixed scripts', '5日', '2026年3月5日'],
    ['signs', '㌔', 'キロ'],
    ['signs', 'm2', '5 m²'],
  ])('%s: %j in %j', (_, query, text) => {
    expect(finds(query, text)).toBe(true);
  });
});

describe('does not find another word', () => {
  test.each([
    ['Russian letters', 'мои', 'мой'],
    ['kana with a voice', 'かき', 'がぎ'],
    ['vowels of Devanagari', 'कल', 'कील'],
    ['tones of Thai', 'ปา', 'ป่า'],
    ['the order of Han', '海上', '上海'],
    ['words with a blank between', 'foobar', 'foo bar'],
    ['the inside of a word', 'art', 'start'],
  ])('%s: %j is not in %j', (_, query, text) => {
    expect(finds(query, text)).toBe(false);
  });
});

test('digits of every known script become ASCII digits', () => {
  const systems = Intl.supportedValuesOf('numberingSystem');
  const digits = systems.flatMap((system) => {
    const format = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false });
    return Array.from({ length: 10 }, (_, value) => [format.format(value), value] as const);
  });
  const known = digits.filter(([digit]) => /^\p{Nd}$/u.test(digit));
  expect(known.length).toBeGreaterThan(400);
  for (const [digit, value] of known) expect(fold(digit)).toBe(String(value));
});

const forms: readonly ((text: string) => string)[] = [
  (text) => text.normalize('NFC'),
  (text) => text.normalize('NFD'),
  (text) => text.normalize('NFKC'),
  (text) => text.normalize('NFKD'),
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  (text) => Array.from(text).join('\u00ad'),
];

test('every form of a character folds to the same text, and to fold it again changes nothing', () => {
  for (let code = 0; code < 0x11_00_00; code++) {
    const character = String.fromCodePoint(code);
    // Ideographs and what is not assigned have one form alone.
    if (/[\p{Unified_Ideograph}\p{C}]/u.test(character)) continue;
    const folded = fold(character);
    const others = [folded, ...forms.map((form) => form(character))];
    // The message is made for a failure alone: there are many of them.
    const wrong = others.find((other) => fold(other) !== folded);
    if (wrong !== undefined)
      expect([code.toString(16), wrong, fold(wrong)]).toEqual([code.toString(16), wrong, folded]);
  }
});

/** Real writing: letters of many scripts with their marks, in words. */
const letter = fc.oneof(
  fc.constantFrom(...Array.from('aZéđườßİıłΣςάйЁأإمحیكةשּׁहिक्षกำน้上海東アがﾊﾟ한ㅋ12۳🎉')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const word = fc.array(letter, { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));

test('every word of a text is found, in any normalisation, case or width', () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.constantFrom(...forms),
      (words, at, form) => {
        const query = words[at % words.length] ?? '';
        if (queryTokens(query).text === '') return;
        expect(finds(form(query), words.join(' '))).toBe(true);
        expect(finds(query, form(words.join(' ')))).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});

test('every part of a run is found', () => {
  const run = fc.array(fc.constantFrom(...Array.from('上海我家在东边東京都かなカナ안녕하세요ภาษาไทยລາວ')), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(run, fc.nat(), fc.nat(), (characters, from, length) => {
      const at = from % characters.length;
      const part = characters.slice(at, at + 1 + (length % characters.length)).join('');
      expect(finds(part, `x ${characters.join('')}, y`)).toBe(true);
    }),
  );
});

test('a text folded cluster by cluster is the folded text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(word).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...forms), (written, form) => {
      const clusters = form(written).match(CLUSTER) ?? [];
      expect(clusters.join('')).toBe(form(written));
      expect(clusters.map(fold).join('')).toBe(fold(form(written)));
    }),
    {
      numRuns: 2000,
      examples: ['\u1100\u1161\u11a8', '\u314b\uffc2', '\uac00\u3133', '\u0439\ufcf2a', '\u304b\u0640\u3099'].flatMap(
        (t) =>
          forms
            .map((form) => [t, form] as const)
            .map(([text, form]) => [text, form] as [string, (text: string) => string]),
      ),
    },
  );
});

test('the tokens of any 16 KiB are bounded', () => {
  const floods = ['\u0301\u0316', '\ufdfa', '上', 'a', '\u0e48', '🎉', '\u1100', 'ﾊﾟ', '_', 'क्', '\ud800'];
  for (const flood of floods) {
    const tokens = indexTokens(`a${flood.repeat(16_384 / Math.max(1, Buffer.byteLength(flood)))}`);
    expect(tokens.length).toBeLessThan(110_000);
    for (const token of tokens.split(' ')) expect(token.length).toBeLessThanOrEqual(64);
  }
});
