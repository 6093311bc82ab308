/** The store of a cluster of trackers: each noun over its streams, all of them over the same connection. */
import { randomUUID } from 'node:crypto';
import { MAILBOX_LIFE_MS, SESSION_LIFE_MS } from '../../../protocol/limits.js';
import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { StartError } from '../../start-error.js';
import type { StoredPrekey } from '../mailbox-store.js';
import type { StoreState, StoreStates } from '../notes.js';
import type { Account, Session, TrackerStore } from '../tracker-store.js';
import { Bucket, type BucketOptions, type BucketParts } from './bucket.js';
import { connectNats, type NatsServers } from './connection.js';
import { NatsAccounts } from './nats-accounts.js';
import { NatsArchive } from './nats-archive.js';
import { NatsChannels, type Membership, type StoredChannel } from './nats-channels.js';
import { NatsDailyCounts, NatsSecrets, type DayCount } from './nats-daily-counts.js';
import { NatsDevices, type StoredDevice } from './nats-devices.js';
import { NatsMailboxes, readMail, type MailFacts } from './nats-mailboxes.js';
import { NatsNotes } from './nats-notes.js';
import { NatsPrekeys } from './nats-prekeys.js';
import { NatsPresence } from './nats-presence.js';
import { NatsSessions } from './nats-sessions.js';
import type { SeenShard } from './seen.js';
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

export interface Buckets {
  accounts: Bucket<Account>;
  seen: Bucket<SeenShard>;
  sessions: Bucket<Session>;
  channels: Bucket<StoredChannel>;
  members: Bucket<Membership>;
  devices: Bucket<StoredDevice>;
  prekeys: Bucket<StoredPrekey>;
  mails: Bucket<MailFacts>;
  counts: Bucket<DayCount>;
  secrets: Bucket<string>;
}

const DAY_MS = 24 * 3600_000;
const AGAIN_MS = 1_000;
const SAY_EVERY = 10;

/** Waits until so many servers are there that the cluster can write. Errors: StartError. */
export async function openNatsStore(options: NatsStoreOptions): Promise<TrackerStore> {
  const { clock, log, replicas, name, names = [] } = options;
  const { signal } = options;
  const nats = await persistently(() => connectNats(options.servers), 'connection', log, signal);
  const { connection } = nats;
  const streams = new Streams(nats, log);
  try {
    const buckets = await openBuckets({ nats, streams, replicas, log }, signal);
    const accounts = new NatsAccounts(
      buckets.accounts,
      buckets.seen,
      (user) => channels.sharing(user),
      () => channels.accountsChanged(),
    );
    const channels = new NatsChannels(buckets.channels, buckets.members, () => accounts);
    const mailboxes = new NatsMailboxes(buckets.mails);
    const presence = new NatsPresence(connection, clock, log, { id: randomUUID(), name });
    return {
      accounts,
      channels,
      mailboxes,
      presence,
      sessions: new NatsSessions(buckets.sessions, buckets.accounts, clock),
      devices: new NatsDevices(buckets.devices),
      prekeys: new NatsPrekeys(buckets.prekeys, channels),
      dailyCounts: new NatsDailyCounts(buckets.counts),
      secrets: new NatsSecrets(buckets.secrets),
      notes: new NatsNotes(connection, log),
      states: statesOf(streams, () => names.filter((one) => one !== name && !presence.alive().includes(one))),
      archive: new NatsArchive(buckets, accounts, mailboxes),
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

async function openBuckets(parts: BucketParts, signal: AbortSignal | undefined): Promise<Buckets> {
  const open = <T>(options: BucketOptions<T>): Promise<Bucket<T>> =>
    persistently(() => Bucket.open<T>(parts, options), options.name, parts.log, signal);
  const accounts = await open<Account>({ name: 'accounts' });
  const [seen, sessions, channels, members, devices, prekeys, mails, counts, secrets] = await Promise.all([
    open<SeenShard>({ name: 'seen' }),
    open<Session>({ name: 'sessions', maxAge: SESSION_LIFE_MS + DAY_MS }),
    open<StoredChannel>({ name: 'channels' }),
    open<Membership>({ name: 'members' }),
    open<StoredDevice>({ name: 'devices' }),
    open<StoredPrekey>({ name: 'prekeys' }),
    open<MailFacts>({ name: 'mails', maxAge: MAILBOX_LIFE_MS + DAY_MS, headersOnly: true, read: readMail }),
    open<DayCount>({ name: 'counts', maxAge: 2 * DAY_MS }),
    open<string>({ name: 'secrets' }),
  ]);
  return { accounts, seen, sessions, channels, members, devices, prekeys, mails, counts, secrets };
}

/** Until it succeeds: the other servers of the cluster may be started later. */
async function persistently<T>(
  work: () => Promise<T>,
  what: string,
  log: Log,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StartError) throw error;
      if (signal?.aborted === true) {
        throw new StartError('Stopped before enough trackers of the cluster were there. Start them together.', {
          cause: error,
        });
      }
      const next = 'start the other trackers of the cluster, each with the same --cluster and --join';
      if (tries % SAY_EVERY === 0)
        log.warn({ why: String(error), what }, `waiting for enough servers of the cluster: ${next}`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
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
