import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { Language } from '../app/language.js';
import { PersistedState, type KeyValue } from '../net/persisted-state.js';
import { utf8Length } from './bytes.js';
import type { Delivery } from '../state/delivery.js';
import { deliveryText, deliveryTitle } from './delivery.js';
import { en } from './en/index.js';
import { fa } from './fa/index.js';
import { createFormats, digitGroups } from './format.js';
import { linkify } from './linkify.js';
import { addressedTo } from './private.js';
import { createTranslate } from './translate.js';
import { vi } from './vi/index.js';

describe('linkify', () => {
  const links = (text: string): string[] =>
    linkify(text)
      .filter(({ kind }) => kind === 'link')
      .map(({ text: found }) => found);

  test.each([
    ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(https://example.org/a_(b))', ['https://example.org/a_(b)']],
    ['[https://example.org], "http://localhost:19101/".', ['https://example.org', 'http://localhost:19101/']],
    ['https://a.example,https://b.example', ['https://a.example,https://b.example']],
    ['HTTPS://EXAMPLE.ORG/X!', ['HTTPS://EXAMPLE.ORG/X']],
    ['https://пример.рф/путь and https://[::1]:8001/x', ['https://пример.рф/путь', 'https://[::1]:8001/x']],
  ])('%s', (text, expected) => expect(links(text)).toEqual(expected));

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://x',
    'https://',
    'http:///',
    'xhttps://x.example',
    'https://\u202Egro.elpmaxe',
  ])('%j is no link', (text) => expect(links(text)).toEqual([]));

  test('an address ends before a character that turns the writing direction', () => {
    expect(links('https://example.org/\u202Efdp.exe')).toEqual(['https://example.org/']);
  });

  test('loses nothing, and links only what is http or https', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('https://example.org/a?b=c', 'HTTP://x.example:80', 'https://[::1]/'),
      fc.constantFrom('https://', '(', ')', '.', '\n', ' ', 'javascript:'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('');
        const pieces = linkify(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const piece of pieces)
          if (piece.kind === 'link') expect(new URL(piece.href).protocol).toMatch(/^https?:$/);
      }),
    );
  });

  test('takes time in proportion to the text: otherwise this one would not end', () => {
    expect(linkify(`https://x.example/${')'.repeat(300_000)}`)).toHaveLength(2);
    expect(linkify(`https://x.example/${'(.'.repeat(150_000)}`)).toHaveLength(1 + 1);
  });
});

describe('a message that begins with @user', () => {
  test('is for that user, without the name', () => {
    expect(addressedTo('@bob hello\nthere')).toEqual({ username: 'bob', text: 'hello\nthere' });
    expect(addressedTo('  @Bob_2\thi')).toEqual({ username: 'Bob_2', text: 'hi' });
    expect(addressedTo('@bob\nhi')).toEqual({ username: 'bob', text: 'hi' });
  });

  test.each(['@bob', '@bob ', '@bob, hi', 'hi @bob x', '@ hi', `@${'a'.repeat(33)} hi`, '@bob.smith hi'])(
    '%j is not',
    (text) => expect(addressedTo(text)).toBeUndefined(),
  );
});

test('bytes are counted as an encoder does', () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => expect(utf8Length(text)).toBe(encoder.encode(text).length)),
  );
  expect(utf8Length('\ud800x')).toBe(encoder.encode('\ud800x').length);
  expect(utf8Length('x\udc00')).toBe(4);
});

describe('translations', () => {
  const t = createTranslate(en, 'en');

  test('are filled in, in the right number', () => {
    expect(t('unread', { count: 1 })).toBe('1 unread message');
    expect(t('unread', { count: 7 })).toBe('7 unread messages');
    expect(t('entry.join', { username: '{{count}}' })).toBe('{{count}} joined');
  });

  test('put in what people wrote as it is: no markup, no other text, no option of the library', () => {
    const nasty = fc.constantFrom('$t(app.name)', '{{username}}', '{{-count}}', '$&', '<b>', '__proto__', 'a/b&c');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), nasty), (username) => {
        const shown = t('entry.join', { username }).replace(/[\u2068\u2069]/g, '');
        expect(shown).toBe(`${username.replace(/[\u2068\u2069]/g, '')} joined`);
      }),
    );
    expect(t('mark.read_names', { names: 'bob', context: 'x', lng: 'fa', defaultValue: 'x' })).toBe('read by bob');
  });

  test('choose the plural form and the digits by the language', () => {
    const persian = createTranslate(fa, 'fa-IR');
    const vietnamese = createTranslate(vi, 'vi-VN');
    expect(persian('unread', { count: 1234 })).toBe('۱٬۲۳۴ پیام خوانده‌نشده');
    expect([1, 7].map((count) => vietnamese('unread', { count }))).toEqual(['1 tin chưa đọc', '7 tin chưa đọc']);
  });

  test('keep names of the other direction apart from the sentence around them', () => {
    const persian = createTranslate(fa, 'fa-IR');
    expect(t('entry.join', { username: 'bob' })).toBe('bob joined');
    expect(t('entry.join', { username: 'سارا' })).toBe('\u2068سارا\u2069 joined');
    expect(persian('entry.join', { username: 'bob' })).toBe('\u2068bob\u2069 پیوست');
    expect(persian('channel.leave', { name: 'general' })).toBe('ترک \u2066#\u2068general\u2069\u2069');
    expect(persian('broadcast.go')).toContain('\u2066#broadcast\u2069');
    expect(createFormats('fa-IR').list(['bob', 'سارا'])).toBe('\u2068bob\u2069 و \u2068سارا\u2069');
  });
});

