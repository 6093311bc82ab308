import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { parseDeviceId } from '../../protocol/ids.js';
import { PRESENCE_EXPIRY_MS } from '../../protocol/limits.js';
import { RateLimited, retryAfterOf } from '../daily-limits.js';
import { presenceKey } from '../directory.js';
import type { Subscriber } from '../events.js';
import { isOwnOrigin } from '../plugins/security.js';
import { sessionOf } from '../plugins/session.js';
import type { Services } from '../services.js';

/** In bytes: a client sends nothing but its status. */
const MESSAGE_MAX = 4096;

type SocketServices = Pick<Services, 'devices' | 'events' | 'log' | 'sessions' | 'settings'>;

/** Upgrades `GET /events` to a WebSocket for those who are signed in; everyone else gets the failure as HTTP. */
export function acceptEventSockets(server: Server, services: SocketServices): void {
  const { events, log } = services;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_MAX,
    perMessageDeflate: false,
    // `Events` answers pings.
    autoPong: false,
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Until ws takes over, nobody else listens to errors: a reset during the check would end the process.
    const ignore = () => stream.destroy();
    stream.on('error', ignore);
    authorize(request, services)
      .then((subscriber) => {
        stream.off('error', ignore);
        wss.handleUpgrade(request, stream, head, (socket) => {
          events.subscribe(socket, stream, subscriber).catch((error: unknown) => {
            log.error({ err: error }, 'events socket: the snapshot failed');
            socket.terminate();
          });
        });
      })
      .catch((error: unknown) => {
        if (!isParleyError(error)) log.error({ err: error }, 'events socket: the check of a request failed');
        refuse(stream, isParleyError(error) ? error : new ParleyError('internal'));
      });
  });
}

/** Errors: not_found, foreign_origin, not_signed_in, bad_request, device_taken, device_revoked, rate_limited. */
async function authorize(request: IncomingMessage, services: SocketServices): Promise<Subscriber> {
  const { devices, events, sessions, settings } = services;
  const [path = '', query] = (request.url ?? '').split('?', 2);
  if (path !== '/events') throw new ParleyError('not_found');
  if (!isOwnOrigin(request.headers)) throw new ParleyError('foreign_origin');
  const session = await sessionOf(sessions, request);
  if (!session) throw new ParleyError('not_signed_in');
  const claimed = new URLSearchParams(query).get('device');
  const device = claimed === null ? undefined : parseDeviceId(claimed);
  if (claimed !== null && !device) throw new ParleyError('bad_request', 'The device id has 22 characters.');
  if (device) await devices.check(session.username, device);
  if (events.socketsOf(session.user) >= settings.limits.socketsPerAccount) {
    throw new RateLimited('This account has too many events sockets open. Close one first.', PRESENCE_EXPIRY_MS);
  }
  const peer = device && presenceKey(session.username, device);
  return { user: session.user, session: session.hash, peer };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
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
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
