/** Which places a few letters mean, the likeliest first. */
import uFuzzy from '@leeoniya/ufuzzy';
import type { Candidate } from './candidates.js';
import { beginsWord, fold, placed, type Placed } from './fold.js';

/** From, to, from, to …: what is to be marked. */
export type Ranges = readonly number[];

export interface Hit {
  readonly candidate: Candidate;
  readonly title: Ranges;
  readonly detail: Ranges;
}

const letters = {
  unicode: true,
  interSplit: '[^\\p{L}\\d]+',
  intraSplit: '\\p{Ll}\\p{Lu}',
  interBound: '[^\\p{L}\\d]',
  intraBound: '\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}',
  intraChars: '[\\p{L}\\d]',
  intraContr: "'\\p{L}{1,2}\\b",
};
/** Letters left out, up to three in a row: "gnrl" is general. */
const sparse = new uFuzzy({ ...letters, intraIns: 3 });
/** One wrong, missing, added or swapped letter in each word: "genreal" is general. */
const oneError = { intraMode: 1, intraIns: 1, intraSub: 1, intraTrn: 1, intraDel: 1 } as const;
const mistyped = new uFuzzy({ ...letters, ...oneError });
/** With fewer hits than this, the person may have mistyped. */
const FEW = 5;
/** With so many names that begin so, nobody looks further: the matcher, which takes its time, is not asked. */
const ENOUGH = 50;
/** Words that are found in any order; each more costs the matcher as many times more. */
const WORDS_MAX = 4;

/** `@` and `#` before the letters leave people or channels alone. */
export function narrowed(query: string): { readonly letters: string; readonly only?: 'people' | 'channels' } {
  const text = query.trim();
  if (text.startsWith('@')) return { letters: text.slice(1).trim(), only: 'people' };
  if (text.startsWith('#')) return { letters: text.slice(1).trim(), only: 'channels' };
  return { letters: text };
}

export function ranked(candidates: readonly Candidate[], query: string): readonly Hit[] {
  const { letters: needle, only } = narrowed(query);
  const wanted = candidates.filter(({ kind }) =>
    only === 'people' ? kind === 'person' : only !== 'channels' || kind === 'channel' || kind === 'joinable',
  );
  if (needle === '') return [...wanted].sort(byUse).map((candidate) => ({ candidate, title: [], detail: [] }));
  const haystack = wanted.map(({ folded }) => folded);
  // Signs mean something to the matcher ("not", "exactly") that nobody who looks for a name has in mind.
  const plain = fold(needle)
    .split(/[^\p{L}\p{M}\p{Nd}]+/u)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX)
    .join(' ');
  const found = new Map<number, Ranges>();
  lookPlainly(haystack, plain, found);
  if (found.size < ENOUGH && plain.length > 1) look(sparse, haystack, plain, found);
  if (found.size < FEW) look(mistyped, haystack, plain, found);
  return [...found]
    .flatMap(([index, ranges]) => {
      const candidate = wanted[index];
      return candidate
        ? [{ ...split(candidate, ranges), quality: qualityOf(haystack[index] ?? '', candidate, ranges) }]
        : [];
    })
    .sort((a, b) => a.quality - b.quality || byUse(a.candidate, b.candidate));
}

/** What an empty field offers: unread first, then where something was written last. */
export function recents(candidates: readonly Candidate[], most: number): readonly Candidate[] {
  return candidates
    .filter(({ unread, recent }) => unread > 0 || recent !== '')
    .sort(byUse)
    .slice(0, most);
}

/** Where a word begins just so. Of thousands of people in no time, which is what the first letters need. */
function lookPlainly(haystack: readonly string[], needle: string, found: Map<number, Ranges>): void {
  if (needle === '') return;
  haystack.forEach((text, index) => {
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
      if (!beginsWord(text, at)) continue;
      found.set(index, [at, at + needle.length]);
      return;
    }
  });
}

function look(fuzzy: uFuzzy, haystack: string[], needle: string, found: Map<number, Ranges>): void {
  const [indexes, info] = fuzzy.search(haystack, needle, WORDS_MAX, Infinity);
  // Where nothing was found there is no information, whatever its type says.
  if (!indexes || indexes.length === 0 || !info) return;
  info.idx.forEach((index, i) => {
    if (!found.has(index)) found.set(index, info.ranges[i] ?? []);
  });
}

/** Ranges of title and detail as one folded text, as those of each as it is written. */
function split(candidate: Candidate, ranges: Ranges): Hit {
  const [first, second] = [placed(candidate.title), placed(candidate.detail)];
  const end = first.text.length;
  const title: number[] = [];
  const detail: number[] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const [from = 0, to = 0] = [ranges[i], ranges[i + 1]];
    if (from < end) title.push(...written(first, from, Math.min(to, end)));
    if (to > end + 1) detail.push(...written(second, Math.max(from - end - 1, 0), to - end - 1));
  }
  return { candidate, title, detail };
}

function written({ from, to }: Placed, start: number, end: number): Ranges {
  return start < end ? [from(start), to(end - 1)] : [];
}

/** 0: the name itself; 1: its beginning; 2: the beginning of a word; 3: within one; 4: letters with others between. */
function qualityOf(text: string, { title, detail }: Candidate, ranges: Ranges): number {
  const [from = 0, to = 0] = ranges;
  if (ranges.length > 2) return 4;
  const end = fold(title).length;
  if ((from === 0 && to === end) || (from === end + 1 && to === end + 1 + fold(detail).length)) return 0;
  if (from === 0 || from === end + 1) return 1;
  return beginsWord(text, from) ? 2 : 3;
}

const kinds = { channel: 0, person: 0, joinable: 1, command: 2 } as const;
const presences = { online: 0, busy: 1, away: 2, offline: 3 } as const;

function byUse(a: Candidate, b: Candidate): number {
  return (
    Number(b.unread > 0) - Number(a.unread > 0) ||
    kinds[a.kind] - kinds[b.kind] ||
    compareText(b.recent, a.recent) ||
    presences[a.person?.presence ?? 'online'] - presences[b.person?.presence ?? 'online'] ||
    compareText(a.folded, b.folded)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
