/** What is read again and again, chunk by chunk, stays open for a while: opening it takes longer than reading a chunk of it. */
import type { BlobDisk } from './blob-disk.js';
import { readAt, type DiskFile } from './chunk-io.js';
import { Recent } from './recent.js';

/** Files that stay open though nobody reads them now. */
const OPEN_MAX = 8;

interface Opened {
  readonly file: Promise<DiskFile>;
  readers: number;
  isDropped: boolean;
  closed: Promise<void> | undefined;
}

export class OpenBlobs {
  private readonly recent = new Recent<string, Opened>(OPEN_MAX, (opened) => {
    opened.isDropped = true;
    this.closeUnread(opened);
  });
  private readonly closing = new Set<Promise<void>>();

  constructor(private readonly disk: BlobDisk) {}

  /** @returns how many bytes there were, as `readAt`. @throws (rejects with) the system's error */
  async read(path: string, into: Buffer, length: number, position: number): Promise<number> {
    const opened = this.recent.get(path) ?? this.open(path);
    opened.readers += 1;
    try {
      const read = await readAt(await opened.file, into, length, position);
      if (read < length) this.recent.drop(path, opened);
      return read;
    } catch (error) {
      // Opened anew the next time, whatever became of it.
      this.recent.drop(path, opened);
      throw error;
    } finally {
      opened.readers -= 1;
      this.closeUnread(opened);
    }
  }

  /** Another file comes to that place, or none. */
  forget(path: string): void {
    this.recent.drop(path);
  }

  /** Resolves when all of them are closed. */
  async close(): Promise<void> {
    this.recent.clear();
    await Promise.allSettled(this.closing);
  }

  private open(path: string): Opened {
    const opened: Opened = {
      ...{ file: this.disk.open(path, 'r', 0o600), readers: 0 },
      ...{ isDropped: false, closed: undefined },
    };
    // Whoever reads is told.
    opened.file.catch(() => undefined);
    this.recent.set(path, opened);
    return opened;
  }

  private closeUnread(opened: Opened): void {
    if (!opened.isDropped || opened.readers > 0 || opened.closed) return;
    const closed = opened.file.then((file) => file.close()).catch(() => undefined);
    opened.closed = closed;
    this.closing.add(closed);
    void closed.finally(() => this.closing.delete(closed));
  }
}
