/** The composition root of the tracker: the only place where its parts are made and wired together. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import { Accounts } from './accounts.js';
import { buildApp } from './app.js';
import { loadAuthority } from './authority-files.js';
import { Authority } from './authority.js';
import { Channels } from './channels.js';
import { systemClock } from './clock.js';
import type { TrackerConfig } from './config.js';
import { openDataDir, type DataDir } from './data-dir.js';
import { Devices } from './devices.js';
import { Directory } from './directory.js';
import { Events } from './events.js';
import type { Log } from './log.js';
import { Mailboxes } from './mailbox.js';
import { keepPeersInChannels } from './membership.js';
import { createMetrics } from './metrics.js';
import { Argon2Hasher } from './password-hasher.js';
import type { App } from './plugins/http-types.js';
import { isProxyAddress } from './plugins/forwarded.js';
import type { Services } from './services.js';
import { Sessions } from './sessions.js';
import { loadSettings } from './settings.js';
import { StartError, systemCode } from './start-error.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import type { TrackerStore } from './store/tracker-store.js';
import { defaultTimings } from './timings.js';
import { Users } from './users.js';

export interface Tracker {
  url: string;
  port: number;
  /** Stops taking connections, ends what is under way, closes the store. Safe to call twice. */
  close(): Promise<void>;
}

const EVENTS_BUFFER_MAX = 1024 * 1024;
const IDLE_CHECK_MS = 50;

