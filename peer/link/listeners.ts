/** The ports of a peer: accepts TCP connections, and says from where. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Address, Log } from './types.js';

/** Where the connections of others come in. */
export interface Entrance {
  /** @returns where others find it, with the port that port 0 became. @throws as `net.Server` (EADDRINUSE) */
  listen(address: Address, accept: (socket: Socket, from: Address) => void): Promise<Address>;
  /** Takes no more; resolves once that is so. */
  close(): Promise<void>;
}

/** Ports of its own. */
export class Listeners implements Entrance {
  readonly #servers = new Set<Server>();

  constructor(private readonly log: Log) {}

  /** @returns where it listens, with the port that port 0 became. @throws as `net.Server` (EADDRINUSE) */
  async listen({ host, port }: Address, accept: (socket: Socket, from: Address) => void): Promise<Address> {
    const server = createServer({ noDelay: true }, (socket) => {
      const { remoteAddress, remotePort } = socket;
      // Gone already.
      if (remoteAddress === undefined || remotePort === undefined) socket.destroy();
      else accept(socket, { host: remoteAddress, port: remotePort });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // Such as EMFILE while accepting: the connection is lost, the listener is not.
    server.on('error', (err) => this.log.warn({ err }, 'a connection could not be accepted'));
    this.#servers.add(server);
    const bound = server.address() as AddressInfo;
    return { host: bound.address, port: bound.port };
  }

  /** Resolves when no connection that it accepted is left. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** A port that is held for a time when it lets others in again: until then whoever connects is put off, and learns nothing. */
export function shut(entrance: Entrance): Entrance {
  return {
    listen: (address) => entrance.listen(address, (socket) => socket.destroy()),
    close: () => entrance.close(),
  };
}
