/**
 * What a tracker has stored, or a copy of that, as it stands at this moment. It is read from a copy of the file: opening a database migrates
 * it, and makes files beside it, while the one that is given may be the only backup, or be in use.
 */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Clock } from '../clock.js';
import { SECRET_MODE } from '../data-dir.js';
import { StartError } from '../start-error.js';
import { isFull, refuseNewer } from './sqlite/database.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { TrackerStore } from './tracker-store.js';

const BUSY_MS = 5_000;

/**
 * @param copy a path where there is room for as much again, for this alone; `close` removes it, and what an earlier try has left there
 * goes at once. Errors: StartError.
 */
export function openSource(file: string, copy: string, clock: Clock): TrackerStore {
  remove(copy);
  try {
    copyDatabase(file, copy);
    const store = openSqliteStore(copy, clock);
    return {
      ...store,
      close: async () => {
        await store.close();
        remove(copy);
      },
    };
  } catch (error) {
    remove(copy);
    if (error instanceof StartError) throw error;
    if (isFull(error)) {
      throw new StartError(`There is no room to read ${file}: it is copied to ${copy}. Make room, then start again.`, {
        cause: error,
      });
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} is no copy of what a tracker stores (${why}). Name another one.`, { cause: error });
  }
}

/** Whole, with what is only in the log of writes yet. */
function copyDatabase(file: string, copy: string): void {
  // SQLite writes into an empty file, and would make one that others can read.
  closeSync(openSync(copy, 'wx', SECRET_MODE));
  const url = pathToFileURL(file);
  // Where nobody has it open nothing at all is made beside it, and it may be on a disk that cannot be written.
  const isAtRest = ['-wal', '-shm', '-journal'].every((end) => !existsSync(file + end));
  if (isAtRest) url.searchParams.set('immutable', '1');
  const db = new DatabaseSync(url, { readOnly: true, timeout: BUSY_MS });
  try {
    refuseNewer(db, file);
    db.prepare('VACUUM INTO ?').run(copy);
  } finally {
    db.close();
  }
}

function remove(copy: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(copy + end, { force: true });
}
