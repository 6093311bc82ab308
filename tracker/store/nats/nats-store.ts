/** The store of a cluster of trackers: each noun over its streams, all of them over the same connection. */
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { retryUntilThere } from '../../retry.js';
import { StartError } from '../../start-error.js';
import type { StoreState, StoreStates } from '../notes.js';
import type { TrackerStore } from '../tracker-store.js';
import type { Bucket } from './bucket.js';
import { openBuckets } from './buckets.js';
import { connectNats, waitingFor } from './connection.js';
import type { NatsServers } from './packages.js';
import { NatsAccounts } from './nats-accounts.js';
import { NatsArchive } from './nats-archive.js';
import { NatsChannels } from './nats-channels.js';
import { NatsDailyCounts, NatsSecrets } from './nats-daily-counts.js';
import { NatsDevices } from './nats-devices.js';
import { NatsMailboxes } from './nats-mailboxes.js';
import { NatsNotes } from './nats-notes.js';
import { NatsPrekeys } from './nats-prekeys.js';
import { NatsPresence } from './nats-presence.js';
import { NatsRecords } from './nats-records.js';
import { NatsSessions } from './nats-sessions.js';
import { Streams } from './streams.js';

export interface NatsStoreOptions {
  servers: NatsServers;
  clock: Clock;
  log: Log;
  /** On how many servers each record is: 3, or 1 for a server that stands alone. */
  replicas: number;
  /** This tracker's name for people, and those of all trackers of the cluster where they are known. */
  name: string;
  names?: readonly string[] | undefined;
  /** Ends the waiting for servers at the start. */
  signal?: AbortSignal | undefined;
}

/** Waits until so many servers are there that the cluster can write. Errors: StartError. */
export async function openNatsStore(options: NatsStoreOptions): Promise<TrackerStore> {
  const { clock, log, replicas, name, names = [] } = options;
  const { signal } = options;
  // Servers are waited for in real time, whatever the clock of records shows.
  const of = waitingFor(options.servers);
  const retry = retryUntilThere({ ...of, log, clock: systemClock, signal, passes: isOfServers });
  const nats = await retry('a connection to its servers', () => connectNats(options.servers, signal));
  const { connection } = nats;
  const streams = new Streams(nats, log);
  try {
    const buckets = await openBuckets({ nats, streams, replicas, log }, retry);
    const records = new NatsRecords(buckets.records);
    const accounts: NatsAccounts = new NatsAccounts(
      buckets.accounts,
      buckets.seen,
      records,
      (user) => channels.sharing(user),
      () => channels.accountsChanged(),
    );
    const channels: NatsChannels = new NatsChannels(buckets.channels, buckets.members, () => accounts);
    const devices = new NatsDevices(buckets.devices, buckets.seen);
    const mailboxes = new NatsMailboxes(buckets.mails);
    const presence = new NatsPresence(connection, clock, log, { id: randomUUID(), name });
    // From here on the server knows who listens. Where it has just gone, the beats make up for it.
    await connection.flush().catch(() => undefined);
    return {
      accounts,
      channels,
      mailboxes,
      presence,
      sessions: new NatsSessions(buckets.sessions, buckets.accounts, clock),
      devices,
      prekeys: new NatsPrekeys(buckets.prekeys, channels),
      dailyCounts: new NatsDailyCounts(buckets.counts),
      secrets: new NatsSecrets(buckets.secrets),
      records,
      notes: new NatsNotes(connection, log),
      states: statesOf(streams, () => names.filter((one) => one !== name && !presence.alive().includes(one))),
      archive: new NatsArchive(buckets, accounts, devices, mailboxes),
      close: async () => {
        presence.stop();
        await Promise.all(Object.values(buckets).map((bucket: Bucket<unknown>) => bucket.close()));
        await connection.flush().catch(() => undefined);
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** What a server says, or that it says nothing; all else is for whoever starts the tracker, or a bug. */
function isOfServers(error: unknown): boolean {
  return !(error instanceof StartError);
}

function statesOf(streams: Streams, missing: () => string[]): StoreStates {
  const now = (): StoreState => ({
    state: streams.isReady ? 'ready' : 'read_only',
    problems: missing().map(
      (name) => `The tracker at ${name} does not answer. Start it, or look at its machine and network.`,
    ),
  });
  return { now, watch: (listener) => streams.watch(() => listener(now())) };
}
