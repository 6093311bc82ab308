/** All WebSockets of one local server: who may open one, how many there are, and that they are alive. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ParleyError } from '../../protocol/errors.js';
import { COMMAND_MAX } from '../../protocol/limits.js';
import type { SessionCookie } from './sessions.js';
import { Client, type ClientParts } from './client.js';
import { sessionOf, type LocalContext } from './context.js';
import { failed, type OriginRules, refuse } from './http-guard.js';

const GOING_AWAY = 1001;

export interface ClientsParts {
  readonly context: LocalContext;
  readonly origins: OriginRules;
  readonly cookie: SessionCookie;
}

export class Clients {
  readonly #context: LocalContext;
  readonly #origins: OriginRules;
  readonly #cookie: SessionCookie;
  readonly #clients = new Set<Client>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: COMMAND_MAX,
  });
  readonly #pings: NodeJS.Timeout;
  readonly #stops: readonly (() => void)[];

  constructor({ context, origins, cookie }: ClientsParts) {
    this.#context = context;
    this.#origins = origins;
    this.#cookie = cookie;
    this.#pings = setInterval(() => this.#clients.forEach((client) => client.ping()), context.limits.pingMs);
    this.#pings.unref();
    const { sessions, services } = context;
    const all = (): void => {
      void sessions.endAll().catch((err: unknown) => services.log.error({ err }, 'sessions were not ended'));
    };
    services.events.on('signed_out', all);
    this.#stops = [() => services.events.off('signed_out', all), sessions.watch((stands) => this.#signOut(stands))];
  }

  /** Answers an HTTP upgrade: with a WebSocket, or with why there is none. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // Between here and the WebSocket nobody else listens; what is lost then has no reader either.
    connection.on('error', (error) => this.#context.services.log.debug({ err: error }, 'an upgrade failed'));
    try {
      const session = this.#admit(request);
      const address = request.socket.remoteAddress ?? '';
      this.#sockets.handleUpgrade(request, connection, head, (socket) => {
        this.#add({ socket, connection, address, session });
      });
    } catch (error) {
      const { http, code, message } = failed(error, this.#context.services.log);
      refuse(connection, http, code, message);
    }
  }

  /** Takes over a socket that has signed in elsewhere. */
  adopt(parts: Pick<ClientParts, 'socket' | 'connection' | 'address' | 'welcome'>): Client {
    return this.#add({ ...parts, session: undefined });
  }

  #add(parts: Omit<ClientParts, 'context'>): Client {
    const client = new Client({ ...parts, context: this.#context });
    this.#clients.add(client);
    parts.socket.once('close', () => this.#clients.delete(client));
    return client;
  }

  /** Ends the sockets of sessions that have been signed out. */
  #signOut(stands: (session: string | undefined) => boolean): void {
    for (const client of this.#clients) {
      if (client.authorised && !stands(client.session)) client.signedOut('Signed out.');
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
    clearInterval(this.#pings);
    for (const client of this.#clients) client.close(GOING_AWAY, 'The peer is stopping.');
    this.#sockets.close();
  }

  /** Ends those that did not answer the closing. */
  terminate(): void {
    for (const client of this.#clients) client.terminate();
  }

  /** @returns the connection's session, if it has one */
  #admit({ url, headers }: IncomingMessage): string | undefined {
    if (!this.#origins.hostAllowed(headers.host) || !this.#origins.originAllowed(headers.origin, headers.host)) {
      throw new ParleyError('foreign_origin');
    }
    if (url?.split('?')[0] !== '/ws') throw new ParleyError('not_found', 'WebSockets are at /ws.');
    const session = sessionOf(headers, this.#cookie, this.#context);
    const strangers = [...this.#clients].filter(({ authorised }) => !authorised).length;
    const { limits } = this.#context;
    const full = this.#clients.size >= limits.sockets || (session === undefined && strangers >= limits.strangers);
    if (full) throw new ParleyError('unavailable', 'There are too many connections to this peer. Close some windows.');
    return session;
  }
}
