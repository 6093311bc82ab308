import { isStorable } from '../protocol/text.js';
import { ParleyError } from '../protocol/errors.js';
import type { ChannelName, UserKey, Username } from '../protocol/ids.js';
import { ADD_LIST_MEMBERS_MAX, HANDSHAKE_CHANNELS_MAX, PERMANENT_CHANNELS } from '../protocol/limits.js';
import type { ChannelWord } from '../protocol/channel-word.js';
import type { ChannelRecord } from '../protocol/tracker-api.js';
import type { Clock } from './clock.js';
import { dayWait, inTime, RateLimited, type DailyLimits } from './daily-limits.js';
import type { Authority } from './authority.js';
import { tryOnce } from './retry.js';
import type { Channel, ChannelChange, ChannelEdit, ChannelStore, NewChannel } from './store/tracker-store.js';

export interface ChannelsOptions {
  store: ChannelStore;
  clock: Clock;
  /** Of one account: channels that it makes in all, and in a day; that it joins in a day. */
  maxCreated: number;
  maxCreatedADay: number;
  maxJoinedADay: number;
  daily: Pick<DailyLimits, 'take'>;
  /** Guests join what is there: a channel would outlast them. */
  isGuest: (user: UserKey) => Promise<boolean>;
  authority: Pick<Authority, 'channelWord'>;
}

/** In every snapshot: who was away for longer than so many deletions writes into a channel that nobody else is in. */
const DELETED_MAX = 1_000;

export interface Member {
  user: UserKey;
  username: Username;
}

/** Channels, their topics and members. Everyone is in the permanent ones; the others are made by their first member. */
export class Channels {
  readonly #options: ChannelsOptions;
  /** A copy of the store's channels, kept up to date by watching it. */
  readonly #channels = new Map<ChannelName, Channel>();
  /** Of each channel that an admin has changed: signed once. */
  readonly #words = new Map<ChannelName, { since: number; word: ChannelWord }>();

  private constructor(options: ChannelsOptions) {
    this.#options = options;
    options.store.watch((change) => {
      if (change.type === 'updated') this.#channels.set(change.channel.name, change.channel);
    });
  }

  /** Makes the permanent channels where they are missing; in a new store also the initial ones. `retry`: each of them. */
  static async open(options: ChannelsOptions, initial: readonly string[], retry = tryOnce): Promise<Channels> {
    const channels = new Channels(options);
    const create = (channel: NewChannel) => retry('its channels', () => options.store.create(channel));
    const found = await options.store.list();
    for (const channel of found) channels.#channels.set(channel.name, channel);
    const created = options.clock.now();
    for (const name of PERMANENT_CHANNELS as readonly string[] as readonly ChannelName[]) {
      await create({ name, permanent: true, created });
    }
    const others = found.length === 0 ? initial : [];
    for (const name of others as readonly ChannelName[]) await create({ name, permanent: false, created });
    return channels;
  }

  /** None that is deleted. */
  get(name: ChannelName): Channel | undefined {
    const channel = this.#channels.get(name);
    return channel?.state === 'deleted' ? undefined : channel;
  }

  /** Nobody is in it, or ever will be. */
  isDeleted(name: string): boolean {
    return this.#channels.get(name as ChannelName)?.state === 'deleted';
  }

