/**
 * What the store needs of a file system, and of the threads that hash. In life these are the system's; in the simulator they are
 * memory that may forget what was not synced.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { privateDirectory, replaceFile, syncDirectory } from '../identity/files.js';
import { sha256, type DiskFile } from './chunk-io.js';
import { WholeHashes, type FileHashes } from './whole-hash.js';

/** As the functions of `node:fs/promises` of these names, and with their errors. */
export interface BlobDisk {
  open(path: string, flags: string | number, mode: number): Promise<DiskFile>;
  /** Makes all folders of the path. @returns the first that was not there before */
  mkdir(path: string): Promise<string | undefined>;
  /** The same, and nobody else may look into it. */
  privateDirectory(path: string): Promise<void>;
  list(path: string): Promise<readonly { readonly name: string; isFile(): boolean }[]>;
  readFile(path: string): Promise<Buffer>;
  stat(path: string): Promise<{ readonly size: number }>;
  rename(from: string, to: string): Promise<void>;
  /** The old one or the new one is there, whole, whenever the machine stops; the new one once it resolves. */
  replaceFile(path: string, content: string | Uint8Array): Promise<void>;
  /** A folder with all that is in it; what is not there is no error. */
  remove(path: string): Promise<void>;
  /** What was made, renamed and removed in it stays so. */
  syncDirectory(path: string): Promise<void>;
  /** Raw; does not hold up the event loop. */
  sha256(bytes: Uint8Array): Promise<Buffer>;
  hashes(): FileHashes;
}

export const systemDisk: BlobDisk = {
  ...{ open, readFile, stat, rename, privateDirectory, replaceFile, syncDirectory, sha256 },
  mkdir: (path) => mkdir(path, { recursive: true, mode: 0o700 }),
  list: (path) => readdir(path, { withFileTypes: true }),
  remove: (path) => rm(path, { recursive: true, force: true }),
  hashes: () => new WholeHashes(),
};

/** @throws (rejects with) the system's error */
export async function readIfThere(disk: BlobDisk, path: string): Promise<Buffer | undefined> {
  try {
    return await disk.readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
