/** Work that nobody waits for: what fails is logged, as what it is. */
import { isParleyError } from '../protocol/errors.js';
import type { Log } from './log.js';

/** The store cannot be written now, as while a cluster chooses a leader: that passes, and is no fault of this tracker. */
export function isForNow(error: unknown): boolean {
  return isParleyError(error) && error.code === 'unavailable';
}

/** Of work that is done once, and not again. @param what says what is not as it should be */
export function logFailure(log: Log, error: unknown, what: string): void {
  const facts = { err: error };
  if (isForNow(error)) log.warn(facts, what);
  else log.error(facts, what);
}

/**
 * Of one kind of work that is done again and again: that the store cannot be written is said once, and once more when it can again. All
 * else is an error each time. `next`: what to do then.
 */
export class RepeatedWork {
  #waits = false;

  constructor(
    private readonly log: Log,
    private readonly what: string,
    private readonly next = 'look what it says of why',
  ) {}

  /** Never rejects. */
  async run(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      if (this.#waits) this.log.info({}, `${this.what}: done again`);
      this.#waits = false;
    } catch (error) {
      if (!isForNow(error))
        this.log.error({ err: error }, `${this.what}: failed, and is tried again later; ${this.next}`);
      else if (!this.#waits) {
        this.log.warn({ err: error }, `${this.what}: waits until the cluster can write again`);
        this.#waits = true;
      }
    }
  }
}

/** Does it every so many milliseconds of real time until the answer is called. @param what for the log, in plain words */
export function repeat(everyMs: number, what: string, work: () => Promise<unknown>, log: Log): () => void {
  const repeated = new RepeatedWork(log, what);
  const timer = setInterval(() => void repeated.run(work), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
