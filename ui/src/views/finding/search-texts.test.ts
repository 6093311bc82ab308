import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entry } from '../../state/test-samples.js';
import { en } from '../../text/en/index.js';
import { createTranslate } from '../../text/translate.js';
import { completed, completionAt, dayBefore, type Known } from './completion.js';
import { excerpt, excerptOf, grouped } from './search-result.js';

describe('an excerpt', () => {
  const marked = (message: string, ...terms: string[]): string =>
    excerpt(message, terms)
      .map(({ text, hit }) => (hit ? `[${text}]` : text))
      .join('');

  test.each([
    ['The kettle is on fire', ['kettle'], 'The [kettle] is on fire'],
    ['Kettles, KETTLE', ['kettle'], '[Kettle]s, [KETTLE]'],
    ['Đà Nẵng', ['da nang'], '[Đà Nẵng]'],
    ['Đà Nẵng', ['nang', 'da'], '[Đà] [Nẵng]'],
    ['a cat', ['a'], '[a] cat'],
    ['concatenate', ['cat'], 'con[cat]enate'],
    ['Chào đường phố', ['duong'], 'Chào [đường] phố'],
    ['我家在上海东边', ['上海'], '我家在[上海]东边'],
    ['안녕하세요', ['하세'], '안녕[하세]요'],
    ['و می\u200cخواهم برو', ['میخواهم'], 'و [می\u200cخواهم] برو'],
    ['یا مُحَمَّد، علي', ['محمد', 'علی'], 'یا [مُحَمَّد]، [علي]'],
    ['به ۱۲۳۴۵ زنگ', ['12345'], 'به [۱۲۳۴۵] زنگ'],
    ['Große Straße 5', ['strasse'], 'Große [Straße] 5'],
    ['STRASSE', ['straße'], '[STRASSE]'],
    ['Η Αθήνα ΟΔΟΣ', ['αθηνα', 'οδος'], 'Η [Αθήνα] [ΟΔΟΣ]'],
    ['ａ ｈｅｌｌｏ ｂ', ['hello'], 'ａ [ｈｅｌｌｏ] ｂ'],
    ['Wörter\u00adbuch', ['worterbuch'], '[Wörter\u00adbuch]'],
    ['call foo_bar now', ['foo bar'], 'call [foo_bar] now'],
    ['blue, green', ['blue green'], '[blue, green]'],
    ['ok 👍🏽 yes', ['👍'], 'ok [👍🏽] yes'],
    ['a 👩🏿\u200d💻 here', ['💻'], 'a [👩🏿\u200d💻] here'],
    ['two\n\nlines', ['lines'], 'two [lines]'],
    ['nothing of it', ['zebra'], 'nothing of it'],
    ['nothing of it', [], 'nothing of it'],
  ])('of %j for %j is %j', (message, terms, expected) => expect(marked(message, ...terms)).toBe(expected));

  test('shows the surroundings of the first hit in a long text', () => {
    const long = `${'before '.repeat(200)}needle ${'after '.repeat(200)}`;
    const text = marked(long, 'needle');
    expect(text).toMatch(/^…before .*\[needle\] after .*…$/);
    expect(text.length).toBeLessThan(300);
  });

  test('loses nothing of a short text, whatever is looked for', () => {
    const short = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(short, fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 }), (text, terms) => {
        const shown = excerpt(text, terms)
          .map((piece) => piece.text)
          .join('');
        expect(shown).toBe(text.normalize('NFC').replace(/\s+/gu, ' ').trim());
      }),
    );
  });
});

test('an excerpt is free of the marks of Markdown, but not of what was found in them', () => {
  const t = createTranslate(en, 'en');
  const shown = (message: string, ...terms: string[]): string =>
    excerptOf(t, entry(1, { message }), terms)
      .map(({ text, hit }) => (hit ? `[${text}]` : text))
      .join('');
  expect(shown('the **coffee** `machine`', 'coffee')).toBe('the [coffee] machine');
  expect(shown('see [this](https://example.org/wiki)', 'wiki')).toContain('example.org/[wiki]');
  const data = { name: 'coffee-plan.pdf', size: 1, mime: 'application/pdf', sha256: '0'.repeat(64) };
  const file = excerptOf(t, entry(1, { kind: 'file', data, message: 'the **new** one' }), ['plan', 'new']);
  expect(file.map(({ text, hit }) => (hit ? `[${text}]` : text)).join('')).toBe(
    'Document: coffee-[plan].pdf. the [new] one',
  );
});

