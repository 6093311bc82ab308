/** Buffers of one chunk each, used again and again, so that any number of transfers needs no more memory than these. */
import { FILE_CHUNK } from '../../protocol/files.js';

export class BufferPool {
  private readonly free: Buffer[] = [];
  private readonly waiting: ((buffer: Buffer) => void)[] = [];
  private made = 0;

  /** @param max buffers that there are at most */
  constructor(private readonly max = 32) {}

  /** Its content is whatever was in it. To be given back once, when nothing reads or writes it any more. */
  take(): Promise<Buffer> {
    const buffer = this.free.pop();
    if (buffer) return Promise.resolve(buffer);
    if (this.made < this.max) {
      this.made++;
      // Not of Node's own pool, and not filled: whoever takes it writes before it reads.
      return Promise.resolve(Buffer.allocUnsafeSlow(FILE_CHUNK));
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  give(buffer: Buffer): void {
    const next = this.waiting.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }

  /** Gives it back whatever comes of `work`. */
  async with<T>(work: (buffer: Buffer) => Promise<T>): Promise<T> {
    const buffer = await this.take();
    try {
      return await work(buffer);
    } finally {
      this.give(buffer);
    }
  }
}
