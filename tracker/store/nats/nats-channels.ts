import { channelSkeleton } from '../../../protocol/confusable.js';
import type { ChannelName, UserKey, Username } from '../../../protocol/ids.js';
import { editedChannel } from '../channel-edit.js';
import type {
  Channel,
  ChannelChange,
  ChannelEdit,
  ChannelEdited,
  ChannelFacts,
  ChannelStore,
  NewChannel,
  StoredChannel,
} from '../tracker-store.js';
import type { Bucket } from './bucket.js';
import { Grouped } from './grouped.js';

/** Writes that are under way at once. */
const AT_ONCE = 32;

/** The record of a membership, under `<channel>.<user>`. */
export interface Membership {
  username: Username;
}

export interface Everyone {
  /** How many are in the permanent channels. */
  here: number;
  names(limit: number): Username[];
}

/** Nothing is ever removed from `channels`: a name is free only if all that came before is known. */
export class NatsChannels implements ChannelStore {
  readonly #bySkeleton = new Grouped<string, ChannelName>();
  readonly #byCreator = new Grouped<UserKey, ChannelName>();
  readonly #members = new Grouped<ChannelName, UserKey>();
  readonly #joined = new Grouped<UserKey, ChannelName>();
  readonly #listeners = new Set<(change: ChannelChange) => void>();

  constructor(
    private readonly channels: Bucket<StoredChannel>,
    private readonly memberships: Bucket<Membership>,
    private readonly everyone: () => Everyone,
  ) {
    for (const [, channel] of channels.mirror.values()) this.#index(undefined, channel);
    for (const [key] of memberships.mirror.values()) this.#joins(key, true);
    channels.watch(({ before, after }) => {
      if (!after) return;
      this.#index(before, after);
      if (after.state === 'deleted') this.#leaveAll(after.name);
      this.#tellUpdated(after.name);
    });
    memberships.watch(({ key, before, after }) => {
      const [name, user, isChanged] = this.#joins(key, after !== undefined);
      const username = (after ?? before)?.username;
      if (username === undefined || !isChanged) return;
      this.#tell({ type: after ? 'joined' : 'left', name, user, username });
      this.#tellUpdated(name);
    });
  }

  create(channel: NewChannel): Promise<boolean> {
    const skeleton = channelSkeleton(channel.name);
    return this.channels.createIf(
      channel.name,
      { ...channel, topic: '' },
      () => channel.permanent || this.#bySkeleton.of(skeleton).size === 0,
    );
  }