/** Starts a tracker. Errors: StartError, whose message is for people. */
export async function startTracker(config: TrackerConfig, log: Log): Promise<Tracker> {
  const tls = config.tls && (await readTls(config.tls));
  const dataDir = await openDataDir(config.dataDir);
  // What is to be undone, last first: when a later step fails, and when the tracker stops.
  const undo: (() => void | Promise<void>)[] = [() => dataDir.release()];
  const close = once(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  try {
    const store = await openStore(dataDir);
    undo.push(() => store.close());
    const { services, stop } = await makeServices(config, log, dataDir, store, tls);
    undo.push(stop);
    const app = await buildApp(services);
    undo.push(() => stopServing(app, services));
    const port = await listen(app, config);
    const url = `${tls ? 'https' : 'http'}://${shownHost(config.host)}:${port}`;
    log.info({ url, dataDir: config.dataDir }, 'tracker started');
    return { url, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeServices(
  config: TrackerConfig,
  log: Log,
  dataDir: DataDir,
  store: TrackerStore,
  tls: Services['tls'],
) {
  const clock = systemClock;
  const loaded = await loadSettings(dataDir.file('settings.json'));
  const trustedProxies = [...loaded.trustedProxies, ...(config.trustedProxies ?? [])];
  const wrong = trustedProxies.find((one) => !isProxyAddress(one));
  if (wrong !== undefined) {
    throw new StartError(
      `"${wrong}" is no proxy to trust. Write an address, a block as 10.0.0.0/8, or loopback (--trust-proxy, settings.json).`,
    );
  }
  const settings = { ...loaded, trustedProxies, limits: { ...loaded.limits, ...config.limits } };
  const { limits } = settings;
  const timings = { ...defaultTimings, ...config.timings };
  const authorityOptions = { clock, randomBytes };
  const secrets = await loadAuthority(
    { key: dataDir.file('ca-key.pem'), certificate: dataDir.file('ca.pem') },
    authorityOptions,
  );
  const authority = await Authority.open(secrets, authorityOptions);
  const channels = await Channels.open(
    { store: store.channels, clock, maxCreated: limits.channelsPerAccount },
    settings.initialChannels,
  );
  const directory = await Directory.open({
    presence: store.presence,
    random: Math.random,
    expiryMs: timings.presenceExpiry,
    graceMs: timings.eventsCloseGrace,
    maxPerUser: limits.peersPerAccount,
  });
  keepPeersInChannels(channels, directory, log);
  const devices = await Devices.open({ store: store.devices, authority, clock, maxPerUser: limits.devicesPerAccount });
  const events = new Events({
    revocations: () => devices.revocations(),
    directory,
    channels,
    clock,
    log,
    windowMs: timings.eventsWindow,
    pingMs: timings.eventsPing,
    bufferMax: EVENTS_BUFFER_MAX,
  });
  const sessions = new Sessions({
    store: store.sessions,
    clock,
    randomBytes,
    maxPerUser: limits.sessionsPerAccount,
    ended: (hash) => events.endSession(hash),
  });
  const metrics = createMetrics({
    peers: () => directory.size,
    sockets: () => events.size,
    sessions: () => store.sessions.count(),
    accounts: () => store.accounts.count(),
  });
  const mailboxes = new Mailboxes({ store, clock, maxBytes: limits.mailboxKib * 1024 });
  const stopTelling = store.mailboxes.watch(({ user, device }) => events.mail(user, `d:${device}`));
  const stopPruning = repeat(timings.prune, () => Promise.all([sessions.prune(), mailboxes.prune()]), log);
  const users = new Users({ store: store.accounts, directory, clock, visible: settings.userList });
  const stopNoting = repeat(timings.seen, () => users.flush(), log);
  const accounts = new Accounts({
    added: (username) => {
      if (settings.userList === 'everyone') events.registered(username);
    },
    store: store.accounts,
    hasher: new Argon2Hasher(),
    clock,
    registration: settings.registration,
  });
  const services: Services = {
    accounts,
    authority,
    channels,
    devices,
    directory,
    events,
    log,
    mailboxes,
    metrics,
    sessions,
    settings,
    timings,
    tls,
    users,
  };
  const stop = async () => {
    stopPruning();
    stopTelling();
    stopNoting();
    metrics.stop();
    await events.close(timings.stop);
    await users.close().catch((error: unknown) => log.error({ err: error }, 'who was seen was not written down'));
  };
  return { services, stop };
}

async function openStore(dataDir: DataDir): Promise<TrackerStore> {
  const file = dataDir.file('tracker.db');
  try {
    return openSqliteStore(file, systemClock);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} cannot be opened (${why}). Restore it from a backup, or use another --data-dir.`, {
      cause: error,
    });
  }
}

async function readTls({ certFile, keyFile }: { certFile: string; keyFile: string }) {
  const read = (file: string, flag: string) =>
    readFile(file, 'utf8').catch((error: unknown) => {
      throw new StartError(`${file} cannot be read (${systemCode(error) ?? 'unknown'}). Check ${flag}.`);
    });
  const tls = { cert: await read(certFile, '--tls-cert'), key: await read(keyFile, '--tls-key') };
  try {
    createSecureContext(tls);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${certFile} and ${keyFile} are no certificate with its key in PEM (${why}).`);
  }
  return tls;
}

async function listen(app: App, { host, port }: TrackerConfig): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new StartError(listenProblem(systemCode(error), host, port), { cause: error });
  }
  return (app.server.address() as AddressInfo).port;
}

function listenProblem(code: string | undefined, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one with --port.`;
  if (code === 'EACCES') return `Port ${port} may not be used by this account. Choose one above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} is not an address of this machine. Choose another one with --host.`;
  }
  return `Listening on ${host}:${port} failed (${code ?? 'unknown'}). Choose another --host or --port.`;
}

/** Refuses new connections, lets requests end, and drops what does not end in time. */
async function stopServing(app: App, { events, timings }: Services): Promise<void> {
  const closed = app.close();
  // A connection whose last request was under way would be kept alive otherwise.
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS);
  const late = systemClock.after(timings.stop, () => app.server.closeAllConnections());
  await events.close(timings.stop);
  await closed;
  clearInterval(idle);
  late();
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function repeat(everyMs: number, work: () => Promise<unknown>, log: Log): () => void {
  const timer = setInterval(() => {
    work().catch((error: unknown) => log.error({ err: error }, 'pruning failed'));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}
