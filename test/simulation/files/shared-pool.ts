/** Buffers of one chunk for all simulated peers together: each may have as many as a real one, but few are in use at once. */
import { BufferPool } from '../../../peer/files/buffer-pool.js';
import { FILE_CHUNK } from '../../../protocol/files.js';

const BUFFERS_MAX = 32;

export class SharedPool extends BufferPool {
  private readonly out = new Set<Buffer>();
  private readonly asking: ((buffer: Buffer) => void)[] = [];

  /** @param spare what is not in use, of all peers */
  constructor(private readonly spare: Buffer[]) {
    super(BUFFERS_MAX);
  }

  /** That were taken and not given back. */
  get used(): number {
    return this.out.size;
  }

  override take(): Promise<Buffer> {
    if (this.out.size >= BUFFERS_MAX) return new Promise((resolve) => this.asking.push(resolve));
    return Promise.resolve(this.spareOne());
  }

  override tryTake(): Buffer | undefined {
    return this.out.size >= BUFFERS_MAX ? undefined : this.spareOne();
  }

  override give(buffer: Buffer): void {
    if (!this.out.delete(buffer)) throw new Error('bug: a buffer was given back twice');
    this.spare.push(buffer);
    this.asking.shift()?.(this.spareOne());
  }

  /** The process is gone. */
  end(): void {
    this.spare.push(...this.out);
    this.out.clear();
  }

  private spareOne(): Buffer {
    const buffer = this.spare.pop() ?? Buffer.allocUnsafeSlow(FILE_CHUNK);
    this.out.add(buffer);
    return buffer;
  }
}
