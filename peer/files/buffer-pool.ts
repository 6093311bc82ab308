/**
 * Buffers of one chunk each, used again and again, so that any number of transfers needs no more memory than these; and what a socket
 * has read is given back at once.
 */
import { types } from 'node:util';
import { FILE_CHUNK } from '../../protocol/files.js';

export class BufferPool {
  private readonly free: Buffer[] = [];
  private readonly waiting: ((buffer: Buffer) => void)[] = [];
  private made = 0;
  /** Whether somebody was told that there is none, since this was last set. */
  wasShort = false;

  /** @param max buffers that there are at most */
  constructor(private readonly max = 32) {}

  /** Its content is whatever was in it. To be given back once, when nothing reads or writes it any more. */
  take(): Promise<Buffer> {
    const buffer = this.next();
    return buffer ? Promise.resolve(buffer) : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The same for who can do without: undefined where all are in use. */
  tryTake(): Buffer | undefined {
    const buffer = this.next();
    this.wasShort ||= !buffer;
    return buffer;
  }

  give(buffer: Buffer): void {
    const next = this.waiting.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }

  private next(): Buffer | undefined {
    if (this.free.length > 0 || this.made >= this.max) return this.free.pop();
    this.made++;
    // Shared with the thread that hashes, which is then sent no copy.
    return Buffer.from(new SharedArrayBuffer(FILE_CHUNK));
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

/** Whatever is given to it is gone. */
const nowhere = new MessageChannel().port1;
nowhere.close();

/**
 * Gives the memory back: the bytes are empty from then on. Nothing where they are a part of more. What a socket reads lies outside of
 * the heap, in 16 KiB each; left to the collector, it has to look through the whole heap for every few MiB of a file.
 */
export function release({ buffer, byteLength }: Buffer): void {
  if (types.isArrayBuffer(buffer) && buffer.byteLength === byteLength) nowhere.postMessage(undefined, [buffer]);
}
