/** A tracker as one of several over one store: its secret, its NATS server, the store over that, and the authority that all share. */
import { isParleyError } from '../../protocol/errors.js';
import type { AuthoritySecrets } from '../authority.js';
import { systemClock } from '../clock.js';
import type { ClusterConfig, TrackerConfig } from '../config.js';
import type { DataDir } from '../data-dir.js';
import type { Log } from '../log.js';
import { retryUntilThere, unlessStopped, type Retry } from '../retry.js';
import { waitingFor } from '../store/nats/connection.js';
import type { NatsServers } from '../store/nats/packages.js';
import { openNatsStore } from '../store/nats/nats-store.js';
import type { TrackerStore } from '../store/tracker-store.js';
import { backUpNightly } from './backup.js';
import { loadClusterSecret, type ClusterSecret } from './cluster-secret.js';
import { beginImport, importEnded } from './import-cluster.js';
import { ImportSource } from './import.js';
import { ownMember, parseMembers, type Member } from './members.js';
import { writeNatsFiles } from './nats-config.js';
import { endLeftOver, NatsProcess } from './nats-process.js';
import { natsProgram, natsVersion } from './nats-program.js';
import { clusterAuthority } from './sealed-authority.js';
import { givenServers, serversOf } from './servers.js';

export interface Cluster {
  store: TrackerStore;
  authority: AuthoritySecrets;
  /** The addresses of all trackers, where they are known. */
  members: readonly string[];
  /** The address of this one, as peers of the others reach it. */
  own?: string | undefined;
  /** For what a start still has to write. */
  retry: Retry;
  /** Closes the store, and ends the server. */
  close(): Promise<void>;
}

/** Waits until enough of the others are there. Errors: StartError. */
export async function openCluster(
  config: TrackerConfig & { cluster: ClusterConfig },
  dataDir: DataDir,
  log: Log,
): Promise<Cluster> {
  const { cluster } = config;
  const members = cluster.members === undefined ? [] : parseMembers(cluster.members);
  const { signal } = cluster;
  const own = members.length > 0 ? await unlessStopped(signal, () => ownMember(members, config)) : undefined;
  const secret = await loadClusterSecret(dataDir, cluster.join);
  if (secret.isNew && own) cluster.tellSecret?.(secret.text);
  const undo: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const servers = own
      ? await startServer({ own, members, secret, dataDir, log, undo, signal })
      : givenServers(cluster.nats ?? '');
    const retry = retryUntilThere({ ...waitingFor(servers), log, clock: systemClock, signal, passes: isUnavailable });
    const store = await openNatsStore({
      ...{ servers, log, clock: systemClock },
      replicas: own || cluster.replicas === undefined ? 3 : cluster.replicas,
      name: own?.name ?? `${config.host}:${config.port}`,
      names: members.map(({ name }) => name),
      signal,
    });
    undo.push(() => store.close());
    const authority = await authorityOf({ cluster, secret, store, dataDir, log, retry });
    const folder = dataDir.file('backup');
    const stopBackups = backUpNightly({ folder, archive: store.archive, clock: systemClock, log });
    undo.push(async () => stopBackups());
    const scheme = config.tls ? 'https' : 'http';
    return {
      ...{ store, authority, retry, close },
      members: members.map(({ name }) => (name === own?.name ? cluster.publicUrl : undefined) ?? `${scheme}://${name}`),
      own: cluster.publicUrl ?? (own && `${scheme}://${own.name}`),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface AuthorityParts {
  cluster: ClusterConfig;
  secret: ClusterSecret;
  store: TrackerStore;
  dataDir: DataDir;
  log: Log;
  retry: Retry;
}

/** The CA, once all is there that is imported with it. Errors: StartError. */
async function authorityOf({ cluster, secret, store, dataDir, log, retry }: AuthorityParts): Promise<AuthoritySecrets> {
  const { signal } = cluster;
  const parts = { store: store.secrets, secret, clock: systemClock, log, signal };
  if (cluster.import === undefined) {
    const authority = await retry('its authority', () => clusterAuthority(parts));
    await retry('the end of an import', () => importEnded({ store, clock: systemClock, log, signal }));
    return authority;
  }
  const source = await ImportSource.open(cluster.import, dataDir.file('import.db'));
  try {
    const imported = await source.authority(secret);
    // What was put in before the cluster could not write for a while is found there the next time.
    return await retry('the import', async () => {
      const run = await beginImport(store);
      // Before all else that is imported: the others wait for it, and then for the end of the import.
      const authority = await clusterAuthority({ ...parts, imported });
      await run(source.archive);
      return authority;
    });
  } finally {
    await source.close();
  }
}

function isUnavailable(error: unknown): boolean {
  return isParleyError(error) && error.code === 'unavailable';
}

interface ServerParts {
  own: Member;
  members: readonly Member[];
  secret: ClusterSecret;
  dataDir: DataDir;
  log: Log;
  undo: (() => Promise<void>)[];
  /** Ends the start at once. */
  signal: AbortSignal | undefined;
}

async function startServer({ own, members, secret, dataDir, log, undo, signal }: ServerParts): Promise<NatsServers> {
  const program = await natsProgram();
  const version = await unlessStopped(signal, () => natsVersion(program));
  if (!version.isSound) {
    const what = version.canSync
      ? 'Streams were seen to vanish with it.'
      : 'After a power cut of all machines the last two minutes may be lost.';
    log.warn(
      { version: version.text },
      `nats-server is older than 2.10.23, which is for tests only. ${what} Update it.`,
    );
  }
  const files = await writeNatsFiles(dataDir.file('cluster'), secret, { own, members, syncs: version.canSync });
  await unlessStopped(signal, () => endLeftOver(files, log));
  const process = new NatsProcess(program, files, log);
  undo.push(() => process.stop());
  const all = [own, ...members.filter(({ name }) => name !== own.name)];
  return {
    ...serversOf(all, secret),
    ca: files.authority,
  };
}
