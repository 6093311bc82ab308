/**
 * What the tracker stores, as an interface that one process (SQLite) or a cluster can implement. Everything is
 * asynchronous, has keys that a key-value store can use, and needs no transaction over several stores.
 *
 * `watch`: the listener is called for every change, whichever node made it. A node's own change is announced before the
 * promise of the call that made it resolves.
 */
import type { ChannelName, DeviceId, UserKey, Username } from '../../protocol/ids.js';
import type { PeerRecord } from '../../protocol/tracker-api.js';
import type { MailboxStore, NewMail, PrekeyStore, StoredPrekey } from './mailbox-store.js';
import type { Notes, StoreStates } from './notes.js';
import type { RecordKind, RecordStore } from './record-store.js';
import type { Account, AccountStore } from './account-store.js';

export type * from './account-store.js';

export interface Session {
  /** SHA-256 of the token, base64url. The token itself is not stored. */
  hash: string;
  user: UserKey;
  username: Username;
  created: number;
  expires: number;
  /** That of the account when its password, or a device that it had let in, opened the session. */
  epoch: number;
  /** The device that uses it, once that is known. */
  device?: DeviceId | undefined;
}

export interface SessionStore {
  /** Other nodes end sessions too, and their word may be late. */
  readonly isShared: boolean;
  put(session: Session): Promise<void>;
  /** Undefined also for one of an earlier epoch than that of the account. */
  find(hash: string): Promise<Session | undefined>;
  extend(hash: string, expires: number): Promise<void>;
  /** The device that uses it. False when there is no such session. */
  bind(hash: string, device: DeviceId): Promise<boolean>;
  remove(hash: string): Promise<void>;
  /** Hashes of the sessions that a device uses, newest first. */
  ofDevice(device: DeviceId): Promise<readonly string[]>;
  /** Hashes of a user's sessions, newest first. */
  ofUser(user: UserKey): Promise<readonly string[]>;
  removeExpired(now: number): Promise<number>;
  count(): Promise<number>;
  /** The hash of each session that is removed before it expires. */
  watch(listener: (hash: string) => void): () => void;
}

/** What admins have made of a channel: see protocol/channel-word.ts. */
export interface ChannelFacts {
  /** What it is called now. Absent: its name. */
  title?: ChannelName | undefined;
  /** Absent: it is used. One that is deleted stays so, keeps its name, and has no members. */
  state?: 'archived' | 'deleted' | undefined;
  /** When any of it last changed; absent if it never did. Each time is later than the one before. */
  since?: number | undefined;
}

export interface NewChannel {
  name: ChannelName;
  /** Everyone is in a permanent channel. */
  permanent: boolean;
  /** Absent for the channels that the tracker itself made. */
  creator?: UserKey | undefined;
  created: number;
}

export interface StoredChannel extends NewChannel, ChannelFacts {
  topic: string;
}

export interface Channel extends StoredChannel {
  /** Of a permanent channel: the accounts. */
  members: number;
}

export interface ChannelEdit {
  title?: ChannelName;
  state?: 'used' | 'archived' | 'deleted';
}

/** `taken`: another channel has such a name, or title, or one that looks like it. */
export type ChannelEdited = 'changed' | 'same' | 'unknown' | 'permanent' | 'deleted' | 'taken';

export type ChannelChange =
  | { type: 'updated'; channel: Channel }
  | { type: 'joined' | 'left'; name: ChannelName; user: UserKey; username: Username };

export interface ChannelStore {
  /** False when it exists, or one whose name or title looks like it; permanent channels are made whatever they look like. */
  create(channel: NewChannel): Promise<boolean>;
  /** Also those that are deleted. */
  list(): Promise<readonly Channel[]>;
  /** The name of a channel whose name or title looks like this one (protocol/confusable.ts). */
  lookAlike(name: ChannelName): Promise<ChannelName | undefined>;
  /** When they made channels, one time for each. */
  createdBy(user: UserKey): Promise<readonly number[]>;
  setTopic(name: ChannelName, topic: string): Promise<void>;
  /** Of two at once, the second finds what the first has made. Who was in a channel that is deleted has left it. */
  edit(name: ChannelName, edit: ChannelEdit, now: number): Promise<ChannelEdited>;
  /** False when nothing changed: a member already, a permanent channel, or one that is deleted. The channel must exist. */
  join(name: ChannelName, user: UserKey, username: Username): Promise<boolean>;
  leave(name: ChannelName, user: UserKey, username: Username): Promise<boolean>;
  /** Names of its members, at most `limit`, by user key; of a permanent channel: of the accounts. */
  memberNames(name: ChannelName, limit: number): Promise<readonly Username[]>;
  /** Permanent ones included, sorted. */
  ofUser(user: UserKey): Promise<readonly ChannelName[]>;
  watch(listener: (change: ChannelChange) => void): () => void;
}

export interface Device {
  device: DeviceId;
  user: UserKey;
  username: Username;
  /** The newest one issued, PEM. */
  certificate: string;
  created: number;
  revoked: boolean;
  /** Only where it is revoked. */
  revokedAt?: number | undefined;
  /** That of the account when a password last let this device in. Absent: none has, as far as is known. */
  epoch?: number | undefined;
  /** What its user calls it, and what it says that it runs on. */
  name?: string | undefined;
  platform?: string | undefined;
}

/** What a device says when its certificate is issued; the rest of what is stored stays. */
export type CertifiedDevice = Pick<Device, 'device' | 'user' | 'username' | 'certificate' | 'created'>;

