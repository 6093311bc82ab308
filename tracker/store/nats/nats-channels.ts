import { channelSkeleton } from '../../../protocol/confusable.js';
import type { ChannelName, UserKey, Username } from '../../../protocol/ids.js';
import type { Channel, ChannelChange, ChannelStore, NewChannel } from '../tracker-store.js';
import type { Bucket } from './bucket.js';
import { Grouped } from './grouped.js';

export type StoredChannel = NewChannel & { topic: string };

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
    for (const [, channel] of channels.mirror.values()) this.#index(channel);
    for (const [key] of memberships.mirror.values()) this.#joins(key, true);
    channels.watch(({ after }) => {
      if (!after) return;
      this.#index(after);
      this.#tellUpdated(after.name);
    });
    memberships.watch(({ key, before, after }) => {
      const [name, user] = this.#joins(key, after !== undefined);
      const username = (after ?? before)?.username;
      if (username === undefined || (before && after)) return;
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

  async join(name: ChannelName, user: UserKey, username: Username): Promise<boolean> {
    const channel = await this.channels.find(name);
    if (!channel || channel.permanent) return false;
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

  #channel({ name, topic, permanent }: StoredChannel): Channel {
    return { name, topic, permanent, members: permanent ? this.everyone().here : this.#members.of(name).size };
  }

  #index({ name, creator }: StoredChannel): void {
    this.#bySkeleton.add(channelSkeleton(name), name);
    if (creator !== undefined) this.#byCreator.add(creator, name);
  }

  #joins(key: string, isMember: boolean): [ChannelName, UserKey] {
    const [name, user] = key.split('.') as [ChannelName, UserKey];
    if (isMember) {
      this.#members.add(name, user);
      this.#joined.add(user, name);
    } else {
      this.#members.delete(name, user);
      this.#joined.delete(user, name);
    }
    return [name, user];
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
