import { lstatSync, statSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { StartError, systemCode } from './start-error.js';

export const SECRET_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;

export interface DataDir {
  /** The path of a file in it. */
  file(name: string): string;
  /** Releases the lock. */
  release(): void;
}

/**
 * Makes the directory and locks it for this process. The lock is an exclusive transaction on a file of its own: the
 * system releases it when the process ends, however it ends, so that no stale lock is left.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  try {
    await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    await chmod(path, DIRECTORY_MODE);
  } catch (error) {
    throw new StartError(`${path} cannot be used (${systemCode(error) ?? 'unknown'}). Choose another --data-dir.`, {
      cause: error,
    });
  }
  const file = join(path, 'tracker.lock');
  isFile(file);
  let lock: InstanceType<typeof DatabaseSync> | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (!String(error).includes('locked')) {
      throw new StartError(`${file} cannot be used. Remove it, then start again.`, { cause: error });
    }
    throw new StartError(`Another tracker runs on ${path}. Stop it, or choose another --data-dir.`, { cause: error });
  }
  const held = lock;
  return {
    file: (name) => join(path, name),
    release: () => {
      held.close();
    },
  };
}

/** Writes a file that only its owner can read: whole or not at all, also at a power cut. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const half = `${path}.new`;
  const file = await open(half, 'w', SECRET_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, path);
  await syncDirectory(path);
}

/** For good, also at a power cut. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(path);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Is there from the first file of an import to its last: what is in the directory then is a part of it. */
export const IMPORT_UNFINISHED = 'import-unfinished';

/** After an import that was cut short a tracker would make another CA, or begin without accounts. Errors: StartError. */
export function refuseUnfinished(dataDir: DataDir): void {
  const marker = dataDir.file(IMPORT_UNFINISHED);
  if (!isFile(marker)) return;
  throw new StartError(
    `An import into this data directory was cut short (${marker}). Start with the same --import and --join again, or with an empty --data-dir.`,
  );
}

/**
 * Whether there is a file. Anything else in its place is refused: a read of a pipe or a device may never end, and a link to
 * a disk that is not mounted would be taken for a file that was never written, and be replaced by a new one.
 */
export function isFile(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return true;
  const what = found
    ? `is ${found.isDirectory() ? 'a directory' : 'a pipe or a device'}`
    : 'is a link to something that';
  throw new StartError(`${path} ${what}${found ? ', where a file should be' : ' is not there'}. ${NEXT}`);
}

const NEXT = 'Put back what belongs there, or move it away, then start again.';

/** The text of a file, or undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  if (!isFile(path)) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    // The system's error does not name the file.
    throw Object.assign(error as Error, { path });
  }
}
