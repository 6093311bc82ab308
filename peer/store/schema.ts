/** How this version's database is set up. */
import { ParleyError } from '../../protocol/errors.js';
import { migrations } from './migrations.js';
import type { Database } from './sqlite.js';

/** Sets up a connection, and brings the schema to this version. @throws ParleyError */
export function prepare(db: Database): void {
  // NORMAL does not sync on commit; Durability syncs the WAL off the event loop, for many commits at once.
  // Checkpoints are made when idle (maintenance.ts): within the commit path they would cost a factor of four.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
           PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;`);
  migrate(db);
}

function migrate(db: Database): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = Number(row?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new ParleyError('storage_failed', 'it was written by a newer version of Parley. Update this one.');
  }
  for (let next = version; next < migrations.length; next++) {
    const step = migrations[next] ?? '';
    db.exec('BEGIN IMMEDIATE');
    if (typeof step === 'string') db.exec(step);
    else step(db);
    db.exec(`PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}
