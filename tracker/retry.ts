/**
 * What the start of a tracker needs of the others of its cluster is tried again until it is there: they may be started later, be choosing
 * a leader, or be busy. A tracker that ended instead would be one less to choose with.
 */
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import { StartError } from './start-error.js';

/** @param what for the log, in plain words; `work` is begun anew each time. Errors: StartError, and those that do not pass. */
export type Retry = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** Of a tracker alone, which waits for nobody. */
export const tryOnce: Retry = (_what, work) => work();

export interface RetryOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Whether such an error may be gone at the next try. */
  readonly passes: (error: unknown) => boolean;
}

const AGAIN_MS = 1_000;
/** So long it is nothing to speak of; and so often it is said again. */
const QUIET_MS = 4_000;
const SAY_EVERY_MS = 10_000;

export function retryUntilThere({ log, clock, signal, passes }: RetryOptions): Retry {
  return async (what, work) => {
    let sayAt = clock.steady() + QUIET_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof StartError || !passes(error)) throw error;
        if (signal?.aborted === true) {
          throw new StartError('Stopped before enough trackers of the cluster were there. Start them together.', {
            cause: error,
          });
        }
        if (clock.steady() >= sayAt) {
          const next = 'start the other trackers of the cluster, each with the same --cluster and --join';
          log.warn({ why: String(error), what }, `waiting for enough servers of the cluster: ${next}`);
          sayAt = clock.steady() + SAY_EVERY_MS;
        }
        await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve));
      }
    }
  };
}
