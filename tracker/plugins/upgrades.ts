/** Upgrades of HTTP to a WebSocket, which the server's routes do not see: each path has one taker, and who is refused gets the failure as HTTP. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { retryAfterOf } from '../daily-limits.js';
import type { Log } from '../log.js';
import { isOwnOrigin } from './security.js';

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
  /** Without the `?`. */
  readonly query: string;
}

/** Checks a request; the result takes over the stream. Errors: ParleyError, which is answered. */
export type Taker = (upgrade: Upgrade) => Promise<() => void> | (() => void);

export function acceptUpgrades(server: Server, takers: Readonly<Record<string, Taker>>, log: Log): void {
  const check = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<() => void> => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const taker = Object.hasOwn(takers, path) ? takers[path] : undefined;
    if (!taker) throw new ParleyError('not_found');
    if (!isOwnOrigin(request.headers)) throw new ParleyError('foreign_origin');
    return taker({ request, stream, head, query });
  };
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Until somebody takes over, nobody else listens to errors: a reset during the check would end the process.
    const ignore = () => stream.destroy();
    stream.on('error', ignore);
    check(request, stream, head)
      .then((take) => {
        stream.off('error', ignore);
        take();
      })
      .catch((error: unknown) => {
        if (!isParleyError(error)) log.error({ err: error }, 'the check of an upgrade failed');
        refuse(stream, isParleyError(error) ? error : new ParleyError('internal'));
      });
  });
}

/** For the text of a refusal to leave. Milliseconds. */
const LINGER_MS = 2_000;

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function refuse(stream: Duplex, error: ParleyError): void {
  const { http, code, message } = error;
  const retryAfter = retryAfterOf(error);
  const body = JSON.stringify({ status: 'failed', code, message });
  const head = [
    `HTTP/1.1 ${http} ${reasons[http] ?? 'Refused'}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  // Whoever does not close is not waited for: after an upgrade no other limit of time holds.
  const late = setTimeout(() => stream.destroy(), LINGER_MS);
  stream.once('close', () => clearTimeout(late));
  stream.on('error', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => stream.destroy());
}
