/**
 * Ends the sessions of guests who have left. Where the tracker is away it is tried again, ever more seldom, as long as the gateway runs:
 * until then the guest's name stands in everybody's list. What is not ended when it stops expires at the tracker.
 */
import { errorTable, isParleyError } from '../../protocol/errors.js';
import type { Log } from '../services.js';

export interface DeparturesParts {
  /** Ends one session at the tracker. Rejects with a ParleyError. */
  readonly logout: (token: string, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** In [0, 1). */
  readonly random: () => number;
  /** Runs `work` so many milliseconds later. @returns takes that back */
  readonly after: (ms: number, work: () => void) => () => void;
  /** More are not remembered: those who have waited longest are left to expire. */
  readonly max?: number;
}

/** First and last ceiling between two attempts. */
const [FIRST_MS, LAST_MS] = [2_000, 5 * 60_000];
/** Twice as many as the tracker lets in on a day; 43 characters each. */
const MAX = 1_000;

export class Departures {
  readonly #parts: DeparturesParts;
  /** Those who have waited longest first. */
  readonly #tokens = new Set<string>();
  readonly #closed = new AbortController();
  #round: Promise<void> | undefined;
  #failures = 0;
  #cancel: () => void = () => undefined;

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
  }

  /** How many sessions are not ended yet. */
  get waiting(): number {
    return this.#tokens.size;
  }

  /** Resolves once that was tried. Never rejects. */
  async leave(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) this.#remember(token);
    await this.#try();
  }

  /** Nothing is tried any more once it resolves. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#cancel();
    await this.#round;
  }

  #remember(token: string): void {
    const { log, max = MAX } = this.#parts;
    this.#tokens.add(token);
    const [oldest] = this.#tokens;
    if (this.#tokens.size <= max || oldest === undefined) return;
    this.#tokens.delete(oldest);
    log.debug({}, 'too many sessions of guests wait for the tracker: the oldest is left to expire');
  }

  /** One at a time, for all who have left by then. */
  #try(): Promise<void> {
    this.#cancel();
    this.#round ??= this.#endAll().finally(() => (this.#round = undefined));
    return this.#round;
  }

  async #endAll(): Promise<void> {
    const { logout, log } = this.#parts;
    const { signal } = this.#closed;
    // A set gives those that are added meanwhile, too.
    for (const token of this.#tokens) {
      if (signal.aborted) return;
      try {
        await logout(token, signal);
      } catch (err) {
        log.debug({ err }, 'the session of a guest was over already, or is not ended yet');
        if (mayChange(err)) return this.#later();
      }
      this.#tokens.delete(token);
      this.#failures = 0;
    }
  }

  #later(): void {
    if (this.#closed.signal.aborted) return;
    const { random, after } = this.#parts;
    const ceiling = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    this.#cancel = after(ceiling * (0.5 + random() / 2), () => void this.#try());
  }
}

/** Otherwise the session is over already, or will never be ended so. */
function mayChange(error: unknown): boolean {
  if (!isParleyError(error)) return true;
  const { retryable = false, http } = errorTable[error.code];
  return retryable || http >= 500;
}
