/**
 * A file that comes in chunks, in any order. What is believed of the disk after a start was hashed again: a power cut may keep
 * the flag of a chunk and lose its bytes. In its folder: `data` (with holes), `manifest` (the hashes of all chunks), and what
 * `HeldChunks` writes.
 */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { bug, isParleyError, ParleyError } from '../../protocol/errors.js';
import { chunkCount, chunkLength, FILE_CHUNK } from '../../protocol/files.js';
import type { ConversationId } from '../../protocol/ids.js';
import { storageFailure } from '../store/failure.js';
import { readIfThere, type BlobDisk } from './blob-disk.js';
import type { BlobFacts } from './blob-files.js';
import type { BufferPool } from './buffer-pool.js';
import { HASH_BYTES, hashAt, readAt, writeAt, type DiskFile } from './chunk-io.js';
import { HeldChunks, type Through } from './held-chunks.js';
import { SyncBehind } from './sync-behind.js';
import { Turns } from './turns.js';
import type { FileHash, FileHashes } from './whole-hash.js';

/** Chunks that are hashed again at once. */
const LANES = 2;

export interface PartialOptions {
  readonly pool: BufferPool;
  readonly disk: BlobDisk;
  readonly hashes: FileHashes;
  /** Moves the data, which is synced, to where it counts. */
  readonly publish: (path: string, manifest: Buffer) => Promise<void>;
  /** It is not to be used any more. `removed`: nothing of it is left. */
  readonly closed: (removed: boolean) => void;
}

export class PartialFile {
  private empty: Through | undefined;
  private list: Buffer | undefined;
  private left: number;
  private bytes = 0;
  /** So many chunks from the beginning are there: the whole is hashed as far. */
  private prefix = 0;
  private digest: string | undefined;
  private isOpen = true;
  /** Resolves when it holds nothing any more: no file, no place in the folder. */
  readonly gone: Promise<void>;
  private tellGone: () => void = () => undefined;
  private readonly ongoing = new Set<Promise<unknown>>();
  private readonly turns = new Turns();
  private readonly syncs: SyncBehind;
  private whole: FileHash;

  private constructor(
    readonly facts: BlobFacts,
    private readonly path: string,
    private readonly files: { readonly data: DiskFile; readonly done: DiskFile },
    private readonly held: HeldChunks,
    private readonly options: PartialOptions,
  ) {
    this.gone = new Promise((resolve) => (this.tellGone = resolve));
    this.left = chunkCount(facts.size);
    this.whole = options.hashes.open(join(path, 'data'));
    this.syncs = new SyncBehind(files.data);
  }

  /** Reads, and hashes, what an earlier process has left. @param path of its folder. @throws ParleyError as the store */
  static async open(path: string, facts: BlobFacts, options: PartialOptions): Promise<PartialFile> {
    const { disk } = options;
    const opened: DiskFile[] = [];
    let partial: PartialFile | undefined;
    const file = async (name: string): Promise<DiskFile> => {
      const handle = await disk.open(join(path, name), constants.O_RDWR | constants.O_CREAT, 0o600);
      opened.push(handle);
      return handle;
    };
    try {
      await disk.mkdir(path);
      const files = { data: await file('data'), done: await file('done') };
      const held = await HeldChunks.open(files.done, disk, path, chunkCount(facts.size));
      partial = new PartialFile(facts, path, files, held, options);
      await partial.restore();
      return partial;
    } catch (error) {
      await Promise.allSettled([partial?.whole.drop(), ...opened.map((handle) => handle.close())]);
      throw storageFailure(error);
    }
  }

  /** The hashes of all chunks, 32 bytes each; undefined before they are here. */
  get manifest(): Buffer | undefined {
    return this.list;
  }

  /** Chunks. */
  get missing(): number {
    return this.left;
  }

  /** Bytes that are here and right. */
  get done(): number {
    return this.bytes;
  }

  /** Whether a chunk is here and right. */
  has(n: number): boolean {
    return this.isOpen && this.held.has(n);
  }

  /** Whether a chunk is here, and came through that conversation. */
  cameThrough(n: number, conversation: ConversationId): boolean {
    return this.isOpen && this.held.cameThrough(n, conversation);
  }

  /** Whether any of it came through that conversation. */
  isFrom(conversation: ConversationId): boolean {
    return this.isOpen && this.held.isFrom(conversation);
  }

  /** Through which conversations it came. */
  origins(): Through {
    return this.empty ?? this.held.origins();
  }

  /**
   * False for hashes that are not those which the facts name. Kept when it resolves.
   * @param through the conversation for which they were sent. @throws (rejects) as the store
   */
  setManifest(bytes: Uint8Array, through?: ConversationId): Promise<boolean> {
    // In turns: several sources send it at once.
    return this.busy(() => this.turns.run('manifest', () => this.takeManifest(bytes, through)));
  }

  /**
   * Takes a chunk, which must not change before it resolves. `wrong` for other bytes than the manifest says, and for what it does not
   * say. It is written and flagged while it is hashed, so that a process that is killed meanwhile does not lose it: flags are not
   * believed after a start. @param through the conversation for which it was sent
   * @throws (rejects with) ParleyError `storage_full`, `storage_failed`: it can be given again
   */
  write(n: number, bytes: Uint8Array, through?: ConversationId): Promise<'ok' | 'wrong'> {
    // In turns: else wrong bytes could be written over those that another source sent.
    return this.busy(() => this.turns.run(`${n}`, () => this.take(n, bytes, through)));
  }

