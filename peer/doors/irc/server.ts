/** The IRC door: a TCP or TLS port, and its connections. */
import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Clock, Log } from '../../services.js';
import { beginsTls } from '../first-byte.js';
import type { Host } from '../host.js';
import { endOf, Strangers } from '../strangers.js';
import { Connection } from './connection.js';
import { Feeds } from './feed.js';
import { IRC_LIMITS, type IrcLimits } from './limits.js';
import { Population } from './population.js';

export interface IrcOptions {
  readonly users: Host;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Certificate and key; without them the port is plain. */
  readonly tls?: Pick<TlsOptions, 'cert' | 'key'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds of a clock that is never set; the process's unless a test has another. */
  readonly steady?: () => number;
  readonly limits?: Partial<IrcLimits>;
}

export interface IrcServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const SERVER_NAME = 'irc.parley';
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
const TOO_MANY = 'Too many came after you and did not sign in either. Connect again.';
const FULL = 'ERROR :There are too many connections here. Close some, then try again.\r\n';
/** To a client that speaks plain text on a TLS port. */
const PLAIN = 'ERROR :This port speaks IRC over TLS. Switch TLS on in your client for this address.\r\n';

/** Rejects with the listening error (`EADDRINUSE`, `EACCES`, …) as Node gives it. */
export async function startIrcServer(options: IrcOptions): Promise<IrcServer> {
  const { users, host, port, tls, clock, log, steady = () => performance.now() } = options;
  const limits = { ...IRC_LIMITS, ...options.limits };
  const connections = new Set<Connection>();
  const addresses = new Map<string, number>();
  const strangers = new Strangers<string>(limits.strangers);
  const shared = {
    host: users,
    feeds: new Feeds(),
    population: new Population(() => {
      const there = [...connections].filter(({ session }) => !session.over);
      const signedIn = there.filter(({ session }) => session.registered).length;
      return { signedIn, strangers: there.length - signedIn };
    }),
    serverName: SERVER_NAME,
    started: new Date(clock.now()).toISOString(),
    now: () => clock.now(),
    mark: () => randomUUID(),
    failed: (error: unknown, what: string) => log.error({ err: error }, what),
  };

  function accept(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = addresses.get(address) ?? 0;
    const full = connections.size >= limits.connections || (!LOOPBACK.test(address) && count >= limits.perAddress);
    if (full || address === '') {
      socket.on('error', () => undefined);
      return void socket.end(FULL, () => socket.destroy());
    }
    socket.setNoDelay(true);
    addresses.set(address, count + 1);
    const end = endOf(socket);
    const seated = (): void => strangers.delete(end);
    const connection = new Connection({ socket, limits, steady, seated, ports: { ...shared, address } });
    connections.add(connection);
    strangers.add(end, address, () => connection.close(TOO_MANY));
    socket.once('close', () => {
      seated();
      connections.delete(connection);
      const left = (addresses.get(address) ?? 1) - 1;
      if (left > 0) addresses.set(address, left);
      else addresses.delete(address);
    });
  }

  const server = tls ? tlsServer(tls, limits, strangers, accept) : createServer(accept);
  await listen(server, host, port);
  server.on('error', (error) => log.warn({ err: error }, 'the IRC port failed'));
  const looking = setInterval(() => connections.forEach((connection) => connection.look()), limits.lookMs);
  looking.unref();
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      clearInterval(looking);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.close('Closing link: this peer is stopping.');
      const timer = setTimeout(() => connections.forEach((connection) => connection.destroy()), 500);
      await closed;
      clearTimeout(timer);
    },
  };
}

/**
 * A TLS server whose plain port is its own: a record of TLS begins with 22, a command of IRC with a letter, so that who speaks plain text
 * is told before the handshake would fail without a word.
 */
function tlsServer(
  tls: Pick<TlsOptions, 'cert' | 'key'>,
  { signInMs }: IrcLimits,
  strangers: Strangers<string>,
  accept: (socket: Socket) => void,
): Server {
  const secure = createTlsServer({ ...tls, minVersion: 'TLSv1.2', handshakeTimeout: signInMs }, accept);
  secure.on('tlsClientError', (_error, socket) => socket.destroy());
  return createServer((raw) => {
    raw.on('error', () => raw.destroy());
    const end = endOf(raw);
    strangers.add(end, raw.remoteAddress ?? '', () => raw.destroy());
    raw.once('close', () => strangers.delete(end));
    raw.setTimeout(signInMs, () => raw.destroy());
    raw.once('readable', () => {
      const chunk = raw.read() as Buffer | null;
      if (!chunk) return raw.destroy();
      if (!beginsTls(chunk)) return raw.end(PLAIN, () => raw.destroy());
      raw.setTimeout(0);
      raw.unshift(chunk);
      secure.emit('connection', raw);
    });
  });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
