/** Lines on stdout, no faster than they are read, and until nobody reads any more. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export class Output {
  /** Resolves when nobody reads any more (`| head -1`). */
  readonly closed: Promise<void>;
  private ended = false;

  constructor(private readonly stream: Writable = process.stdout) {
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.ended = true;
        resolve();
      };
      stream.once('error', end);
      stream.once('close', end);
    });
  }

  get open(): boolean {
    return !this.ended;
  }

  /** Resolves when more may be written. */
  async write(line: string): Promise<void> {
    if (this.ended || this.stream.write(`${line}\n`)) return;
    const drained = once(this.stream, 'drain').catch(() => undefined);
    await Promise.race([drained, this.closed]);
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    if (this.ended) return;
    await Promise.race([new Promise<void>((resolve) => this.stream.write('', () => resolve())), this.closed]);
  }
}
