/** What a new tracker or cluster begins with: all that a tracker alone has stored, or a copy of a cluster. It stays as it is. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuthority } from '../authority-files.js';
import type { AuthoritySecrets } from '../authority.js';
import { systemClock } from '../clock.js';
import { IMPORT_UNFINISHED, isFile, removeFile, writeSecret, type DataDir } from '../data-dir.js';
import { StartError } from '../start-error.js';
import { writeCopy } from '../store/copy.js';
import { openSource } from '../store/source.js';
import type { Archive, TrackerStore } from '../store/tracker-store.js';
import { ClusterSecret, isSecret } from './cluster-secret.js';
import { AUTHORITY, unsealed } from './sealed-authority.js';

/** What `--import` names. */
export class ImportSource {
  private constructor(
    private readonly path: string,
    readonly kind: 'copy' | 'directory',
    private readonly store: TrackerStore,
  ) {}

  /** @param scratch a path for a copy of it meanwhile. Errors: StartError. */
  static async open(path: string, scratch: string): Promise<ImportSource> {
    const kind = await kindOf(path);
    return new ImportSource(
      path,
      kind,
      openSource(kind === 'copy' ? path : join(path, 'tracker.db'), scratch, systemClock),
    );
  }

  get archive(): Archive {
    return this.store.archive;
  }

  /**
   * The CA that goes with it: of the data directory of a tracker alone, or of the copy of a cluster, where it is sealed.
   * Errors: StartError.
   */
  async authority(secret: ClusterSecret): Promise<AuthoritySecrets> {
    const { path, kind, store } = this;
    if (kind === 'directory') {
      const files = { key: join(path, 'ca-key.pem'), certificate: join(path, 'ca.pem') };
      return readAuthority(files, { clock: systemClock, randomBytes });
    }
    const kept = await store.secrets.get(AUTHORITY);
    if (!kept) {
      throw new StartError(
        `${path} holds no authority: it is of a tracker that ran alone. Put it as tracker.db beside that tracker's ca-key.pem and ca.pem, and name the directory.`,
      );
    }
    const authority = unsealed(kept, secret);
    if (authority) return authority;
    throw new StartError(
      `The authority in ${path} was sealed with another secret. Start with --join and the secret of the cluster that the copy is of, and a data directory without cluster-secret.`,
    );
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/**
 * Puts the copy of a cluster into the empty data directory of a tracker that is to run alone. One that was cut short is done again.
 * @param join the secret of that cluster. Errors: StartError
 */
export async function importAlone(
  { import: path, join: text }: { readonly import: string; readonly join?: string | undefined },
  dataDir: DataDir,
): Promise<void> {
  const marker = dataDir.file(IMPORT_UNFINISHED);
  if (!isFile(marker) && ['tracker.db', 'ca.pem', 'ca-key.pem'].some((name) => isFile(dataDir.file(name)))) {
    throw new StartError(
      'A tracker has stored something there already. Import into an empty --data-dir, or leave --import out.',
    );
  }
  const source = await ImportSource.open(path, dataDir.file('import.db'));
  try {
    if (source.kind === 'directory') {
      throw new StartError(
        `${path} is the data directory of a tracker that runs alone. Start that one with --data-dir, or name trackers with --cluster.`,
      );
    }
    if (text === undefined || !isSecret(text)) {
      throw new StartError('The authority in that copy is sealed. Give the secret of its cluster with --join.');
    }
    const authority = await source.authority(new ClusterSecret(text, false));
    await writeSecret(marker, `${path}\n`);
    await writeCopy(source.archive, dataDir.file('tracker.db'), systemClock);
    await writeSecret(dataDir.file('ca.pem'), authority.certificate);
    await writeSecret(dataDir.file('ca-key.pem'), authority.key);
    await removeFile(marker);
  } finally {
    await source.close();
  }
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
