/** The entries at the end that the index of ids has not reached yet: their rows by id, in memory once they are asked for. */
import type { Database } from './sqlite.js';
import type { EntryId } from '../../protocol/ids.js';

const PIECE = 10_000;

export class UnindexedEntries {
  /** In the order of rows; undefined before it was read. */
  private rows: Map<EntryId, number> | undefined;

  /** @param upto the last row that is indexed */
  constructor(
    private readonly db: Database,
    private upto: number,
  ) {}

  get size(): number {
    return this.read().size;
  }

  get(id: EntryId): number | undefined {
    return this.read().get(id);
  }

  add(id: EntryId, n: number): void {
    this.rows?.set(id, n);
  }

  /** The index has reached this row. */
  indexed(upto: number): void {
    this.upto = upto;
    for (const [id, n] of this.rows ?? []) {
      if (n > upto) return;
      this.rows?.delete(id);
    }
  }

  /** A transaction came to nothing. */
  forget(): void {
    this.rows = undefined;
  }

  private read(): Map<EntryId, number> {
    if (this.rows) return this.rows;
    const rows = new Map<EntryId, number>();
    const piece = this.db.prepare('SELECT n, id FROM entries WHERE n > ? ORDER BY n LIMIT ?');
    for (let after = this.upto, more = true; more;) {
      const found = piece.all(after, PIECE);
      for (const row of found) rows.set(row['id'] as EntryId, (after = Number(row['n'])));
      more = found.length === PIECE;
    }
    return (this.rows = rows);
  }
}
