/** Gives a whole file its place, where nothing is overwritten whatever is asked for at once. */
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';

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

/** Before anything is written: the folder in which a file is to be. @throws ParleyError bad_request where there is none */
export async function checkFolder(target: string): Promise<void> {
  const folder = dirname(target);
  const found = await stat(folder).catch(() => undefined);
  if (!found) throw new ParleyError('bad_request', `There is no ${folder}. Make that folder, or choose another place.`);
  if (!found.isDirectory()) throw new ParleyError('bad_request', `${folder} is no folder. Choose another place.`);
}

/** What the system says of `part`, said of the place that a person has named. */
export function ofPlace(error: unknown, part: string, target: string): unknown {
  const { path } = error as NodeJS.ErrnoException;
  return path === part ? Object.assign(error as object, { path: target }) : error;
}
