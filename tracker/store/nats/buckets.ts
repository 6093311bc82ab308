/** The streams of all nouns, and the waiting for the servers that have them. */
import { MAILBOX_LIFE_MS, SESSION_LIFE_MS } from '../../../protocol/limits.js';
import type { Retry } from '../../retry.js';
import type { StoredPrekey } from '../mailbox-store.js';
import type { Account, Session, StoredChannel } from '../tracker-store.js';
import { Bucket, type BucketOptions, type BucketParts } from './bucket.js';
import type { Membership } from './nats-channels.js';
import type { DayCount } from './nats-daily-counts.js';
import type { StoredDevice } from './nats-devices.js';
import { readMail, type MailFacts } from './nats-mailboxes.js';
import type { SeenShard } from './seen.js';
import { whyNoStreams } from './troubles.js';

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
  records: Bucket<unknown>;
}

const DAY_MS = 24 * 3600_000;

/** Each as soon as enough servers are there. Errors: StartError. */
export async function openBuckets(parts: BucketParts, retry: Retry): Promise<Buckets> {
  const open = <T>(options: BucketOptions<T>): Promise<Bucket<T>> =>
    retry(`its records of ${options.name}`, () =>
      Bucket.open<T>(parts, options).catch((error: unknown) => {
        throw whyNoStreams(error, parts.nats);
      }),
    );
  const accounts = await open<Account>({ name: 'accounts' });
  const [seen, sessions, channels, members, devices, prekeys, mails, counts, secrets, records] = await Promise.all([
    open<SeenShard>({ name: 'seen' }),
    open<Session>({ name: 'sessions', maxAge: SESSION_LIFE_MS + DAY_MS }),
    open<StoredChannel>({ name: 'channels' }),
    open<Membership>({ name: 'members' }),
    open<StoredDevice>({ name: 'devices' }),
    open<StoredPrekey>({ name: 'prekeys' }),
    open<MailFacts>({ name: 'mails', maxAge: MAILBOX_LIFE_MS + DAY_MS, headersOnly: true, read: readMail }),
    open<DayCount>({ name: 'counts', maxAge: 2 * DAY_MS }),
    open<string>({ name: 'secrets' }),
    open<unknown>({ name: 'records' }),
  ]);
  return { accounts, seen, sessions, channels, members, devices, prekeys, mails, counts, secrets, records };
}
