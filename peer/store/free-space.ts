/** Whether a disk that was full has free space again: by writing, since a quota shows nowhere else. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough for any burst of messages; a page that happens to be free is not enough. */
const TRIED_BYTES = 1024 * 1024;

export async function hasFreeSpace(directory: string): Promise<boolean> {
  const file = join(directory, 'room.tmp');
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(TRIED_BYTES, 1));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return true;
  } catch {
    return false; // Whatever the reason, the next try says.
  } finally {
    await rm(file, { force: true });
  }
}
