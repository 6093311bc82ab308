/** A way to a tracker that carries everything, but for the answers to one kind of call: they are held for good. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class HeldAnswers {
  readonly #open = new Set<Socket>();
  #begin = '';
  #answered: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (near) => this.#take(near));
  }

  /** @param target a port of this machine */
  static async to(target: number): Promise<HeldAnswers> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HeldAnswers(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Resolves once the call, as `POST /register`, has been answered: whoever made it never hears of it. From then on all is carried. */
  hold(call: string): Promise<void> {
    this.#begin = `${call} HTTP/1.1\r\n`;
    return new Promise((resolve) => (this.#answered = resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #take(near: Socket): void {
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    let isHeld = false;
    near.on('data', (data) => {
      if (this.#begin !== '' && data.toString('latin1').startsWith(this.#begin)) {
        isHeld = true;
        this.#begin = '';
      }
      far.write(data);
    });
    far.on('data', (data) => (isHeld ? this.#answered() : near.write(data)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
  }
}
