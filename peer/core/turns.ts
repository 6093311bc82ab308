/**
 * Walks through rows of the history, some at a time: all together look at no more in one turn of the event loop than what takes a few
 * milliseconds, and what is left is looked at in later turns, one walk after the other.
 */
import { ParleyError } from '../../protocol/errors.js';
import type { Step } from '../store/unread-count.js';

export interface Walk {
  /** Looks at no more than so many rows. */
  step(rows: number): Step;
}

/** Rows that are looked at in one turn, about a microsecond or two each. */
export const ROWS_A_TURN = 2_000;
/** Of a walk that begins when the turn has had its rows: mostly that is all, and nobody has to wait for it. */
const ROWS_AT_LEAST = 50;

interface Waiting {
  readonly walk: Walk;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export class Turns {
  private left = ROWS_A_TURN;
  private readonly waiting: Waiting[] = [];
  private isDue = false;
  private isClosed = false;

  /** @param soon runs it in a later turn of the event loop */
  constructor(private readonly soon: (run: () => void) => void) {}

  /**
   * Begins at once. @returns undefined where there was little, and all is done; else resolves when it is
   * @throws what `step` throws, now or (rejects with it) later; (rejects with) unavailable once it is closed
   */
  run(walk: Walk): Promise<void> | undefined {
    const { looked, isMore } = walk.step(Math.max(this.left, ROWS_AT_LEAST));
    this.left -= looked;
    this.soonNext();
    if (!isMore) return undefined;
    // No later turn would come to it.
    if (this.isClosed) return Promise.reject(new ParleyError('unavailable'));
    return new Promise((done, failed) => void this.waiting.push({ walk, done, failed }));
  }

  close(): void {
    this.isClosed = true;
    for (const { failed } of this.waiting.splice(0)) failed(new ParleyError('unavailable'));
  }

  private soonNext(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.soon(() => {
      this.isDue = false;
      this.left = ROWS_A_TURN;
      this.next();
    });
  }

  private next(): void {
    const [first] = this.waiting;
    if (!first || this.isClosed) return;
    try {
      const { looked, isMore } = first.walk.step(ROWS_A_TURN);
      this.left -= looked;
      if (!isMore) {
        this.waiting.shift();
        first.done();
      }
    } catch (error) {
      this.waiting.shift();
      first.failed(error);
    }
    if (this.waiting.length > 0) this.soonNext();
  }
}
