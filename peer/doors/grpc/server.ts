/**
 * The gRPC door (SPEC.md section 10): one port, on which the first bytes say what is spoken. With a certificate it speaks TLS alone, without
 * one it speaks none; whoever comes with the other one is told so, as far as that can be told.
 */
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import {
  createSecureServer,
  createServer as createHttp2,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Log } from '../../services.js';
import type { TokenHost } from '../host.js';
import { Callers } from './callers.js';
import { Connections } from './connections.js';
import { GRPC_LIMITS, type GrpcLimits } from './limits.js';
import { refuse, routerOf, type Request, type Response, type Router } from './router.js';
import { spokenBy } from './spoken.js';

export interface GrpcOptions {
  readonly users: TokenHost;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** PEM. Without it the port is plain, and is for this machine alone. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly log: Log;
  readonly limits?: Partial<GrpcLimits>;
}

export interface GrpcServer {
  readonly host: string;
  readonly port: number;
  /** Connections now, for tests and measurements. */
  readonly connections: number;
  close(): Promise<void>;
}

const USE_TLS =
  'This port speaks TLS alone. Use a secure channel, with the certificate of this host: https, not http; grpcurl without -plaintext.';
const USE_NO_TLS =
  'TLS came to the gRPC port, which speaks none. Use an insecure channel (grpcurl -plaintext), or http.';
/** A fatal alert, `protocol_version`: more cannot be told to who speaks TLS. */
const ALERT = Buffer.from([21, 3, 1, 0, 2, 2, 70]);

/** Rejects with the listening error (`EADDRINUSE`, `EACCES`, …) as Node gives it. */
export async function startGrpcServer(options: GrpcOptions): Promise<GrpcServer> {
  const door = new Door(options);
  await door.listen();
  return door;
}

class Door implements GrpcServer {
  readonly host: string;
  readonly #options: GrpcOptions;
  readonly #limits: GrpcLimits;
  readonly #front: Server;
  readonly #http1: HttpServer;
  readonly #http2: Http2Server;
  readonly #secure: Http2SecureServer | undefined;
  readonly #connections: Connections;
  readonly #closing = new AbortController();
  readonly #route: Router;

  constructor(options: GrpcOptions) {
    const { users, host, tls, log } = options;
    this.#options = options;
    this.host = host;
    const limits = { ...GRPC_LIMITS, ...options.limits };
    this.#limits = limits;
    this.#connections = new Connections(limits);
    this.#route = routerOf({ callers: new Callers(users, limits, log), log, closing: this.#closing.signal });
    const settings = { settings: { maxConcurrentStreams: limits.streams } };
    const http1 = {
      headersTimeout: limits.firstByteMs,
      connectionsCheckingInterval: limits.firstByteMs / 2,
      requestTimeout: 0,
      keepAliveTimeout: limits.strangerIdleMs,
    };
    this.#http1 = createHttp(http1, (request, response) => this.#plain(request, response));
    this.#http2 = createHttp2(settings, (request, response) => this.#plain(request, response));
    this.#secure =
      tls &&
      createSecureServer(
        {
          ...settings,
          ...tls,
          allowHTTP1: true,
          minVersion: 'TLSv1.2',
          handshakeTimeout: limits.firstByteMs,
        },
        (request: Request, response: Response) => this.#answer(request, response),
      );
    this.#watch(this.#http2);
    if (this.#secure) {
      // Node makes its own of these for HTTP/1 over TLS, whatever it is given, and looks at them once it listens: see below.
      Object.assign(this.#secure, http1);
      this.#secure.emit('listening');
      this.#watch(this.#secure);
    }
    this.#http1.on('clientError', (_error, socket) => socket.destroy());
    // It does not listen itself, and would else not look for those who send their headers slowly.
    this.#http1.emit('listening');
    this.#front = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
  }

  get port(): number {
    return (this.#front.address() as AddressInfo | null)?.port ?? 0;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<void> {
    const { host, port, log } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#front.once('error', reject);
      this.#front.listen({ host, port }, () => {
        this.#front.off('error', reject);
        resolve();
      });
    });
    this.#front.on('error', (err) => log.warn({ err }, 'a gRPC client could not be accepted'));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#front.close(resolve));
    this.#closing.abort(new ConnectError('This host is stopping. Call again later.', Code.Unavailable));
    this.#http1.close();
    this.#secure?.close();
    await this.#connections.close();
    await closed;
  }

  #accept(socket: Socket): void {
    const { log } = this.#options;
    socket.on('error', (err) => log.debug({ err }, 'a connection to the gRPC port failed'));
    this.#connections.add(socket);
    spokenBy(socket, this.#limits.firstByteMs, (spoken) => {
      if (spoken === 'tls') return this.#toTls(socket);
      (spoken === 'http2' ? this.#http2 : this.#http1).emit('connection', socket);
    });
  }

  #toTls(socket: Socket): void {
    if (this.#secure) return void this.#secure.emit('connection', socket);
    this.#options.log.warn({}, USE_NO_TLS);
    socket.end(ALERT);
    socket.resume();
    setTimeout(() => socket.destroy(), this.#limits.closeMs).unref();
  }

  #plain(request: Request, response: Response): void {
    if (this.#secure) refuse(request, response, Code.FailedPrecondition, USE_TLS);
    else this.#answer(request, response);
  }

  #answer(request: Request, response: Response): void {
    this.#route(request, response, this.#connections.of(request.socket));
  }

  #watch(server: Http2Server | Http2SecureServer): void {
    const { log } = this.#options;
    server.on('session', (session: ServerHttp2Session) => {
      session.on('error', (err: Error) => log.debug({ err }, 'a connection of gRPC failed'));
      this.#connections.speaks(session);
    });
    server.on('sessionError', (err: Error) => log.debug({ err }, 'a connection of gRPC failed'));
    server.on('tlsClientError', (err: Error, socket: TLSSocket) => {
      log.debug({ err }, 'TLS with a gRPC client failed');
      socket.destroy();
    });
  }
}
