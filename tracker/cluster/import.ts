/** What a new tracker or cluster begins with: all that a tracker alone has stored, or a copy of a cluster. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAuthority } from '../authority-files.js';
import type { AuthoritySecrets } from '../authority.js';
import { systemClock } from '../clock.js';
import { isFile, writeSecret, type DataDir } from '../data-dir.js';
import { StartError } from '../start-error.js';
import { writeCopy } from '../store/copy.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { TrackerStore } from '../store/tracker-store.js';
import { ClusterSecret, isSecret } from './cluster-secret.js';
import { AUTHORITY, unsealed } from './sealed-authority.js';

/**
 * The CA that goes with it: of the data directory of a tracker alone, or of the copy of a cluster, where it is sealed.
 * Errors: StartError.
 */
export async function importedAuthority(path: string, secret: ClusterSecret): Promise<AuthoritySecrets> {
  if ((await kindOf(path)) === 'copy') return sealedIn(path, secret);
  const files = { key: join(path, 'ca-key.pem'), certificate: join(path, 'ca.pem') };
  if (!(await stat(files.key).catch(() => undefined))?.isFile()) {
    throw new StartError(
      `There is no ca-key.pem in ${path}. Without it the accounts would be those of another tracker.`,
    );
  }
  return loadAuthority(files, { clock: systemClock, randomBytes });
}

/** All else. Errors: StartError, forbidden. */
export async function importFrom(path: string, to: TrackerStore): Promise<void> {
  const from = openCopy((await kindOf(path)) === 'copy' ? path : join(path, 'tracker.db'));
  try {
    await to.archive.restore(from.archive.records());
  } finally {
    await from.close();
  }
}

/**
 * Puts the copy of a cluster into the empty data directory of a tracker that is to run alone.
 * @param join the secret of that cluster. Errors: StartError
 */
export async function importAlone(
  { import: path, join: text }: { readonly import: string; readonly join?: string | undefined },
  dataDir: DataDir,
): Promise<void> {
  if (isFile(dataDir.file('tracker.db')) || isFile(dataDir.file('ca-key.pem'))) {
    throw new StartError(
      'A tracker has stored something there already. Import into an empty --data-dir, or leave --import out.',
    );
  }
  if ((await kindOf(path)) === 'directory') {
    throw new StartError(
      `${path} is the data directory of a tracker that runs alone. Start that one with --data-dir, or name trackers with --cluster.`,
    );
  }
  if (text === undefined || !isSecret(text)) {
    throw new StartError('The authority in that copy is sealed. Give the secret of its cluster with --join.');
  }
  const authority = await sealedIn(path, new ClusterSecret(text, false));
  const from = openCopy(path);
  try {
    await writeCopy(from.archive, dataDir.file('tracker.db'), systemClock);
  } finally {
    await from.close();
  }
  await writeSecret(dataDir.file('ca.pem'), authority.certificate);
  // Last: without the database it would be that of a tracker which has lost its accounts.
  await writeSecret(dataDir.file('ca-key.pem'), authority.key);
}

async function kindOf(path: string): Promise<'copy' | 'directory'> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return 'copy';
  if (found?.isDirectory() !== true) {
    throw new StartError(
      `There is no ${path}. Name a copy of a cluster, or the data directory of a tracker (--import).`,
    );
  }
  if (!(await stat(join(path, 'tracker.db')).catch(() => undefined))?.isFile()) {
    throw new StartError(`There is no tracker.db in ${path}. Name the data directory of a tracker (--import).`);
  }
  return 'directory';
}

async function sealedIn(file: string, secret: ClusterSecret): Promise<AuthoritySecrets> {
  const store = openCopy(file);
  try {
    const kept = await store.secrets.get(AUTHORITY);
    if (!kept) {
      throw new StartError(
        `${file} holds no authority: it is of a tracker that ran alone. Put it as tracker.db beside that tracker's ca-key.pem and ca.pem, and name the directory.`,
      );
    }
    const authority = unsealed(kept, secret);
    if (authority) return authority;
    throw new StartError(
      `The authority in ${file} was sealed with another secret. Start with --join and the secret of the cluster that the copy is of, and a data directory without cluster-secret.`,
    );
  } finally {
    await store.close();
  }
}

function openCopy(file: string): TrackerStore {
  try {
    return openSqliteStore(file, systemClock);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} is no copy of what a tracker stores (${why}). Name another one (--import).`, {
      cause: error,
    });
  }
}
