/**
 * The line door (SPEC.md section 9): one port for plain text and TLS, told apart by the first byte, since a client that speaks TLS
 * begins with a record of type 22, and no text does.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { Log } from '../../services.js';
import { beginsTls } from '../first-byte.js';
import type { Host } from '../host.js';
import { Strangers } from '../strangers.js';
import { LineClient, type LineLimits } from './client.js';
import { PACE } from './pace.js';

export const LINE_LIMITS: LineLimits = {
  connections: 4096,
  strangers: 512,
  registerMs: 15_000,
  unsentBytes: 1024 * 1024,
  closeMs: 2_000,
  pace: PACE,
};

export interface LineServerOptions {
  readonly host: Host;
  readonly address: { readonly host: string; readonly port: number };
  /** PEM. Absent: no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Whether text without TLS is taken. */
  readonly plain: boolean;
  /** Where the pages are, for a browser that comes here. */
  readonly web: string | undefined;
  readonly log: Log;
  readonly limits?: Partial<LineLimits>;
}

export interface LineServer {
  readonly port: number;
  /** Clients now, for tests and measurements. */
  readonly clients: number;
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 30_000;

/** Rejects with the listening error as Node gives it. */
export async function startLineServer(options: LineServerOptions): Promise<LineServer> {
  const door = new Door(options);
  await door.listen();
  return door;
}

class Door implements LineServer {
  readonly #options: LineServerOptions;
  readonly #limits: LineLimits;
  readonly #server: Server;
  readonly #tls: SecureContext | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<LineClient>();
  /** Not registered yet. */
  readonly #strangers: Strangers<Socket>;

  constructor(options: LineServerOptions) {
    this.#options = options;
    this.#limits = { ...LINE_LIMITS, ...options.limits };
    this.#strangers = new Strangers(this.#limits.strangers);
    // Half open: who pipes its lines in and ends is still answered. Keep-alive finds those who are gone without a word.
    this.#server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS },
      (socket) => this.#accept(socket),
    );
    const { tls } = options;
    this.#tls = tls && createSecureContext({ ...tls, minVersion: 'TLSv1.2' });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  get clients(): number {
    return this.#clients.size;
  }

  async listen(): Promise<void> {
    const { address, log } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (err) => log.warn({ err }, 'a line client could not be accepted'));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const client of this.#clients) client.end('unavailable', 'This host is stopping. Connect again later.');
    const timer = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), this.#limits.closeMs);
    this.#strangers.clear();
    await closed;
    clearTimeout(timer);
  }

  #accept(socket: Socket): void {
    // Asked now, and kept: who has reset the connection by then is nobody, and would be counted under no address.
    const { remoteAddress: address } = socket;
    if (address === undefined) return void socket.on('error', () => undefined).destroy();
    // Who is refused may read why; but not so many of them.
    if (this.#sockets.size > 2 * this.#limits.connections) return void socket.on('error', () => undefined).destroy();
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#strangers.delete(socket);
    });
    socket.on('error', (err) => this.#options.log.debug({ err }, 'a connection to the line port failed'));
    if (this.#sockets.size > this.#limits.connections)
      return this.#refuse(socket, 'unavailable', 'There are too many connections here. Try again later.');
    this.#strangers.add(socket, address, () => socket.destroy());
    socket.setTimeout(this.#limits.registerMs, () =>
      this.#refuse(socket, 'bad_request', 'Nothing came. Register first, or send /help.'),
    );
    socket.once('readable', () => this.#sniff(socket, address));
  }

  #sniff(socket: Socket, address: string): void {
    const first = socket.read() as Buffer | null;
    // Ended, or gone, without a byte.
    if (first === null) return void socket.destroy();
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    const { plain } = this.#options;
    const isTls = beginsTls(first);
    if (isTls && !this.#tls)
      return this.#refuse(socket, 'bad_request', 'This port speaks no TLS. Connect without it: nc, and this port.');
    if (!isTls && !plain)
      return this.#refuse(
        socket,
        'bad_request',
        'This port speaks TLS alone. Connect with: openssl s_client -quiet -connect, and this host and port.',
      );
    socket.unshift(first);
    this.#open(socket, isTls && this.#tls ? secured(socket, this.#tls) : socket, address);
  }

  #open(socket: Socket, stream: Socket, address: string): void {
    const { host, web, log } = this.#options;
    const client = new LineClient({
      ...{ socket: stream, address, host, web, log, limits: this.#limits },
      steady: () => performance.now(),
      seated: () => this.#strangers.delete(socket),
    });
    this.#clients.add(client);
    this.#strangers.add(socket, address, () =>
      client.end('unavailable', 'Too many came after you and did not register either.'),
    );
    socket.once('close', () => this.#clients.delete(client));
  }

  #refuse(socket: Socket, code: string, message: string): void {
    this.#strangers.delete(socket);
    socket.end(`${JSON.stringify({ type: 'error', code, message })}\n`);
    socket.resume();
    setTimeout(() => socket.destroy(), this.#limits.closeMs).unref();
  }
}

function secured(socket: Socket, secureContext: SecureContext): TLSSocket {
  const stream = new TLSSocket(socket, { secureContext, isServer: true });
  // Made by hand, it tells TLS errors by this event alone, and would go on after them.
  stream.on('_tlsError', (error: Error) => stream.destroy(error));
  return stream;
}
