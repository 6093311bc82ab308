/**
 * What people tell of themselves to each other: profiles and topics in the log; presence and typing from link to link. Knows
 * the links and the store, and is told of whatever is committed.
 */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import {
  channelConversation,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { CommandArguments, ProfileView } from '../../protocol/local-api.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Entry } from '../../protocol/entry.js';
import type { Link } from '../link/types.js';
import { shares } from '../mesh/sharing.js';
import type { Directory } from '../people/directory.js';
import { changedProfile } from '../people/profile.js';
import { PROFILES, type ProfileBook } from '../people/profiles.js';
import { topicOf, type Topics } from '../people/topics.js';
import type { Clock, Log, Membership, PeerEmitter, Profiles, Writer } from '../services.js';
import type { Store } from '../store/store.js';
import type { Personal } from './personal.js';
import { StatusEnds } from '../people/status-ends.js';
import { Statuses } from './statuses.js';
import { Typing } from './typing.js';

export interface SocialParts {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: PeerEmitter;
  readonly personal: Personal;
  /** Channels that the user is in. */
  readonly channels: ReadonlySet<ChannelName>;
  readonly directory: Directory;
  readonly profiles: ProfileBook;
  readonly topics: Topics;
  readonly book: { has(id: ConversationId): boolean };
  readonly writer: Writer;
  /** Tells the tracker of a topic; rejects when it is away. */
  readonly tracker: { set(channel: ChannelName, topic: string): Promise<void> };
}

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

export class Social implements Profiles, Pick<Membership, 'setTopic'> {
  readonly typing: Typing;
  readonly statuses: Statuses;
  private readonly statusEnds: StatusEnds;
  private readonly links = new Map<number, Link>();
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SocialParts) {
    const { self, clock, events, personal, directory, book } = parts;
    const links = (): Iterable<Link> => this.links.values();
    const blocked = (user: UserKey): boolean => personal.people.isBlocked(user);
    this.statuses = new Statuses({
      own: () => personal.status,
      blocked,
      links,
      heard: (device, status) => directory.status(device, status),
      timers,
    });
    this.statusEnds = new StatusEnds({
      ends: () => parts.profiles.ends(),
      now: () => clock.now(),
      changed: (username) => directory.changed(username),
      timers,
    });
    this.statusEnds.look();
    this.typing = new Typing({
      self: self.username,
      enabled: () => personal.tellsTyping,
      blocked,
      links,
      shares: (conversation, link) => this.shared(conversation, link as Link),
      heard: (conversation, username) => {
        if (book.has(conversation)) events.emit('typing', { conversation, username });
      },
      clock,
    });
  }

  up(link: Link): void {
    this.links.set(link.id, link);
    this.statuses.up(link);
  }

  down(link: Link): void {
    this.links.delete(link.id);
    this.statuses.down(link);
    this.typing.down(link);
  }

  messages(link: Link, messages: readonly LinkMessage[]): void {
    for (const message of messages) {
      if (message.type === 'status') this.statuses.hears(link, message);
      else if (message.type === 'typing') this.typing.hears(link, message);
      else if ((message.type === 'joined' || message.type === 'left') && this.isBlocked(link.remote.username))
        this.parts.directory.channelChanged(message.channel);
    }
  }

  added(conversation: ConversationId, entries: readonly Entry[], own: boolean): void {
    const { profiles, topics, directory } = this.parts;
    const changed = [...profiles.added(conversation, entries)];
    for (const username of changed) directory.changed(username);
    if (changed.length > 0) this.statusEnds.look();
    const channel = topics.added(conversation, entries);
    if (channel !== undefined) directory.channelChanged(channel);
    if (own) this.typing.posted(conversation);
  }

  of(username: Username): ProfileView {
    return this.parts.profiles.view(username);
  }

  picture(id: string, hides?: (user: UserKey) => boolean): ReturnType<Profiles['picture']> {
    return this.parts.profiles.picture(id, hides);
  }

  /** One after the other: each begins with what the one before has made of it. */
  async set(change: CommandArguments<'profile.set'>): Promise<ProfileView> {
    const written = this.writing.then(() => this.write(change));
    this.writing = written.catch(() => undefined);
    return written;
  }

  async setTopic(channel: ChannelName, text: string): Promise<void> {
    const { channels, writer } = this.parts;
    if (!channels.has(channel)) throw new ParleyError('not_member');
    const topic = topicOf(text);
    if ((this.parts.topics.of(channel)?.message ?? '') !== topic) {
      await writer.append({ conversation: channelConversation(channel), kind: 'topic', message: topic, data: {} });
    }
    this.tellTopic(channel, topic);
  }

  /** The tracker is there, and shows these topics: it is told of those that this device set meanwhile. */
  tracker(shown: Iterable<{ readonly name: string; readonly topic: string }>): void {
    for (const { name, topic } of shown) {
      const channel = name as ChannelName;
      const last = this.parts.channels.has(channel) ? this.parts.topics.of(channel) : undefined;
      if (last?.device === this.parts.self.device && last.message !== topic) this.tellTopic(channel, last.message);
    }
  }

  close(): void {
    this.statuses.close();
    this.statusEnds.close();
  }

  private tellTopic(channel: ChannelName, topic: string): void {
    const { tracker, log } = this.parts;
    tracker.set(channel, topic).catch((error: unknown) => {
      if (!isParleyError(error)) throw error;
      log.info({ channel, err: error }, 'the tracker is told of this topic once it is back');
    });
  }

  private async write(change: CommandArguments<'profile.set'>): Promise<ProfileView> {
    const { self, writer } = this.parts;
    const user = self.username.toLowerCase() as UserKey;
    const before = this.parts.profiles.profile(user);
    const profile = changedProfile(before, change, this.parts.clock.now());
    if (JSON.stringify(profile) !== JSON.stringify(before))
      await writer.append({ conversation: PROFILES, kind: 'profile', message: '', data: { ...profile } });
    return this.of(self.username);
  }

  private isBlocked(username: string): boolean {
    return this.parts.personal.people.isBlocked(username.toLowerCase() as UserKey);
  }

  private shared(conversation: ConversationId, { remote, channels }: Link): boolean {
    const { self, channels: joined } = this.parts;
    return shares(conversation, { username: self.username, channels: joined }, { username: remote.username, channels });
  }
}
