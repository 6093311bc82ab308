/** The composition root of a peer: the only place where its parts are made and wired together. */
import { ParleyError } from '../protocol/errors.js';
import type { Username } from '../protocol/ids.js';
import type { PeerConfig } from './config.js';
import type { IrcServer } from './doors/irc/server.js';
import type { TlsFiles } from './gateway/self-made.js';
import type { Address } from './link/types.js';
import { startLocalServer, type LocalServer } from './local/server.js';
import { removeProgramKey, writeProgramKey } from './local/program-key.js';
import { LoginAttempts, LoginLinks, type LocalSessions } from './local/sessions.js';
import { storedSessions } from './local/stored-sessions.js';
import { removeLeftSnapshot } from './backup/snapshot.js';
import { Peer, type WhyOver } from './peer.js';
import type { Log } from './services.js';
import { pinInvited, remember } from './setup/remember.js';
import { MAY_BE_THERE } from './setup/sign-up.js';

export interface RunningPeer {
  readonly ready: {
    readonly username: Username;
    /** Address of the UI. */
    readonly ui: string;
    /** Opens the UI signed in, once. */
    readonly login: string;
    readonly p2p: { readonly host: string; readonly port: number };
    /** Port of IRC, on this machine alone. */
    readonly irc?: number;
    /** Where gRPC is, and the certificate file of one that speaks TLS. */
    readonly grpc?: { readonly host: string; readonly port: number; readonly certificate?: string };
  };
  /** Resolves when it is to be closed and started anew: which mends its history, follows its tracker, or gives it a new key. */
  readonly over: Promise<WhyOver>;
  close(): Promise<void>;
}

const UI_PORT_OFFSET = 10_000;
/** Wrong passwords from one address at the doors beside the browser's. */
const ATTEMPTS_PER_MINUTE = 10;

/**
 * Starts a peer. Rejects with a ParleyError for people (another process on the data directory, another tracker's data), a
 * SettingsError (a broken settings file), `storage_damaged` for a history that is damaged, which the next start mends, or
 * with the system's error when a port is in use.
 *
 * @param links one-time links, which outlive a peer that is started anew
 * @param again it takes the place of another one, whose windows come back at once: they find the door shut until the tracker has
 *   certified this one, if it is there
 */
