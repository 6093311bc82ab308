/** Small files that are either the old or the new one, whole, whenever the machine stops. */
import { lstatSync, statSync } from 'node:fs';
import { mkdir, open, chmod, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

export async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
  await chmod(path, OWNER_ONLY_DIRECTORY);
}

/**
 * Whether there is a file. Anything else in its place is refused: a read of a pipe or a device may never end, and a link to
 * a disk that is not mounted would be taken for a file that was never written, and be replaced by a new one.
 * @throws ParleyError `storage_failed`, in one line with the next step; the system's error
 */
export function isFile(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return true;
  const what = found
    ? `is ${found.isDirectory() ? 'a directory' : 'a pipe or a device'}`
    : 'is a link to something that';
  throw new ParleyError(
    'storage_failed',
    `${path} ${what}${found ? ', where a file should be' : ' is not there'}. ${NEXT}`,
  );
}

const NEXT = 'Put back what belongs there, or move it away, then start again.';

/** @throws as `isFile`; the system's error, which names the file */
export async function readIfThere(path: string): Promise<string | undefined> {
  if (!isFile(path)) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // What the system says of an open file does not name it.
    throw Object.assign(error as Error, { path });
  }
}

/** Written beside, flushed, and renamed; readable by its owner alone from its first byte. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', OWNER_ONLY_FILE);
  try {
    await file.chmod(OWNER_ONLY_FILE);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

/** Makes the rename itself durable. Windows cannot open a directory, and does not need it. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
