/** How far something is, on one line of a terminal; nothing where no person looks. */
import type { WriteStream } from 'node:tty';

const EVERY_MS = 100;
const MB = 1_000_000;

export class Progress {
  private shown = 0;

  constructor(
    private readonly name: string,
    private readonly terminal: Pick<WriteStream, 'write' | 'isTTY'> & { readonly columns?: number } = process.stderr,
  ) {}

  show(done: number, size: number, note = ''): void {
    const now = Date.now();
    if (!this.terminal.isTTY || (done < size && now - this.shown < EVERY_MS)) return;
    this.shown = now;
    const part = size === 0 ? 100 : Math.floor((done / size) * 100);
    const text = `${this.name}  ${String(part)} %  ${(done / MB).toFixed(1)} of ${(size / MB).toFixed(1)} MB  ${note}`;
    this.terminal.write(`\r\u001b[K${text}`);
  }

  /** Of what nobody knows how long it is. */
  count(done: number): void {
    const now = Date.now();
    if (!this.terminal.isTTY || now - this.shown < EVERY_MS) return;
    this.shown = now;
    this.terminal.write(`\r\u001b[K${this.name}  ${(done / MB).toFixed(1)} MB`);
  }

  /** Of what goes by steps: which one it is at. */
  step(done: number, of: number, what: string): void {
    if (!this.terminal.isTTY) return;
    this.shown = Date.now();
    const text = `${this.name}  ${String(done)} of ${String(of)}  ${what}`;
    // A line that is wrapped could not be taken back. Some terminals do not say how wide they are.
    const { columns = 0 } = this.terminal;
    this.terminal.write(`\r\u001b[K${text.slice(0, (columns > 0 ? columns : 80) - 1)}`);
  }

  end(): void {
    if (this.terminal.isTTY && this.shown > 0) this.terminal.write('\r\u001b[K');
  }
}
