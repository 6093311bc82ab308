/** That an account was asked for stands in its directory before the tracker is asked: its answer may never be heard. */
import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isParleyError } from '../../protocol/errors.js';

const FILE = 'account-asked';

/**
 * Runs `ask`, which makes an account. `before`: an earlier attempt for this directory has died, or heard no answer, so that the
 * account may be there and be this user's own. A refusal leaves the directory as it was.
 * @throws what `ask` throws, and the system's error where nothing can be written
 */
export async function asking<Result>(dataDir: string, ask: (before: boolean) => Promise<Result>): Promise<Result> {
  const file = join(dataDir, FILE);
  // The secrets are what comes first of a set-up that got as far as that.
  const before = existsSync(file) || existsSync(join(dataDir, 'secrets.json'));
  const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, '', { mode: 0o600, flush: true });
  try {
    return await ask(before);
  } catch (error) {
    const isHeard = isParleyError(error) && error.code !== 'tracker_unreachable';
    if (isHeard && !before) {
      await asked(dataDir);
      if (made !== undefined) await rmdir(dataDir);
    }
    throw error;
  }
}

/** It is set up: what is asked for from now on is another account. */
export function asked(dataDir: string): Promise<void> {
  return rm(join(dataDir, FILE), { force: true });
}
