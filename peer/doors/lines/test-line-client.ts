/** A client of the line door over a real socket: what it hears, line by line. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type Line = Record<string, unknown>;

export class TestLineClient {
  readonly lines: Line[] = [];
  /** All that came, as it came. */
  text = '';
  readonly closed: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk: string) => {
      const whole = this.text.lastIndexOf('\n') + 1;
      this.text += chunk;
      for (const line of this.text.slice(whole).split('\n').slice(0, -1))
        if (line.startsWith('{')) this.lines.push(JSON.parse(line) as Line);
      for (const look of [...this.#waiting]) look();
    });
  }

  static plain(port: number): TestLineClient {
    return new TestLineClient(connect({ port, host: '127.0.0.1' }));
  }

  static tls(port: number): TestLineClient {
    return new TestLineClient(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }));
  }

  send(line: object | string): this {
    this.socket.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
    return this;
  }

  /** The next line of this type that has not been taken yet; those between are passed over. */
  next(type: string): Promise<Line> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        while (this.#taken < this.lines.length) {
          const line = this.lines[this.#taken++] ?? {};
          if (line['type'] !== type) continue;
          this.#waiting.delete(look);
          return resolve(line);
        }
      };
      this.#waiting.add(look);
      void this.closed.then(() => reject(new Error(`closed without a ${type}; it said ${this.text.slice(-500)}`)));
      look();
    });
  }

  async register(name: string, password: string): Promise<this> {
    this.send({ type: 'register', user_id: name, password });
    await this.next('registered');
    return this;
  }
}
