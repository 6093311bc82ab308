/**
 * How much is drawn beyond what can be seen. While rows come faster than anybody reads, and when a conversation is opened, what
 * is drawn has to be drawn now: little. Once they stand still there is time for the rest, before somebody scrolls to it.
 */
import { BEYOND } from './window-range.js';

/** Two changes in so short a time, ms: there will be more. */
export const CLOSE_MS = 120;
/** Rows that stay as they are for so long stand still, ms: longer than the pauses that a page makes in a flood (paced-events.ts). */
export const STILL_MS = 400;
/** Drawn beyond each edge until then, px. Where that is too little, since rows are lower than was guessed, the next drawing has more. */
export const BEYOND_AT_FIRST = 60;

export class DrawingPace {
  #rows: unknown;
  #changedAt: number | undefined;
  #hurried = true;

  /** To be told of each drawing. @param now ms, of a clock that only goes forward */
  drawing(rows: unknown, now: number): void {
    if (rows === this.#rows) return;
    const since = this.#changedAt === undefined ? 0 : now - this.#changedAt;
    if (since < CLOSE_MS) this.#hurried = true;
    else if (since >= STILL_MS) this.#hurried = false;
    this.#rows = rows;
    this.#changedAt = now;
  }

  /** The rows stand still. Answers whether there is more to draw now. */
  still(): boolean {
    const before = this.#hurried;
    this.#hurried = false;
    return before;
  }

  get hurried(): boolean {
    return this.#hurried;
  }

  /** Px beyond each edge. A reader who is not at the newest row scrolls, and needs all of it. */
  beyond(following: boolean): number {
    return following && this.#hurried ? BEYOND_AT_FIRST : BEYOND;
  }
}
