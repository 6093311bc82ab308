/** Who is in a conversation, as far as is known here: what links say now, what logs say, what the tracker lists. */
import {
  conversationParts,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import { compareEntries, type Entry } from '../../protocol/entry.js';

export interface MemberSources {
  readonly self: Username;
  /** Channels that the user is in. */
  readonly joined: ReadonlySet<ChannelName>;
  /** Everybody known here, as they write their names. */
  everybody(): Iterable<Username>;
  /** Devices that have written there, and whose they are. */
  authors(id: ConversationId): Iterable<{ readonly username: Username; readonly device: DeviceId }>;
  /** The last time that the device's user came or went there. */
  coming(id: ConversationId, device: DeviceId): Entry | undefined;
  readonly links: Iterable<{
    readonly remote: { readonly username: Username };
    readonly channels: ReadonlySet<ChannelName>;
  }>;
  /** Whom the tracker lists there; only who is online. */
  listed(channel: ChannelName): Iterable<Username>;
}

/** Sorted, each once. Who left by their own word is out, unless a link says now that they are back. */
export function membersOf(id: ConversationId, sources: MemberSources): string[] {
  const parts = conversationParts(id);
  const members = new Map<UserKey, Username>();
  const add = (username: Username): void => void members.set(userKey(username), username);
  if (parts?.kind === 'direct') for (const user of parts.users) add(spelt(user, sources));
  else if (parts) inChannel(id, parts.channel, sources, members);
  return [...members.values()].sort((a, b) => (userKey(a) < userKey(b) ? -1 : 1));
}

function inChannel(
  id: ConversationId,
  channel: ChannelName,
  sources: MemberSources,
  members: Map<UserKey, Username>,
): void {
  const { self, joined, links } = sources;
  const add = (username: Username): void => void members.set(userKey(username), username);
  if ((PERMANENT_CHANNELS as readonly string[]).includes(channel)) for (const name of sources.everybody()) add(name);
  const comings = new Map<UserKey, Entry>();
  for (const { username, device } of sources.authors(id)) {
    add(username);
    const coming = sources.coming(id, device);
    const known = comings.get(userKey(username));
    if (coming && (!known || compareEntries(coming, known) > 0)) comings.set(userKey(username), coming);
  }
  for (const username of sources.listed(channel)) add(username);
  for (const [user, { kind }] of comings) if (kind === 'leave') members.delete(user);
  for (const { remote, channels } of links) if (channels.has(channel)) add(remote.username);
  if (joined.has(channel)) add(self);
  else members.delete(userKey(self));
}

function spelt(user: UserKey, { everybody, self }: MemberSources): Username {
  if (userKey(self) === user) return self;
  for (const username of everybody()) if (userKey(username) === user) return username;
  return user as string as Username;
}