  list(): Promise<readonly Channel[]> {
    const all = [...this.channels.mirror.values()].map(([, channel]) => this.#channel(channel));
    return Promise.resolve(all.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  lookAlike(name: ChannelName): Promise<ChannelName | undefined> {
    const alike = [...this.#bySkeleton.of(channelSkeleton(name))].flatMap((one) => this.channels.get(one) ?? []);
    alike.sort(
      (a, b) => Number(b.permanent) - Number(a.permanent) || a.created - b.created || (a.name < b.name ? -1 : 1),
    );
    return Promise.resolve(alike[0]?.name);
  }

  createdBy(user: UserKey): Promise<readonly number[]> {
    return Promise.resolve([...this.#byCreator.of(user)].flatMap((name) => this.channels.get(name)?.created ?? []));
  }

  async setTopic(name: ChannelName, topic: string): Promise<void> {
    await this.channels.update(name, (known) => known && { ...known, topic });
  }

  async edit(name: ChannelName, edit: ChannelEdit, now: number): Promise<ChannelEdited> {
    await this.channels.find(name);
    let outcome: ChannelFacts | Exclude<ChannelEdited, 'changed'> = 'unknown';
    await this.channels.writeInView(name, (known) => {
      const isTaken = (skeleton: string): boolean => [...this.#bySkeleton.of(skeleton)].some((one) => one !== name);
      outcome = editedChannel(known, edit, now, isTaken);
      if (!known || typeof outcome === 'string') return undefined;
      return { ...known, ...outcome };
    });
    if (edit.state === 'deleted') await this.#removeMemberships(name);
    return typeof outcome === 'string' ? outcome : 'changed';
  }

  async join(name: ChannelName, user: UserKey, username: Username): Promise<boolean> {
    const channel = await this.channels.find(name);
    if (!channel || channel.permanent || channel.state === 'deleted') return false;
    return this.memberships.create(`${name}.${user}`, { username });
  }

  leave(name: ChannelName, user: UserKey, _username: Username): Promise<boolean> {
    return this.memberships.remove(`${name}.${user}`);
  }

  memberNames(name: ChannelName, limit: number): Promise<readonly Username[]> {
    if (this.channels.get(name)?.permanent === true) return Promise.resolve(this.everyone().names(limit));
    const users = [...this.#members.of(name)].sort().slice(0, limit);
    return Promise.resolve(users.flatMap((user) => this.memberships.get(`${name}.${user}`)?.username ?? []));
  }

  /** The users in a channel that is not permanent. */
  members(name: ChannelName): ReadonlySet<UserKey> {
    return this.#members.of(name);
  }

  isPermanent(name: ChannelName): boolean {
    return this.channels.get(name)?.permanent === true;
  }

  /** Who shares a channel that is not permanent with this user, and the user. */
  sharing(user: UserKey): ReadonlySet<UserKey> {
    return new Set([user, ...[...this.#joined.of(user)].flatMap((name) => [...this.#members.of(name)])]);
  }

  ofUser(user: UserKey): Promise<readonly ChannelName[]> {
    const permanent = [...this.channels.mirror.values()].flatMap(([, one]) => (one.permanent ? [one.name] : []));
    return Promise.resolve([...new Set([...permanent, ...this.#joined.of(user)])].sort());
  }

  watch(listener: (change: ChannelChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** There is one account more or less: the accounts are the members of the permanent channels. */
  accountsChanged(): void {
    for (const [, { name, permanent }] of this.channels.mirror.values()) if (permanent) this.#tellUpdated(name);
  }

  #channel(stored: StoredChannel): Channel {
    return { ...stored, members: stored.permanent ? this.everyone().here : this.#members.of(stored.name).size };
  }

  #index(before: StoredChannel | undefined, { name, title, creator }: StoredChannel): void {
    if (before?.title !== undefined) this.#bySkeleton.delete(channelSkeleton(before.title), name);
    for (const one of [name, title ?? name]) this.#bySkeleton.add(channelSkeleton(one), name);
    if (creator !== undefined) this.#byCreator.add(creator, name);
  }

  /** A membership in a channel that is deleted is none, whoever wrote it meanwhile. @returns whether anything changed */
  #joins(key: string, wasWritten: boolean): [ChannelName, UserKey, boolean] {
    const [name, user] = key.split('.') as [ChannelName, UserKey];
    const isMember = wasWritten && this.channels.get(name)?.state !== 'deleted';
    const isChanged = this.#members.of(name).has(user) !== isMember;
    if (isMember) {
      this.#members.add(name, user);
      this.#joined.add(user, name);
    } else {
      this.#members.delete(name, user);
      this.#joined.delete(user, name);
    }
    return [name, user, isChanged];
  }

  /** The same on each node, as soon as it hears that the channel is deleted. */
  #leaveAll(name: ChannelName): void {
    for (const user of [...this.#members.of(name)]) {
      const username = this.memberships.get(`${name}.${user}`)?.username;
      this.#joins(`${name}.${user}`, false);
      if (username !== undefined) this.#tell({ type: 'left', name, user, username });
    }
  }

  /** They count no more; this clears them away. What is left after a crash goes when it is deleted again. */
  async #removeMemberships(name: ChannelName): Promise<void> {
    const prefix = `${name}.`;
    const keys = [...this.memberships.mirror.values()].flatMap(([key]) => (key.startsWith(prefix) ? [key] : []));
    while (keys.length > 0) await Promise.all(keys.splice(0, AT_ONCE).map((key) => this.memberships.remove(key)));
  }

  #tellUpdated(name: ChannelName): void {
    const channel = this.channels.get(name);
    // A membership may be known before its channel: they are in two streams.
    if (channel) this.#tell({ type: 'updated', channel: this.#channel(channel) });
  }

  #tell(change: ChannelChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
