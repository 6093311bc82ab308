/**
 * Makes a peer's directory from a backup. It is a device of its own: the backup has no key, and the first start makes one. All of
 * it is there at once, or nothing is: it is written beside its place and renamed.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Decrypter } from 'age-encryption';
import { extract, type Extract } from 'tar-stream';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { syncDirectory } from '../identity/files.js';
import { noteRetirement } from '../identity/retire.js';
import { openSettings } from '../settings/settings.js';
import { lock } from '../store/open.js';
import { belongs, damaged, HISTORY, MANIFEST, MANIFEST_MAX, readManifest } from './contents.js';

type Entry = Extract extends AsyncIterable<infer Each> ? Each : never;

export interface RestoreOptions {
  readonly input: string;
  readonly passphrase: string;
  /** Where it is to be, by whose it is: nothing may be there. */
  readonly dataDirOf: (username: string) => string | Promise<string>;
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Restored {
  readonly username: string;
  readonly dataDir: string;
}

/** @throws ParleyError bad_request (passphrase, damage, a newer version, a directory in use), storage_full; the system's error */
export async function restoreBackup({ input, passphrase, dataDirOf }: RestoreOptions): Promise<Restored> {
  try {
    const entries = (await opened(input, passphrase))[Symbol.asyncIterator]();
    const first = await entries.next();
    if (first.done === true || first.value.header.name !== MANIFEST) throw damaged();
    const { username } = readManifest(await small(first.value, MANIFEST_MAX));
    const dataDir = resolve(await dataDirOf(username));
    await checkFree(dataDir);
    const staging = `${dataDir}.restoring`;
    await mkdir(dirname(dataDir), { recursive: true, mode: 0o700 });
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const unlock = locked(staging);
    const made = join(staging, 'made');
    try {
      // Of one that was killed.
      await rm(made, { recursive: true, force: true });
      await mkdir(made, { mode: 0o700 });
      await write(entries, made);
      await claim(made, username);
      await noteRetirement(join(made, 'identity'));
      await checkFree(dataDir);
      await rename(made, dataDir);
      await syncDirectory(dirname(dataDir));
      return { username, dataDir };
    } finally {
      unlock();
      await rm(staging, { recursive: true, force: true });
    }
  } catch (error) {
    throw told(error);
  }
}

async function opened(input: string, passphrase: string): Promise<AsyncIterable<Entry>> {
  const file = createReadStream(input);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  let clear;
  try {
    clear = await decrypter.decrypt(Readable.toWeb(file) as never);
  } catch (error) {
    file.destroy();
    if (typeof (error as NodeJS.ErrnoException).syscall === 'string') throw error;
    const isWrong = error instanceof Error && error.message.includes('identity');
    const text = 'That passphrase does not open the backup. Type it again.';
    throw isWrong ? new ParleyError('bad_request', text, { cause: error }) : damaged(error);
  }
  const archive = extract();
  // Where it breaks off, the reader of the archive is told.
  pipeline(Readable.fromWeb(clear as unknown as ReadableStream), archive as unknown as NodeJS.WritableStream).catch(
    () => undefined,
  );
  return archive;
}

async function write(entries: AsyncIterator<Entry>, directory: string): Promise<void> {
  const seen = new Set<string>();
  for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
    const entry = next.value;
    const { name, type } = entry.header;
    if (type !== 'file' || !belongs(name) || seen.has(name)) throw damaged();
    seen.add(name);
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(entry as unknown as NodeJS.ReadableStream, file);
    await syncDirectory(dirname(path));
  }
  if (!seen.has(HISTORY)) throw damaged();
  await mkdir(join(directory, 'identity'), { recursive: true, mode: 0o700 });
}

/** Whose it is, so that it is opened as nobody else's, also where the old machine had not remembered it. */
async function claim(directory: string, username: string): Promise<void> {
  const settings = await openSettings(directory, quiet);
  const known = settings.data.username;
  if (known !== undefined && known.toLowerCase() !== username.toLowerCase()) throw damaged();
  settings.update((data) => {
    data.username ??= username;
    // That is what the other machine is called.
    delete data.deviceName;
  });
  await settings.flush();
}

async function small(entry: Entry, max: number): Promise<Buffer> {
  if (entry.header.size > max) throw damaged();
  return buffer(entry);
}

async function checkFree(dataDir: string): Promise<void> {
  const found = await readdir(dataDir).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw error;
  });
  if (found.length === 0) return;
  const text = `${dataDir} is in use: somebody's messages are there. Nothing is overwritten; choose another place with --data-dir.`;
  throw new ParleyError('bad_request', text);
}

function locked(staging: string): () => void {
  try {
    return lock(staging);
  } catch (error) {
    throw new ParleyError('unavailable', 'Another restore into this place runs now. Wait until it has ended.', {
      cause: error,
    });
  }
}

function told(error: unknown): unknown {
  if (isParleyError(error)) return error;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR' && path === undefined)
    return new ParleyError('bad_request', 'That is a folder. Name the file that parley backup has written.');
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ParleyError(
      'storage_full',
      'The disk is full, so nothing was restored. Make room, then restore again.',
      { cause: error },
    );
  }
  // What the system says is of a file; all else is of what was read.
  return typeof syscall === 'string' ? error : damaged(error);
}
