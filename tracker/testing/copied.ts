/** The data of a tracker, stopped or not, once more: as a backup of it would be put into another place. */
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * The database by SQLite itself. Its log and its index are let go at some time after the tracker has closed (a statement keeps them
 * until it is collected), so that a copy of the files would find them there or not.
 */
export async function copyTracker(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const isOther = (path: string): boolean => !/^tracker\.db|\.lock$/.test(basename(path));
  await cp(from, to, { recursive: true, filter: isOther });
  const db = new DatabaseSync(join(from, 'tracker.db'));
  try {
    db.prepare('VACUUM INTO ?').run(join(to, 'tracker.db'));
  } finally {
    db.close();
  }
}
