/**
 * How much is drawn beyond what can be seen. While rows come faster than anybody reads, and when a conversation is opened, what
 * is drawn has to be drawn now: little. Once they stand still there is time for the rest, before somebody scrolls to it.
 */
import { BEYOND } from './window-range.js';

/** Rows that stay as they are for so long stand still, ms. */
export const STILL_MS = 120;
/** Drawn beyond each edge until then, px: heights that are guessed may be wrong by as much. */
export const BEYOND_AT_FIRST = 300;

export class DrawingPace {
  #rows: unknown;
  #changedAt: number | undefined;
  #hurried = true;

  /** To be told of each drawing. @param now ms, of a clock that only goes forward */
  drawing(rows: unknown, now: number): void {
    if (rows === this.#rows) return;
    // A second change in so short a time: there will be more.
    this.#hurried = this.#changedAt === undefined || now - this.#changedAt < STILL_MS;
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
