import { accessSync, chmodSync, constants } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { ParleyError } from '../../../protocol/errors.js';
import { channelSkeleton, usernameSkeleton } from '../../../protocol/confusable.js';
import { isFile, SECRET_MODE } from '../../data-dir.js';
import { StartError } from '../../start-error.js';
import { migrations } from './migrations.js';

export type Database = InstanceType<typeof DatabaseSync>;

const SQLITE_FULL = 13;

/**
 * Opens and migrates. `synchronous=FULL`: what the tracker acknowledged (an account, a revocation) survives a power cut;
 * it writes seldom, so that this costs little.
 */
export function openDatabase(file: string): Database {
  // SQLite would open one that cannot be written, and fail at the first write.
  if (file !== ':memory:' && isFile(file)) accessSync(file, constants.R_OK | constants.W_OK);
  const db = new DatabaseSync(file);
  // The write-ahead log and the shared memory get the same mode.
  if (file !== ':memory:') chmodSync(file, SECRET_MODE);
  try {
    refuseNewer(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=2000;');
  const deterministic = { deterministic: true };
  db.function('username_skeleton', deterministic, (name: unknown) => usernameSkeleton(String(name)));
  // Null: no title.
  db.function('channel_skeleton', deterministic, (name: unknown) =>
    typeof name === 'string' ? channelSkeleton(name) : null,
  );
  migrate(db);
  return db;
}

/** Before anything is changed. Errors: StartError. */
export function refuseNewer(db: Database, file: string): void {
  if (versionOf(db) <= migrations.length) return;
  throw new StartError(`${file} was written by a newer version of Parley. Update Parley, or use another --data-dir.`);
}

function versionOf(db: Database): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

function migrate(db: Database): void {
  const version = versionOf(db);
  for (const [at, step] of migrations.entries()) {
    if (at < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version=${at + 1}; COMMIT;`);
  }
}

/** All that it writes is there, or nothing of it, also where the process dies in between. Not within another one. */
export function together<T>(db: Database, run: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has ended it already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** A full disk becomes `storage_full`. */
export function asStoreError(error: unknown): Error {
  if (isFull(error)) return new ParleyError('storage_full', undefined, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** Whether the disk was full. */
export function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_FULL;
}

/** Runs synchronous SQLite work and gives its result as a promise. A full disk becomes `storage_full`. */
export function toPromise<T>(run: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      resolve(run());
    } catch (error) {
      reject(asStoreError(error));
    }
  });
}
