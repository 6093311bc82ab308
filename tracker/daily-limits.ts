/**
 * What one account may do in a day. What tables show is counted from them, everything else by `DailyCounts`, so that a
 * restart forgets nothing.
 */
import { ParleyError } from '../protocol/errors.js';
import type { UserKey } from '../protocol/ids.js';
import type { Clock } from './clock.js';
import type { Counted, DailyCounts } from './store/tracker-store.js';

export const DAY_MS = 24 * 3600_000;

/** With `Retry-After`. */
export class RateLimited extends ParleyError {
  /** Seconds. */
  readonly retryAfter: number;

  /** @param waitMs until the same call may succeed */
  constructor(message: string | undefined, waitMs: number) {
    super('rate_limited', message);
    this.retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  }
}

/** Where an error tells when to come again. Seconds. */
export function retryAfterOf(error: ParleyError): number | undefined {
  return 'retryAfter' in error && typeof error.retryAfter === 'number' ? error.retryAfter : undefined;
}

/**
 * How long until fewer than `max` of these times lie within the last 24 hours; 0 if that is so now. A time ahead of the clock
 * does not count: the clock was wrong then. Milliseconds.
 */
export function dayWait(times: readonly number[], max: number, now: number): number {
  const recent = times.filter((time) => time > now - DAY_MS && time <= now).sort((a, b) => a - b);
  const oldest = recent[recent.length - max];
  return oldest === undefined ? 0 : oldest + DAY_MS - now;
}

export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}

/** Until the day of UTC ends. Milliseconds. */
export function restOfDay(now: number): number {
  return (dayOf(now) + 1) * DAY_MS - now;
}

export class DailyLimits {
  constructor(private readonly options: { readonly store: DailyCounts; readonly clock: Clock }) {}

  /** Counts one of at most `max` in a day of UTC. @returns 0, or how long to wait, in milliseconds: then it is not counted */
  async take(user: UserKey, what: Counted, max: number): Promise<number> {
    const { store, clock } = this.options;
    const now = clock.now();
    return (await store.take(user, what, dayOf(now), max)) ? 0 : restOfDay(now);
  }
}

/** "in 3 hours", for a message. */
export function inTime(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 1) return 'in a minute';
  return minutes < 120 ? `in ${minutes} minutes` : `in ${Math.ceil(minutes / 60)} hours`;
}
