/** What may follow in the search field at the caret: the name of a filter, or its value. */
import type { PersonView } from '../../../../protocol/local-api.js';
import { beginsWord, fold } from './fold.js';

export const filters = ['from', 'in', 'has', 'before', 'after', 'on'] as const;
export type Filter = (typeof filters)[number];
/** What `has:` knows. */
export const things = ['file', 'link'] as const;
export type Thing = (typeof things)[number];

export type Suggestion =
  | { readonly kind: 'filter'; readonly filter: Filter; readonly value: string }
  | { readonly kind: 'person' | 'channel'; readonly name: string; readonly called: string; readonly value: string }
  | { readonly kind: 'thing'; readonly thing: Thing; readonly value: string }
  /** So many days before today. */
  | { readonly kind: 'day'; readonly ago: (typeof days)[number]; readonly value: string };

/** `from` to `to`: what a suggestion takes the place of. `date`: the filter for which any day may be chosen. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly suggestions: readonly Suggestion[];
  readonly date?: 'before' | 'after' | 'on';
}

export interface Known {
  readonly people: readonly Pick<PersonView, 'username' | 'name'>[];
  /** Channels that the user is in. `title`: what each is called now. */
  readonly channels: readonly { readonly name: string; readonly title: string }[];
  /** Milliseconds; days are those of the person's own calendar. */
  readonly now: number;
}

const MOST = 8;
const days = [0, 1, 7, 30] as const;

/** Undefined where nothing is to be suggested. */
export function completionAt(text: string, caret: number, known: Known): Completion | undefined {
  const from = text.slice(0, caret).search(/\S*$/u);
  const to = caret + (/^\S*/u.exec(text.slice(caret))?.[0].length ?? 0);
  const word = text.slice(from, caret);
  if (quoted(text.slice(0, from))) return undefined;
  const match = /^(\w+):(.*)$/u.exec(word);
  const filter = match && filters.find((name) => name === match[1]?.toLowerCase());
  if (filter) {
    const values = valuesOf(filter, match[2] ?? '', known);
    // What stands there already needs no suggestion.
    const open = values.filter(({ value }) => value.toLowerCase() !== text.slice(from, to).toLowerCase());
    if (filter === 'before' || filter === 'after' || filter === 'on')
      return open.length > 0 || values.length === 0 ? { from, to, suggestions: open, date: filter } : undefined;
    return open.length > 0 ? { from, to, suggestions: open } : undefined;
  }
  // One letter is as well the beginning of any word.
  const named = word.length < 2 ? [] : filters.filter((name) => name.startsWith(word.toLowerCase()));
  if (named.length === 0) return undefined;
  return {
    from,
    to,
    suggestions: named.map((name) => ({ kind: 'filter', filter: name, value: `${name}:` })),
  };
}

/** Within a phrase in quotation marks nothing is a filter. */
function quoted(before: string): boolean {
  return before.split('"').length % 2 === 0;
}

/** The text with a suggestion in its place, and where the caret then stands: behind a space, where a value is complete. */
export function completed(text: string, { from, to }: Completion, value: string): { text: string; caret: number } {
  const rest = text.slice(to).replace(/^\s+/u, '');
  const space = value.endsWith(':') && rest === '' ? '' : ' ';
  return {
    text: text.slice(0, from) + value + space + rest,
    caret: from + value.length + (value.endsWith(':') ? 0 : 1),
  };
}

function valuesOf(filter: Filter, typed: string, known: Known): readonly Suggestion[] {
  switch (filter) {
    case 'from':
      return peopleOf('from:', typed.replace(/^@/, ''), known);
    case 'in':
      return [
        ...(typed.startsWith('@') ? [] : channelsOf(typed.replace(/^#/, ''), known)),
        ...(typed.startsWith('#') ? [] : peopleOf('in:@', typed.replace(/^@/, ''), known)),
      ].slice(0, MOST);
    case 'has':
      return things
        .filter((thing) => thing.startsWith(typed.toLowerCase()))
        .map((thing) => ({ kind: 'thing', thing, value: `has:${thing}` }));
    case 'before':
    case 'after':
    case 'on':
      return days
        .map((ago) => ({ kind: 'day' as const, ago, value: `${filter}:${dayBefore(known.now, ago)}` }))
        .filter(({ value }) => value.slice(filter.length + 1).startsWith(typed));
  }
}

function peopleOf(prefix: string, typed: string, { people }: Known): readonly Suggestion[] {
  const wanted = fold(typed);
  return people
    .map(({ username, name }) => ({ username, called: (name ?? '').normalize('NFC') }))
    .filter(({ username, called }) => hasWord(username, wanted) || hasWord(called, wanted))
    .sort((a, b) => Number(!fold(a.username).startsWith(wanted)) - Number(!fold(b.username).startsWith(wanted)))
    .slice(0, MOST)
    .map(({ username, called }) => ({
      kind: 'person',
      name: username,
      called,
      value: `${prefix}${nameFor(prefix, username)}`,
    }));
}

/** `from:me` is whoever asks as well. */
function nameFor(prefix: string, username: string): string {
  return prefix === 'from:' && username.toLowerCase() === 'me' ? `@${username}` : username;
}

function channelsOf(typed: string, { channels }: Known): readonly Suggestion[] {
  return channels
    .filter(({ name, title }) => hasWord(title, fold(typed)) || hasWord(name, fold(typed)))
    .slice(0, MOST)
    .map(({ name, title }) => ({
      kind: 'channel',
      name: title,
      called: title === name ? '' : `#${name}`,
      value: `in:#${title}`,
    }));
}

/** Whether a word of the text begins so. */
function hasWord(text: string, wanted: string): boolean {
  const looked = fold(text);
  for (let at = looked.indexOf(wanted); at >= 0; at = looked.indexOf(wanted, at + 1)) {
    if (beginsWord(looked, at)) return true;
    if (wanted === '') return true;
  }
  return false;
}

/** `2026-11-20`, of the person's own calendar. */
export function dayBefore(now: number, ago: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() - ago);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
