/** One demo at a time in a data directory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

export class AlreadyRunning extends Error {}

/**
 * Holds the data directory until this process ends, in whichever way: it is the operating system's lock on a database
 * file, so none is ever left over and no other process can be mistaken for its holder.
 * @throws AlreadyRunning with a line for people
 */
export function lockDataDir(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDir, 'demo.lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!String(error).includes('locked')) throw error;
    throw new AlreadyRunning(
      `The demo is already running on ${dataDir}. Stop it there (Ctrl-C), or give this one its own with --data-dir.`,
    );
  }
  return { release: () => database.close() };
}
