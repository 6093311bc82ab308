/** Writes a backup of a peer's directory, also while its daemon runs: the history as it stands at one moment. */
import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { Encrypter } from 'age-encryption';
import { pack, type Pack } from 'tar-stream';
import { ParleyError } from '../../protocol/errors.js';
import { syncDirectory } from '../identity/files.js';
import { BACKUP_VERSION, HISTORY, isBlob, MANIFEST, SMALL, type Manifest } from './contents.js';
import { checkFolder, ofPlace, publish } from './publish.js';
import { beginSnapshot } from './snapshot.js';

export interface BackupOptions {
  readonly dataDir: string;
  readonly username: string;
  /** Nothing may be there yet. */
  readonly output: string;
  readonly passphrase: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How long a write of the daemon may hold the history up. */
const BUSY_MS = 30_000;

/**
 * Beside its place first, so that what breaks off is never taken for a backup.
 * @throws ParleyError bad_request, unavailable, storage_full; the system's error
 */
export async function writeBackup({ dataDir, username, output, passphrase, now }: BackupOptions): Promise<void> {
  await checkFolder(output);
  const copy = await beginSnapshot(dataDir);
  const snapshot = copy.path;
  const part = join(dirname(output), `.${basename(output).slice(0, 100)}.${randomUUID()}.part`);
  try {
    // SQLite fills what is there; of its own it would make a file that others may read.
    await writeFile(snapshot, '', { mode: 0o600, flag: 'wx' });
    copyHistory(join(dataDir, HISTORY), snapshot);
    const created = new Date(now).toISOString();
    const archive = pack();
    const filled = fill(archive, { version: BACKUP_VERSION, username, created }, dataDir, snapshot);
    // Told by the pipeline, which ends with the archive.
    filled.catch((error: unknown) => archive.destroy(error instanceof Error ? error : undefined));
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase);
    const sealed = await encrypter.encrypt(webStream(archive));
    const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.fromWeb(sealed as unknown as ReadableStream), file);
    await filled;
    await publish(part, output);
    await syncDirectory(dirname(output));
  } catch (error) {
    throw told(ofPlace(error, part, output), output);
  } finally {
    await rm(part, { force: true });
    await copy.done();
  }
}

/** What packs is no stream of Node's own, which alone the web's can be made of. */
function webStream(archive: Pack): globalThis.ReadableStream<Uint8Array> {
  const through = new PassThrough();
  pipeline(archive, through).catch((error: unknown) => through.destroy(error instanceof Error ? error : undefined));
  return Readable.toWeb(through) as globalThis.ReadableStream<Uint8Array>;
}

/** As it stands at this moment, whatever is written meanwhile. */
function copyHistory(from: string, to: string): void {
  const db = new DatabaseSync(from, { readOnly: true, timeout: BUSY_MS });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

async function fill(archive: Pack, manifest: Manifest, dataDir: string, snapshot: string): Promise<void> {
  archive.entry({ name: MANIFEST, mode: 0o600 }, `${JSON.stringify(manifest)}\n`);
  for (const name of SMALL) await add(archive, name, join(dataDir, name));
  await add(archive, HISTORY, snapshot);
  for await (const name of blobs(dataDir)) await add(archive, name, join(dataDir, name));
  archive.finalize();
}

async function* blobs(dataDir: string): AsyncGenerator<string> {
  const shards = await readdir(join(dataDir, 'blobs')).catch(() => []);
  for (const shard of shards.sort()) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    const names = await readdir(join(dataDir, 'blobs', shard)).catch(() => []);
    for (const name of names.sort()) if (isBlob(`blobs/${shard}/${name}`)) yield `blobs/${shard}/${name}`;
  }
}

/** What has gone meanwhile, or was never there, is left out. */
async function add(archive: Pack, name: string, path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    const entry = archive.entry({ name, size, mode: 0o600 });
    if (size === 0) entry.end('');
    else
      await pipeline(
        file.createReadStream({ autoClose: false, end: size - 1 }),
        entry as unknown as NodeJS.WritableStream,
      );
  } finally {
    await file.close();
  }
}

function told(error: unknown, output: string): unknown {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === 13) {
    const text = 'The disk is full, so no backup was made. Make room, or write it to another disk.';
    return new ParleyError('storage_full', text, { cause: error });
  }
  if (code === 'EEXIST') return new ParleyError('bad_request', `${output} is there already. Choose another place.`);
  return error;
}
