/** How fast one client may write: told first that it is too fast, then slowed down, then closed. No clock of its own. */

export interface PaceLimits {
  /** Lines at once, and lines a second after that. */
  readonly burst: number;
  readonly perSecond: number;
  /** A line that is refused costs so many. */
  readonly badLine: number;
  /** How long it may go on beyond the pace before it is closed. */
  readonly patienceMs: number;
}

export const PACE: PaceLimits = { burst: 100, perSecond: 20, badLine: 5, patienceMs: 60_000 };

export type Verdict =
  | { readonly pace: 'well' }
  /** Nothing more is read for so long. `first`: it has not been told since it last kept to the pace. */
  | { readonly pace: 'wait'; readonly ms: number; readonly first: boolean }
  | { readonly pace: 'over' };

export class Pace {
  #left: number;
  #at: number;
  /** Since when it has been too fast. */
  #since: number | undefined;

  constructor(
    now: number,
    private readonly limits: PaceLimits = PACE,
  ) {
    this.#left = limits.burst;
    this.#at = now;
  }

  /** To be asked for each line, after it was dealt with. `now`: milliseconds of a clock that is never set back. `lines`: as which it counts. */
  line(now: number, isBad: boolean, lines = 1): Verdict {
    const { burst, perSecond, badLine, patienceMs } = this.limits;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#left >= burst / 2) this.#since = undefined;
    this.#left -= isBad ? badLine : lines;
    if (this.#left >= 0) return { pace: 'well' };
    const first = this.#since === undefined;
    this.#since ??= now;
    if (now - this.#since > patienceMs) return { pace: 'over' };
    return { pace: 'wait', ms: Math.ceil((-this.#left / perSecond) * 1000), first };
  }
}
