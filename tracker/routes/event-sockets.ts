import { logFailure } from '../background.js';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { ParleyError } from '../../protocol/errors.js';
import { parseDeviceId } from '../../protocol/ids.js';
import { PRESENCE_EXPIRY_MS } from '../../protocol/limits.js';
import { RateLimited } from '../daily-limits.js';
import { presenceKey } from '../directory.js';
import type { Subscriber } from '../events.js';
import { sessionOf } from '../plugins/session.js';
import type { Taker, Upgrade } from '../plugins/upgrades.js';
import type { Services } from '../services.js';

/** In bytes: a client sends its status, and the names of those whom it follows. */
const MESSAGE_MAX = 4096;

type SocketServices = Pick<Services, 'devices' | 'events' | 'log' | 'sessions' | 'settings'>;

/** Upgrades `GET /events` for those who are signed in. */
export function eventSockets(services: SocketServices): Taker {
  const { events, log } = services;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_MAX,
    perMessageDeflate: false,
    // `Events` answers pings.
    autoPong: false,
  });
  const subscribe = async (socket: WebSocket, stream: Duplex, subscriber: Subscriber): Promise<void> => {
    await events.subscribe(socket, stream, subscriber);
    // It may have ended between the check and here, when no socket of it was known yet.
    if (!(await services.sessions.stands({ hash: subscriber.session }))) events.endSession(subscriber.session);
  };
  return async (upgrade) => {
    const subscriber = await authorize(upgrade, services);
    const { request, stream, head } = upgrade;
    return () =>
      wss.handleUpgrade(request, stream, head, (socket) => {
        subscribe(socket, stream, subscriber).catch((error: unknown) => {
          logFailure(log, error, 'events socket: the snapshot failed');
          socket.terminate();
        });
      });
  };
}

/** Errors: not_signed_in, bad_request, device_taken, device_revoked, rate_limited. */
async function authorize({ request, query }: Upgrade, services: SocketServices): Promise<Subscriber> {
  const { devices, events, sessions, settings } = services;
  const session = await sessionOf(sessions, request);
  if (!session) throw new ParleyError('not_signed_in');
  const asked = new URLSearchParams(query);
  const claimed = asked.get('device');
  const device = claimed === null ? undefined : parseDeviceId(claimed);
  if (claimed !== null && !device) throw new ParleyError('bad_request', 'The device id has 22 characters.');
  if (device) await devices.check(session.username, device);
  if (events.socketsOf(session.user) >= settings.limits.socketsPerAccount) {
    throw new RateLimited('This account has too many events sockets open. Close one first.', PRESENCE_EXPIRY_MS);
  }
  const peer = device && presenceKey(session.username, device);
  return { user: session.user, session: session.hash, peer, asksPart: asked.get('presence') === 'part' };
}
