/** The copy of the history that a backup is made from: in a folder of its own, one at a time. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { lock } from '../store/open.js';
import { HISTORY } from './contents.js';

const folderOf = (dataDir: string): string => join(dataDir, 'backup');

export interface Snapshot {
  /** Nothing is there yet. */
  readonly path: string;
  /** Removes it. */
  done(): Promise<void>;
}

/** @throws ParleyError unavailable while another backup is made, storage_full */
export async function beginSnapshot(dataDir: string): Promise<Snapshot> {
  const folder = folderOf(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = locked(folder);
  const done = (): Promise<void> => removeIn(folder).finally(unlock);
  try {
    await removeIn(folder);
  } catch (error) {
    unlock();
    throw error;
  }
  return { path: join(folder, HISTORY), done };
}

/** What a backup has left that was killed: a whole history, which nobody looks for there. One that is being made now stays. Never rejects. */
export async function removeLeftSnapshot(dataDir: string): Promise<void> {
  const folder = folderOf(dataDir);
  const found = await readdir(folder).catch(() => []);
  if (!found.some((name) => name.startsWith(HISTORY))) return;
  try {
    const unlock = lock(folder);
    await removeIn(folder).finally(unlock);
  } catch {
    // One is being made, or the disk is full: the next start, or the next backup, removes it.
  }
}

/** And what SQLite has put beside it. */
async function removeIn(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith(HISTORY)) await rm(join(folder, name), { force: true });
}

function locked(folder: string): () => void {
  try {
    return lock(folder);
  } catch (error) {
    if (isParleyError(error) && error.code === 'storage_full') throw error;
    throw new ParleyError('unavailable', 'Another backup is being made now. Wait until it has ended.', {
      cause: error,
    });
  }
}