  /** All of them, by name, also those that are deleted. */
  all(): Channel[] {
    return [...this.#channels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Joins a channel, and makes it if it does not exist. Errors: forbidden when the account has made or is in too many,
   * rate_limited when it has made or joined too many in a day, channel_confusable, channel_archived for who is not in it,
   * channel_deleted.
   */
  async join(name: ChannelName, member: Member): Promise<Channel> {
    const { store, daily, maxJoinedADay } = this.#options;
    if (!this.#channels.has(name)) await this.#create(name, member);
    const { state } = this.#existing(name);
    const joined = await store.ofUser(member.user);
    if (!joined.includes(name)) {
      if (state === 'archived') throw new ParleyError('channel_archived');
      if (joined.length >= HANDSHAKE_CHANNELS_MAX) {
        throw new ParleyError('forbidden', `You are in ${joined.length} channels, which is the most. Leave one first.`);
      }
      const wait = await daily.take(member.user, 'join', maxJoinedADay);
      if (wait > 0) throw new RateLimited(dayText('joined', maxJoinedADay, wait), wait);
      await store.join(name, member.user, member.username);
    }
    return this.#existing(name);
  }

  /** Names of members, at most ADD_LIST_MEMBERS_MAX, by name. The caller is among them if they are a member. */
  async memberNames(name: ChannelName, asking: Member): Promise<Username[]> {
    const { store } = this.#options;
    const names = [...(await store.memberNames(name, ADD_LIST_MEMBERS_MAX))];
    if (names.length < ADD_LIST_MEMBERS_MAX || names.includes(asking.username)) return names;
    if ((await store.ofUser(asking.user)).includes(name)) names.splice(-1, 1, asking.username);
    return names;
  }

  /** Errors: not_found, permanent_channel. Leaving a channel that one is not in changes nothing, nor one that is deleted. */
  async leave(name: ChannelName, member: Member): Promise<Channel> {
    const channel = this.#channels.get(name);
    if (channel?.state === 'deleted') return channel;
    if (this.#existing(name).permanent) throw new ParleyError('permanent_channel');
    await this.#options.store.leave(name, member.user, member.username);
    return this.#channels.get(name) ?? this.#existing(name);
  }

  /** Errors: not_found, not_member, bad_text, channel_archived, channel_deleted. */
  async setTopic(name: ChannelName, topic: string, member: Member): Promise<Channel> {
    if (!isStorable(topic)) throw new ParleyError('bad_text');
    if (this.#existing(name).state === 'archived') throw new ParleyError('channel_archived');
    const joined = await this.#options.store.ofUser(member.user);
    if (!joined.includes(name)) throw new ParleyError('not_member');
    await this.#options.store.setTopic(name, topic);
    return this.#existing(name);
  }

  async ofUser(user: UserKey): Promise<readonly ChannelName[]> {
    return this.#options.store.ofUser(user);
  }

  /** All channels but the deleted ones as seen by someone who is in `joined`, by name. */
  records(joined: ReadonlySet<string>): ChannelRecord[] {
    const there = this.all().filter(({ state }) => state !== 'deleted');
    return there.map((channel) => channelRecord(channel, joined.has(channel.name), this.wordOf(channel)));
  }

  /** On those that were deleted, the latest first. */
  deleted(): ChannelWord[] {
    const gone = [...this.#channels.values()].filter(({ state }) => state === 'deleted');
    const latest = gone.sort((a, b) => (b.since ?? 0) - (a.since ?? 0)).slice(0, DELETED_MAX);
    return latest.flatMap((channel) => this.wordOf(channel) ?? []);
  }

  /** What the CA says of a channel that an admin has changed. */
  wordOf({ name: channel, title = channel, state, since }: Channel): ChannelWord | undefined {
    if (since === undefined) return undefined;
    const known = this.#words.get(channel);
    if (known?.since === since) return known.word;
    const word = this.#options.authority.channelWord({ channel, title, state: state ?? 'used' }, since);
    this.#words.set(channel, { since, word });
    return word;
  }

  /** Renames, archives or deletes it. Errors: not_found, permanent_channel, channel_deleted, channel_confusable. */
  async edit(name: ChannelName, edit: ChannelEdit): Promise<{ channel: Channel; isChanged: boolean }> {
    const { store, clock } = this.#options;
    const edited = await store.edit(name, edit, clock.now());
    const channel = this.#channels.get(name);
    if (edited === 'taken') throw await this.#alike(edit.title ?? name, 'Choose a name that differs more.');
    if (edited === 'deleted')
      throw new ParleyError('channel_deleted', `#${name} is deleted, for good. Make another one.`);
    if (edited === 'permanent')
      throw new ParleyError(
        'permanent_channel',
        `Everyone is in #${name}: it cannot be renamed, archived or deleted. Choose another channel.`,
      );
    if (edited === 'unknown' || !channel) throw new ParleyError('not_found', `There is no channel #${name}.`);
    return { channel, isChanged: edited === 'changed' };
  }

  watch(listener: (change: ChannelChange) => void): () => void {
    return this.#options.store.watch(listener);
  }

  async #create(name: ChannelName, member: Member): Promise<void> {
    const { store, clock, maxCreated, maxCreatedADay, isGuest } = this.#options;
    if (await isGuest(member.user))
      throw new ParleyError('forbidden', `There is no channel #${name}, and guests make none. Join one that exists.`);
    const times = await store.createdBy(member.user);
    if (times.length >= maxCreated) {
      throw new ParleyError(
        'forbidden',
        `You have made ${maxCreated} channels, which is the most. Join one that exists.`,
      );
    }
    const wait = dayWait(times, maxCreatedADay, clock.now());
    if (wait > 0) throw new RateLimited(dayText('made', maxCreatedADay, wait), wait);
    const created = await store.create({ name, permanent: false, creator: member.user, created: clock.now() });
    if (created || this.#channels.has(name)) return;
    throw await this.#alike(name, 'Join that one, or choose a name that differs more.');
  }

  async #alike(name: ChannelName, next: string): Promise<ParleyError> {
    const other = await this.#options.store.lookAlike(name);
    const channel = other === undefined ? undefined : this.#channels.get(other);
    const exists = channel?.title === undefined ? 'exists' : `is called #${channel.title} now`;
    // Its history would go on with that of another one.
    const is = channel?.state === 'deleted' ? 'was deleted, and keeps its name' : exists;
    return new ParleyError(
      'channel_confusable',
      `#${name} looks too much like #${other ?? 'another one'}, which ${is}. ${next}`,
    );
  }

  #existing(name: ChannelName): Channel {
    const channel = this.#channels.get(name);
    if (channel?.state === 'deleted') throw new ParleyError('channel_deleted');
    if (!channel)
      throw new ParleyError('not_found', `There is no channel #${name}. Check the spelling, or join it to make it.`);
    return channel;
  }
}

function dayText(done: 'made' | 'joined', count: number, wait: number): string {
  return `You have ${done} ${count} channels within a day, which is the most. Try again ${inTime(wait)}.`;
}

export function channelRecord(
  { name, topic, members }: Channel,
  joined: boolean,
  word: ChannelWord | undefined,
): ChannelRecord {
  return { name, topic, members, joined, ...(word && { word }) };
}
