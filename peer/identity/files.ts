/** Small files that are either the old or the new one, whole, whenever the machine stops. */
import { mkdir, open, chmod, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

export async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
  await chmod(path, OWNER_ONLY_DIRECTORY);
}

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // What the system says of an open file does not name it.
    throw Object.assign(error as Error, { path });
  }
}

/** Written beside, flushed, and renamed; readable by its owner alone from its first byte. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', OWNER_ONLY_FILE);
  try {
    await file.chmod(OWNER_ONLY_FILE);
    await file.writeFile(text);
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
