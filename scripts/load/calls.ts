/** Calls to a tracker that limits what one address may ask: it says when to come again, and that is obeyed. */
import { setTimeout as wait } from 'node:timers/promises';
import { isParleyError } from '../../protocol/errors.js';
import { TrackerRefusal } from '../../peer/tracker-client/failures.js';

const AGAIN_MS = 1_000;
/** A limit of a day is no reason to wait. */
const WAIT_MAX_MS = 120_000;
/** A tracker that is full for so long has no room for those who come: it is not asked for ever. */
const FULL_MAX_MS = 120_000;
/** Full, or too many at once; any other refusal would come again. */
const PASSING: ReadonlySet<string> = new Set(['rate_limited', 'unavailable']);

export interface Patience {
  readonly wait: (ms: number) => Promise<unknown>;
  /** Milliseconds, by a clock that nobody sets. */
  readonly now: () => number;
}

const real: Patience = { wait: (ms) => wait(ms), now: () => performance.now() };

/**
 * Errors: those of the call; `rate_limited` when the tracker asks for more patience than two minutes, `unavailable` when it has been so for
 * two minutes.
 */
export async function patiently<T>(call: () => Promise<T>, { wait: pause, now }: Patience = real): Promise<T> {
  for (const began = now(); ;) {
    try {
      return await call();
    } catch (error) {
      if (!isParleyError(error) || !PASSING.has(error.code)) throw error;
      const asked = error instanceof TrackerRefusal ? (error.retryAfterMs ?? AGAIN_MS) : AGAIN_MS;
      if (asked > WAIT_MAX_MS || (error.code === 'unavailable' && now() - began > FULL_MAX_MS)) throw error;
      await pause(asked * (1 + Math.random() / 4));
    }
  }
}
