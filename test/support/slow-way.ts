/** A way to a port of this machine on which new connections come to nothing while it is held: they are accepted, and nobody answers. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class SlowWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Set<Socket>();
  #isHeld = false;

  constructor(port: number) {
    this.#server = createServer((socket) => {
      this.#keep(socket);
      if (this.#isHeld) return void this.#held.add(socket);
      const far = connect({ port, host: '127.0.0.1' });
      this.#keep(far);
      socket.pipe(far).pipe(socket);
      socket.once('close', () => far.destroy());
      far.once('close', () => socket.destroy());
    });
  }

  /** @returns its address, as that of a tracker */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections from now on are held; those before go on. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Resolves once so many are held. */
  async holding(count: number): Promise<void> {
    while (this.#held.size < count) await once(this.#server, 'connection');
  }

  /** Ends those that are held, and any that come. */
  cut(): void {
    for (const socket of this.#held) socket.destroy();
    this.#server.on('connection', (socket) => this.#isHeld && socket.destroy());
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
