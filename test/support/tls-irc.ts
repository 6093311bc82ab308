/** The socket of a client of IRC over TLS, as any has it: lines out, lines in, and whoever waits for one of them. */
import { on } from 'node:events';
import { createInterface } from 'node:readline';
import { connect, type TLSSocket } from 'node:tls';

export class TlsIrc {
  readonly #lines: AsyncIterator<[string]>;
  readonly #socket: TLSSocket;

  /** At a port of this machine, whose certificate is its own. */
  constructor(port: number, ...first: readonly string[]) {
    this.#socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    this.#socket.on('error', () => undefined);
    this.#lines = on(createInterface(this.#socket), 'line') as AsyncIterator<[string]>;
    this.say(...first);
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) this.#socket.write(`${line}\r\n`);
  }

  /** The next one that matches; those before it are passed over. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const [line] = ((await this.#lines.next()) as { value: [string] }).value;
      if (pattern.test(line)) return line;
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
