/**
 * What the start of a tracker needs of the others of its cluster is tried again until it is there: they may be started later, be choosing
 * a leader, or be busy. A tracker that ended instead would be one less to choose with. What waiting does not mend is said at once, and
 * ends the start when it has stood for a while.
 */
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import { StartError } from './start-error.js';

/** @param what for the log, in plain words; `work` is begun anew each time. Errors: StartError, and those that do not pass. */
export type Retry = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** Of a tracker alone, which waits for nobody. */
export const tryOnce: Retry = (_what, work) => work();

/** Not there, and why: the message is for people, and says what to do. */
export class NotYet extends Error {
  override readonly name = 'NotYet';

  /** @param endsAfterMs it does not pass by itself: the start ends when it has stood for so long. Absent: it is waited for */
  constructor(
    message: string,
    readonly endsAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface RetryOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined;
  /** Whether such an error may be gone at the next try. What is `NotYet` says so itself. */
  readonly passes: (error: unknown) => boolean;
  /** What is wrong with the servers that are waited for, for people; undefined: nothing that could be seen. It may take seconds, and does not reject. */
  readonly look?: (() => Promise<string | undefined>) | undefined;
  /** What to do where nothing wrong is seen, a sentence. Absent: the other trackers of the cluster are to be started. */
  readonly next?: string | undefined;
}

const AGAIN_MS = 1_000;
/** So long it is nothing to speak of; and so often it is said again. */
const QUIET_MS = 4_000;
const SAY_EVERY_MS = 10_000;
const START_THEM = 'Start the other trackers of the cluster, each with the same --cluster and --join.';

export function retryUntilThere(options: RetryOptions): Retry {
  const { signal, passes } = options;
  return (what, work) => {
    const waiting = new Waiting(what, options);
    const untilThere = async () => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof NotYet) && !passes(error)) throw error;
          await waiting.after(error);
        }
      }
    };
    return unlessStopped(signal, untilThere, () => waiting.stopped());
  };
}

/** What is said meanwhile, and when it is over. */
class Waiting {
  #sayAt: number;
  #why: string | undefined;
  #hopelessSince: number | undefined;

  constructor(
    private readonly what: string,
    private readonly options: RetryOptions,
  ) {
    this.#sayAt = options.clock.steady() + QUIET_MS;
  }

  /** Returns when it is time for another try. Errors: StartError, when this one has stood for too long. */
  async after(error: unknown): Promise<void> {
    const { clock } = this.options;
    if (error instanceof NotYet) this.#judge(error);
    else this.#hopelessSince = undefined;
    if (clock.steady() >= this.#sayAt) await this.#say(error);
    await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve));
    // Nobody waits for it any more.
    if (this.options.signal?.aborted === true) throw this.stopped();
  }

  stopped(): StartError {
    return new StartError(`Stopped before the cluster was there. ${this.#why ?? this.#next}`);
  }

  get #next(): string {
    return this.options.next ?? START_THEM;
  }

  #judge(error: NotYet): void {
    const { message, endsAfterMs } = error;
    const now = this.options.clock.steady();
    const isNew = message !== this.#why;
    this.#why = message;
    if (endsAfterMs === undefined) {
      this.#hopelessSince = undefined;
      return;
    }
    this.#hopelessSince ??= now;
    if (now - this.#hopelessSince >= endsAfterMs) throw new StartError(message, { cause: error });
    // Without delay: a typing error is found at once.
    if (isNew) this.#sayAt = now;
  }

  async #say(error: unknown): Promise<void> {
    const { log, clock, look, signal } = this.options;
    if (!(error instanceof NotYet)) this.#why = (await look?.()) ?? this.#next;
    if (signal?.aborted === true) return;
    const isHopeless = error instanceof NotYet && error.endsAfterMs !== undefined;
    const state = isHopeless ? 'this start ends unless it changes soon' : 'waiting for enough servers of the cluster';
    log.warn(
      { ...(error instanceof NotYet ? {} : { why: String(error) }), what: this.what },
      `${state}. ${this.#why ?? ''}`,
    );
    this.#sayAt = clock.steady() + SAY_EVERY_MS;
  }
}

/**
 * The work; rejects as soon as the signal says stop. What is under way then goes on, and nobody hears of its end: it is to hold nothing
 * that has to be given back. Errors: StartError at a stop.
 */
export function unlessStopped<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  why = (): StartError => new StartError('Stopped before it had started. Start it again when it is wanted.'),
): Promise<T> {
  if (!signal) return work();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(why());
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    void work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
