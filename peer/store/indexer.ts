/**
 * The index of entry ids, filled behind the commits: its writes are random, which would halve the speed of the commit
 * path. Everything up to `upto` is indexed; what is newer is kept in memory (unindexed-entries.ts).
 */
import type { Database, Statement } from './sqlite.js';
import type { EntryId } from '../../protocol/ids.js';
import { UnindexedEntries } from './unindexed-entries.js';

const SLICE = 500;

/** The first 48 bits of an id, as an integer. */
function idPrefix(id: string): number {
  return Buffer.from(id.slice(0, 8), 'base64url').readUIntBE(0, 6);
}

export class Indexer {
  private readonly unindexed: UnindexedEntries;
  private upto: number;
  private readonly statements: Record<'slice' | 'addId' | 'setUpto' | 'byPrefix', Statement>;

  constructor(private readonly db: Database) {
    this.upto = Number(db.prepare('SELECT upto FROM index_state').get()?.['upto'] ?? 0);
    this.unindexed = new UnindexedEntries(db, this.upto);
    this.statements = {
      slice: db.prepare('SELECT n, id FROM entries WHERE n > ? ORDER BY n LIMIT ?'),
      addId: db.prepare('INSERT OR IGNORE INTO entry_ids (prefix, n) VALUES (?, ?)'),
      setUpto: db.prepare('UPDATE index_state SET upto = ?'),
      byPrefix: db.prepare('SELECT i.n FROM entry_ids i JOIN entries e ON e.n = i.n WHERE i.prefix = ? AND e.id = ?'),
    };
  }

  /** Entries that are not indexed yet. */
  get backlog(): number {
    return this.unindexed.size;
  }

  /** To be called for each row that is inserted, within its transaction. */
  inserted(id: EntryId, n: number): void {
    this.unindexed.add(id, n);
  }

  /** A transaction came to nothing, and its rows with it. */
  undone(): void {
    this.unindexed.forget();
  }

  /** Indexes at most one slice, in a transaction of its own. Returns whether there is more. */
  step(): boolean {
    if (this.unindexed.size === 0) return false;
    const rows = this.statements.slice.all(this.upto, SLICE);
    const last = rows.at(-1);
    if (!last) return false;
    const upto = Number(last['n']);
    this.db.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) this.statements.addId.run(idPrefix(row['id'] as string), Number(row['n']));
      this.statements.setUpto.run(upto);
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    this.upto = upto;
    this.unindexed.indexed(upto);
    return rows.length === SLICE;
  }

  /** The row number of an entry, or undefined when it is not here. */
  rowOf(id: EntryId): number | undefined {
    const recent = this.unindexed.get(id);
    if (recent !== undefined) return recent;
    const row = this.statements.byPrefix.get(idPrefix(id), id);
    return row === undefined ? undefined : Number(row['n']);
  }
}
