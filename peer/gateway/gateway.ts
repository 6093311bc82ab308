/** The composition root of a gateway: one host of many peers, and the doors that lead to them. */
import { mkdir } from 'node:fs/promises';
import { networkInterfaces, hostname } from 'node:os';
import type { GrpcServer } from '../doors/grpc/server.js';
import { startIrcServer } from '../doors/irc/server.js';
import { startLineServer } from '../doors/lines/server.js';
import { OriginRules } from '../local/http-guard.js';
import { boundName, urlHost } from '../local/server.js';
import { SessionCookie } from '../local/sessions.js';
import { SESSION_LIFE_MS } from '../../protocol/limits.js';
import type { Log } from '../services.js';
import { lock } from '../store/open.js';
import type { GatewayAddresses, GatewayConfig } from './config.js';
import { GatewayHost } from './gateway-host.js';
import { openHttpPort } from './http-port.js';
import type { TlsFiles } from './self-made.js';
import { GatewaySockets } from './sockets.js';
import { UserDoors } from './user-doors.js';
import { visitorPages } from './visitors.js';
import { GatewayWeb } from './web.js';

export interface RunningGateway {
  readonly addresses: GatewayAddresses;
  close(): Promise<void>;
}

/** @throws the system's error when a port is in use; ParleyError for people */
export async function startGateway(config: GatewayConfig, log: Log): Promise<RunningGateway> {
  const { ports, host: bind, tls, uiDir, look } = config;
  const { web: plain } = config.plain;
  // What is to be undone, last first: when a later step fails, and when the gateway stops.
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    undo.push(lock(config.dataDir, 'gateway'));
    const host = await GatewayHost.open({ ...config, p2p: { host: bind, port: ports.p2p }, log });
    undo.push(() => host.close());

    // Names and cookies bear the port, which is known once the server listens.
    let origins = new OriginRules(ports.web, []);
    let cookie = new SessionCookie(ports.web, SESSION_LIFE_MS);
    const shared = { host, origins: () => origins, cookie: () => cookie, log };
    const doors = new UserDoors({ ...shared, uiDir });
    await doors.load();
    const visitors = await visitorPages({ ...shared, doors, look });
    const web = new GatewayWeb({ doors, visitors, log });
    const page = await openHttpPort({
      request: web.request,
      upgrade: web.upgrade,
      address: { host: bind, port: ports.web },
      tls,
      plain,
      log,
    });
    undo.push(() => page.close());
    const names = [...boundName(bind), ...ownNames(bind), ...config.allowedHosts];
    origins = new OriginRules(page.port, names, plain ? ['http', 'https'] : ['https']);
    cookie = new SessionCookie(page.port, SESSION_LIFE_MS, !plain);
    const scheme = plain ? 'http' : 'https';
    const address = `${scheme}://${urlHost(bind)}:${page.port}/`;

    const sockets = new GatewaySockets({ host, doors, pages: () => origins, web: () => address, log });
    const socketPort = await openHttpPort({
      request: sockets.request,
      upgrade: sockets.upgrade,
      address: { host: bind, port: ports.ws },
      tls,
      plain,
      log,
    });
    undo.push(async () => {
      sockets.close();
      await socketPort.close();
    });

    // Doors of lines: each is given the host, and opened and closed in the same way.
    const lines = await startLineServer({
      ...{ host, address: { host: bind, port: ports.lines }, tls, plain: config.plain.lines, web: address, log },
    });
    undo.push(() => lines.close());
    const clock = { now: () => Date.now() };
    const irc = await startIrcServer({ users: host, host: bind, port: ports.irc, tls, clock, log });
    undo.push(() => irc.close());
    const grpc =
      ports.grpc === undefined ? undefined : await openGrpc({ host, doors, tls, bind, port: ports.grpc, log });
    if (grpc) undo.push(() => grpc.close());

    void host.wakeThoseBefore();
    const ws = `${plain ? 'ws' : 'wss'}://${urlHost(bind)}:${socketPort.port}`;
    return {
      addresses: {
        web: address,
        ws,
        lines: { host: bind, port: lines.port },
        irc: { host: bind, port: irc.port },
        ...(grpc && { grpc: { host: bind, port: grpc.port } }),
        p2p: host.p2p,
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface GrpcParts {
  readonly host: GatewayHost;
  readonly doors: UserDoors;
  readonly tls: TlsFiles;
  readonly bind: string;
  readonly port: number;
  readonly log: Log;
}

/** Loaded where it is asked for: it is off unless it is. */
async function openGrpc({ host, doors, tls, bind, port, log }: GrpcParts): Promise<GrpcServer> {
  const [{ startGrpcServer }, { GatewayTokens }] = await Promise.all([
    import('../doors/grpc/server.js'),
    import('./tokens.js'),
  ]);
  return startGrpcServer({ users: new GatewayTokens(doors, host.admit), host: bind, port, tls, log });
}

/** By which this machine can be called from others, where it listens to them. */
export function ownNames(bind: string): string[] {
  if (bind !== '0.0.0.0' && bind !== '::') return [];
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
  return [...addresses, hostname(), `${hostname()}.local`];
}
