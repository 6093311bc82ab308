/**
 * Keeps what is being read in its place while rows come and go around it. Scroll anchoring by hand, since browsers
 * differ and a window of rows changes on both sides. `box` scrolls; its rows carry `data-key`.
 */
export interface Held {
  readonly key: string;
  /** Distance of the row's upper edge from the box's, px. */
  readonly top: number;
}

/** Close enough to the end to count as being there, px. */
const AT_END = 40;

export function isAtEnd(box: HTMLElement): boolean {
  return box.scrollHeight - box.scrollTop - box.clientHeight <= AT_END;
}

export function toEnd(box: HTMLElement): void {
  box.scrollTop = box.scrollHeight;
}

/** The first row that can be seen. */
export function hold(box: HTMLElement, rows: HTMLElement): Held | undefined {
  const edge = box.getBoundingClientRect().top;
  let low = 0;
  let high = rows.children.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows.children[middle];
    if (row && row.getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  const row = rows.children[low];
  const key = row instanceof HTMLElement ? row.dataset['key'] : undefined;
  return row && key !== undefined ? { key, top: row.getBoundingClientRect().top - edge } : undefined;
}

/** Scrolls so that the held row stands where it stood; answers false when it is gone. */
export function restore(box: HTMLElement, rows: HTMLElement, held: Held): boolean {
  const row = rowOf(rows, held.key);
  if (!row) return false;
  const moved = row.getBoundingClientRect().top - box.getBoundingClientRect().top - held.top;
  if (Math.abs(moved) >= 1) box.scrollTop += moved;
  return true;
}

/** Puts a row a little below the upper edge. Answers false when the row is not there. */
export function bringToTop(box: HTMLElement, rows: HTMLElement, key: string): boolean {
  const row = rowOf(rows, key);
  if (!row) return false;
  box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 5;
  return true;
}

function rowOf(rows: HTMLElement, key: string): Element | undefined {
  return [...rows.children].find((row) => row instanceof HTMLElement && row.dataset['key'] === key);
}