test('an amount in a language from right to left has no Latin unit, and does not join a word before it', () => {
  const { size, span } = createFormats('fa-IR');
  expect([size(93_000), size(2_400_000), span(12_000)]).toEqual(
    ['۹۳ کیلوبایت', '۲٫۴ مگابایت', '۱۲ ثانیه'].map((text) => `\u2068${text.replace(' ', '\u00a0')}\u2069`),
  );
});

test('sizes are short, and stay on one line', () => {
  const { size } = createFormats('en');
  expect([size(1), size(640), size(12_345), size(999_499), size(1_048_576)]).toEqual(
    ['1 byte', '640 bytes', '12 kB', '999 kB', '1.0 MB'].map((text) => text.replace(' ', '\u00a0')),
  );
});

test('of files too, and how long it takes, in the digits of the language', () => {
  const { size, span, clock } = createFormats('en');
  expect([size(999_949_999), size(999_950_000), size(68_719_476_736)]).toEqual(
    ['999.9 MB', '1.0 GB', '68.7 GB'].map((text) => text.replace(' ', '\u00a0')),
  );
  expect([span(0), span(59_400), span(60_000), span(3_569_000), span(3_570_000), span(7_200_000)]).toEqual(
    ['1 sec', '59 sec', '1 min', '59 min', '1 hr', '2 hr'].map((text) => text.replace(' ', '\u00a0')),
  );
  expect([clock(0), clock(7_999), clock(62_000), clock(3_723_000)]).toEqual(['0:00', '0:07', '1:02', '1:02:03']);
  expect(createFormats('fa').clock(62_000)).toBe('۱:۰۲');
});

describe('the languages', () => {
  const chosen = (preferred: readonly string[], kept = ''): string => {
    const language = new Language(
      new PersistedState(storageOver(new Map([['parley.language', kept]]))),
      { lang: '', dir: '' },
      preferred,
    );
    return language.resolve(language.choice);
  };

  test('follow the browser, unless one was chosen here', () => {
    expect(chosen(['de-DE', 'vi-VN', 'en'])).toBe('vi');
    expect(chosen(['FA'])).toBe('fa');
    expect(chosen(['de', 'fr'])).toBe('en');
    expect(chosen([])).toBe('en');
    expect(chosen(['vi'], 'fa')).toBe('fa');
    expect(chosen(['vi'], 'klingon')).toBe('vi');
  });

  test('turn the page, and tell whoever draws it', async () => {
    const root = { lang: '', dir: '' };
    const kept = new Map<string, string>();
    const language = new Language(new PersistedState(storageOver(kept)), root, ['en-US', 'fa']);
    await language.start();
    const told = jest.fn();
    language.subscribe(told);
    expect([root.lang, root.dir, language.formats.time('2026-11-20T15:05:00Z')]).toEqual([
      'en',
      'ltr',
      expect.stringMatching(/[AP]M$/),
    ]);
    await language.choose('fa');
    expect([root.lang, root.dir, language.t('settings.title')]).toEqual(['fa', 'rtl', 'تنظیمات']);
    expect(told).toHaveBeenCalledTimes(1);
    expect([...kept.values()]).toEqual(['fa']);
    await language.choose('system');
    expect([root.lang, root.dir, kept.size]).toEqual(['en', 'ltr', 0]);
  });
});

