/**
 * The door of one user at a server of many: everything of the local server but the port. The server has found out whose request it
 * is; that the session is good, the door sees for itself, as ever.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { PeerServices } from '../services.js';
import { Clients } from './clients.js';
import { LOCAL_LIMITS, type LocalContext } from './context.js';
import { EventHub, type Audience } from './events.js';
import type { OriginRules } from './http-guard.js';
import { buildDoor } from './server.js';
import { LoginAttempts, LoginLinks, type LocalSessions, type SessionCookie } from './sessions.js';

export interface HostedDoorOptions {
  readonly services: PeerServices;
  readonly sessions: LocalSessions;
  readonly uiDir: string;
  readonly origins: OriginRules;
  readonly cookie: SessionCookie;
}

/** As `hold` of a client. */
export interface HeldClient {
  hold(isHeld: boolean): void;
}

export interface HostedDoor {
  readonly sessions: LocalSessions;
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** A WebSocket that has signed in by itself. From now on only the answer pauses and resumes it: `hold(false)` begins to read. */
  adopt(socket: WebSocket, connection: Duplex, address: string, audience: Audience): HeldClient;
  close(): Promise<void>;
}

export async function openHostedDoor({
  services,
  sessions,
  uiDir,
  origins,
  cookie,
}: HostedDoorOptions): Promise<HostedDoor> {
  const limits = LOCAL_LIMITS;
  const attempts = new LoginAttempts(services.clock, limits.attemptsPerMinute);
  const context: LocalContext = { services, sessions, attempts, limits, hub: new EventHub(services) };
  const clients = new Clients({ context, origins, cookie });
  const app = await buildDoor(
    { context, links: new LoginLinks(), uiDir },
    { origins: () => origins, cookie: () => cookie },
  );
  await app.ready();
  return {
    sessions,
    request: (request, response) => app.routing(request, response),
    upgrade: (request, connection, head) => clients.upgrade(request, connection, head),
    adopt: (socket, connection, address, welcome) => clients.adopt({ socket, connection, address, welcome }),
    async close() {
      context.hub.flush();
      clients.close();
      context.hub.close();
      await app.close();
    },
  };
}
