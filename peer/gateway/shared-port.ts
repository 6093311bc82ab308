/**
 * One P2P port for all peers of a gateway: the server name of TLS says which device is meant (SPEC.md section 4), and its peer gets
 * the connection as if it had come to a port of its own, with every byte of it.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { DeviceId } from '../../protocol/ids.js';
import { HANDSHAKE_TIMEOUT_MS } from '../../protocol/limits.js';
import { serverNameOf } from '../../protocol/server-name.js';
import { beginsHttp, beginsTls, notForBrowsers } from '../doors/first-byte.js';
import { Strangers } from '../doors/strangers.js';
import type { Entrance } from '../link/listeners.js';
import type { Address, Log } from '../link/types.js';
import { readHello } from './client-hello.js';

/** Connections that have not said yet whom they mean. */
const UNNAMED_MAX = 256;

const NOT_TLS =
  'This port is for other peers of Parley alone. Open the address of the pages that the gateway has printed.';

type Accept = (socket: Socket, from: Address) => void;

export class SharedPort {
  readonly #log: Log;
  readonly #server: Server;
  readonly #accepts = new Map<string, Accept>();
  readonly #unnamed = new Strangers<Socket>(UNNAMED_MAX);
  /** The port is 0 before `listen`. */
  address: Address = { host: '', port: 0 };

  constructor(log: Log) {
    this.#log = log;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** @throws the system's error when the port is in use */
  async listen(address: Address): Promise<Address> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (err) => this.#log.warn({ err }, 'a connection could not be accepted'));
    const bound = this.#server.address() as AddressInfo;
    return (this.address = { host: bound.address, port: bound.port });
  }

  /** Of one device: it has what comes for it as long as it is not closed. */
  entrance(device: DeviceId): Entrance {
    const name = serverNameOf(device);
    return {
      listen: async (_wanted, accept) => {
        this.#accepts.set(name, accept);
        return this.address;
      },
      close: async () => void this.#accepts.delete(name),
    };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#unnamed.clear();
    await closed;
  }

  #accept(socket: Socket): void {
    const { remoteAddress: host, remotePort: port } = socket;
    // Gone already.
    if (host === undefined || port === undefined) return void socket.destroy();
    this.#unnamed.add(socket, host, () => socket.destroy());
    let bytes = Buffer.alloc(0);
    const over = (): void => {
      this.#unnamed.delete(socket);
      socket.off('readable', look);
      socket.off('close', over);
      socket.setTimeout(0);
      socket.off('timeout', late);
    };
    const failed = (err: Error): void => this.#log.debug({ err }, 'a connection failed before it said whom it meant');
    const late = (): void => void socket.destroy();
    const look = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      bytes = Buffer.concat([bytes, chunk]);
      const hello = readHello(bytes);
      if (hello.state === 'more') return;
      over();
      const accept = hello.state === 'whole' ? this.#accepts.get(hello.serverName ?? '') : undefined;
      if (!accept) return beginsTls(bytes) ? void socket.destroy() : refuseText(socket, bytes);
      socket.off('error', failed);
      socket.unshift(bytes);
      accept(socket, { host, port });
    };
    socket.on('error', failed);
    socket.on('close', over);
    socket.on('timeout', late);
    socket.setTimeout(HANDSHAKE_TIMEOUT_MS);
    socket.on('readable', look);
  }
}

/** What speaks no TLS is told so in one line. */
function refuseText(socket: Socket, first: Buffer): void {
  socket.end(beginsHttp(first) ? notForBrowsers(NOT_TLS) : `${NOT_TLS}\n`, () => socket.destroy());
}