export async function startPeer(
  config: PeerConfig,
  log: Log,
  links = new LoginLinks(),
  again = false,
): Promise<RunningPeer> {
  let tell: (why: WhyOver) => void = () => undefined;
  const over = new Promise<WhyOver>((resolve) => (tell = resolve));
  const stopping = aborted(config.stopping);
  const peer = await Peer.open(config, log, (why) => tell(why));
  const opened: (() => Promise<unknown>)[] = [() => peer.close()];
  // The last first: no door stands open to what is closed behind it, also where the start has failed half-way.
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  // After the opening: nothing of it is in its way, and a directory in use is left alone.
  void removeLeftSnapshot(config.dataDir);
  try {
    if (config.invitedCa !== undefined && !peer.formerly(config.invitedCa)) pinInvited(peer.settings, config.invitedCa);
    await peer.listen();
    const sessions = storedSessions(peer.secrets, peer.services.clock, log);
    rememberOnceConnected(config, peer);
    if (again) {
      peer.connect();
      await Promise.race([over, stopping, peer.firstWord()]);
    }
    const local = await listenLocally(config, peer, sessions, links);
    opened.push(() => local.close());
    const irc = config.ircPort === undefined ? undefined : await openIrc(config.ircPort, peer, sessions);
    if (irc) opened.push(() => irc.close());
    const grpc = config.grpc && (await openGrpc(config.grpc, config.dataDir, peer, sessions));
    if (grpc) opened.push(() => grpc.close());
    await tellPrograms(config, local, sessions, log);
    opened.push(() => removeProgramKey(config.dataDir).catch(() => undefined));
    if (!again) peer.connect();
    const { password } = config;
    if (password !== undefined) await Promise.race([stopping, signIn(peer, password, { ...config, again }, log)]);
    // A copy is better known before anybody opens it than a moment after.
    await Promise.race([over, stopping, peer.firstWord()]);
    const { p2p, account } = peer.services;
    log.info({ ui: local.url, p2p }, 'peer started');
    return {
      ready: {
        username: account.username,
        ui: local.url,
        login: local.loginLink(),
        p2p,
        ...(irc && { irc: irc.port }),
        ...(grpc && { grpc: grpc.address }),
      },
      over,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves once it is; never without one. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** So that `parley send` finds this daemon. On a full disk it does not, and all else goes on. */
async function tellPrograms(
  { dataDir }: PeerConfig,
  { url }: LocalServer,
  sessions: LocalSessions,
  log: Log,
): Promise<void> {
  const key = { url, token: sessions.forPrograms(), pid: process.pid };
  await writeProgramKey(dataDir, key).catch((err: unknown) =>
    log.warn({ err }, 'programs of this user cannot find this peer'),
  );
}

/** For clients of this machine alone: there is no TLS. */
async function openIrc(port: number, { services }: Peer, sessions: LocalSessions): Promise<IrcServer> {
  const [{ startIrcServer }, { OwnHost }] = await Promise.all([
    import('./doors/irc/server.js'),
    import('./doors/own-host.js'),
  ]);
  const attempts = new LoginAttempts(services.clock, ATTEMPTS_PER_MINUTE);
  const users = new OwnHost({
    services,
    isToken: (text) => sessions.check(text) !== undefined,
    attempt: (address, login) => attempts.run(address, login),
  });
  const { clock, log } = services;
  return startIrcServer({ users, host: '127.0.0.1', port, clock, log });
}

interface OpenGrpc {
  readonly address: NonNullable<RunningPeer['ready']['grpc']>;
  close(): Promise<void>;
}

/** Plain on this machine; elsewhere with TLS, by a certificate that it makes for itself and keeps in the data directory. */
async function openGrpc(
  { host, port }: Address,
  dataDir: string,
  { services }: Peer,
  sessions: LocalSessions,
): Promise<OpenGrpc> {
  const [{ startGrpcServer }, { OwnTokenHost }] = await Promise.all([
    import('./doors/grpc/server.js'),
    import('./doors/own-host.js'),
  ]);
  const users = new OwnTokenHost({ services, isToken: (text) => sessions.check(text) !== undefined });
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
  const own = isLocal ? undefined : await certificateFor(host, dataDir);
  const server = await startGrpcServer({ users, host, port, tls: own?.tls, log: services.log });
  const address = { host, port: server.port, ...(own && { certificate: own.file }) };
  return { address, close: () => server.close() };
}

async function certificateFor(host: string, dataDir: string): Promise<{ tls: TlsFiles; file: string }> {
  const [{ certificateFile, ownCertificate }, { ownNames }] = await Promise.all([
    import('./gateway/self-made.js'),
    import('./gateway/gateway.js'),
  ]);
  const names = ownNames(host);
  const tls = await ownCertificate(
    dataDir,
    ['localhost', '127.0.0.1', ...(names.length > 0 ? names : [host])],
    Date.now(),
  );
  return { tls, file: certificateFile(dataDir) };
}

/** Only what led to a tracker is worth remembering: a mistyped address is not. */
function rememberOnceConnected({ trackers, trackerCa }: PeerConfig, peer: Peer): void {
  const { events, people, account } = peer.services;
  const look = (): void => {
    if (people.tracker().state !== 'connected') return;
    events.off('tracker', look);
    remember(peer.settings, { username: account.username, trackers, trackerCa });
  };
  events.on('tracker', look);
}

async function listenLocally(
  config: PeerConfig,
  peer: Peer,
  sessions: LocalSessions,
  links: LoginLinks,
): Promise<LocalServer> {
  const { uiHost: host, uiDir, allowedHosts } = config;
  const wished = peer.services.p2p.port + UI_PORT_OFFSET;
  const possible = wished <= 65_535 ? wished : 0;
  const options = { services: peer.services, sessions, links, host, uiDir, allowedHosts };
  if (config.uiPort !== undefined) return startLocalServer({ ...options, port: config.uiPort });
  try {
    return await startLocalServer({ ...options, port: possible });
  } catch (error) {
    // A P2P port that we chose ourselves promises nobody a port of the UI.
    if (config.peerPort !== 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startLocalServer({ ...options, port: 0 });
  }
}

/**
 * The peer runs whatever comes of it: without the tracker there is history to read, and the browser tells what is wrong.
 * @param how `again`: what it was first started with may hold no more, as a password that was changed since, and ends nothing
 */
async function signIn(
  peer: Peer,
  password: string,
  how: { readonly register: boolean; readonly again: boolean },
  log: Log,
): Promise<void> {
  const { register, again } = how;
  try {
    await peer.services.account.login(password, register);
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    // A second start with the same flags is no mistake.
    if (register && MAY_BE_THERE.has(error.code))
      return signIn(peer, password, { ...how, register: false }, log).catch((refused: unknown) => {
        throw error.code !== 'name_taken' && isRefusal(refused) ? error : refused;
      });
    if (error.code !== 'tracker_unreachable' && !again) throw error;
    log.warn({ code: error.code }, error.message);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ParleyError && error.code === 'invalid_credentials';
}
