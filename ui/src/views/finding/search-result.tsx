import { useMemo } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { rememberVisited } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { memo } from '../../components/memo.js';
import { LineIcon } from '../../components/message-line.js';
import { personOf } from '../../state/sidebar.js';
import type { Ranges } from './ranking.js';
import { drawn } from '../../../../protocol/visible.js';
import { oneLine } from '../../text/markdown-plain.js';
import { type Lined, messageLine } from '../../text/message-line.js';
import { parseMarkdown } from '../../text/markdown.js';
import type { Translate } from '../../text/translate.js';
import { type Placed, placedWords, wordStarts } from './fold.js';

interface SearchResultProps {
  readonly entry: EntryView;
  readonly terms: readonly string[];
  /** Gone to last. */
  readonly visited: boolean;
}

export const SearchResult = memo<SearchResultProps>(
  function Result({ entry, terms, visited }) {
    const app = useApp();
    const { formats, t } = app;
    const author = useDaemon((daemon) => personOf(daemon, entry.from).name ?? entry.from);
    const pieces = useMemo(() => excerptOf(t, entry, terms), [t, entry, terms]);
    const go = (event: MouseEvent): void => {
      // A new tab follows the link by itself.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      rememberVisited(app, entry.id);
      void jumpTo(app, entry.conversation, entry.id);
    };
    return (
      <li>
        <a
          class="result"
          href={`#/m/${entry.id}`}
          onClick={go}
          data-result
          {...(visited ? { 'data-visited': '' } : {})}
        >
          <Avatar username={entry.from} size="small" />
          <span class="result-body">
            <span class="result-head">
              <span class="result-author" dir="auto">
                {author}
              </span>{' '}
              <time class="result-time" dateTime={entry.time} title={formats.full(entry.time)}>
                {t('finding.result_when', {
                  day: formats.day(entry.time, app.now()),
                  time: formats.time(entry.time),
                })}
              </time>
            </span>
            <span class="result-text">
              <bdi>
                <LineIcon entry={entry} />
                <Marked pieces={pieces} />
              </bdi>
            </span>
          </span>
        </a>
      </li>
    );
  },
  (a, b) => a.entry === b.entry && a.terms === b.terms && a.visited === b.visited,
);

/** Text whose hits stand out. */
export function Marked({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map(({ text, hit }, i) =>
        hit ? (
          <mark key={i} class="hit">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </>
  );
}

export function piecesOf(text: string, ranges: Ranges): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const [from = 0, to = 0] = [ranges[i], ranges[i + 1]];
    if (from > at) pieces.push({ text: text.slice(at, from), hit: false });
    pieces.push({ text: text.slice(from, to), hit: true });
    at = to;
  }
  return at < text.length ? [...pieces, { text: text.slice(at), hit: false }] : pieces;
}

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

/**
 * The excerpt of a message, of a file with its name, without the marks of its Markdown, unless that hides what was found: the
 * address of a link, say.
 */
export function excerptOf(t: Translate, entry: Lined, terms: readonly string[]): readonly Piece[] {
  const plain = messageLine(t, entry, (text) => (text.length > READ_MAX ? drawn(text) : oneLine(parseMarkdown(text))));
  return excerpt(terms.length === 0 || hits(plain, terms).length > 0 ? plain : messageLine(t, entry, drawn), terms);
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
