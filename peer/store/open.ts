/** Opening the peer's database: one process at a time, repaired where it was damaged, the schema of this version. */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { isFile } from '../identity/files.js';
import { isLocked, storageFailure } from './failure.js';
import { guarded } from './guarded.js';
import { repair, noteDamage, type Repaired } from './repair.js';
import { prepare } from './schema.js';
import type { Database } from './sqlite.js';
import { rewriteOld } from './vacuum.js';

export interface OpenOptions {
  /** Made 0700 when it is missing. */
  readonly directory: string;
  /** This device has a key already, so it must have a history: one that is gone is treated as damaged. */
  readonly keyed: boolean;
  readonly now: number;
  /** Memory for the database; undefined: as much as helps. */
  readonly cacheKib?: number | undefined;
  /** Told of damage that a statement meets, now or later. */
  readonly damaged: (error: unknown) => void;
}

export interface OpenDatabase {
  readonly db: Database;
  /** Path of the write-ahead log, for `Durability`. */
  readonly walFile: string;
  /** The process before this one did not close it. */
  readonly unclean: boolean;
  /** It was made anew from what was sound. */
  readonly repaired: Repaired | undefined;
  close(): void;
}

/**
 * @throws ParleyError `unavailable` when another process has it open, `storage_damaged` when it is damaged (the next opening
 * mends it), `storage_full`, `storage_failed`; the system's error, which names the file
 */
export function openDatabase({ directory, keyed, now, cacheKib, damaged }: OpenOptions): OpenDatabase {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'history.db');
  isFile(file);
  const unlock = lock(directory);
  let raw: Database | undefined;
  try {
    if (!isFile(file) && keyed) noteDamage(directory, 'The history is gone, but not the key.', now);
    const repaired = repair(directory);
    // Made by us, so that it and what SQLite puts beside it are for the owner alone from their first byte.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    const unclean = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    raw = new DatabaseSync(file);
    const db = guarded(raw, damaged);
    prepare(db, cacheKib);
    rewriteOld(db);
    const close = (): void => {
      db.close();
      unlock();
    };
    return { db, walFile: `${file}-wal`, unclean, repaired, close };
  } catch (error) {
    raw?.close();
    unlock();
    const { code, message } = storageFailure(error);
    if (code === 'storage_failed' && namesFile(error)) throw error;
    const why = code === 'storage_failed' ? `: ${message}` : `. ${message}`;
    throw new ParleyError(code, `The history in ${file} cannot be opened${why}`, { cause: error });
  }
}

/** What the system says of a file is the best that can be said. */
function namesFile(error: unknown): boolean {
  return !isParleyError(error) && error instanceof Error && 'path' in error;
}

/** A lock that the system drops with the process, however it dies: an exclusive transaction on a file of its own. @param what has it */
export function lock(directory: string, what: 'peer' | 'gateway' = 'peer'): () => void {
  const file = join(directory, 'lock');
  isFile(file);
  let db: Database | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 0 });
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    if (!isLocked(error)) {
      // It holds nothing: what is wrong with it is no damage to the history.
      const failure = storageFailure(error);
      if (failure.code === 'storage_full') throw failure;
      throw new ParleyError('unavailable', `${file} cannot be used. Remove it, then start again.`, { cause: error });
    }
    throw new ParleyError(
      'unavailable',
      `Another ${what} is running on ${directory}. Stop it, or start this one with another --data-dir.`,
      { cause: error },
    );
  }
  const held = db;
  return () => held.close();
}
