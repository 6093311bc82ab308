/**
 * What is on its way, as the store has it: one object for the same facts while it is used. What is not used any more stays open for
 * a while, so that what goes on is not hashed again, and others are given what is here of it.
 */
import { ParleyError } from '../../protocol/errors.js';
import { FILE_SIZE_MAX } from '../../protocol/files.js';
import type { BlobFacts, BlobFiles } from './blob-files.js';
import { claimedBytes } from './held-chunks.js';
import { PartialFile, type PartialOptions } from './partial.js';
import { Turns } from './turns.js';

/** Files that nobody uses and are open all the same. Each takes three of the system's handles. */
const RESTING_MAX = 16;

export interface PartialsOptions extends Pick<PartialOptions, 'pool' | 'disk' | 'hashes'> {
  /** Moves the data, which is synced, to where it counts. */
  readonly publish: (path: string, facts: BlobFacts, manifest: Buffer) => Promise<void>;
}

export class Partials {
  private readonly opening = new Map<string, Promise<PartialFile>>();
  private readonly opened = new Map<string, PartialFile>();
  /** How many use it. */
  private readonly users = new Map<PartialFile, number>();
  /** Not used by anybody; the one that rests the longest first. */
  private readonly resting = new Set<PartialFile>();
  /** Bytes of what is not open, as far as it was flagged: to be hashed again before they count. */
  private readonly left = new Map<string, number>();
  /** So that nothing is opened while it is removed. */
  private readonly turns = new Turns();

  constructor(
    private readonly files: BlobFiles,
    private readonly options: PartialsOptions,
  ) {}

  /** Looks at what an earlier process has left. @throws the system's error */
  async load(): Promise<void> {
    for (const facts of await this.files.begun()) {
      const path = this.files.partialPath(facts);
      this.left.set(path, await claimedBytes(this.options.disk, path, facts.size));
    }
  }

  /** See `BlobStore.partial`. */
  async open(facts: BlobFacts): Promise<PartialFile> {
    const partial = await this.found(facts);
    this.users.set(partial, (this.users.get(partial) ?? 0) + 1);
    this.resting.delete(partial);
    return partial;
  }

  /** One of those who have opened it uses it no more. It is kept, and closed once more than a few rest. */
  async rest(partial: PartialFile): Promise<void> {
    if (partial.isClosed) return;
    const users = (this.users.get(partial) ?? 1) - 1;
    this.users.set(partial, users);
    if (users > 0) return;
    this.resting.add(partial);
    const [longest] = this.resting;
    if (this.resting.size <= RESTING_MAX || !longest) return;
    this.resting.delete(longest);
    await longest.close();
  }

  get(facts: BlobFacts): PartialFile | undefined {
    return this.opened.get(this.files.partialPath(facts));
  }

  /** Bytes of it that are here; what is not open is believed. */
  done(facts: BlobFacts): number {
    return this.get(facts)?.done ?? this.left.get(this.files.partialPath(facts)) ?? 0;
  }

  /** Bytes of all of them. */
  used(): number {
    let bytes = 0;
    for (const partial of this.opened.values()) bytes += partial.done;
    for (const [path, left] of this.left) if (!this.opened.has(path)) bytes += left;
    return bytes;
  }

  /** Gives it up, whether it is open or not. @throws (rejects with) ParleyError `storage_failed` */
  async discard(facts: BlobFacts): Promise<void> {
    const path = this.files.partialPath(facts);
    // Both at once, so that whoever asks for it after this call begins anew.
    const open = this.opened.get(path);
    if (open && !open.isClosed) return open.discard();
    const opening = this.opening.get(path);
    if (!opening) {
      this.left.delete(path);
      return this.turns.run(path, () => this.options.disk.remove(path));
    }
    const partial = await opening.catch(() => undefined);
    if (partial?.isClosed) await partial.gone;
    // What others began anew meanwhile is theirs.
    if (!partial?.isClosed || !this.opening.has(path)) await this.discard(facts);
  }

  /** What is on its way is kept. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.opening.values()]);
    await Promise.all([...this.opened.values()].map((partial) => partial.close()));
  }

  private async found(facts: BlobFacts): Promise<PartialFile> {
    if (!(Number.isSafeInteger(facts.size) && facts.size >= 0 && facts.size <= FILE_SIZE_MAX))
      throw new ParleyError('file_too_large');
    const path = this.files.partialPath(facts);
    for (let known = this.opening.get(path); known; known = this.opening.get(path)) {
      const partial = await known;
      if (!partial.isClosed) return partial;
      await partial.gone;
    }
    const opened = this.openNow(path, { sha256: facts.sha256, size: facts.size, chunks: facts.chunks });
    this.opening.set(path, opened);
    opened.catch(() => void this.opening.delete(path));
    return opened;
  }

  private async openNow(path: string, facts: BlobFacts): Promise<PartialFile> {
    await this.turns.last(path);
    const { pool, disk, hashes, publish } = this.options;
    const partial: PartialFile = await PartialFile.open(path, facts, {
      ...{ pool, disk, hashes },
      publish: (data, manifest) => publish(data, facts, manifest),
      closed: (removed) => {
        this.opening.delete(path);
        this.opened.delete(path);
        this.resting.delete(partial);
        this.users.delete(partial);
        if (removed) this.left.delete(path);
        else this.left.set(path, partial.done);
      },
    });
    this.opened.set(path, partial);
    return partial;
  }
}
