import http from 'node:http';
import https from 'node:https';
import type { Timings } from './timings.js';

export interface ServerOptions {
  /** PEM. */
  tls?: { cert: string; key: string } | undefined;
  timings: Timings;
  maxConnections: number;
}

const HEADERS_MAX = 16 * 1024;

/** The bare server with its bounds: no connection is held for long by one who sends slowly, or nothing. */
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
  server.maxConnections = maxConnections;
  server.setTimeout(timings.idle);
  return server;
}
