/**
 * A port that speaks HTTP and HTTPS, told apart by the first byte (TLS begins with a record of type 22), so that nobody who types the
 * other one gets an error that says nothing.
 */
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { beginsTls } from '../doors/first-byte.js';
import { endOf, Strangers } from '../doors/strangers.js';
import type { Address } from '../link/types.js';
import { answerGarbage } from '../local/server.js';
import type { Log } from '../services.js';
import type { TlsFiles } from './self-made.js';

export interface HttpPortOptions {
  readonly address: Address;
  readonly tls: TlsFiles;
  /** Whether what is asked without TLS is answered; else it is sent to https. */
  readonly plain: boolean;
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, connection: Duplex, head: Buffer) => void;
  readonly log: Log;
  /** How many connections may have asked for nothing yet. */
  readonly strangers?: number;
}

export interface HttpPort {
  readonly port: number;
  close(): Promise<void>;
}

const FIRST_BYTE_MS = 10_000;
const CONNECTIONS_MAX = 4096;
/** Of these, ones on which nothing was asked yet, which is a matter of moments. */
const STRANGERS_MAX = 1024;
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 30_000,
};

/** Rejects with the listening error as Node gives it. */
export async function openHttpPort(options: HttpPortOptions): Promise<HttpPort> {
  const { address, tls, log } = options;
  const servers = [
    createHttp(limits),
    createHttps({ ...limits, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: FIRST_BYTE_MS }),
  ];
  const [http, https] = servers as [HttpServer, HttpServer];
  const strangers = new Strangers<string>(options.strangers ?? STRANGERS_MAX);
  for (const server of servers) serve(server, options, strangers);
  const sockets = new Set<Socket>();
  const front = createServer({ noDelay: true }, (socket) => {
    const end = endOf(socket);
    sockets.add(socket);
    strangers.add(end, socket.remoteAddress ?? '', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      strangers.delete(end);
    });
    const failed = (err: Error): void => log.debug({ err }, 'a connection failed');
    socket.on('error', failed);
    socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return void socket.destroy();
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(first);
      (beginsTls(first) ? https : http).emit('connection', socket);
    });
  });
  front.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(address, () => resolve());
  });
  front.removeAllListeners('error').on('error', (err) => log.warn({ err }, 'a connection could not be accepted'));
  return {
    port: (front.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => front.close(resolve));
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(
  server: HttpServer,
  { plain, request, upgrade, log }: HttpPortOptions,
  strangers: Strangers<string>,
): void {
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    strangers.delete(endOf(incoming.socket));
    if (plain || incoming.socket instanceof TLSSocket) request(incoming, response);
    else toHttps(incoming, response);
  });
  server.on('upgrade', (incoming: IncomingMessage, connection: Duplex, head: Buffer) => {
    strangers.delete(endOf(incoming.socket));
    if (plain || connection instanceof TLSSocket) upgrade(incoming, connection, head);
    else
      connection.end(
        'HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 27\r\n\r\nUse wss:// at this address.',
      );
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => answerGarbage(error, socket));
  server.on('tlsClientError', (err: Error) => log.debug({ err }, 'TLS with a browser failed'));
  // It does not listen itself, and would else not look for those who send their headers slowly.
  server.emit('listening');
}

/** With the address as it was asked for: whose it is, is seen there. */
function toHttps({ headers, url = '/' }: IncomingMessage, response: ServerResponse): void {
  const text = 'This address is spoken to over TLS: use https://.\n';
  const location = /^[A-Za-z0-9.:[\]-]+$/.test(headers.host ?? '')
    ? { location: `https://${String(headers.host)}${url}` }
    : {};
  response.writeHead(Object.keys(location).length > 0 ? 308 : 400, {
    ...location,
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
  });
  response.end(text);
}