function storageOver(kept: Map<string, string>): KeyValue {
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

test('dates, digits and relative times are those of the calendar in use', () => {
  const persian = createFormats('fa-IR');
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(persian.date('2026-11-20T12:00:00.000Z')).toBe('۲۹ آبان ۱۴۰۵');
  expect(persian.ago('2026-11-20T11:55:00.000Z', now)).toBe('۵ دقیقه پیش');
  // The Persian year begins in March: February is of another year, whatever Gregory says.
  expect(persian.day('2026-02-10T12:00:00.000Z', now)).toContain('۱۴۰۴');
  expect(persian.day('2026-04-10T12:00:00.000Z', now)).not.toContain('۱۴۰۵');
});

test('names are listed as a person would', () => {
  const { list, date } = createFormats('en-GB');
  expect([list([]), list(['bob']), list(['bob', 'carol', 'dave'])]).toEqual(['', 'bob', 'bob, carol and dave']);
  expect(date('2026-11-20T12:00:00.000Z')).toBe('20 November 2026');
});

test('a safety number is read out in twelve groups of five digits', () => {
  const number = '0123456789'.repeat(6);
  const groups = digitGroups(number);
  expect(groups).toHaveLength(12);
  expect(new Set(groups)).toEqual(new Set(['01234', '56789']));
  expect(groups.join('')).toBe(number);
  expect(digitGroups('')).toEqual([]);
});

describe('how far a message came', () => {
  const t = createTranslate(en, 'en');
  const told = (delivery: Delivery, inChannel: boolean): [string, string] => [
    deliveryText(t, delivery, inChannel),
    deliveryTitle({ t, formats: createFormats('en-GB'), nameOf: (user) => user.toUpperCase() }, delivery, inChannel),
  ];

  test('is told of two people in a word, of a channel in numbers and by name', () => {
    const delivery: Delivery = { state: 'read', to: ['bob', 'carol', 'dave'], readBy: ['dave'] };
    expect(told(delivery, false)).toEqual(['Read', 'Read']);
    expect(told(delivery, true)).toEqual(['Read by 1', 'Delivered to BOB, CAROL and DAVE · read by DAVE']);
    expect(told({ state: 'delivered', to: ['bob'], readBy: [] }, true)).toEqual(['Delivered to 1', 'Delivered to BOB']);
    expect(told({ state: 'delivered', to: [], readBy: [] }, true)).toEqual(['Delivered', 'Delivered']);
    expect(deliveryText(t, delivery, true, true)).toBe('Read by everyone');
    expect(told({ state: 'sent' }, true)).toEqual(['Sent', 'Sent: saved on this device']);
  });

  test('does not list a crowd', () => {
    const to = Array.from({ length: 1000 }, (_, i) => `u${i}`);
    const [text, title] = told({ state: 'delivered', to, readBy: [] }, true);
    expect(text).toBe('Delivered to 1,000');
    expect(title).toMatch(/U11 and 988 more$/);
  });
});

describe('days', () => {
  const formats = createFormats('en-GB');
  const noon = new Date(2026, 10, 20, 12).getTime();
  const iso = (year: number, month: number, day: number, hour = 0, minute = 0): string =>
    new Date(year, month, day, hour, minute).toISOString();

  test('are named as a person would', () => {
    expect(formats.day(iso(2026, 10, 20, 0, 0), noon)).toBe('Today');
    expect(formats.day(iso(2026, 10, 19, 23, 59), noon)).toBe('Yesterday');
    expect(formats.day(iso(2026, 10, 18), noon)).toContain('18 November');
    expect(formats.day(iso(2025, 10, 18), noon)).toBe('18 November 2025');
    expect(formats.until(iso(2026, 10, 20, 14, 5), noon)).toBe('14:05');
    expect(formats.until(iso(2026, 10, 21, 9, 0), noon)).toMatch(/21 November.* 09:00/);
    expect(formats.until(iso(2027, 0, 3, 9, 0), noon)).toContain('2027');
  });

  test('begin and end at midnight where the person is', () => {
    const { start, end } = formats.dayOf(noon);
    expect([new Date(start).getHours(), new Date(end).getHours()]).toEqual([0, 0]);
    expect(new Date(end).getDate()).toBe(21);
  });

  test('what is seen before is told in minutes, hours or days, also by a clock that is ahead', () => {
    const ago = (minutes: number): string => formats.ago(new Date(noon - minutes * 60_000).toISOString(), noon);
    expect([ago(-5), ago(0), ago(5), ago(120), ago(2880)]).toEqual([
      'this minute',
      'this minute',
      '5 minutes ago',
      '2 hours ago',
      '2 days ago',
    ]);
  });
});
