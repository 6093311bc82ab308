/** A wire to the tracker that is listened in on: a TCP proxy that keeps every byte, and can stop at a request. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

export class Recorder {
  readonly #recorded: Buffer[] = [];
  readonly #sockets = new Set<Socket>();
  #stopAt: { text: string; stopped: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on('connection', (near) => this.#take(near));
  }

  static async to(url: string): Promise<Recorder> {
    const { hostname, port } = new URL(url);
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Recorder(server, { host: hostname, port: Number(port) });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Everything that went either way, in the order in which it came. */
  get recorded(): Buffer {
    return Buffer.concat(this.#recorded);
  }

  /** Resolves when a request with this text came; neither it nor anything after it on its connection goes on. */
  stopAt(text: string): Promise<void> {
    return new Promise((stopped) => (this.#stopAt = { text, stopped }));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #take(near: Socket): void {
    const far = connect({ ...this.target, noDelay: true });
    let isStopped = false;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data: Buffer) => {
        this.#recorded.push(data);
        if (from === near && this.#stopAt && data.includes(this.#stopAt.text)) {
          isStopped = true;
          this.#stopAt.stopped();
          this.#stopAt = undefined;
        }
        if (!isStopped && !to.destroyed) to.write(data);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
