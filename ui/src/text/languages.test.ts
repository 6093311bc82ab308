/** What must hold of the texts in every language, whoever wrote them. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { en } from './en/index.js';
import { fa } from './fa/index.js';
import type { Catalogue } from './translate.js';
import { vi } from './vi/index.js';

const english: Catalogue = en;
const others: readonly (readonly [language: string, texts: Catalogue])[] = [
  ['vi', vi],
  ['fa', fa],
];
const all = [['en', english] as const, ...others];

const PLURAL = /_(zero|one|two|few|many|other)$/;
const baseOf = (key: string): string => key.replace(PLURAL, '');
const isPlural = (key: string): boolean => PLURAL.test(key) && `${baseOf(key)}_other` in english;
const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort();

/** Names and signs that are the same everywhere, and texts that are nothing but placeholders. */
const SAME_EVERYWHERE = /^(?:Parley|Tracker|Enter|Del|[^\p{L}]*)$/u;
const withoutNames = (text: string): string =>
  text.replace(/\{\{\w+\}\}/g, '').replace(/\b(?:Parley|Tracker|from|in|has|before|after|on):?(?=\W|$)/g, '');

/** The keys that a language needs for those of English, by its own plural rules. */
function neededKeys(language: string): string[] {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  const keys = Object.keys(english).flatMap((key) =>
    isPlural(key) ? pluralCategories.map((form) => `${baseOf(key)}_${form}`) : [key],
  );
  return [...new Set(keys)].sort();
}

describe.each(all)('the texts in %s', (language, texts) => {
  test('are all there, in every plural form of the language, and no more', () => {
    expect(Object.keys(texts).sort()).toEqual(neededKeys(language));
  });

  test('say something, and hold no stray space', () => {
    const odd = Object.entries(texts).filter(([, text]) => text === '' || text !== text.trim() || /\n| {2}/.test(text));
    expect(odd).toEqual([]);
  });

  test('hold no markup: they are text and nothing else', () => {
    expect(Object.entries(texts).filter(([, text]) => /<[a-z/]|\$t\(|&[a-z]+;/i.test(text))).toEqual([]);
  });
});

describe.each(others)('the texts in %s, compared with the English ones,', (_language, texts) => {
  test('hold backticks in pairs, and only where the window draws what is between them as code', () => {
    const ticks = Object.entries(texts).filter(([, text]) => text.includes('`'));
    expect(ticks.map(([key]) => key).sort()).toEqual(['connection.lost', 'signin.other', 'splash.waiting']);
    expect(ticks.filter(([, text]) => text.split('`').length % 2 === 0)).toEqual([]);
  });

  test('have the same placeholders', () => {
    const wrong = Object.entries(texts).filter(([key, text]) => {
      const source = english[key] ?? english[`${baseOf(key)}_other`] ?? '';
      // A form for exactly one may leave the number out.
      const mayLack = key.endsWith('_one') ? 'count' : undefined;
      const wanted = placeholders(source).filter((name) => name !== mayLack);
      return (
        placeholders(text)
          .filter((name) => name !== mayLack)
          .join() !== wanted.join()
      );
    });
    expect(wrong).toEqual([]);
  });

  test('are translated', () => {
    const copies = Object.entries(texts).filter(([key, text]) => {
      const source = english[key] ?? english[`${baseOf(key)}_other`];
      return text === source && !SAME_EVERYWHERE.test(withoutNames(text).trim());
    });
    expect(copies).toEqual([]);
  });
});

describe('the texts', () => {
  const folder = fileURLToPath(new URL('../', import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|^text\/(?:en|vi|fa)\//.test(name))
    .map((name) => readFileSync(folder + name, 'utf8'))
    .join('\n');
  const begun = [...sources.matchAll(/`([\w.]+)\$\{/g)].map(([, beginning]) => beginning ?? '');

  test('are all said somewhere', () => {
    const unused = Object.keys(english)
      .map((key) => (isPlural(key) ? baseOf(key) : key))
      .filter((key) => !sources.includes(`'${key}'`) && !begun.some((beginning) => key.startsWith(beginning)));
    expect(unused).toEqual([]);
  });

  test('of an area bear its name', async () => {
    const areas = readdirSync(new URL('en/', import.meta.url)).filter((name) => !/^(?:index|base)\.ts$/.test(name));
    for (const file of areas) {
      const area = file.replace('.ts', '');
      const texts = Object.values((await import(`./en/${area}.js`)) as Record<string, Catalogue>)[0] ?? {};
      expect([area, Object.keys(texts).filter((key) => !key.startsWith(`${area}.`))]).toEqual([area, []]);
    }
  });
});

describe('Persian', () => {
  test('uses its own letters and quotation marks, not their Arabic or Latin neighbours', () => {
    // YEH and KAF of Arabic look alike on paper and are other letters to a search.
    expect(Object.entries(fa).filter(([, text]) => /[\u064a\u0643\u0649]/.test(text))).toEqual([]);
    expect(Object.entries(fa).filter(([, text]) => /[“”?,;](?:\s|$)/.test(text))).toEqual([]);
  });
});
