import { ParleyError } from '../protocol/errors.js';
import { userKey, type ChannelName, type DeviceId, type UserKey, type Username } from '../protocol/ids.js';
import type { Address, PeerRecord } from '../protocol/tracker-api.js';
import type { Clock } from './clock.js';
import { RateLimited } from './daily-limits.js';
import { listBody, select, SortedPeers, type ListedPeer, type ListQuery } from './peer-list.js';
import type { PresenceChange, PresenceKey, PresenceStore } from './store/tracker-store.js';

export interface DirectoryOptions {
  presence: PresenceStore;
  clock: Pick<Clock, 'steady'>;
  random: () => number;
  /** A peer that is silent for so long leaves the list. */
  expiryMs: number;
  /** The same after its events socket closed. */
  graceMs: number;
  maxPerUser: number;
}

/** What a peer says of itself, after the tracker has checked that it may. */
export interface Submission {
  username: Username;
  ip: string;
  port: number;
  device?: DeviceId | undefined;
  addresses?: readonly Address[] | undefined;
  channels?: readonly string[] | undefined;
  epoch?: string | undefined;
  reach?: PeerRecord['reach'];
  /** Of these channels: not joined yet. */
  refused?: RefusedJoins | undefined;
}

/** Channels that may not be joined now, and from when on it is tried again, milliseconds of the steady clock. */
export interface RefusedJoins {
  readonly channels: readonly string[];
  readonly until: number;
}

const NOBODY = new SortedPeers();

export type Status = PeerRecord['status'];

export function presenceKey(username: Username, device: DeviceId | undefined): PresenceKey {
  return device === undefined ? `u:${userKey(username)}` : `d:${device}`;
}

