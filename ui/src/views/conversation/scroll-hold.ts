/**
 * Keeps what is being read in its place while rows come and go around it. A browser that anchors by itself has done so by
 * the time that positions are asked for, without ending a scroll that is under way, and nothing is left to do here: this is
 * for those that do not, and for the cases that theirs leaves out (at the very top). `box` scrolls; the children of `rows`
 * carry `data-key`, or stand for rows that are not drawn (`data-from`).
 */
export interface Held {
  readonly key: string;
  /** Distance of the row's upper edge from the box's, px. */
  readonly top: number;
}

/** Close enough to the end to count as being there, px. */
const AT_END = 40;
/** So many rows are held: the first may be gone the next time. */
const HELD_ROWS = 6;

export function isAtEnd(box: HTMLElement): boolean {
  return box.scrollHeight - box.scrollTop - box.clientHeight <= AT_END;
}

/** Another one where what it holds, or the box itself, has another size. */
export function shapeOf({ scrollHeight, clientHeight, clientWidth }: HTMLElement): string {
  return `${scrollHeight} ${clientHeight} ${clientWidth}`;
}

export function toEnd(box: HTMLElement): void {
  box.scrollTop = box.scrollHeight;
}

/** `loose`: a line that does not stay with its neighbours, as that of a day, which goes up when older messages of it come. */
export interface EdgeRow extends Held {
  readonly loose: boolean;
}

/** What stands at the upper edge: rows, or a place within the room of rows that are not drawn. */
export type AtEdge = { readonly rows: readonly EdgeRow[] } | { readonly from: number; readonly into: number };

export function atEdge(box: HTMLElement, rows: HTMLElement): AtEdge {
  const edge = box.getBoundingClientRect().top;
  let low = 0;
  let high = rows.children.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows.children[middle];
    if (row && row.getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  const room = rows.children[low];
  const from = room instanceof HTMLElement ? room.dataset['from'] : undefined;
  if (room && from !== undefined) return { from: Number(from), into: edge - room.getBoundingClientRect().top };
  const held: EdgeRow[] = [];
  for (const row of [...rows.children].slice(low, low + HELD_ROWS)) {
    const key = keyOf(row);
    const loose = row instanceof HTMLElement && row.dataset['loose'] !== undefined;
    if (key !== undefined) held.push({ key, top: row.getBoundingClientRect().top - edge, loose });
  }
  return { rows: held };
}

/** The last row that can be seen to its end; undefined where those at the lower edge are not drawn. */
export function lastInView(box: HTMLElement, rows: HTMLElement): string | undefined {
  const edge = box.getBoundingClientRect().bottom + 1;
  let low = 0;
  let high = rows.children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows.children[middle]?.getBoundingClientRect().bottom ?? Infinity) <= edge) low = middle + 1;
    else high = middle;
  }
  const row = rows.children[low - 1];
  return row && keyOf(row);
}

/** Scrolls so that the held row stands where it stood; answers false when it is gone. */
export function restore(box: HTMLElement, rows: HTMLElement, held: Held): boolean {
  const row = rowOf(rows, held.key);
  if (!row) return false;
  const moved = row.getBoundingClientRect().top - box.getBoundingClientRect().top - held.top;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
  return true;
}

/** Notes how high each drawn row is, with the distance to the one above it. */
export function measure(rows: HTMLElement, heights: { measured(key: string, height: number): void }): void {
  let above = rows.getBoundingClientRect().top;
  for (const row of rows.children) {
    const { bottom } = row.getBoundingClientRect();
    const key = keyOf(row);
    if (key !== undefined) heights.measured(key, bottom - above);
    above = bottom;
  }
}

export function rowOf(rows: HTMLElement, key: string): HTMLElement | undefined {
  for (const row of rows.children) if (row instanceof HTMLElement && keyOf(row) === key) return row;
  return undefined;
}

export function keyOf(row: Element): string | undefined {
  return row instanceof HTMLElement ? row.dataset['key'] : undefined;
}
