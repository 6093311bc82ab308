import { ParleyError } from '../../../protocol/errors.js';
import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { Account, Archive, ArchiveRecord, Counted } from '../tracker-store.js';
import type { Bucket } from './bucket.js';
import type { Buckets } from './buckets.js';
import type { NatsAccounts } from './nats-accounts.js';
import type { NatsDevices } from './nats-devices.js';
import type { NatsMailboxes } from './nats-mailboxes.js';
import { partsOf } from './nats-records.js';

/** Writes that are under way at once. */
const AT_ONCE = 32;

export class NatsArchive implements Archive {
  constructor(
    private readonly buckets: Buckets,
    private readonly accounts: NatsAccounts,
    private readonly devices: NatsDevices,
    private readonly mailboxes: NatsMailboxes,
  ) {}

  async *records(): AsyncGenerator<ArchiveRecord> {
    const { accounts, sessions, channels, members, devices, prekeys, counts, secrets, records } = this.buckets;
    for (const [key, account] of sorted(accounts)) {
      yield { noun: 'account', account, lastSeen: await this.accounts.lastSeen(key as UserKey) };
    }
    for (const [, session] of sorted(sessions)) yield { noun: 'session', session };
    for (const [, channel] of sorted(channels)) yield { noun: 'channel', channel };
    for (const [key, { username }] of sorted(members)) {
      const [channel, user] = key.split('.') as [never, UserKey];
      yield { noun: 'member', channel, user, username };
    }
    for (const [id, device] of sorted(devices)) {
      yield { noun: 'device', ...device, lastSeen: await this.devices.lastSeen(id as DeviceId) };
    }
    for (const [, prekey] of sorted(prekeys)) yield { noun: 'prekey', prekey };
    for await (const mail of this.mailboxes.all()) yield { noun: 'mail', mail };
    for (const [key, count] of sorted(counts)) {
      const [user, what] = key.split('.') as [UserKey, Counted];
      yield { noun: 'count', user, what, ...count };
    }
    for (const [name, value] of sorted(secrets)) {
      yield { noun: 'secret', name, value: Buffer.from(value, 'base64url') };
    }
    for (const [key, value] of sorted(records)) {
      const [kind, id] = partsOf(key);
      yield { noun: 'record', kind, id, value };
    }
  }

  async restore(records: AsyncIterable<ArchiveRecord>, { again = false } = {}): Promise<void> {
    if (this.buckets.accounts.mirror.size > 0 && !again) {
      throw new ParleyError('forbidden', 'There are accounts here already. Import into an empty store.');
    }
    const seen = new Map<UserKey, number>();
    const seenDevices = new Map<DeviceId, number>();
    let noun: ArchiveRecord['noun'] = 'account';
    let writes: Promise<unknown>[] = [];
    for await (const record of records) {
      // What refers to others is written once those are there.
      if (writes.length >= AT_ONCE || record.noun !== noun) await Promise.all(writes.splice(0));
      noun = record.noun;
      if (record.noun === 'account' && record.lastSeen !== undefined) seen.set(record.account.key, record.lastSeen);
      if (record.noun === 'device' && record.lastSeen !== undefined)
        seenDevices.set(record.device.device, record.lastSeen);
      writes.push(this.#put(record));
    }
    await Promise.all(writes);
    writes = [];
    await this.accounts.seen(seen);
    await this.devices.seen(seenDevices);
  }

  async #put(record: ArchiveRecord): Promise<void> {
    const { sessions, channels, members, devices, prekeys, counts, secrets, records } = this.buckets;
    const has = (user: UserKey): Account | undefined => this.buckets.accounts.get(user);
    switch (record.noun) {
      case 'account':
        return this.buckets.accounts.put(record.account.key, record.account);
      case 'session':
        return has(record.session.user) && sessions.put(record.session.hash, record.session);
      case 'channel':
        return channels.put(record.channel.name, record.channel);
      case 'member': {
        const { channel, user, username } = record;
        const isThere = has(user) && channels.get(channel)?.permanent === false;
        return isThere ? members.put(`${channel}.${user}`, { username }) : undefined;
      }
      case 'device': {
        const { device, lineage } = record;
        return has(device.user) && devices.put(device.device, { device, lineage });
      }
      case 'prekey':
        return has(record.prekey.user) && prekeys.put(record.prekey.prekey.device, record.prekey);
      case 'mail':
        if (has(record.mail.user) && !(await this.mailboxes.has(record.mail)))
          await this.mailboxes.put(record.mail, Infinity);
        return undefined;
      case 'count': {
        const { user, what, day, count } = record;
        return has(user) && counts.put(`${user}.${what}`, { day, count });
      }
      case 'secret':
        await secrets.create(record.name, Buffer.from(record.value).toString('base64url'));
        return undefined;
      case 'record':
        return records.put(`${record.kind}.${record.id}`, record.value);
      default:
        return undefined;
    }
  }
}

function sorted<T>(bucket: Bucket<T>): [string, T, number][] {
  return [...bucket.mirror.values()].sort(([a], [b]) => (a < b ? -1 : 1));
}
