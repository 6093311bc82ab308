/** How this version's database is set up. */
import { ParleyError } from '../../protocol/errors.js';
import { migrations } from './migrations.js';
import type { Database } from './sqlite.js';
import { setUpVacuum } from './vacuum.js';

/** Of the database, in memory: grows to this while it is used. */
const CACHE_KIB = 32 * 1024;

/** Sets up a connection, and brings the schema to this version. @throws ParleyError */
export function prepare(db: Database, cacheKib = CACHE_KIB): void {
  refuseNewer(db);
  setUpVacuum(db);
  // NORMAL does not sync on commit; Durability syncs the WAL off the event loop, for many commits at once.
  // Checkpoints are made when idle (maintenance.ts): within the commit path they would cost a factor of four.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
           PRAGMA cache_size = -${cacheKib}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;`);
  migrate(db);
}

/** Before anything is changed. */
function refuseNewer(db: Database): void {
  if (versionOf(db) <= migrations.length) return;
  const next = 'Update Parley, or start with another --data-dir.';
  throw new ParleyError('storage_failed', `it was written by a newer version of Parley. ${next}`);
}

function versionOf(db: Database): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function migrate(db: Database): void {
  const version = versionOf(db);
  for (let next = version; next < migrations.length; next++) {
    const step = migrations[next] ?? '';
    db.exec('BEGIN IMMEDIATE');
    if (typeof step === 'string') db.exec(step);
    else step(db);
    db.exec(`PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}
