/** `parley tracker export`: all that a tracker, or a cluster, has stored, in one SQLite file. Either may run meanwhile. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { selfSign } from './authority.js';
import { systemClock } from './clock.js';
import { givenServers, serversOf } from './cluster/servers.js';
import { ClusterSecret, isSecret } from './cluster/cluster-secret.js';
import { parseMembers } from './cluster/members.js';
import { readIfThere } from './data-dir.js';
import type { Log } from './log.js';
import { StartError } from './start-error.js';
import { writeCopy } from './store/copy.js';
import type { NatsServers } from './store/nats/packages.js';
import { openSource } from './store/source.js';
import type { TrackerStore } from './store/tracker-store.js';

export interface Export {
  /** It must not be there yet. */
  readonly file: string;
  readonly dataDir: string;
  /** Of a cluster: as they are given to a tracker of it. */
  readonly members?: string | undefined;
  readonly nats?: string | undefined;
  readonly join?: string | undefined;
  /** On how many servers each record is kept; else 3. */
  readonly replicas?: number | undefined;
  /** Ends the waiting for the cluster. */
  readonly signal?: AbortSignal | undefined;
}

/** @returns what has to be kept beside the file, so that it can be used. Errors: StartError */
export async function exportTracker(options: Export, log: Log): Promise<string> {
  const { file, dataDir, members, nats } = options;
  if (await stat(file).catch(() => undefined)) {
    throw new StartError(`${file} is there already, and nothing is overwritten. Name another file.`);
  }
  if (!(await stat(dirname(file)).catch(() => undefined))?.isDirectory()) {
    throw new StartError(`There is no folder ${dirname(file)}. Make it, or name another file.`);
  }
  const isCluster = members !== undefined || nats !== undefined;
  const store = isCluster ? await openCluster(options, log) : await openAlone(dataDir, `${file}.source`);
  try {
    await writeCopy(store.archive, file, systemClock);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} could not be written (${why}). Name a file where there is room.`, { cause: error });
  } finally {
    await store.close();
  }
  return join(dataDir, isCluster ? 'cluster-secret' : 'ca-key.pem');
}

async function openAlone(dataDir: string, scratch: string): Promise<TrackerStore> {
  const file = join(dataDir, 'tracker.db');
  if ((await readIfThere(join(dataDir, 'cluster-secret'))) !== undefined) {
    throw new StartError(
      `${dataDir} is of a tracker of a cluster. Name its trackers with --cluster, as it was started.`,
    );
  }
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    throw new StartError(`There is no tracker.db in ${dataDir}. Name the data directory of the tracker (--data-dir).`);
  }
  return openSource(file, scratch, systemClock);
}

async function openCluster({ dataDir, members, nats, join: given, replicas, signal }: Export, log: Log) {
  const text = given ?? (await readIfThere(join(dataDir, 'cluster-secret')))?.trim();
  if (text === undefined || !isSecret(text)) {
    throw new StartError(`There is no secret of a cluster in ${dataDir}. Give it with --join, or name a --data-dir.`);
  }
  const secret = new ClusterSecret(text, false);
  const all = members === undefined ? [] : parseMembers(members);
  const servers: NatsServers =
    nats === undefined
      ? { ...serversOf(all, secret), ca: await selfSign(secret.authorityKey, { randomBytes }) }
      : givenServers(nats);
  const { openNatsStore } = await import('./store/nats/nats-store.js');
  const names = all.map(({ name }) => name);
  return openNatsStore({ servers, log, clock: systemClock, replicas: replicas ?? 3, name: 'export', names, signal });
}
