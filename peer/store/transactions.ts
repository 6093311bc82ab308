/** Transactions on the store: all of one is kept, or nothing. */
import type { Database } from './sqlite.js';
import { storageFailure } from './failure.js';
import type { Numbering } from './numbering.js';

/** What is written along with the next transaction, whichever it is. */
export interface Companion {
  write?(): void;
  /** The transaction was committed. */
  written?(): void;
  /** Nothing of the transaction was kept: what was remembered of it is to be forgotten. */
  undone?(): void;
}

export class Transactions {
  private readonly companions: Companion[] = [];

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
  ) {}

  accompany(companion: Companion): void {
    this.companions.push(companion);
  }

  /** @throws ParleyError `storage_full`, `storage_failed` or `storage_damaged`; then nothing of it was kept */
  run(write: () => void): void {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      for (const companion of this.companions) companion.write?.();
      write();
      this.db.exec('COMMIT');
    } catch (error) {
      this.undo();
      throw storageFailure(error);
    }
    for (const companion of this.companions) companion.written?.();
  }

  /** SQLite has undone it by itself where the disk was full; numbers that were given out in it are taken back. */
  private undo(): void {
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
    this.numbers.reload();
    for (const companion of this.companions) companion.undone?.();
  }
}
