/**
 * Bytes by their hash, beside the history: what is complete, and what is on its way. Whatever it says is here has been hashed,
 * and is durable.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { chunkCount, chunkLength, FILE_CHUNK, FILE_SIZE_MAX } from '../../protocol/files.js';
import { SNIFF_BYTES, sniffedMime } from '../../protocol/file-types.js';
import type { Log } from '../services.js';
import { storageFailure } from '../store/failure.js';
import { systemDisk, type BlobDisk } from './blob-disk.js';
import { BlobFiles, type BlobFacts } from './blob-files.js';
import { BufferPool } from './buffer-pool.js';
import { HASH_BYTES } from './chunk-io.js';
import { OpenBlobs } from './open-blobs.js';
import type { PartialFile } from './partial.js';
import { Partials } from './partials.js';
import { Turns } from './turns.js';
import { hashAgain, upload } from './upload.js';
import type { FileHashes } from './whole-hash.js';

export type { BlobFacts } from './blob-files.js';

/** What an upload leaves free of a disk, at least: the history needs some for what is said of it. Bytes. */
const RESERVE = 64 * 1024 * 1024;
const NEXT = 'Put back what belongs there, or move it away, then start again.';
const READ_AHEAD = 256 * 1024;

export interface BlobStoreOptions {
  readonly log: Log;
  /** What is free of the disk to this process, in bytes. Rejects where the system cannot tell. */
  readonly space?: () => Promise<{ readonly free: number }>;
  readonly pool?: BufferPool;
  /** What bytes are taken in and read out by is the system's in any case. */
  readonly disk?: BlobDisk;
}

export interface Upload {
  /** What the sender says that it is: see `sniffedMime`. */
  readonly mime?: string;
  /** Bytes, where it is known before. */
  readonly length?: number;
  /** Bytes, at most. */
  readonly max?: number;
}

export interface Taken extends BlobFacts {
  readonly mime: string;
}

export class BlobStore {
  /** Of one chunk each, for whoever moves chunks. */
  readonly pool: BufferPool;
  private readonly blobs = new Map<string, BlobFacts>();
  readonly hashes: FileHashes;
  private readonly partials: Partials;
  private readonly opened: OpenBlobs;
  /** So that nothing is removed while it is published or opened. */
  private readonly turns = new Turns();
  private bytes = 0;
  /** Lie on the disk without the hashes of their chunks, and do not count. */
  private bare: readonly string[] = [];

  private constructor(
    private readonly files: BlobFiles,
    private readonly disk: BlobDisk,
    private readonly options: BlobStoreOptions,
  ) {
    this.hashes = disk.hashes();
    this.opened = new OpenBlobs(disk);
    this.pool = options.pool ?? new BufferPool();
    this.partials = new Partials(files, {
      ...{ pool: this.pool, hashes: this.hashes, disk },
      publish: (path, facts, manifest) => this.publish(path, facts, manifest),
    });
  }

  /** Only one process at a time may have it open. @throws ParleyError `storage_full`, `storage_failed` with the next step */
  static async open(directory: string, options: BlobStoreOptions): Promise<BlobStore> {
    const { disk = systemDisk } = options;
    const store = new BlobStore(new BlobFiles(directory, disk), disk, options);
    try {
      await store.files.prepare();
      const { complete, bare } = await store.files.complete();
      for (const facts of complete) store.add(facts);
      store.bare = bare;
      await store.partials.load();
    } catch (cause) {
      const { code, message } = storageFailure(cause);
      if (code !== 'storage_failed') throw new ParleyError(code, message, { cause });
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ParleyError(code, `The folder of files cannot be used: ${why}. ${NEXT}`, { cause });
    }
    return store;
  }

  has(sha256: string): boolean {
    return this.blobs.has(sha256);
  }

  /** Of what is complete. */
  facts(sha256: string): BlobFacts | undefined {
    return this.blobs.get(sha256);
  }

  /** All that is complete. */
  all(): BlobFacts[] {
    return [...this.blobs.values()];
  }

  /** What was begun and neither finished nor discarded, also by an earlier process. @throws (rejects) as the store */
  begun(): Promise<BlobFacts[]> {
    return this.files.begun().catch(failed);
  }

  /** Bytes of all that is complete, and of the chunks that are here of what was begun. */
  used(): number {
    return this.bytes + this.partials.used();
  }

  /**
   * Takes bytes in; durable when it resolves. See `upload` for what it does to the body.
   * @throws (rejects with) ParleyError `file_too_large`, `storage_full`, `storage_failed`, `bad_request`
   */
  async take(body: Readable, { mime = '', length, max = FILE_SIZE_MAX }: Upload): Promise<Taken> {
    const path = join(this.files.partialDirectory, `upload-${randomBytes(12).toString('hex')}`);
    const { list, first, ...facts } = await upload(body, path, {
      ...{ pool: this.pool, hashes: this.hashes, length, max: Math.min(max, FILE_SIZE_MAX) },
      room: (bytes) => this.room(bytes),
    });
    try {
      await this.publish(path, facts, list);
    } catch (error) {
      await this.disk.remove(path).catch(() => undefined);
      throw error;
    }
    return { ...facts, mime: sniffedMime(first, mime) };
  }

  /** From byte `start` up to, and without, byte `end`. @throws ParleyError `not_found` */
  read(sha256: string, start: number, end: number): Readable {
    const { size } = this.known(sha256);
    const last = Math.min(end, size) - 1;
    if (last < start) return Readable.from([]);
    return createReadStream(this.files.path(sha256), { start, end: last, highWaterMark: READ_AHEAD });
  }

