/** Text as it is compared (protocol/folding.ts), with the place that each part of it came from, so that hits can be marked. */
import { CLUSTER, fold, piecesOf } from '../../../../protocol/folding.js';

export { fold };

/** A folded text, longer or shorter than what was written. */
export interface Placed {
  readonly text: string;
  /** Where in the written text that begins which stands at this place of the folded one, and where that ends. */
  from(at: number): number;
  to(at: number): number;
}

/** Nothing to hold per character: most names are such. */
const PLAIN = /^[\u0000-\u007f]*$/;
const known = new Map<string, string>();
const KNOWN_MAX = 5_000;

function folded(cluster: string): string {
  const before = known.get(cluster);
  if (before !== undefined) return before;
  const now = fold(cluster);
  // A flood of marks makes endless clusters; those of real writing are few.
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(cluster, now);
  return now;
}

export function placed(text: string): Placed {
  if (PLAIN.test(text)) return { text: text.toLowerCase(), from: (at) => at, to: (at) => at + 1 };
  return placedBy(text, (_, now) => now);
}

/** The words of a text, with single blanks between: as a search sees it. */
export function placedWords(text: string): Placed {
  return placedBy(text, (before, now) => {
    const words = now.replace(/[^\p{L}\p{N}\p{M}\p{RI}\p{Extended_Pictographic}]+/gu, ' ');
    return before.endsWith(' ') || before === '' ? words.trimStart() : words;
  });
}

function placedBy(text: string, kept: (before: string, now: string) => string): Placed {
  const starts: number[] = [];
  const ends: number[] = [];
  let result = '';
  for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
    const now = kept(result, folded(cluster));
    result += now;
    // One for each UTF-16 unit.
    starts.push(...Array<number>(now.length).fill(index));
    ends.push(...Array<number>(now.length).fill(index + cluster.length));
  }
  return { text: result, from: (at) => starts[at] ?? text.length, to: (at) => ends[at] ?? text.length };
}

/** Whether something that begins at `at` begins a word. */
export function beginsWord(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}\p{M}]/u.test(text.charAt(at - 1));
}

/** Where words begin in a folded text, and every place of what is written without blanks. */
export function wordStarts(folded: string): ReadonlySet<number> {
  const starts = new Set<number>();
  for (const { at, text, run } of piecesOf(folded))
    for (let i = 0; i < (run ? text.length : 1); i++) starts.add(at + i);
  return starts;
}
