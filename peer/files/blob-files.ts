/**
 * Where blobs lie on the disk. A complete one is `<2 hex>/<sha256>`, with the hashes of its chunks beside it in
 * `<2 hex>/<sha256>.<chunks>`, which is written first: so what is there is complete, whenever the process died. What is under way
 * lies in `partial/`.
 */
import { dirname, join } from 'node:path';
import { bug } from '../../protocol/errors.js';
import { chunkCount, FILE_SIZE_MAX } from '../../protocol/files.js';
import type { BlobDisk } from './blob-disk.js';
import { HASH_BYTES } from './chunk-io.js';

/** What tells one content from all others. Hashes in lower-case hex. */
export interface BlobFacts {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Hash of the hashes of all chunks. */
  readonly chunks: string;
}

const HASH = '[0-9a-f]{64}';
const UPLOAD = /^upload-[0-9a-f]+$/;
const PARTIAL = new RegExp(`^(${HASH})\\.(${HASH})\\.(\\d{1,15})$`);
const LIST = new RegExp(`^(${HASH})\\.(${HASH})$`);
const BLOB = new RegExp(`^${HASH}$`);
const SHARD = /^[0-9a-f]{2}$/;
const STATS_AT_ONCE = 64;

export class BlobFiles {
  readonly partialDirectory: string;
  /** A folder was made, and may not be on the disk yet. */
  private hasNewShard = false;

  constructor(
    private readonly directory: string,
    private readonly disk: BlobDisk,
  ) {
    this.partialDirectory = join(directory, 'partial');
  }

  /** Makes the folders, and removes what a process that died has left half done. @throws the system's error */
  async prepare(): Promise<void> {
    await this.disk.privateDirectory(this.directory);
    await this.disk.privateDirectory(this.partialDirectory);
    // Else all that is in it could go with it, when the power does.
    await this.disk.syncDirectory(dirname(this.directory));
    for (const { name } of await this.disk.list(this.partialDirectory)) {
      if (UPLOAD.test(name)) await this.disk.remove(join(this.partialDirectory, name));
    }
  }

  path(sha256: string): string {
    return join(this.shard(sha256), sha256);
  }

  listPath({ sha256, chunks }: BlobFacts): string {
    return join(this.shard(sha256), `${checked(sha256)}.${checked(chunks)}`);
  }

  partialPath({ sha256, chunks, size }: BlobFacts): string {
    // Not only by the first hash: who lies about the others must not spoil what is true.
    return join(this.partialDirectory, `${checked(sha256)}.${checked(chunks)}.${String(size)}`);
  }

  /** What is complete; and the hashes of what has no list that could be its own. @throws the system's error */
  async complete(): Promise<{ complete: BlobFacts[]; bare: string[] }> {
    const complete: BlobFacts[] = [];
    const bare: string[] = [];
    for (const { name } of await this.disk.list(this.directory)) {
      if (!SHARD.test(name)) continue;
      const found = await this.completeIn(join(this.directory, name));
      complete.push(...found.complete);
      bare.push(...found.bare);
    }
    return { complete, bare };
  }

  /** What was begun, and neither finished nor given up. @throws the system's error */
  async begun(): Promise<BlobFacts[]> {
    return (await this.disk.list(this.partialDirectory)).flatMap(({ name }) => {
      const [, sha256, chunks, size] = PARTIAL.exec(name) ?? [];
      if (sha256 === undefined || chunks === undefined || !(Number(size) <= FILE_SIZE_MAX)) return [];
      return [{ sha256, chunks, size: Number(size) }];
    });
  }

  /**
   * Moves a file, which is synced, to its place. Durable when it resolves. @param list the hashes of its chunks
   * @throws the system's error; then it can be asked again, wherever the file is by now
   */
  async publish(path: string, facts: BlobFacts, list: Uint8Array): Promise<void> {
    const { disk } = this;
    const shard = this.shard(facts.sha256);
    if ((await disk.mkdir(shard)) !== undefined) this.hasNewShard = true;
    if (this.hasNewShard) await disk.syncDirectory(this.directory);
    this.hasNewShard = false;
    await disk.replaceFile(this.listPath(facts), list);
    const place = this.path(facts.sha256);
    await disk.rename(path, place).catch(async (error: unknown) => {
      // An attempt before this one has moved it, and only the folder could not be synced.
      const { size } = await disk.stat(place).catch(() => ({ size: undefined }));
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || size !== facts.size) throw error;
    });
    await disk.syncDirectory(shard);
  }

  /** @throws the system's error */
  async remove(facts: BlobFacts): Promise<void> {
    // In this order: a blob without its list would not count, but fill the disk.
    await this.disk.remove(this.path(facts.sha256));
    await this.disk.remove(this.listPath(facts));
    await this.disk.syncDirectory(this.shard(facts.sha256));
  }

  private shard(sha256: string): string {
    return join(this.directory, checked(sha256).slice(0, 2));
  }

  /** Gives a blob, which lies in its place, its list. Durable when it resolves. @throws the system's error */
  async list(facts: BlobFacts, list: Uint8Array): Promise<void> {
    await this.disk.replaceFile(this.listPath(facts), list);
  }

  private async completeIn(shard: string): Promise<{ complete: BlobFacts[]; bare: string[] }> {
    const { disk } = this;
    const names = new Map((await disk.list(shard)).map((entry) => [entry.name, entry]));
    const lists = [...names.keys()].flatMap((name) => {
      const [, sha256, chunks] = LIST.exec(name) ?? [];
      return sha256 === undefined || chunks === undefined ? [] : [{ name, sha256, chunks }];
    });
    const complete: BlobFacts[] = [];
    for (let at = 0; at < lists.length; at += STATS_AT_ONCE) {
      const piece = lists.slice(at, at + STATS_AT_ONCE).map(async ({ name, sha256, chunks }) => {
        if (names.get(sha256)?.isFile() === true) {
          const [{ size }, list] = await Promise.all([disk.stat(join(shard, sha256)), disk.stat(join(shard, name))]);
          // Cut by a damaged disk, or by hand.
          if (list.size === chunkCount(size) * HASH_BYTES) complete.push({ sha256, chunks, size });
        } else await disk.remove(join(shard, name));
      });
      await Promise.all(piece);
    }
    for (const name of names.keys()) if (name.endsWith('.new')) await disk.remove(join(shard, name));
    const listed = new Set(complete.map(({ sha256 }) => sha256));
    const bare = [...names].flatMap(([name, entry]) =>
      BLOB.test(name) && entry.isFile() && !listed.has(name) ? [name] : [],
    );
    return { complete, bare };
  }
}

/** The last door before a path is made of it. */
function checked(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw bug('no hash, but a part of a path');
  return hash;
}
