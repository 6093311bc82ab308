import { asStoreError, isFull, together, type Database } from './database.js';

/** A write of somebody who waits until it is durable. */
interface Write {
  /** Runs its statement. @returns what tells its caller, once that is durable */
  run(): () => void;
  reject(error: Error): void;
}

/**
 * What many ask for in one turn of the event loop becomes one transaction: thousands who sign in at once wait for some syncs of the disk, not
 * for one each. A write is done when the turn ends, and its promise is kept once the disk has it. No transaction outlives that moment, so all else
 * that is written over this connection stays apart.
 */
export class GroupedWrites {
  #waiting: Write[] = [];

  constructor(private readonly db: Database) {}

  /** @param statement one statement: if it fails, nothing of it is left, and those beside it stand. A full disk becomes `storage_full`. */
  run<T>(statement: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({
        run: () => {
          const result = statement();
          return () => resolve(result);
        },
        reject,
      });
    });
  }

  /** Now: before the database closes. */
  flush(): void {
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    try {
      this.#commit(writes);
    } catch (error) {
      if (!isFull(error)) for (const { reject } of writes) reject(asStoreError(error));
      // What is large is no reason to refuse what still has room.
      else for (const write of writes) this.#commitAlone(write);
    }
  }

  /** Errors: nothing of it is written, and nobody has been told. */
  #commit(writes: readonly Write[]): void {
    const told = together(this.db, () => writes.map((write) => this.#try(write)));
    for (const tell of told) tell();
  }

  #commitAlone(write: Write): void {
    try {
      this.#commit([write]);
    } catch (error) {
      write.reject(asStoreError(error));
    }
  }

  /** Errors: what has ended the whole transaction, as a full disk does. */
  #try({ run, reject }: Write): () => void {
    try {
      return run();
    } catch (error) {
      if (!this.db.isTransaction) throw error;
      return () => reject(asStoreError(error));
    }
  }
}
