import type { UserKey } from '../protocol/ids.js';
import type { Clock } from './clock.js';

const DAY_MS = 24 * 3600_000;
/** Pairs that are counted at once; beyond, the counts of the day begin anew. */
const PAIRS_MAX = 100_000;

/**
 * How much each sender put into each mailbox today, so that one cannot fill another's and keep everybody else out. In memory
 * alone: who writes to whom is nothing to be kept.
 */
export class MailboxShares {
  readonly #bytes = new Map<string, number>();
  #day = 0;

  constructor(
    private readonly clock: Clock,
    /** Of one sender in one mailbox, a day. */
    private readonly max: number,
  ) {}

  /** Counts it, unless that would be too much. */
  take(from: UserKey, to: UserKey, bytes: number): boolean {
    const day = Math.floor(this.clock.now() / DAY_MS);
    if (day !== this.#day || this.#bytes.size >= PAIRS_MAX) this.#bytes.clear();
    this.#day = day;
    const key = `${from} ${to}`;
    const sum = (this.#bytes.get(key) ?? 0) + bytes;
    if (sum > this.max) return false;
    this.#bytes.set(key, sum);
    return true;
  }

  /** What was counted did not go in. */
  giveBack(from: UserKey, to: UserKey, bytes: number): void {
    const key = `${from} ${to}`;
    this.#bytes.set(key, Math.max(0, (this.#bytes.get(key) ?? 0) - bytes));
  }
}
