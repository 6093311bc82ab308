/** A server that answers each connection with a given text, whatever it is asked: for what is no HTTP, and what ends early. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export const SWITCHES_PROTOCOL =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

export class Answering {
  readonly #open = new Set<Server | Socket>();

  /** @param ends whether it closes the connection then */
  async start(text: string, ends: boolean): Promise<URL> {
    const server = createServer((socket) => {
      this.#open.add(socket);
      socket.on('error', () => undefined).once('data', () => (ends ? socket.end(text) : socket.write(text)));
    });
    this.#open.add(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  clean(): void {
    for (const one of this.#open) if ('destroy' in one) one.destroy();
    for (const one of this.#open) if ('close' in one) one.close();
    this.#open.clear();
  }
}
