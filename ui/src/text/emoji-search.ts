/** Finds emoji by what they are called. */
import { fold } from '../../../protocol/folding.js';
import type { Emoji } from './emoji-set.js';

/** Those of which every word of the query begins a word, the best first: shortcode (the shortest), then name, then keywords. */
export function findEmoji(all: readonly Emoji[], query: string, limit: number): readonly Emoji[] {
  const wanted = fold(query)
    .replace(/[_:\s]+/g, ' ')
    .trim();
  if (wanted === '') return [];
  const parts = wanted.split(' ').map((part) => ` ${part}`);
  return all
    .filter(({ words }) => parts.every((part) => words.includes(part)))
    .map((emoji, index) => ({ emoji, index, rank: rankOf(emoji, wanted), length: codeLength(emoji, wanted) }))
    .sort((a, b) => a.rank - b.rank || Math.sign(a.length - b.length || 0) || a.index - b.index)
    .slice(0, limit)
    .map(({ emoji }) => emoji);
}

function codeLength({ codes }: Emoji, wanted: string): number {
  return Math.min(...codes.filter((code) => code.startsWith(codeOf(wanted))).map(({ length }) => length));
}

function codeOf(wanted: string): string {
  return wanted.replaceAll(' ', '_');
}

function rankOf({ codes, label, words }: Emoji, wanted: string): number {
  const code = codeOf(wanted);
  if (codes.includes(code)) return 0;
  const name = fold(label);
  if (name === wanted) return 1;
  if (codes.some((known) => known.startsWith(code))) return 2;
  if (name.startsWith(wanted)) return 3;
  return ` ${name} `.includes(` ${wanted}`) ? 4 : words.includes(` ${wanted} `) ? 5 : 6;
}
