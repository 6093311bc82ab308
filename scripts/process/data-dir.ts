/** Where a daemon keeps its data, and whether it can. */
import { ParleyError } from '../../protocol/errors.js';

/** When no flag says so: under the platform's own directory for it. */
export async function defaultDataDir(...names: string[]): Promise<string> {
  const [{ default: envPaths }, { join }] = await Promise.all([import('env-paths'), import('node:path')]);
  return join(envPaths('parley', { suffix: '' }).data, ...names);
}

/**
 * Makes the directory that `--data-dir` names, and sees that files can be written there.
 * @throws ParleyError bad_request: one line that names what is in the way
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const [{ lstat, mkdir, rm, stat, writeFile }, { dirname, join, resolve }, { randomUUID }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('node:crypto'),
  ]);
  if (dataDir === '') throw refused('--data-dir names nothing');
  const path = resolve(dataDir);
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch((error: unknown) => codeOf(error));
    if (typeof found === 'object') {
      if (!found.isDirectory()) throw refused(`${at} is not a directory`);
      break;
    }
    if (found !== 'ENOENT' && found !== 'ENOTDIR') throw refused(`${at} cannot be used (${found})`);
    if (await lstat(at).catch(() => undefined)) throw refused(`${at} is a link to something that is not there`);
    missing.unshift(at);
  }
  try {
    // One by one: Node's recursive mkdir never returns where a file system answers ENOENT, as /proc does.
    for (const directory of missing) await mkdir(directory, { mode: 0o700 });
    const probe = join(path, `.${randomUUID()}.tmp`);
    await writeFile(probe, '', { flag: 'wx', mode: 0o600 });
    await rm(probe);
  } catch (error) {
    // A full disk is told of by the daemon, which goes on all the same.
    if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT') return;
    throw refused(`${path} cannot be written by this account (${codeOf(error)})`);
  }
}

function refused(what: string): ParleyError {
  return new ParleyError('bad_request', `${what}. Choose another place with --data-dir.`);
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? error);
}
