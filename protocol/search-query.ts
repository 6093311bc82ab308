/**
 * The query of the search field (SPEC.md section 8): words, "phrases" and filters. Any input is accepted: parts without a
 * meaning are reported as problems, and ignored.
 */
import { fold, queryTokens } from './folding.js';

export interface SearchWord {
  /**
   * Tokens that stand next to each other, as `indexTokens` makes them: letters, marks, digits and emoji, between them single
   * spaces. Safe within the quotes of FTS5.
   */
  readonly text: string;
  /** Whether longer tokens that begin as the last one are meant too. */
  readonly prefix: boolean;
}

export interface SearchText {
  readonly words: SearchWord[];
  /** To be marked in what is found, as typed: whoever marks them folds them as they do the text. */
  readonly terms: string[];
  /** As typed, without the filter's name; `me` stands for the user, and for the user of that name; `@me` for that one alone. */
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
/** What keyboards write for `"` and `:`, without being asked or for a script that has its own. */
const QUOTES = /[“”„‟«»＂]/gu;
const COLON = /：/gu;
const FILTERS = 'from:, in:, has:file, has:link, before:, after: and on:';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** @param dayStart whose days the dates are */
export function parseSearch(query: string, dayStart: DayStart): SearchText {
  const text: Writable<SearchText> = {
    ...{ words: [], terms: [], from: [], in: [], problems: [] },
    ...{ file: false, link: false, since: undefined, until: undefined },
  };
  const typed = query.normalize('NFC').replace(QUOTES, '"').replace(COLON, ':');
  let begins = false;
  for (const { 0: found, groups = {} } of typed.matchAll(TOKEN)) {
    const { name, quoted, plain, phrase, word } = groups;
    if (phrase !== undefined) begins = addWords(text, phrase) === undefined && begins;
    else if (name === undefined) begins = addWords(text, word ?? '') ?? begins;
    else begins = addFilter(text, fold(name), quoted ?? plain ?? '', { typed: found, dayStart }) ?? begins;
  }
  // The last word may still be being typed: longer ones that begin so are meant too.
  const last = text.words.at(-1);
  if (last && begins && !/["\s]$/u.test(typed)) text.words[text.words.length - 1] = { ...last, prefix: true };
  return text;
}

/**
 * What was typed without a blank, or as a phrase, stands so in what is looked for: next to each other. Answers whether it may
 * be the beginning of a longer word; undefined where there is nothing to look for.
 */
function addWords(text: SearchText, typed: string): boolean | undefined {
  const { text: tokens, prefix, extends: begins } = queryTokens(typed);
  if (tokens === '') return undefined;
  text.words.push({ text: tokens, prefix });
  const term = typed.trim().replace(/\s+/gu, ' ');
  if (!text.terms.includes(term)) text.terms.push(term);
  return begins;
}

interface Typed {
  readonly typed: string;
  readonly dayStart: DayStart;
}

/** Answers as `addWords`, where it is no filter. */
function addFilter(
  text: Writable<SearchText>,
  name: string,
  value: string,
  { typed, dayStart }: Typed,
): boolean | undefined {
  switch (name) {
    case 'from':
    case 'in':
      if (/[^\s@#]/u.test(value)) text[name].push(value.trim());
      else text.problems.push(`Write a name behind ${name}: without a space, such as ${EXAMPLES[name]}.`);
      return undefined;
    case 'has':
      if (fold(value) === 'file') text.file = true;
      else if (fold(value) === 'link') text.link = true;
      else text.problems.push('has: takes file or link.');
      return undefined;
    case 'before':
    case 'after':
    case 'on':
      addDate(text, name, fold(value), dayStart);
      return undefined;
    default:
      // An address, or a name with a colon behind it, is no filter.
      if (/^[^\s/]/.test(value) && /^[a-z]+$/.test(name))
        text.problems.push(`There is no filter ${name}: here. There are ${FILTERS}.`);
      return addWords(text, typed);
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
