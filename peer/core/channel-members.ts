/** Who is in a conversation, as far as is known here: what links say now, what logs say, what the tracker lists. */
import {
  channelConversation,
  conversationParts,
  parseChannelName,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import type { KnownPeople } from '../people/directory-options.js';
import { compareEntries, type Entry } from '../../protocol/entry.js';

/** What there is before the directory is made. */
export interface MemberSources {
  readonly self: Username;
  /** Channels that the user is in. */
  readonly joined: ReadonlySet<ChannelName>;
  /** Devices that have written there, and whose they are. */
  authors(id: ConversationId): Iterable<{ readonly username: Username; readonly device: DeviceId }>;
  /** The last time that the device's user came or went there. */
  coming(id: ConversationId, device: DeviceId): Entry | undefined;
  links(): Iterable<{
    readonly remote: { readonly username: Username };
    readonly channels: ReadonlySet<ChannelName>;
  }>;
  isBlocked(user: UserKey): boolean;
  /** An admin has deleted the channel: nobody is in it. */
  isDeleted(channel: ChannelName): boolean;
  /** An admin has disabled the account: it counts no more among everybody. */
  isShut(user: UserKey): boolean;
}

/** Sorted, each once. Who left by their own word is out, unless a link says now that they are back. */
export function membersOf(id: ConversationId, people: KnownPeople, sources: MemberSources): string[] {
  const parts = conversationParts(id);
  const members = new Map<UserKey, Username>();
  const add = (username: Username): void => void members.set(userKey(username), username);
  if (parts?.kind === 'direct') for (const user of parts.users) add(spelt(user, people, sources));
  else if (parts) inChannel({ id, channel: parts.channel }, people, sources, members);
  return [...members.values()].sort((a, b) => (userKey(a) < userKey(b) ? -1 : 1));
}

/** How many members of a channel are known here, whoever of them is shown. */
export function knownMembers(name: string, people: KnownPeople, sources: MemberSources): number {
  const channel = parseChannelName(name);
  return channel ? membersOf(channelConversation(channel), people, sources).length : 0;
}

/** How many members of a channel that the user is in are blocked. */
export function blockedMembers(name: string, people: KnownPeople, sources: MemberSources): number {
  const channel = parseChannelName(name);
  if (!channel || !sources.joined.has(channel)) return 0;
  const isBlocked = (username: Username): boolean => sources.isBlocked(userKey(username));
  // Of the others nobody is to be looked up in the history.
  const authors = (id: ConversationId): ReturnType<MemberSources['authors']> =>
    [...sources.authors(id)].filter(({ username }) => isBlocked(username));
  const members = membersOf(channelConversation(channel), people, { ...sources, authors });
  return members.filter((username) => isBlocked(username as Username)).length;
}

function inChannel(
  { id, channel }: { readonly id: ConversationId; readonly channel: ChannelName },
  people: KnownPeople,
  sources: MemberSources,
  members: Map<UserKey, Username>,
): void {
  const { self, joined } = sources;
  if (sources.isDeleted(channel)) return;
  const add = (username: Username): void => void members.set(userKey(username), username);
  const isPermanent = (PERMANENT_CHANNELS as readonly string[]).includes(channel);
  if (isPermanent) for (const name of people.usernames()) add(name);
  const comings = new Map<UserKey, Entry>();
  for (const { username, device } of sources.authors(id)) {
    add(username);
    const coming = sources.coming(id, device);
    const known = comings.get(userKey(username));
    if (coming && (!known || compareEntries(coming, known) > 0)) comings.set(userKey(username), coming);
  }
  for (const username of people.listed(channel)) add(username);
  for (const [user, { kind }] of comings) if (kind === 'leave') members.delete(user);
  // As the tracker counts them.
  if (isPermanent) for (const user of members.keys()) if (sources.isShut(user)) members.delete(user);
  for (const { remote, channels } of sources.links()) if (channels.has(channel)) add(remote.username);
  if (joined.has(channel)) add(self);
  else members.delete(userKey(self));
}

function spelt(user: UserKey, people: KnownPeople, { self }: MemberSources): Username {
  if (userKey(self) === user) return self;
  for (const username of people.usernames()) if (userKey(username) === user) return username;
  return user as string as Username;
}
