/**
 * How fast a client may send (RFC 1459 section 8.10): so many lines at once, then so many a second. Whoever sends faster is told, and
 * read more slowly; whoever never stops is closed. Others do not notice. It owns no clock.
 */
export interface PaceLimits {
  readonly burst: number;
  readonly perSecond: number;
  /** How long without a rest somebody may be held back. */
  readonly patienceMs: number;
}

export class Pace {
  #tokens: number;
  #at: number;
  /** Since when lines have had to wait, without a rest. */
  #heldSince: number | undefined;

  constructor(
    private readonly limits: PaceLimits,
    now: number,
  ) {
    this.#tokens = limits.burst;
    this.#at = now;
  }

  /** Takes one line. @returns the milliseconds until it may be taken; 0 where it was */
  take(now: number): number {
    const { burst, perSecond } = this.limits;
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1000);
    this.#at = now;
    // Half of the burst left: they have rested.
    if (this.#tokens >= burst / 2) this.#heldSince = undefined;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    this.#heldSince ??= now;
    return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / perSecond));
  }

  get held(): boolean {
    return this.#heldSince !== undefined;
  }

  exhausted(now: number): boolean {
    return this.#heldSince !== undefined && now - this.#heldSince > this.limits.patienceMs;
  }
}
