/** The part of a message around what was looked for, with the words marked; and results put together by conversation. */
import type { EntryView } from '../../../../protocol/local-api.js';
import { drawn } from '../../../../protocol/visible.js';
import { oneLine } from '../../text/markdown-plain.js';
import { parseMarkdown } from '../../text/markdown.js';
import { type Placed, placedWords, wordStarts } from './fold.js';

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** Characters shown before the first word that was found, and in all. */
const BEFORE = 60;
const LENGTH = 280;
/** Longer texts are shown as they were written: reading the Markdown of many would take too long, in characters. */
const READ_MAX = 4_000;

/** Line breaks become spaces: an excerpt is read in one go. "…" stands where something was left out. */
export function excerpt(message: string, terms: readonly string[]): readonly Piece[] {
  const text = message.normalize('NFC').replace(/\s+/gu, ' ').trim();
  const ranges = hits(text, terms);
  const start = startOf(text, ranges[0]?.from ?? 0);
  const end = Math.min(text.length, start + LENGTH);
  const pieces: Piece[] = [];
  let at = start;
  for (const { from, to } of ranges) {
    if (from >= end) break;
    if (from > at) pieces.push({ text: text.slice(at, from), hit: false });
    pieces.push({ text: text.slice(from, Math.min(to, end)), hit: true });
    at = Math.min(to, end);
  }
  if (at < end) pieces.push({ text: text.slice(at, end), hit: false });
  return trimmed(pieces, start > 0, end < text.length);
}

/** The excerpt of a message without the marks of its Markdown, unless that hides what was found: the address of a link, say. */
export function excerptOf({ message }: Pick<EntryView, 'message'>, terms: readonly string[]): readonly Piece[] {
  const plain = message.length > READ_MAX ? drawn(message) : oneLine(parseMarkdown(message));
  return excerpt(terms.length === 0 || hits(plain, terms).length > 0 ? plain : drawn(message), terms);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where words begin with one of the terms, or, where none does, where one of them stands at all; in order, none within another. */
export function hits(text: string, terms: readonly string[]): readonly Range[] {
  const looked = placedWords(text);
  const wanted = terms.map((term) => placedWords(term).text.trim()).filter((term) => term !== '');
  const all = wanted.flatMap((term) => occurrences(looked, term));
  const begins = wordStarts(looked.text);
  const starts = all.filter(({ at }) => begins.has(at));
  const sorted = (starts.length > 0 ? starts : all).sort((a, b) => a.from - b.from || b.to - a.to);
  let end = 0;
  return sorted.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}

function occurrences({ text, from, to }: Placed, term: string): (Range & { readonly at: number })[] {
  const found: (Range & { readonly at: number })[] = [];
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length))
    found.push({ at, from: from(at), to: to(at + term.length - 1) });
  return found;
}

/** Begins with a whole word, not far before the first hit. */
function startOf(text: string, first: number): number {
  if (first <= BEFORE || text.length <= LENGTH) return 0;
  const space = text.indexOf(' ', first - BEFORE);
  return space >= 0 && space < first ? space + 1 : first;
}

function trimmed(pieces: readonly Piece[], before: boolean, after: boolean): readonly Piece[] {
  const dots: Piece = { text: '…', hit: false };
  return [...(before ? [dots] : []), ...pieces, ...(after ? [dots] : [])];
}

export interface ResultGroup {
  readonly conversation: string;
  readonly entries: readonly EntryView[];
}

/** Neighbours of one conversation stand under one heading; the order stays that of the answer. */
export function grouped(entries: readonly EntryView[]): readonly ResultGroup[] {
  const groups: { conversation: string; entries: EntryView[] }[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last?.conversation === entry.conversation) last.entries.push(entry);
    else groups.push({ conversation: entry.conversation, entries: [entry] });
  }
  return groups;
}