/** What is known of a device's lineage (SPEC.md section 2). */
export interface LineageState {
  /** The latest mark of it. */
  mark: string;
  /** A copy of the device was seen, and the device has not been told yet. */
  copied: boolean;
}

export interface DeviceStore {
  /** Adds it, or renews the certificate of the same user's device. False when it is another user's or revoked. */
  put(device: CertifiedDevice): Promise<boolean>;
  setEpoch(device: DeviceId, epoch: number): Promise<void>;
  /** A name is kept where the device has none. One that is not registered is passed over. */
  describe(device: DeviceId, said: { name?: string | undefined; platform?: string | undefined }): Promise<void>;
  rename(device: DeviceId, name: string): Promise<void>;
  lastSeen(device: DeviceId): Promise<number | undefined>;
  /** A time never goes back. Devices that are not registered are passed over. */
  seen(times: ReadonlyMap<DeviceId, number>): Promise<void>;
  find(device: DeviceId): Promise<Device | undefined>;
  /** Oldest first. */
  ofUser(user: UserKey): Promise<readonly Device[]>;
  /** Permanent. A device that is revoked again keeps its first time: of several at once, one has done it, and gets true. */
  revoke(device: DeviceId, at: number): Promise<boolean>;
  /** Undefined when the device has never sent a lineage. */
  lineage(device: DeviceId): Promise<LineageState | undefined>;
  setLineage(device: DeviceId, lineage: LineageState): Promise<void>;
  /** Revoked ones, the latest first. */
  revoked(limit: number): Promise<readonly { device: DeviceId; revokedAt: number }[]>;
  /** Each device that is revoked, once. */
  watch(listener: (revoked: RevokedDevice) => void): () => void;
}

export interface RevokedDevice {
  device: DeviceId;
  user: UserKey;
  revokedAt: number;
}

/** Small secrets that all trackers over this store share. */
export interface SecretStore {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Keeps the value unless there is one. @returns the one that is kept: of two calls at once both get the same */
  create(name: string, value: Uint8Array): Promise<Uint8Array>;
}

/** What an account does so often a day, and no other table shows. */
export type Counted = 'certificate' | 'join';

export interface DailyCounts {
  /** Counts one more on that day, unless there were `max` already. Only the latest day of each account and kind is kept. */
  take(user: UserKey, what: Counted, day: number, max: number): Promise<boolean>;
}

/** Names a peer online: `d:<device>`, or `u:<user key>` for a client without a device. */
export type PresenceKey = `d:${DeviceId}` | `u:${UserKey}`;

export interface PresenceChange {
  key: PresenceKey;
  /** Undefined: it came. */
  before: PeerRecord | undefined;
  /** Undefined: it left or expired. */
  after: PeerRecord | undefined;
}

/** Who is online. The tracker may lose it when it stops: peers submit themselves again. */
export interface PresenceStore {
  put(key: PresenceKey, peer: PeerRecord, ttlMs: number): Promise<void>;
  /** Changes the record and not its deadline. False when it is not online. */
  replace(key: PresenceKey, peer: PeerRecord): Promise<boolean>;
  /** A heart-beat: moves the deadline to `ttlMs` from now. False when it is not online. */
  touch(key: PresenceKey, ttlMs: number): Promise<boolean>;
  /** Moves the deadline to `ttlMs` from now unless it is sooner already. */
  shorten(key: PresenceKey, ttlMs: number): Promise<void>;
  remove(key: PresenceKey): Promise<void>;
  /** The listener first hears of everyone online. */
  watch(listener: (change: PresenceChange) => void): Promise<() => void>;
}

/** All that a tracker stores, record by record: to move it from one kind of store to another, and to keep a copy. */
export type ArchiveRecord =
  | { noun: 'account'; account: Account; lastSeen?: number | undefined }
  | { noun: 'session'; session: Session }
  | { noun: 'channel'; channel: StoredChannel }
  | { noun: 'member'; channel: ChannelName; user: UserKey; username: Username }
  | { noun: 'device'; device: Device; lineage?: LineageState | undefined; lastSeen?: number | undefined }
  | { noun: 'prekey'; prekey: StoredPrekey }
  | { noun: 'mail'; mail: NewMail }
  | { noun: 'count'; user: UserKey; what: Counted; day: number; count: number }
  | { noun: 'secret'; name: string; value: Uint8Array }
  | { noun: 'record'; kind: RecordKind; id: string; value: unknown };

export interface Archive {
  /**
   * Accounts first, then what refers to them. The store may be written meanwhile: then a record may refer to an account that is
   * not among the records.
   */
  records(): AsyncIterable<ArchiveRecord>;
  /**
   * Into a store without accounts. What refers to nothing that is there is left out. Letters get other ids. With `again` it goes on
   * with one that was cut short, of the same records, before anybody has used the store: nothing is there twice.
   * Errors: forbidden when there are accounts.
   */
  restore(records: AsyncIterable<ArchiveRecord>, options?: { readonly again?: boolean }): Promise<void>;
}

export interface TrackerStore {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly channels: ChannelStore;
  readonly devices: DeviceStore;
  readonly presence: PresenceStore;
  readonly mailboxes: MailboxStore;
  readonly prekeys: PrekeyStore;
  readonly dailyCounts: DailyCounts;
  readonly secrets: SecretStore;
  readonly records: RecordStore;
  /** To and from the other trackers over this store. */
  readonly notes: Notes;
  readonly states: StoreStates;
  /** All of it, to be kept elsewhere. */
  readonly archive: Archive;
  close(): Promise<void>;
}
