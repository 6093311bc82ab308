/**
 * The word index (FTS5) and the index of entry ids, filled behind the commits: both are random writes, which would halve
 * the speed of the commit path. Everything up to `upto` is indexed; what is newer is found by reading those few rows.
 */
import type { Database, Statement } from './sqlite.js';
import type { EntryId } from '../../protocol/ids.js';

const SLICE = 500;

/** The first 48 bits of an id, as an integer. */
function idPrefix(id: string): number {
  return Buffer.from(id.slice(0, 8), 'base64url').readUIntBE(0, 6);
}

export class Indexer {
  private upto: number;
  private readonly statements: Record<
    'slice' | 'addId' | 'addWords' | 'setUpto' | 'byPrefix' | 'tail' | 'last',
    Statement
  >;

  constructor(private readonly db: Database) {
    this.upto = Number(db.prepare('SELECT upto FROM index_state').get()?.['upto'] ?? 0);
    this.statements = {
      slice: db.prepare('SELECT n, id FROM entries WHERE n > ? ORDER BY n LIMIT ?'),
      addId: db.prepare('INSERT OR IGNORE INTO entry_ids (prefix, n) VALUES (?, ?)'),
      addWords: db.prepare(
        `INSERT INTO entry_words (rowid, message) SELECT n, message FROM entries WHERE n > ? AND n <= ? AND kind IN ('text', 'file')`,
      ),
      setUpto: db.prepare('UPDATE index_state SET upto = ?'),
      byPrefix: db.prepare('SELECT i.n FROM entry_ids i JOIN entries e ON e.n = i.n WHERE i.prefix = ? AND e.id = ?'),
      tail: db.prepare('SELECT n FROM entries WHERE n > ? AND id = ?'),
      last: db.prepare('SELECT max(n) AS n FROM entries'),
    };
  }

  /** Entries that are not indexed yet. */
  backlog(): number {
    return Number(this.statements.last.get()?.['n'] ?? 0) - this.upto;
  }

  /** Indexes at most one slice, in a transaction of its own. Returns whether there is more. */
  step(): boolean {
    const rows = this.statements.slice.all(this.upto, SLICE);
    const last = rows.at(-1);
    if (!last) return false;
    const upto = Number(last['n']);
    this.db.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) this.statements.addId.run(idPrefix(row['id'] as string), Number(row['n']));
      this.statements.addWords.run(this.upto, upto);
      this.statements.setUpto.run(upto);
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    this.upto = upto;
    return rows.length === SLICE;
  }

  /** The row number of an entry, or undefined when it is not here. */
  rowOf(id: EntryId): number | undefined {
    const row = this.statements.byPrefix.get(idPrefix(id), id) ?? this.statements.tail.get(this.upto, id);
    return row === undefined ? undefined : Number(row['n']);
  }
}