/** Who is online, and the lists of peers that are sent (SPEC.md section 2). */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #peers = new Map<PresenceKey, ListedPeer>();
  readonly #everyone = new SortedPeers();
  readonly #inChannel = new Map<string, SortedPeers>();
  readonly #keysOf = new Map<UserKey, Set<PresenceKey>>();
  readonly #submitted = new Map<PresenceKey, Submission>();
  /** Answers of `/get-list` since the last change, by channel; '' is the list of all. */
  readonly #bodies = new Map<string, Buffer>();
  #allJson: string | undefined;
  readonly #listeners = new Set<(change: PresenceChange) => void>();

  private constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  static async open(options: DirectoryOptions): Promise<Directory> {
    const directory = new Directory(options);
    await options.presence.watch((change) => {
      directory.#apply(change);
    });
    return directory;
  }

  get size(): number {
    return this.#peers.size;
  }

  get(key: PresenceKey): PeerRecord | undefined {
    return this.#peers.get(key)?.record;
  }

  /** Its record as JSON; empty where it is not online. */
  jsonOf(key: PresenceKey): string {
    return this.#peers.get(key)?.json ?? '';
  }

  /** Everyone, by id. */
  all(): readonly PeerRecord[] {
    return this.#everyone.all.map((peer) => peer.record);
  }

  /** Everyone, as the inside of a JSON array. Made once for each change. */
  allJson(): string {
    return (this.#allJson ??= this.#everyone.all.map((peer) => peer.json).join(','));
  }

  /**
   * A heart-beat: true when the peer submitted exactly this before and is still online, and no refused join is to be tried
   * again. Its channels are then not read, so that a repetition does not undo a `leave`.
   */
  async refresh(submission: Submission): Promise<boolean> {
    const key = presenceKey(submission.username, submission.device);
    const before = this.#submitted.get(key);
    if (!before || !isSame(before, submission) || this.#isDue(before.refused)) return false;
    return this.#options.presence.touch(key, this.#options.expiryMs);
  }

  /**
   * What a submission has its user join now: all channels that it names; of the same ones as last time only those that were
   * refused then, once it is time. `waiting` are those for which it is not.
   */
  joinsOf({ username, device, channels }: Submission): { now: readonly string[]; waiting?: RefusedJoins | undefined } {
    const before = this.#submitted.get(presenceKey(username, device));
    if (!before || !isSameList(before.channels, channels)) return { now: channels ?? [] };
    const { refused } = before;
    return refused && this.#isDue(refused) ? { now: refused.channels } : { now: [], waiting: refused };
  }

  /**
   * Puts a peer on the list, or changes it. `channels` are those that its user is in.
   * Errors: device_taken, rate_limited when the account has too many peers online.
   */
  async submit(submission: Submission, channels: readonly ChannelName[]): Promise<void> {
    const { username, ip, port, device, addresses, epoch, reach } = submission;
    const key = presenceKey(username, device);
    const before = this.#peers.get(key)?.record;
    if (before && before.username !== username) throw new ParleyError('device_taken');
    if (!before && this.keysOf(userKey(username)).length >= this.#options.maxPerUser) {
      const text = 'Too many peers of this account are online. Stop one of them first.';
      throw new RateLimited(text, this.#options.expiryMs);
    }
    const record: PeerRecord = {
      username,
      ip,
      port,
      ...(device !== undefined && { device }),
      addresses: [...(addresses ?? [])],
      status: before?.status ?? 'online',
      channels: [...channels],
      ...(epoch !== undefined && { epoch }),
      ...(reach !== undefined && { reach }),
    };
    await this.#options.presence.put(key, record, this.#options.expiryMs);
    this.#submitted.set(key, submission);
  }

  /** The body of /get-list. Without a query it is the same buffer until something changes. */
  list(channel: { name: ChannelName; permanent: boolean } | undefined, query: ListQuery): Buffer {
    // Everyone is in a permanent channel.
    const name = channel === undefined || channel.permanent ? '' : channel.name;
    const whole = query.sample === undefined && query.limit === undefined && query.after === undefined;
    const members = name === '' ? this.#everyone : (this.#inChannel.get(name) ?? NOBODY);
    if (!whole) return listBody(select(members.all, query, this.#options.random), members.users);
    let body = this.#bodies.get(name);
    if (!body) this.#bodies.set(name, (body = listBody(members.all)));
    return body;
  }

  keysOf(user: UserKey): readonly PresenceKey[] {
    return [...(this.#keysOf.get(user) ?? [])];
  }

  /** The events socket of the peer answered. */
  async keepAlive(key: PresenceKey, user: UserKey): Promise<void> {
    if (this.#isOf(key, user)) await this.#options.presence.touch(key, this.#options.expiryMs);
  }

  /** The last events socket of the peer closed: it leaves the list after `graceMs`, unless it is heard of again. */
  async expireSoon(key: PresenceKey, user: UserKey): Promise<void> {
    if (this.#isOf(key, user)) await this.#options.presence.shorten(key, this.#options.graceMs);
  }

  async remove(key: PresenceKey): Promise<void> {
    await this.#options.presence.remove(key);
  }

  async setStatus(key: PresenceKey, user: UserKey, status: Status): Promise<void> {
    const record = this.get(key);
    if (!record || !this.#isOf(key, user) || record.status === status) return;
    await this.#options.presence.replace(key, { ...record, status });
  }

  /** The user joined or left channels: their peers on the list show it. */
  async setChannels(user: UserKey, channels: readonly ChannelName[]): Promise<void> {
    for (const key of this.keysOf(user)) {
      const record = this.get(key);
      if (!record || isSameList(record.channels, channels)) continue;
      await this.#options.presence.replace(key, { ...record, channels: [...channels] });
    }
  }

  /** How many users of each of these channels are online. */
  onlineIn(channels: readonly string[]): ReadonlyMap<string, number> {
    return new Map(channels.map((name) => [name, this.#inChannel.get(name)?.users ?? 0]));
  }

  watch(listener: (change: PresenceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #isDue(refused: RefusedJoins | undefined): boolean {
    return refused !== undefined && refused.until <= this.#options.clock.steady();
  }

  #isOf(key: PresenceKey, user: UserKey): boolean {
    return this.#keysOf.get(user)?.has(key) === true;
  }

  #apply(change: PresenceChange): void {
    const { key, after } = change;
    const known = this.#peers.get(key);
    if (known) this.#removeListed(known);
    if (after) this.#addListed({ key, record: after, json: JSON.stringify(after) });
    else this.#submitted.delete(key);
    this.#forgetBodies(known?.record, after);
    for (const listener of this.#listeners) listener({ key, before: known?.record, after });
  }

  #removeListed(peer: ListedPeer): void {
    this.#peers.delete(peer.key);
    this.#everyone.remove(peer);
    for (const name of peer.record.channels) {
      const listed = this.#inChannel.get(name);
      listed?.remove(peer);
      if (listed?.all.length === 0) this.#inChannel.delete(name);
    }
    const user = userKey(peer.record.username as Username);
    const keys = this.#keysOf.get(user);
    keys?.delete(peer.key);
    if (keys?.size === 0) this.#keysOf.delete(user);
  }

  #addListed(peer: ListedPeer): void {
    this.#peers.set(peer.key, peer);
    this.#everyone.add(peer);
    for (const name of peer.record.channels) {
      const listed = this.#inChannel.get(name) ?? new SortedPeers();
      this.#inChannel.set(name, listed);
      listed.add(peer);
    }
    const user = userKey(peer.record.username as Username);
    const keys = this.#keysOf.get(user);
    if (keys) keys.add(peer.key);
    else this.#keysOf.set(user, new Set([peer.key]));
  }

  #forgetBodies(...records: (PeerRecord | undefined)[]): void {
    this.#allJson = undefined;
    this.#bodies.delete('');
    for (const record of records) for (const name of record?.channels ?? []) this.#bodies.delete(name);
  }
}

function isSame(a: Submission, b: Submission): boolean {
  return (
    a.port === b.port &&
    a.ip === b.ip &&
    a.device === b.device &&
    a.username === b.username &&
    a.epoch === b.epoch &&
    a.reach === b.reach &&
    isSameList(a.channels, b.channels) &&
    isSameAddresses(a.addresses, b.addresses)
  );
}

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === b) return true;
  return a?.length === b?.length && a?.every((item, at) => item === b?.[at]) === true;
}

function isSameAddresses(a: readonly Address[] | undefined, b: readonly Address[] | undefined): boolean {
  if (a === b) return true;
  if (a?.length !== b?.length) return false;
  return a?.every((one, at) => one.host === b?.[at]?.host && one.port === b[at].port) === true;
}
