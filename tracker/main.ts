/** How a tracker starts and stops. Its parts are made in services.ts, its routes are added in app.ts. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { InviteRecord } from '../protocol/admin-api.js';
import { buildApp, buildReflectApp } from './app.js';
import { loadAuthority } from './authority-files.js';
import { systemClock } from './clock.js';
import type { Cluster } from './cluster/cluster.js';
import type { TrackerConfig } from './config.js';
import { isFile, openDataDir, refuseUnfinished, type DataDir } from './data-dir.js';
import type { Log } from './log.js';
import { listen, readTlsFiles, shownUrl, stopListening } from './server.js';
import { createServices, type Services } from './services.js';
import type { Registration } from './settings.js';
import { StartError } from './start-error.js';
import { tryOnce } from './retry.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import type { TrackerStore } from './store/tracker-store.js';

export interface Tracker {
  url: string;
  port: number;
  /** The certificate of its CA, PEM: what invites name, and peers pin. */
  ca: string;
  /** Who makes an account. */
  registration: Registration;
  /** Codes for the console: to make accounts with, where an invite is needed; and for the account of its first admin, while there is none. */
  invite?: InviteRecord | undefined;
  setup?: InviteRecord | undefined;
  /** Stops taking connections, ends what is under way, closes the store. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts a tracker. Errors: StartError, whose message is for people. */
export async function startTracker(config: TrackerConfig, log: Log): Promise<Tracker> {
  const tls = config.tls && (await readTlsFiles(config.tls));
  const dataDir = await openDataDir(config.dataDir);
  // What is to be undone, last first: when a later step fails, and when the tracker stops.
  const undo: (() => void | Promise<void>)[] = [() => dataDir.release()];
  const close = once(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  try {
    const { close: closeStore, ...opened } = await openStore(config, dataDir, log);
    undo.push(closeStore);
    const { services, stop } = await createServices({ ...opened, config, dataDir, log, tls });
    undo.push(stop);
    const { events, relay, timings } = services;
    const closeSockets = async (): Promise<void> => {
      await Promise.all([events.close(timings.stop), relay?.close(timings.stop)]);
    };
    const app = await buildApp(services);
    undo.push(() => stopListening(app, timings.stop, closeSockets));
    const port = await listen(app, config);
    services.ports.main = port;
    undo.push(await listenForReflections(services, config));
    const url = shownUrl(tls ? 'https' : 'http', config.host, port);
    log.info({ url, dataDir: config.dataDir }, 'tracker started');
    const { invites, settings } = services;
    const { registration } = settings;
    const invite = registration === 'invite' ? await toShow(() => invites.standing(), log) : undefined;
    // Where only this machine gets in, the first account is the admin's without one.
    const setup = settings.isLocal ? undefined : await toShow(() => invites.setup(), log);
    return { url, port, ca: services.authority.certificate, registration, invite, setup, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For the console. No condition of the start: those who have accounts need none. */
async function toShow(make: () => Promise<InviteRecord | undefined>, log: Log): Promise<InviteRecord | undefined> {
  try {
    return await make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ err: error }, `the console shows no new invite: ${why}`);
    return undefined;
  }
}

/** Without that port all else works: peers then tell less of their routers. @returns what stops it */
async function listenForReflections(services: Services, config: TrackerConfig): Promise<() => Promise<void>> {
  const { host, reflectPort } = config;
  const { log, ports, timings } = services;
  if (reflectPort === undefined) return async () => undefined;
  const app = await buildReflectApp(services);
  try {
    ports.reflect = await listen(app, { host, port: reflectPort });
  } catch (error) {
    const next = 'choose another one with --reflect-port, so that peers can tell which kind of router they have';
    log.warn({ err: error, port: reflectPort }, `/reflect has no second port: ${next}`);
    await app.close();
    return async () => undefined;
  }
  return () => stopListening(app, timings.stop, async () => undefined);
}

/** What is stored, and the CA: of this tracker alone, or of the cluster that it is one of. */
async function openStore(config: TrackerConfig, dataDir: DataDir, log: Log): Promise<Cluster> {
  const { cluster } = config;
  if (cluster || !config.imported) refuseUnfinished(dataDir);
  if (cluster) {
    // What a cluster needs is loaded only for one.
    const { openCluster } = await import('./cluster/cluster.js');
    return openCluster({ ...config, cluster }, dataDir, log);
  }
  if (config.imported) {
    const { importAlone } = await import('./cluster/import.js');
    await importAlone(config.imported, dataDir);
  }
  const store = await openFile(dataDir);
  try {
    const files = { key: dataDir.file('ca-key.pem'), certificate: dataDir.file('ca.pem') };
    const authority = await loadAuthority(files, { clock: systemClock, randomBytes });
    return { store, authority, members: [], retry: tryOnce, close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openFile(dataDir: DataDir): Promise<TrackerStore> {
  const file = dataDir.file('tracker.db');
  try {
    // A database is written whole before the authority is made: what is empty beside one was emptied, with all accounts.
    if (isFile(file) && isFile(dataDir.file('ca-key.pem')) && (await stat(file)).size === 0) {
      throw new StartError(`${file} is empty. Restore it from a backup, or remove it to begin without accounts.`);
    }
    return openSqliteStore(file, systemClock);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} cannot be opened (${why}). Restore it from a backup, or use another --data-dir.`, {
      cause: error,
    });
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}
