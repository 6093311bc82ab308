/** Opening the peer's database: one process at a time, WAL, the schema of this version. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { ParleyError } from '../../protocol/errors.js';
import { migrations } from './migrations.js';
import type { Database } from './sqlite.js';

export interface OpenDatabase {
  readonly db: Database;
  /** Path of the write-ahead log, for `Durability`. */
  readonly walFile: string;
  close(): void;
}

/**
 * @param directory is made 0700 when it is missing
 * @throws ParleyError `unavailable` when another process has it open, `storage_failed` when it is not ours or damaged
 */
export function openDatabase(directory: string): OpenDatabase {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lock(directory);
  const file = join(directory, 'history.db');
  // Made by us, so that it and what SQLite puts beside it are for the owner alone from their first byte.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db: Database = new DatabaseSync(file);
  try {
    // NORMAL does not sync on commit; Durability syncs the WAL off the event loop, for many commits at once.
    // Checkpoints are made when idle (checkpoint.ts): within the commit path they would cost a factor of four.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
             PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;`);
    migrate(db);
  } catch (error) {
    db.close();
    unlock();
    throw new ParleyError('storage_failed', `The history in ${file} cannot be opened: ${String(error)}`, {
      cause: error,
    });
  }
  return {
    db,
    walFile: `${file}-wal`,
    close() {
      db.close();
      unlock();
    },
  };
}

/** A lock that the system drops with the process, however it dies: an exclusive transaction on a file of its own. */
function lock(directory: string): () => void {
  const db = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new ParleyError(
      'unavailable',
      `Another peer is running on ${directory}. Stop it, or start this one with another --data-dir.`,
      { cause: error },
    );
  }
  return () => db.close();
}

function migrate(db: Database): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = Number(row?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new ParleyError('storage_failed', 'it was written by a newer version of Parley. Update this one.');
  }
  for (let next = version; next < migrations.length; next++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[next] ?? ''}; PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}
