/**
 * What a person types into the search field (SPEC.md section 8): words, "phrases" and filters. Pure, and safe for whatever
 * is typed: what makes no sense is told in words and passed over.
 */

export interface SearchWord {
  /** Words of letters, marks, digits and `_`, between which stand single spaces: safe within the quotes of FTS5. */
  readonly text: string;
  /** Whether longer words that begin so are meant too. */
  readonly prefix: boolean;
}

export interface SearchText {
  readonly words: SearchWord[];
  /** To be marked in what is found. */
  readonly terms: string[];
  /** As typed, without the filter's name; `me` stands for the user. */
  readonly from: string[];
  readonly in: string[];
  readonly file: boolean;
  readonly link: boolean;
  /** Milliseconds since 1970: not before `since`, and before `until`. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** Sentences for people: filters that mean nothing. */
  readonly problems: string[];
}

/** The first millisecond of a day; months from 1. A day beyond its month's end is one of the next month. */
export type DayStart = (year: number, month: number, day: number) => number;

export const dayStartUtc: DayStart = (year, month, day) => Date.UTC(year, month - 1, day);

const TOKEN = /(?<name>\p{L}+):(?:"(?<quoted>[^"]*)"?|(?<plain>\S*))|"(?<phrase>[^"]*)"?|(?<word>[^\s"]+)/gu;
const WORD = /[\p{L}\p{N}\p{M}_]*[\p{L}\p{N}][\p{L}\p{N}\p{M}_]*/gu;
const FILTERS = 'from:, in:, has:file, has:link, before:, after: and on:';
/** A single letter begins too many words to be looked up so; one character of a script without spaces may be a word. */
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** @param dayStart whose days the dates are */
export function parseSearch(query: string, dayStart: DayStart): SearchText {
  const text: Writable<SearchText> = {
    ...{ words: [], terms: [], from: [], in: [], problems: [] },
    ...{ file: false, link: false, since: undefined, until: undefined },
  };
  for (const { groups = {} } of query.normalize('NFC').matchAll(TOKEN)) {
    const { name, quoted, plain, phrase, word } = groups;
    if (phrase !== undefined) addPhrase(text, phrase);
    else if (name === undefined) addWords(text, word ?? '');
    else addFilter(text, name.toLowerCase(), quoted ?? plain ?? '', `${name}:${quoted ?? plain ?? ''}`, dayStart);
  }
  const last = text.words.at(-1);
  const ended = /["\s]$/u.test(query);
  if (last && !last.text.includes(' ') && !ended && mayBegin(last.text))
    text.words[text.words.length - 1] = { ...last, prefix: true };
  return text;
}

function mayBegin(word: string): boolean {
  return /^\S{2}/u.test(word) || IDEOGRAPH.test(word);
}

function addWords(text: SearchText, typed: string): void {
  for (const [word] of typed.matchAll(WORD)) {
    text.words.push({ text: word, prefix: false });
    if (!text.terms.includes(word)) text.terms.push(word);
  }
}

function addPhrase(text: SearchText, typed: string): void {
  const words = [...typed.matchAll(WORD)].map(([word]) => word);
  if (words.length === 0) return;
  text.words.push({ text: words.join(' '), prefix: false });
  text.terms.push(typed.trim().replace(/\s+/gu, ' '));
}

function addFilter(text: Writable<SearchText>, name: string, value: string, typed: string, dayStart: DayStart): void {
  switch (name) {
    case 'from':
    case 'in':
      if (/[^\s@#]/u.test(value)) text[name].push(value.trim());
      else text.problems.push(`Write a name behind ${name}: without a space, such as ${EXAMPLES[name]}.`);
      return;
    case 'has':
      if (value === 'file' || value === 'link') text[value] = true;
      else text.problems.push('has: takes file or link.');
      return;
    case 'before':
    case 'after':
    case 'on':
      addDate(text, name, value, dayStart);
      return;
    default:
      addWords(text, typed);
      // An address, or a name with a colon behind it, is no filter.
      if (/^[^\s/]/.test(value) && /^[a-z]+$/.test(name))
        text.problems.push(`There is no filter ${name}: here. There are ${FILTERS}.`);
  }
}

const EXAMPLES = { from: 'from:bob', in: 'in:#general' } as const;

/** `2026-11-20`, `2026-11` or `2026`. Before the span, after it, or within it. */
function addDate(text: Writable<SearchText>, name: 'before' | 'after' | 'on', value: string, dayStart: DayStart): void {
  const [start, end] = span(value, dayStart) ?? [];
  if (start === undefined || end === undefined) {
    text.problems.push(`${name}: takes a date that exists, written like 2026-11-20, 2026-11 or 2026.`);
    return;
  }
  const since = name === 'after' ? end : start;
  const until = name === 'before' ? start : end;
  if (name !== 'before') text.since = Math.max(text.since ?? since, since);
  if (name !== 'after') text.until = Math.min(text.until ?? until, until);
}

function span(value: string, dayStart: DayStart): [start: number, end: number] | undefined {
  const [, year, month, day] = /^([12]\d{3})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(value) ?? [];
  if (year === undefined) return undefined;
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)];
  const real = new Date(Date.UTC(y, m - 1, d));
  if (real.getUTCMonth() !== m - 1 || real.getUTCDate() !== d) return undefined;
  if (day !== undefined) return [dayStart(y, m, d), dayStart(y, m, d + 1)];
  return [dayStart(y, m, 1), month === undefined ? dayStart(y + 1, 1, 1) : dayStart(y, m + 1, 1)];
}
