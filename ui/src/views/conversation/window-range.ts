/**
 * Which rows of a long timeline are in the document, and how much room the others take. Heights are known of rows that have
 * been drawn, and guessed of the others, so that the scrollbar tells of everything that is loaded.
 */
import type { Held } from './scroll-hold.js';

interface Keyed {
  readonly key: string;
}

/** From `start` to before `end`, by index. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A row in the document, or the room of those between two of them, px. */
export type Piece<Row> =
  { readonly row: Row } | { readonly key: string; readonly room: number; readonly start: number; readonly end: number };

/** Drawn beyond each edge of what can be seen, px; and by how much that may shrink before it is drawn anew. */
export const BEYOND = 900;
export const SLACK = 250;
/** The most that is drawn however low the rows are. */
const ROWS_MAX = 160;

/**
 * Heights by key. One that was guessed stays as guessed until the row is drawn: the rows below it would move otherwise. What
 * is guessed is corrected by how far earlier guesses were off.
 */
export class Heights<Row extends Keyed> {
  readonly #known = new Map<string, number>();
  readonly #guesses = new Map<string, number>();
  #guessed = 0;
  #measured = 0;

  constructor(private readonly guess: (row: Row) => number) {}

  of(row: Row): number {
    const known = this.#known.get(row.key);
    if (known !== undefined) return known;
    const guess = this.guess(row);
    const corrected = Math.round(this.#guessed === 0 ? guess : (guess * this.#measured) / this.#guessed);
    this.#known.set(row.key, corrected);
    this.#guesses.set(row.key, guess);
    return corrected;
  }

  measured(key: string, height: number): void {
    this.#known.set(key, height);
    const guess = this.#guesses.get(key);
    if (guess === undefined) return;
    this.#guesses.delete(key);
    this.#guessed += guess;
    this.#measured += height;
  }

  /** Forgets rows that are no longer loaded, once they are the most. */
  prune(rows: readonly Row[]): void {
    if (this.#known.size < 2 * rows.length + 1_000) return;
    const loaded = new Set(rows.map(({ key }) => key));
    for (const key of this.#known.keys()) {
      if (loaded.has(key)) continue;
      this.#known.delete(key);
      this.#guesses.delete(key);
    }
  }
}

/** Where each row begins, px from the first; and at the end, where the last one ends. */
export function offsetsOf<Row extends Keyed>(rows: readonly Row[], heights: Heights<Row>): Float64Array {
  const offsets = new Float64Array(rows.length + 1);
  let at = 0;
  for (const [i, row] of rows.entries()) {
    offsets[i] = at;
    at += heights.of(row);
  }
  offsets[rows.length] = at;
  return offsets;
}

/** The row that holds an offset; the nearest one where none does. */
export function rowAt(offsets: Float64Array, offset: number): number {
  let [low, high] = [0, Math.max(0, offsets.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The offset of the upper edge: with the first of the held rows that is there at its place; undefined where none is. */
export function edgeOf(rows: readonly Keyed[], offsets: Float64Array, held: readonly Held[]): number | undefined {
  for (const { key, top } of held) {
    const at = rows.findIndex((row) => row.key === key);
    if (at >= 0) return (offsets[at] ?? 0) - top;
  }
  return undefined;
}

/** The rows that can be seen below the edge, and some beyond; the newest where no edge is given. */
export function rangeOf(offsets: Float64Array, edge: number | undefined, viewport: number, beyond = BEYOND): Range {
  const rows = offsets.length - 1;
  const top = edge ?? (offsets[rows] ?? 0) - viewport;
  const start = rowAt(offsets, top - beyond);
  const end = Math.min(rows, rowAt(offsets, top + viewport + beyond) + 1);
  // The far side gives way where there are too many.
  return edge === undefined
    ? { start: Math.max(start, end - ROWS_MAX), end }
    : { start, end: Math.min(end, start + ROWS_MAX) };
}

/** Whether what is drawn beyond the edges has become so little that it is to be drawn anew. */
export function isNarrow({ start, end }: Range, offsets: Float64Array, edge: number, viewport: number): boolean {
  const rows = offsets.length - 1;
  const above = edge - (offsets[start] ?? 0);
  const below = (offsets[end] ?? 0) - edge - viewport;
  return (start > 0 && above < BEYOND - SLACK) || (end < rows && below < BEYOND - SLACK);
}

/** Whether the newest rows, as high as they are now, leave room above them in what can be seen, and more of them would be drawn. */
export function isTooLow<Row extends Keyed>(
  rows: readonly Row[],
  heights: Heights<Row>,
  { start, end }: Range,
  viewport: number,
): boolean {
  if (start === 0 || end < rows.length || end - start >= ROWS_MAX) return false;
  return (offsetsOf(rows.slice(start, end), heights).at(-1) ?? 0) < viewport;
}

/** Rows in the document, in order, with room for the others between them. `kept`: one that stays wherever it is. */
export function piecesOf<Row extends Keyed>(
  rows: readonly Row[],
  offsets: Float64Array,
  { start, end }: Range,
  kept: number,
): readonly Piece<Row>[] {
  const pieces: Piece<Row>[] = [];
  let drawn = 0;
  const skip = (to: number, key: string): void => {
    if (to > drawn) pieces.push({ key, room: (offsets[to] ?? 0) - (offsets[drawn] ?? 0), start: drawn, end: to });
    drawn = Math.max(drawn, to);
  };
  const draw = (from: number, to: number): void => {
    for (const row of rows.slice(from, to)) pieces.push({ row });
    drawn = to;
  };
  if (kept >= 0 && kept < start) {
    skip(kept, 'room above the kept row');
    draw(kept, kept + 1);
  }
  skip(start, 'room above');
  draw(start, end);
  if (kept >= end) {
    skip(kept, 'room below');
    draw(kept, kept + 1);
    skip(rows.length, 'room below the kept row');
  } else skip(rows.length, 'room below');
  return pieces;
}
