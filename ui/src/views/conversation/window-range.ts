/**
 * Which rows of a long timeline are in the document: a window that starts at a named row, or the newest rows. A name
 * survives rows being added above; an index would not.
 */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export const WINDOW = 240;
export const STEP = 80;

interface Keyed {
  readonly key: string;
}

/** `anchor`: the key of the first row to show, or null for the newest ones. */
export function rangeOf(rows: readonly Keyed[], anchor: string | null): Range {
  const at = anchor === null ? -1 : rows.findIndex((row) => row.key === anchor);
  const newest = Math.max(0, rows.length - WINDOW);
  const start = at < 0 ? newest : Math.min(at, newest);
  return { start, end: Math.min(rows.length, start + WINDOW) };
}

/** The anchor of a window further up; the same range where there is nothing above. */
export function anchorAbove(rows: readonly Keyed[], range: Range): string | null {
  return rows[Math.max(0, range.start - STEP)]?.key ?? null;
}

/** The anchor of a window further down; null once it reaches the newest row. */
export function anchorBelow(rows: readonly Keyed[], range: Range): string | null {
  const start = range.start + STEP;
  return start + WINDOW >= rows.length ? null : (rows[start]?.key ?? null);
}
