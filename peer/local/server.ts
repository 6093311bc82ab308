/**
 * The local server (section 8): the UI's files, HTTP and the WebSocket `/ws` on one port, for the browser and for programs
 * on this machine. Nothing but the sign-in is open to who has no session.
 */
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { bug } from '../../protocol/errors.js';
import { COMMAND_MAX } from '../../protocol/limits.js';
import type { Log, PeerServices } from '../services.js';
import { sessionRoutes } from './sign-in.js';
import { LoginAttempts, LoginLinks, SessionCookie, type LocalSessions } from './sessions.js';
import { Clients } from './clients.js';
import { type LocalContext, LOCAL_LIMITS, type LocalLimits } from './context.js';
import { EventHub } from './events.js';
import { exportRoutes } from './export-routes.js';
import { fileRoutes } from './file-routes.js';
import { fail, guard, OriginRules, refuse } from './http-guard.js';
import { hookRoutes } from './hook-routes.js';
import { historyRoutes, pictureRoutes, uiRoutes } from './http-routes.js';
import { endLate } from './steady-body.js';

export interface LocalServerOptions {
  readonly services: PeerServices;
  /** Given, not made here: other ways in honour the same tokens. */
  readonly sessions: LocalSessions;
  /** Those that were given out already, by a server before this one. */
  readonly links?: LoginLinks;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** The built UI. */
  readonly uiDir: string;
  /** Names besides loopback's that browsers may call this server by: `host` or `host:port`. */
  readonly allowedHosts?: readonly string[];
  readonly limits?: Partial<LocalLimits>;
}

export interface LocalServer {
  /** `http://localhost:19101/` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** A new link that opens the UI signed in, once. */
  loginLink(): string;
  close(): Promise<void>;
}

/** How long closing WebSockets may take to say goodbye. */
const CLOSE_GRACE_MS = 500;
const CONNECTIONS_MAX = 512;

/** Rejects with the listening error (`EADDRINUSE`, `EACCES`, …) as Node gives it. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { services, sessions, host, uiDir, allowedHosts = [] } = options;
  const limits = { ...LOCAL_LIMITS, ...options.limits };
  const attempts = new LoginAttempts(services.clock, limits.attemptsPerMinute);
  const context: LocalContext = { services, sessions, attempts, limits, hub: new EventHub(services) };
  const { links = new LoginLinks() } = options;
  // Names and cookies bear the port, which is known once the server listens; no request can come before.
  const late = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw bug('a request came before the local server listened');
    return part;
  };
  let origins: OriginRules | undefined;
  let cookie: SessionCookie | undefined;
  let clients: Clients | undefined;

  const app = await buildDoor({ context, links, uiDir }, { origins: () => late(origins), cookie: () => late(cookie) });
  app.server.on('upgrade', (request, connection, head) => late(clients).upgrade(request, connection, head));

  try {
    await app.ready();
    const port = await listen(app, host, options.port, (bound) => {
      origins = new OriginRules(bound, [...boundName(host), ...allowedHosts]);
      cookie = new SessionCookie(bound, sessions.lifeMs);
      clients = new Clients({ context, origins, cookie });
    });
    const url = `http://${urlHost(host)}:${port}/`;
    return {
      url,
      host,
      port,
      loginLink: () => `${url}enter/${links.create()}`,
      close: () => close(app, context, late(clients)),
    };
  } catch (error) {
    context.hub.close();
    await app.close();
    throw error;
  }
}

export interface DoorParts {
  readonly context: LocalContext;
  readonly links: LoginLinks;
  readonly uiDir: string;
}

/** Known once a server listens. */
export interface LateParts {
  readonly origins: () => OriginRules;
  readonly cookie: () => SessionCookie;
}

/** All routes of one user's door. */
export async function buildDoor(
  { context, links, uiDir }: DoorParts,
  { origins, cookie }: LateParts,
): Promise<FastifyInstance> {
  const { services, limits } = context;
  const app = newApp(services.log, limits);
  await guard(app, origins, services.log);
  app.get('/healthz', async () => ({ status: 'success' }));
  sessionRoutes(app, { context, links, cookie });
  historyRoutes(app, context, cookie);
  pictureRoutes(app, context, cookie);
  await fileRoutes(app, context, cookie);
  exportRoutes(app, context, cookie);
  await hookRoutes(app, context);
  await uiRoutes(app, uiDir);
  return app;
}

/** No route here has a schema of Fastify's. Unless it is told so, it loads compilers for them at each start. */
const noCompilers = { buildValidator: noCompiler, buildSerializer: noCompiler };

function noCompiler(): never {
  throw bug('a route of the local server has a schema');
}

export function newApp(log: Log, { headersMs, requestMs }: LocalLimits): FastifyInstance {
  const app = fastify({
    bodyLimit: COMMAND_MAX,
    schemaController: { compilersFactory: noCompilers },
    forceCloseConnections: true,
    clientErrorHandler: answerGarbage,
    // A path that cannot be decoded reaches no hook and no route.
    frameworkErrors: (error, _request, reply) => void fail(reply, error, log),
    http: { headersTimeout: headersMs, connectionsCheckingInterval: headersMs / 2 },
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  // Not Node's own limit, which knows no exception.
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    const hasBody = raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined;
    if (hasBody && !routeOptions.config.anyBody) endLate(raw, requestMs, () => refuseLate(raw.socket));
  });
  return app;
}

/** What came is not HTTP, or not in time. */
export function answerGarbage({ code }: { readonly code?: string }, connection: Duplex): void {
  if (code === 'ECONNRESET') return void connection.destroy();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refuseLate(connection);
  if (code === 'HPE_HEADER_OVERFLOW') return refuse(connection, 431, 'too_large', 'The headers are too large.');
  refuse(connection, 400, 'bad_request', 'That is not HTTP.');
}

function refuseLate(connection: Duplex): void {
  refuse(connection, 408, 'bad_request', 'The request took too long.');
}

/** `bound` is told the port before the first connection can be accepted. */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  bound: (port: number) => void,
): Promise<number> {
  app.server.prependOnceListener('listening', () => bound((app.server.address() as AddressInfo).port));
  await app.listen({ host, port });
  return (app.server.address() as AddressInfo).port;
}

async function close(app: FastifyInstance, { hub }: LocalContext, clients: Clients): Promise<void> {
  hub.flush();
  clients.close();
  hub.close();
  const timer = setTimeout(() => clients.terminate(), CLOSE_GRACE_MS);
  await app.close();
  clearTimeout(timer);
}

/** Bound to one address, the server is called by it; bound to all of them, its names are given. */
export function boundName(host: string): string[] {
  return ['0.0.0.0', '::', 'localhost'].includes(host) ? [] : [host];
}

/** A name that opens in a browser on this machine. Loopback is `localhost`, so that cookies do not depend on its form. */
export function urlHost(host: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