  /**
   * As much of the chunk as there is room for. @param from byte of the chunk
   * @returns how many bytes; 0 for a chunk that is not here. @throws (rejects) as the store
   */
  readChunk(n: number, into: Buffer, from = 0): Promise<number> {
    return this.busy(async () => {
      if (!this.has(n)) return 0;
      const length = Math.min(into.length, chunkLength(this.facts.size, n) - from);
      return readAt(this.files.data, into, length, n * FILE_CHUNK + from);
    });
  }

  /**
   * When nothing is missing: publishes it. `lies` where the chunks are those of the manifest, and yet not the file that the facts
   * name: then nothing of it is kept. @param right called once it is known to be right, before it counts
   * @throws (rejects) as the store, and what `right` throws; then it can be asked again
   */
  async complete(right: () => void = () => undefined): Promise<'complete' | 'lies'> {
    const { list, facts } = this;
    if (!list || this.left > 0) throw bug('a file is completed before all of it is here');
    const outcome = await this.busy(async () => {
      this.digest ??= await this.whole.digest(facts.size).catch((error: unknown) => {
        // From the beginning, when it is asked again.
        this.whole = this.options.hashes.open(join(this.path, 'data'));
        throw error;
      });
      if (this.digest !== facts.sha256) return 'lies';
      await this.syncs.all();
      right();
      await this.options.publish(join(this.path, 'data'), list);
      return 'complete';
    });
    await this.discard();
    return outcome;
  }

  /** Removes it from the disk; of one that is closed, the store does. @throws (rejects) as the store */
  discard(): Promise<void> {
    return this.end(true);
  }

  /** Keeps it for another time. */
  close(): Promise<void> {
    return this.end(false);
  }

  /** Whoever comes now has to open it anew, once `gone` resolves. */
  get isClosed(): boolean {
    return !this.isOpen;
  }

  private async end(removed: boolean): Promise<void> {
    if (!this.isOpen) return this.gone;
    this.isOpen = false;
    await Promise.allSettled([...this.ongoing, this.syncs.idle()]);
    await Promise.allSettled([this.whole.drop(), this.files.data.close(), this.files.done.close()]);
    try {
      if (removed) await this.options.disk.remove(this.path);
    } catch (error) {
      throw storageFailure(error);
    } finally {
      this.options.closed(removed);
      this.tellGone();
    }
  }

  private async takeManifest(bytes: Uint8Array, through: ConversationId | undefined): Promise<boolean> {
    if (this.list) return this.list.equals(bytes);
    if (!(await this.isManifest(bytes))) return false;
    const list = Buffer.from(bytes);
    await this.options.disk.replaceFile(join(this.path, 'manifest'), list);
    this.list = list;
    // There are no chunks to prove that somebody has it.
    if (this.facts.size === 0 && through !== undefined) this.empty = new Map([[through, undefined]]);
    return true;
  }

  private async take(n: number, bytes: Uint8Array, through: ConversationId | undefined): Promise<'ok' | 'wrong'> {
    const hash = this.hashOf(n);
    if (!hash || bytes.length !== chunkLength(this.facts.size, n)) return 'wrong';
    const hashed = this.options.hashes.chunk(bytes);
    const claimed = this.has(n) ? undefined : this.claim(n, bytes, through);
    // Both read the bytes.
    await Promise.allSettled([hashed, claimed]);
    const isRight = hash.equals(await hashed);
    const flag = await claimed;
    if (flag !== undefined && isRight) {
      this.held.believe(n, flag);
      this.count(n);
    } else if (flag !== undefined) await this.held.forget(n);
    return isRight ? 'ok' : 'wrong';
  }

  private async claim(n: number, bytes: Uint8Array, through: ConversationId | undefined): Promise<number> {
    await writeAt(this.files.data, bytes, n * FILE_CHUNK);
    this.syncs.wrote(bytes.length);
    return this.held.claim(n, through);
  }

  /** It has just come to be here. */
  private count(n: number): void {
    this.left--;
    this.bytes += chunkLength(this.facts.size, n);
    const before = this.prefix;
    while (this.held.has(this.prefix)) this.prefix++;
    // What is wrong with it is told by the digest.
    if (this.prefix > before)
      this.whole.advance(Math.min(this.prefix * FILE_CHUNK, this.facts.size)).catch(() => undefined);
  }

  private hashOf(n: number): Buffer | undefined {
    const hash = this.list?.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES);
    return hash?.length === HASH_BYTES ? hash : undefined;
  }

  private async isManifest(bytes: Uint8Array): Promise<boolean> {
    const { size, chunks } = this.facts;
    return (
      bytes.length === chunkCount(size) * HASH_BYTES &&
      (await this.options.disk.sha256(bytes)).toString('hex') === chunks
    );
  }

  private async restore(): Promise<void> {
    const { data } = this.files;
    const { disk, pool, hashes } = this.options;
    const list = await readIfThere(disk, join(this.path, 'manifest'));
    if (list && (await this.isManifest(list))) this.list = list;
    const claimed = await this.held.claimed();
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let n = next++; n < claimed.length; n = next++) {
        const flag = claimed[n] ?? 0;
        if (flag === 0) continue;
        const hash = this.hashOf(n);
        const length = chunkLength(this.facts.size, n);
        const found = hash && (await hashAt(pool, data, length, n * FILE_CHUNK, (bytes) => hashes.chunk(bytes)));
        if (hash && found?.equals(hash)) {
          this.held.believe(n, flag);
          this.count(n);
        } else await this.held.forget(n);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  private async busy<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isOpen) throw new ParleyError('not_found');
    const result = work().catch((error: unknown) => {
      throw isParleyError(error) ? error : storageFailure(error);
    });
    this.ongoing.add(result);
    try {
      return await result;
    } finally {
      this.ongoing.delete(result);
    }
  }
}
