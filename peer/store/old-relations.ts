/** Relations of entries that an earlier version kept without knowing what they mean. */
import type { EntryId } from '../../protocol/ids.js';
import type { Database } from './sqlite.js';
import { EntryStore } from './entries.js';
import { Indexer } from './indexer.js';
import { Numbering } from './numbering.js';
import { RelationStore } from './relations.js';
import { Transactions } from './transactions.js';

const PIECE = 1_000;

/** Under which of the authorities that this peer knew, one after the other, a device was certified: see numbering.ts. */
export function addEra(db: Database): void {
  const columns = db.prepare('PRAGMA table_info(devices)').all();
  // The step before needs it too.
  if (columns.some(({ name }) => name === 'era')) return;
  db.exec('ALTER TABLE devices ADD COLUMN era INTEGER NOT NULL DEFAULT 0');
}

/** A step of the migrations, within its transaction. */
export function relationsOfOldEntries(db: Database): void {
  addEra(db);
  addPlace(db);
  const numbers = new Numbering(db);
  const indexer = new Indexer(db);
  const rowOf = (id: EntryId): number | undefined => indexer.rowOf(id);
  const relations = new RelationStore(db, numbers, rowOf);
  const entries = new EntryStore(db, numbers, new Transactions(db, numbers));
  const rows = db.prepare(
    `SELECT n, conversation, device, seq, '' AS prev, time, id, kind, message, data, sig, at FROM entries
       WHERE n > ? AND (kind IN ('edit', 'delete', 'reaction', 'pin') OR data LIKE '%"reply_to"%') ORDER BY n LIMIT ?`,
  );
  for (let after = 0; ;) {
    const piece = rows.all(after, PIECE);
    for (const row of piece) {
      after = Number(row['n']);
      // What makes no sense is met, and told, by whoever reads it.
      const entry = entries.fromRow(row);
      if (entry) relations.inserted(entry, after);
    }
    if (piece.length < PIECE) return;
  }
}

/** Where an entry stands, where that is not at its time (protocol/order.ts). */
export function addPlace(db: Database): void {
  const has = db.prepare(`SELECT 1 FROM pragma_table_xinfo('entries') WHERE name = 'place'`).get();
  if (has) return;
  db.exec(`ALTER TABLE entries ADD COLUMN at INTEGER;
           ALTER TABLE entries ADD COLUMN place INTEGER GENERATED ALWAYS AS (coalesce(at, time)) VIRTUAL;
           CREATE INDEX entries_moved ON entries (time, conversation) WHERE at IS NOT NULL;`);
}
