/** Test support: a store in a folder of its own, and contents with their hashes, made by other means than the store's. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FILE_CHUNK } from '../../protocol/files.js';
import { TempDir } from '../../test/support/temp-dir.js';
import type { Log } from '../services.js';
import { BlobStore, type BlobFacts, type BlobStoreOptions } from './blob-store.js';

const nothing = (): void => undefined;
export const quiet: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that are the same for the same seed, and differ in every chunk. */
export function content(size: number, seed = 'a'): Buffer {
  const bytes = Buffer.alloc(size);
  const block = createHash('sha256').update(seed).digest();
  for (let at = 0; at < size; at += 4096) {
    block.writeUInt32LE(at, 0);
    block.copy(bytes, at);
  }
  return bytes;
}

export function chunkOf(bytes: Buffer, n: number): Buffer {
  return bytes.subarray(n * FILE_CHUNK, (n + 1) * FILE_CHUNK);
}

export function manifestOf(bytes: Buffer): Buffer {
  const count = Math.ceil(bytes.length / FILE_CHUNK);
  return Buffer.concat(
    Array.from({ length: count }, (_, n) => createHash('sha256').update(chunkOf(bytes, n)).digest()),
  );
}

export function factsOf(bytes: Buffer): BlobFacts {
  return { sha256: hex(bytes), size: bytes.length, chunks: hex(manifestOf(bytes)) };
}

export async function collected(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

export class TestBlobs {
  readonly root: string;
  readonly directory: string;
  private current: BlobStore | undefined;

  private constructor(
    private readonly options: Partial<BlobStoreOptions>,
    root: string,
  ) {
    this.root = root;
    this.directory = join(root, 'blobs');
  }

  /** @param root of another's own; else one that goes with this */
  static async open(options: Partial<BlobStoreOptions> = {}, root = new TempDir().path): Promise<TestBlobs> {
    const blobs = new TestBlobs(options, root);
    await blobs.reopen();
    return blobs;
  }

  get store(): BlobStore {
    if (!this.current) throw new Error('not open');
    return this.current;
  }

  /** @param meanwhile while nobody has it open */
  async reopen(meanwhile?: () => void): Promise<void> {
    await this.current?.close();
    meanwhile?.();
    this.current = await BlobStore.open(this.directory, { log: quiet, ...this.options });
  }

  /** Every file and folder below, without the folders of blobs. */
  paths(): string[] {
    return readdirSync(this.directory, { recursive: true, encoding: 'utf8' })
      .filter((path) => path !== 'partial' && !/^[0-9a-f]{2}$/.test(path))
      .sort();
  }

  mode(path: string): number {
    return statSync(join(this.directory, path)).mode & 0o777;
  }

  async remove(): Promise<void> {
    await this.current?.close();
    await rm(this.root, { recursive: true, force: true });
  }
}
