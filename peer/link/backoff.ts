/**
 * When to dial again (SPEC.md section 4): exponential with full jitter, so that peers cut off together do not come back
 * together. (M. Brooker, "Exponential Backoff and Jitter", 2015.) Pure: one value per address, kept by the caller.
 */
const FIRST_MS = 500;
const LONGEST_MS = 60_000;
/** A link that stayed up for this long was a good one; the next failure starts anew. */
const GOOD_AFTER_MS = 30_000;

export interface Backoff {
  /** Failures in a row. */
  readonly failures: number;
}

export const FRESH: Backoff = { failures: 0 };

/** After a dial that failed: the next state, and how long to wait in milliseconds. @param random in [0, 1) */
export function failed(backoff: Backoff, random: () => number): { backoff: Backoff; waitMs: number } {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(backoff.failures, 16));
  return { backoff: { failures: backoff.failures + 1 }, waitMs: Math.ceil(random() * longest) };
}

/** After a link that was up for so long and ended: a short-lived one counts as a failure. */
export function ended(backoff: Backoff, upMs: number, random: () => number): { backoff: Backoff; waitMs: number } {
  return failed(upMs >= GOOD_AFTER_MS ? FRESH : backoff, random);
}
