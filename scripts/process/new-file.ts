/** A file that is there whole or not at all, in a place where nothing was. */
import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { copyFile, link, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';

/**
 * Beside its place first, so that what breaks off is never taken for it; nothing of that is left.
 * @param fill writes the file whose path it is given, and syncs it
 * @throws ParleyError bad_request where something is there already, and what `fill` throws
 */
export async function makeNewFile(target: string, fill: (part: string) => Promise<void>): Promise<void> {
  refuseExisting(target);
  const part = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}.part`);
  try {
    await fill(part);
    // Unlike `rename`, it refuses a place that was taken meanwhile.
    await link(part, target).catch((error: unknown) => place(part, target, error));
  } finally {
    await rm(part, { force: true });
  }
}

/** @throws ParleyError bad_request */
export function refuseExisting(target: string): void {
  if (existsSync(target))
    throw new ParleyError('bad_request', `${target} is there already. Choose another place with -o.`);
}

/** Of a disk that knows no second name of a file. @throws ParleyError bad_request, or the error */
async function place(part: string, target: string, error: unknown): Promise<void> {
  refuseExisting(target);
  if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String((error as NodeJS.ErrnoException).code)))
    throw error;
  try {
    await copyFile(part, target, constants.COPYFILE_EXCL);
  } catch (failed) {
    // What was copied of it until then is no file of anybody else's: that would have been refused.
    if ((failed as NodeJS.ErrnoException).code !== 'EEXIST') await rm(target, { force: true });
    throw failed;
  }
}