test('results that follow each other in one conversation stand together', () => {
  const results = [entry(5), entry(4), entry(3, { conversation: '@alice+bob' }), entry(2)];
  expect(grouped(results).map(({ conversation, entries }) => [conversation, entries.map(({ seq }) => seq)])).toEqual([
    ['#general', [5, 4]],
    ['@alice+bob', [3]],
    ['#general', [2]],
  ]);
});

describe('completion', () => {
  const known: Known = {
    people: [{ username: 'alice' }, { username: 'bob', name: 'Bob Ross' }, { username: 'tran', name: 'Trần Đức' }],
    channels: [
      { name: 'general', title: 'general' },
      { name: 'dev-ops', title: 'dev-ops' },
      { name: 'lab', title: 'workshop' },
    ],
    now: new Date(2026, 10, 20, 12).getTime(),
  };
  const values = (text: string, caret = text.length): string[] =>
    completionAt(text, caret, known)?.suggestions.map(({ value }) => value) ?? [];

  test.each([
    ['fr', ['from:']],
    ['f', []],
    ['on', ['on:']],
    ['kettle be', ['before:']],
    ['from:', ['from:alice', 'from:bob', 'from:tran']],
    ['from:ross', ['from:bob']],
    ['from:duc', ['from:tran']],
    ['FROM:@al', ['from:alice']],
    ['in:', ['in:#general', 'in:#dev-ops', 'in:#workshop', 'in:@alice', 'in:@bob', 'in:@tran']],
    ['in:#', ['in:#general', 'in:#dev-ops', 'in:#workshop']],
    ['in:#la', ['in:#workshop']],
    ['in:@b', ['in:@bob']],
    ['in:ops', ['in:#dev-ops']],
    ['has:', ['has:file', 'has:link']],
    ['before:', ['before:2026-11-20', 'before:2026-11-19', 'before:2026-11-13', 'before:2026-10-21']],
    ['on:2026-10', ['on:2026-10-21']],
    ['kettle', []],
    ['', []],
    ['kettle ', []],
    ['from:bob', []],
    ['"a from:', []],
    ['where:', []],
  ])('of %j is %j', (text, expected) => expect(values(text)).toEqual(expected));

  test('offers the calendar for any other day', () => {
    expect(completionAt('before:2025', 11, known)).toMatchObject({ date: 'before', suggestions: [] });
    expect(completionAt('on:', 3, known)?.date).toBe('on');
    expect(completionAt('on:2026-11-20', 13, known)).toBeUndefined();
  });

  test('names the user me so that nobody else is meant', () => {
    const people = [{ username: 'me' }];
    expect(completionAt('from:m', 6, { ...known, people })?.suggestions).toMatchObject([{ value: 'from:@me' }]);
    expect(completionAt('in:@m', 5, { ...known, people })?.suggestions).toMatchObject([{ value: 'in:@me' }]);
  });

  test('takes the place of the word at the caret', () => {
    const text = 'kettle fr:x fire';
    expect(values(text, 9)).toEqual(['from:']);
    const at = completionAt(text, 9, known);
    expect(at && completed(text, at, 'from:')).toEqual({ text: 'kettle from: fire', caret: 12 });
    const person = completionAt('from:b', 6, known);
    expect(person && completed('from:b', person, 'from:bob')).toEqual({ text: 'from:bob ', caret: 9 });
  });

  test('names days as the calendar of the person does', () => {
    expect(dayBefore(new Date(2026, 2, 1, 0, 30).getTime(), 1)).toBe('2026-02-28');
  });
});
