/**
 * Uses of invites of which no account came, because the store failed while it was made. What is left to do is kept in memory alone: a stop
 * in between costs one use, as a crash does.
 */
import { isParleyError } from '../../protocol/errors.js';
import type { Clock } from '../clock.js';
import type { Invites } from './invites.js';

export interface InviteReturnsOptions {
  invites: Pick<Invites, 'giveBack'>;
  clock: Clock;
}

/** A write that was under way has come through by then, or never will. Milliseconds. */
const AGAIN_MS = 5_000;
/** Ten minutes: a cluster that chooses no leader for so long has other worries. */
const TRIES = 120;
/** At once. Each has cost a use of an invite, so that only who has invites makes them many. */
const WAITING_MAX = 256;

export class InviteReturns {
  /** What ends the waiting of each. */
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(private readonly options: InviteReturnsOptions) {}

  /**
   * An account could not be made with this code. It is given back at once where the store has surely written nothing, else once it is known
   * that there is no account. Never rejects.
   * @param isMade whether the account has come about after all. Errors: that cannot be said now
   */
  async failed(error: unknown, code: string, isMade: () => Promise<boolean>): Promise<void> {
    if (isFull(error)) await this.#giveBack(code, TRIES);
    else this.#later(() => this.#look(code, isMade, TRIES));
  }

  /** What is not given back by then never is. */
  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  async #look(code: string, isMade: () => Promise<boolean>, tries: number): Promise<void> {
    try {
      if (await isMade()) return;
    } catch {
      if (tries > 1) this.#later(() => this.#look(code, isMade, tries - 1));
      return;
    }
    await this.#giveBack(code, tries);
  }

  /** Tried again only where nothing was written: one that is given back twice would make one account more than it may. */
  async #giveBack(code: string, tries: number): Promise<void> {
    try {
      await this.options.invites.giveBack(code);
    } catch (error) {
      if (isFull(error) && tries > 1) this.#later(() => this.#giveBack(code, tries - 1));
    }
  }

  #later(work: () => Promise<void>): void {
    if (this.#isStopped || this.#waiting.size >= WAITING_MAX) return;
    const cancel = this.options.clock.after(AGAIN_MS, () => {
      this.#waiting.delete(cancel);
      void work();
    });
    this.#waiting.add(cancel);
  }
}

function isFull(error: unknown): boolean {
  return isParleyError(error) && error.code === 'storage_full';
}