  /**
   * As much of the chunk as there is room for. @param from byte of the chunk
   * @returns how many bytes. @throws (rejects with) ParleyError `not_found`, `storage_failed`
   */
  async readChunk(sha256: string, n: number, into: Buffer, from = 0): Promise<number> {
    const { size } = this.known(sha256);
    if (!(n >= 0 && n < chunkCount(size))) throw new ParleyError('not_found');
    const length = Math.min(into.length, chunkLength(size, n) - from);
    return this.readFirst(sha256, into, length, n * FILE_CHUNK + from);
  }

  /** What it is by its first bytes. @throws (rejects) as `readChunk` */
  async mime(sha256: string, claimed: string): Promise<string> {
    const first = Buffer.alloc(Math.min(SNIFF_BYTES, this.known(sha256).size));
    await this.readFirst(sha256, first, first.length, 0);
    return sniffedMime(first, claimed);
  }

  /** The hashes of all chunks, 32 bytes each. @throws (rejects) as `readChunk` */
  async manifest(sha256: string): Promise<Buffer> {
    const facts = this.known(sha256);
    const list = await this.disk.readFile(this.files.listPath(facts)).catch(failed);
    if (
      list.length === chunkCount(facts.size) * HASH_BYTES &&
      (await this.disk.sha256(list)).toString('hex') === facts.chunks
    )
      return list;
    // Without it the next start makes it anew from the bytes.
    await this.disk.remove(this.files.listPath(facts)).catch(failed);
    throw new ParleyError('storage_failed', 'The hashes of a file in the folder blobs/ have been changed.');
  }

  /**
   * Hashes again what lies here without the hashes of its chunks: a damaged disk, or somebody, took them. What is right counts from
   * now on, and what is not goes. May take as long as it takes to read it all. @returns what counts now. @throws (rejects) as the store
   */
  async mend(): Promise<BlobFacts[]> {
    const mended: BlobFacts[] = [];
    for (const sha256 of this.bare) {
      const path = this.files.path(sha256);
      await this.turns.run(sha256, async () => {
        if (this.blobs.has(sha256)) return;
        const found = await hashAgain(path, this);
        if (found?.sha256 !== sha256) return this.disk.remove(path);
        const facts = { sha256, size: found.size, chunks: found.chunks };
        await this.files.list(facts, found.list);
        this.add(facts);
        mended.push(facts);
      });
    }
    this.bare = [];
    return mended;
  }

  /** @throws (rejects with) ParleyError `storage_failed` */
  async remove(sha256: string): Promise<void> {
    await this.turns.run(sha256, async () => {
      const facts = this.blobs.get(sha256);
      if (!facts) return;
      this.blobs.delete(sha256);
      this.bytes -= facts.size;
      this.opened.forget(this.files.path(sha256));
      await this.files.remove(facts);
    });
  }

  /**
   * What is on its way, as far as it is here; hashing it again may take a while. One object for the same facts, until it is
   * complete, discarded or closed. @throws (rejects with) ParleyError `file_too_large`, `storage_full`, `storage_failed`
   */
  partial(facts: BlobFacts): Promise<PartialFile> {
    return this.partials.open(facts);
  }

  /**
   * It is not used for now, and kept. It stays open for whoever goes on with it, and to give others what is here of it, until more
   * than a few rest. Whoever wants to write asks for it again.
   */
  rest(partial: PartialFile): Promise<void> {
    return this.partials.rest(partial);
  }

  /** The one of these facts that is open now, to give others what is here of it: makes nothing, whatever is asked for. */
  openPart(facts: BlobFacts): PartialFile | undefined {
    return this.partials.get(facts);
  }

  /** Bytes that are here of what was begun; what is not open has yet to be hashed again. */
  begunBytes(facts: BlobFacts): number {
    return this.partials.done(facts);
  }

  /** Gives up what is on its way. @throws (rejects with) ParleyError `storage_failed` */
  discard(facts: BlobFacts): Promise<void> {
    return this.partials.discard(facts);
  }

  /** Throws `storage_full` where so many more bytes do not fit. A system that cannot tell says so when it is written. */
  async room(bytes: number): Promise<void> {
    const space = await this.options.space?.().catch(() => undefined);
    if (space && space.free < bytes + RESERVE) throw new ParleyError('storage_full');
  }

  /** What is on its way is kept. */
  async close(): Promise<void> {
    await Promise.all([this.partials.close(), this.opened.close()]);
    await this.hashes.close();
  }

  private known(sha256: string): BlobFacts {
    const facts = this.blobs.get(sha256);
    if (!facts) throw new ParleyError('not_found');
    return facts;
  }

  private add(facts: BlobFacts): void {
    if (!this.blobs.has(facts.sha256)) this.bytes += facts.size;
    this.blobs.set(facts.sha256, facts);
  }

  private async publish(path: string, facts: BlobFacts, list: Buffer): Promise<void> {
    await this.turns.run(facts.sha256, async () => {
      await this.files.publish(path, facts, list);
      this.add(facts);
    });
  }

  private async readFirst(sha256: string, into: Buffer, length: number, position: number): Promise<number> {
    const read = await this.opened.read(this.files.path(sha256), into, length, position).catch(failed);
    if (read === length) return length;
    throw new ParleyError('storage_failed', 'A file in the folder blobs/ has been cut.');
  }
}

function failed(error: unknown): never {
  throw isParleyError(error) ? error : storageFailure(error);
}
