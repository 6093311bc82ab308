/** Calls to a tracker that limits what one address may ask: it says when to come again, and that is obeyed. */
import { setTimeout as wait } from 'node:timers/promises';
import { isParleyError } from '../../protocol/errors.js';
import { TrackerRefusal } from '../../peer/tracker-client/failures.js';

const AGAIN_MS = 1_000;
/** A limit of a day is no reason to wait. */
const WAIT_MAX_MS = 120_000;
/** Full, or too many at once; any other refusal would come again. */
const PASSING: ReadonlySet<string> = new Set(['rate_limited', 'unavailable']);

/** Errors: those of the call; `rate_limited` when the tracker asks for more patience than two minutes. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isParleyError(error) || !PASSING.has(error.code)) throw error;
      const asked = error instanceof TrackerRefusal ? (error.retryAfterMs ?? AGAIN_MS) : AGAIN_MS;
      if (asked > WAIT_MAX_MS) throw error;
      await wait(asked * (1 + Math.random() / 4));
    }
  }
}
