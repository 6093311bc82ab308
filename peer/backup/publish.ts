/** Gives a whole file its place, where nothing is overwritten whatever is asked for at once. */
import { link, open, rename, rm, stat } from 'node:fs/promises';

/** What file systems say that know no second name of a file: FAT, exFAT, many network and phone disks. */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK', 'EINVAL']);

/**
 * `part` lies in the same folder, and is synced. Where there are links it is there whole or not at all. Elsewhere the place is taken by an
 * empty file first, which alone is replaced: a process that dies in between leaves that one, and no half file.
 * @throws the system's error: EEXIST where something is there already
 */
export async function publish(part: string, target: string, system = { link }): Promise<void> {
  try {
    // Unlike `rename`, it refuses a place that was taken meanwhile.
    await system.link(part, target);
    await rm(part, { force: true });
    return;
  } catch (error) {
    if (!NO_LINKS.has(String((error as NodeJS.ErrnoException).code))) throw error;
  }
  const place = await open(target, 'wx', 0o600);
  const own = await place.stat();
  await place.close();
  const there = await stat(target);
  // Somebody has put something else there meanwhile.
  if (there.ino !== own.ino || there.size > 0) throw Object.assign(new Error(`${target} exists`), { code: 'EEXIST' });
  await rename(part, target);
}
