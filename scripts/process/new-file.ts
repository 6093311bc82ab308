/** A file that is there whole or not at all, in a place where nothing was. */
import { randomUUID } from 'node:crypto';
import { constants, existsSync, rmSync } from 'node:fs';
import { copyFile, link, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';
import { checkFolder, ofPlace } from '../../peer/backup/publish.js';

interface Host {
  readonly pid: number;
  once(signal: NodeJS.Signals, run: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, run: (signal: NodeJS.Signals) => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Beside its place first, so that what breaks off is never taken for it; nothing of that is left, also where a signal ends the process.
 * @param fill writes the file whose path it is given, and syncs it
 * @param host this process, unless a test gives another
 * @throws ParleyError bad_request where something is there already, or no folder for it, and what `fill` throws
 */
export async function makeNewFile(
  target: string,
  fill: (part: string) => Promise<void>,
  host: Host = process,
): Promise<void> {
  refuseExisting(target);
  await checkFolder(target);
  const part = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}.part`);
  const stop = (signal: NodeJS.Signals): void => {
    rmSync(part, { force: true });
    // Nobody listens to it any more: it ends the process as it would have.
    host.kill(host.pid, signal);
  };
  for (const signal of SIGNALS) host.once(signal, stop);
  try {
    await fill(part);
    // Unlike `rename`, it refuses a place that was taken meanwhile.
    await link(part, target).catch((error: unknown) => place(part, target, error));
  } catch (error) {
    throw ofPlace(error, part, target);
  } finally {
    await rm(part, { force: true });
    for (const signal of SIGNALS) host.off(signal, stop);
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
