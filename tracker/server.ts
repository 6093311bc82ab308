/** The bare HTTP server: its bounds, its TLS files, and how it starts and stops to listen. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Timings, TrackerConfig } from './config.js';
import { FairPlaces } from './fair-places.js';
import type { App } from './plugins/http-types.js';
import { networkOf } from './plugins/seen.js';
import { StartError, systemCode } from './start-error.js';

export interface TlsFiles {
  /** PEM. */
  cert: string;
  key: string;
}

export interface ServerOptions {
  tls?: TlsFiles | undefined;
  timings: Pick<Timings, 'requestHead' | 'request' | 'keepAlive' | 'check' | 'handshake' | 'idle'>;
  maxConnections: number;
}

const HEADERS_MAX = 16 * 1024;
const IDLE_CHECK_MS = 50;

/** A client that sends slowly, or sends nothing, holds its connection only for a bounded time. */
export function createServer(handler: http.RequestListener, options: ServerOptions): http.Server {
  const { tls, timings, maxConnections } = options;
  const bounds = {
    headersTimeout: timings.requestHead,
    requestTimeout: timings.request,
    keepAliveTimeout: timings.keepAlive,
    connectionsCheckingInterval: timings.check,
    maxHeaderSize: HEADERS_MAX,
  };
  const server = tls
    ? https.createServer({ ...bounds, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: timings.handshake }, handler)
    : http.createServer(bounds, handler);
  if (tls) tellPlain(server, timings.handshake);
  server.maxConnections = maxConnections;
  shareFairly(server, new FairPlaces(maxConnections));
  server.setTimeout(timings.idle);
  return server;
}

/** Nobody keeps others out by connecting often: whoever has most of the connections gets no more. */
function shareFairly(server: http.Server, places: FairPlaces): void {
  const accept = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const leave = places.take(networkOf(socket.remoteAddress ?? ''));
    if (!leave) return void socket.destroy();
    socket.on('close', leave);
    for (const listener of accept) listener.call(server, socket);
  });
}

/** A record of TLS that begins a handshake (RFC 8446 5.1); no text begins so. */
const HANDSHAKE = 22;

/**
 * Who comes to a port of TLS without it, such as a browser that was given an address without `https://`, would be cut off without a word. It is told
 * where to go; nothing that it asked for is read.
 */
function tellPlain(server: http.Server, patienceMs: number): void {
  const accept = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const late = setTimeout(() => socket.destroy(), patienceMs);
    const failed = (): void => void socket.destroy();
    socket.once('error', failed);
    socket.once('close', () => clearTimeout(late));
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return void socket.destroy();
      // What else it sends is read and dropped, or the answer could be lost in a reset.
      if (first[0] !== HANDSHAKE) return void socket.resume().end(USE_HTTPS);
      clearTimeout(late);
      socket.removeListener('error', failed);
      socket.unshift(first);
      for (const listener of accept) listener.call(server, socket);
    });
  });
}

const USE_HTTPS_BODY = JSON.stringify({
  status: 'failed',
  code: 'bad_request',
  message: 'This port speaks HTTPS. Use https:// in its address.',
});
const USE_HTTPS = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: application/json; charset=utf-8',
  `Content-Length: ${USE_HTTPS_BODY.length}`,
  'Connection: close',
  '',
  USE_HTTPS_BODY,
].join('\r\n');

/** Errors: StartError when a file cannot be read, or the two are no certificate and key. */
export async function readTlsFiles({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<TlsFiles> {
  const read = (file: string, flag: string) =>
    readFile(file, 'utf8').catch((error: unknown) => {
      throw new StartError(`${file} cannot be read (${systemCode(error) ?? 'unknown'}). Check ${flag}.`);
    });
  const tls = { cert: await read(certFile, '--tls-cert'), key: await read(keyFile, '--tls-key') };
  try {
    // An empty text would count as none, and the server start without a certificate.
    if (!new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key))) {
      throw new Error('they do not belong together');
    }
    createSecureContext(tls);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const next = 'Check --tls-cert and --tls-key.';
    throw new StartError(`${certFile} and ${keyFile} are no certificate with its key in PEM (${why}). ${next}`);
  }
  return tls;
}

/**
 * Connections that wait until they are accepted; the system may allow fewer. Thousands come back at once after a restart, and each call is a
 * connection: whoever finds no room is not refused, but tries again by itself after 1, 3, 7 and 15 s.
 */
const BACKLOG = 4096;

/** The port that it listens on. Errors: StartError. */
export async function listen(app: App, { host, port }: Pick<TrackerConfig, 'host' | 'port'>): Promise<number> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    throw new StartError(listenProblem(systemCode(error), host, port), { cause: error });
  }
  return (app.server.address() as AddressInfo).port;
}

function listenProblem(code: string | undefined, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one with --port.`;
  if (code === 'EACCES') return `Port ${port} may not be used by this account. Choose one above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} is not an address of this machine. Choose another one with --host.`;
  }
  return `Listening on ${host}:${port} failed (${code ?? 'unknown'}). Choose another --host or --port.`;
}

/**
 * Refuses new connections, lets requests end, and drops what does not end in `graceMs`. `closeSockets` ends the WebSockets,
 * which the server does not close by itself.
 */
export async function stopListening(app: App, graceMs: number, closeSockets: () => Promise<void>): Promise<void> {
  const closed = app.close();
  // Without this, a connection whose last request was under way would be kept alive.
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS);
  const late = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await closeSockets();
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

/** The address to show to a person: one that works from this machine. */
export function shownUrl(scheme: 'http' | 'https', host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `${scheme}://127.0.0.1:${port}`;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
