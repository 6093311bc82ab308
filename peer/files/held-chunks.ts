/**
 * Which chunks of a file under way are here, and through which conversation each came: only there is it given away. One byte a
 * chunk in `done`, written after the chunk: 0 for none, 1 for one that came through no conversation that is known, and from 2 on
 * the place in `through`, which holds a conversation a line.
 */
import { join } from 'node:path';
import { chunkCount, chunkLength } from '../../protocol/files.js';
import type { ConversationId } from '../../protocol/ids.js';
import { readIfThere, type BlobDisk } from './blob-disk.js';
import { readAt, writeAt, type DiskFile } from './chunk-io.js';

const [MISSING, UNKNOWN, FIRST] = [0, 1, 2];
/** More than these do not fit a byte: what comes through them is here, and given to nobody. */
const THROUGH_MAX = 256 - FIRST;

/** Of each conversation that brought any: one bit a chunk (bit `n & 7` of byte `n >> 3`); undefined where it brought all. */
export type Through = ReadonlyMap<ConversationId, Uint8Array | undefined>;

/** How many bytes an earlier process has flagged, in a folder that is not open. 0 where that cannot be read. */
export async function claimedBytes(disk: BlobDisk, directory: string, size: number): Promise<number> {
  const flags = await disk.readFile(join(directory, 'done')).catch(() => Buffer.of());
  let bytes = 0;
  for (const [n, flag] of flags.subarray(0, chunkCount(size)).entries())
    if (flag !== MISSING) bytes += chunkLength(size, n);
  return bytes;
}

export class HeldChunks {
  private readonly flags: Uint8Array;
  private adding: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: DiskFile,
    private readonly disk: BlobDisk,
    private readonly path: string,
    private readonly through: ConversationId[],
    count: number,
  ) {
    this.flags = new Uint8Array(count);
  }

  /** Nothing is here until it was claimed. @param directory of `through`. @throws (rejects with) the system's error */
  static async open(file: DiskFile, disk: BlobDisk, directory: string, count: number): Promise<HeldChunks> {
    const path = join(directory, 'through');
    const lines = ((await readIfThere(disk, path))?.toString() ?? '').split('\n').filter((line) => line !== '');
    return new HeldChunks(file, disk, path, lines as ConversationId[], count);
  }

  has(n: number): boolean {
    return (this.flags[n] ?? MISSING) !== MISSING;
  }

  /** Whether any came through that conversation. */
  isFrom(conversation: ConversationId): boolean {
    const at = this.through.indexOf(conversation);
    return at >= 0 && this.flags.includes(at + FIRST);
  }

  /** Whether it is here, and came through that conversation. */
  cameThrough(n: number, conversation: ConversationId): boolean {
    const at = this.through.indexOf(conversation);
    return at >= 0 && this.flags[n] === at + FIRST;
  }

  /** What an earlier process has flagged, to be believed once it was hashed: see `believe`. @throws the system's error */
  async claimed(): Promise<Uint8Array> {
    const claimed = Buffer.alloc(this.flags.length);
    await readAt(this.file, claimed, claimed.length, 0);
    return claimed;
  }

  /** @param flag as it was claimed */
  believe(n: number, flag: number): void {
    this.flags[n] = flag - FIRST < this.through.length ? flag : UNKNOWN;
  }

  /** @throws the system's error */
  async forget(n: number): Promise<void> {
    await writeAt(this.file, Uint8Array.of(MISSING), n);
    this.flags[n] = MISSING;
  }

  /**
   * The chunk was written, and counts once it is believed. @returns its flag
   * @throws (rejects with) the system's error; then it does not count
   */
  async claim(n: number, conversation: ConversationId | undefined): Promise<number> {
    const flag = conversation === undefined ? UNKNOWN : await this.flagOf(conversation);
    await writeAt(this.file, Uint8Array.of(flag), n);
    return flag;
  }

  origins(): Through {
    const origins = new Map<ConversationId, Uint8Array | undefined>();
    for (const [at, conversation] of this.through.entries()) {
      const bits = new Uint8Array(Math.ceil(this.flags.length / 8));
      let count = 0;
      for (const [n, flag] of this.flags.entries()) {
        if (flag !== at + FIRST) continue;
        bits[n >> 3] = (bits[n >> 3] ?? 0) | (1 << (n & 7));
        count++;
      }
      if (count > 0) origins.set(conversation, count === this.flags.length ? undefined : bits);
    }
    return origins;
  }

  /** Durable before any chunk is flagged with it: after a power cut, the place must not be another one's. */
  private async flagOf(conversation: ConversationId): Promise<number> {
    const known = this.through.indexOf(conversation);
    if (known >= 0) return known + FIRST;
    const added = this.adding.then(async () => {
      const at = this.through.indexOf(conversation);
      if (at >= 0) return at + FIRST;
      if (this.through.length >= THROUGH_MAX) return UNKNOWN;
      await this.disk.replaceFile(this.path, [...this.through, conversation].map((one) => `${one}\n`).join(''));
      return this.through.push(conversation) - 1 + FIRST;
    });
    this.adding = added.catch(() => undefined);
    return added;
  }
}
