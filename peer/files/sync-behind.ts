/**
 * Syncs a file piece by piece behind its writes, which wait for none of it: one sync of all of a large file would hold up, for as long
 * as the disk takes, those of the history. See docs/decisions/blobs.md.
 */
import type { DiskFile } from './chunk-io.js';

/** Written and not asked to be synced yet, at most: a few milliseconds of a disk. */
const BEHIND_MAX = 2 * 1024 * 1024;

export class SyncBehind {
  private bytes = 0;
  private running: Promise<void> | undefined;
  /** The system tells it of a file once. */
  private failed: { readonly error: unknown } | undefined;

  constructor(private readonly file: Pick<DiskFile, 'sync'>) {}

  wrote(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes < BEHIND_MAX || this.running) return;
    this.bytes = 0;
    this.running = this.file
      .sync()
      .catch((error: unknown) => void (this.failed = { error }))
      .finally(() => (this.running = undefined));
  }

  /** Resolves when no sync is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** Resolves when all that was written is durable. @throws (rejects with) the system's error, also of an earlier piece */
  async all(): Promise<void> {
    await this.running;
    await this.file.sync();
    const { failed } = this;
    this.failed = undefined;
    if (failed) throw failed.error;
  }
}
