/**
 * Reads the whole history once, slowly, and checks that every entry still is what was written: SQLite itself does not
 * notice a changed byte within a text. After a stop that was none, and when another peer refuses what it was served.
 */
import type { Entry } from '../../protocol/entry.js';
import type { Timers } from './maintenance.js';
import type { Proof } from './proof.js';

/** At most some 3 ms of each 30, so that nobody notices: a million entries take a quarter of an hour. */
const SLICE = 32;
const EVERY_MS = 30;

export interface VerificationOptions {
  /** Entries after a row number, in the order of rows. */
  readonly after: (n: number, limit: number) => readonly { n: number; entry: Entry }[];
  /** Known not to be what was written, and why. */
  readonly isCut: (n: number) => boolean;
  readonly proof: Proof;
  readonly timers: Timers;
  readonly damaged: (what: Error) => void;
  readonly failed: (error: unknown) => void;
}

export class Verification {
  private at = 0;
  private timer: unknown;

  constructor(private readonly options: VerificationOptions) {}

  /** Begins at the first entry, unless it is under way. */
  start(): void {
    if (this.timer !== undefined) return;
    this.at = 0;
    this.schedule();
  }

  stop(): void {
    this.options.timers.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    const timer = this.options.timers.setTimeout(() => this.slice(), EVERY_MS);
    timer.unref?.();
    this.timer = timer;
  }

  private slice(): void {
    this.timer = undefined;
    const { after, isCut, proof, damaged, failed } = this.options;
    try {
      const rows = after(this.at, SLICE);
      const corrupt = rows.find(
        ({ n, entry }) => (!proof.isWhole(entry) && !isCut(n)) || (entry.sig !== undefined && !proof.isSigned(entry)),
      );
      if (corrupt) {
        damaged(new Error(`entry ${corrupt.n} is not what was written`));
        return;
      }
      const last = rows.at(-1);
      if (!last) return;
      this.at = last.n;
      this.schedule();
    } catch (error) {
      failed(error);
    }
  }
}
