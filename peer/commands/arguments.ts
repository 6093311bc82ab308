/** Strings of a command → branded names, each error naming the field. Names are taken with or without their `#` or `@`. */
import { ParleyError } from '../../protocol/errors.js';
import {
  channelConversation,
  conversationParts,
  otherParty,
  parseChannelName,
  parseConversationId,
  parseDeviceId,
  parseEntryId,
  parseUsername,
  sameUser,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type EntryId,
  type Username,
} from '../../protocol/ids.js';
import type { PeerServices } from '../services.js';

/** @throws bad_channel */
export function channelArgument(text: string): ChannelName {
  const channel = parseChannelName(text.startsWith('#') ? text.slice(1) : text);
  if (!channel) throw new ParleyError('bad_channel');
  return channel;
}

/** The name of a channel that is written by its name, or by the title that an admin gave it. @throws bad_channel */
export function channelNamed({ people }: Pick<PeerServices, 'people'>, text: string): ChannelName {
  const written = channelArgument(text);
  const known = people.channels();
  if (known.some(({ name }) => name === written)) return written;
  return (known.find(({ title }) => title === written)?.name ?? written) as ChannelName;
}

/** @throws bad_name */
export function usernameArgument(text: string): Username {
  const username = parseUsername(text.startsWith('@') ? text.slice(1) : text);
  if (!username) throw new ParleyError('bad_name');
  return username;
}

/** @throws bad_request naming `field` */
export function entryArgument(field: string, text: string): EntryId {
  const id = parseEntryId(text);
  if (!id) throw new ParleyError('bad_request', `${field} must be the id of an entry: 43 characters of base64url.`);
  return id;
}

/** @throws bad_request naming `field` */
export function deviceArgument(field: string, text: string): DeviceId {
  const id = parseDeviceId(text);
  if (!id) throw new ParleyError('bad_request', `${field} must be the id of a device: 22 characters of base64url.`);
  return id;
}

/**
 * A conversation that the user is in: a joined channel, or a direct one with somebody whom this peer knows.
 * @throws bad_channel, bad_request naming the field, not_member, unknown_user
 */
export function conversationArgument(services: PeerServices, text: string): ConversationId {
  // Somebody wrote the name of a channel: `#General`, `#a b`.
  if (text.startsWith('#')) channelArgument(text);
  const parts = conversationParts(text);
  if (!parts) {
    throw new ParleyError(
      'bad_request',
      'conversation must be #channel, or @first+second with both names in lower case and sorted.',
    );
  }
  if (parts.kind === 'channel') {
    const joined = services.membership.joined();
    if (joined.includes(parts.channel)) return text as ConversationId;
    const named = channelNamed(services, parts.channel);
    if (!joined.includes(named)) throw new ParleyError('not_member');
    return channelConversation(named);
  }
  const id = text as ConversationId;
  const other = otherParty(id, services.account.username);
  if (!other) throw new ParleyError('not_member');
  const known =
    sameUser(other, services.account.username) ||
    services.conversations.get(id) !== undefined ||
    services.people.person(other as string as Username) !== undefined;
  if (!known) throw new ParleyError('unknown_user');
  return id;
}

/**
 * Whom a command names and nobody here knows yet, by the fields that name a user: the tracker is to be asked for them.
 * What is no name is left to the command itself.
 */
export function strangerIn(services: PeerServices, args: object): Username | undefined {
  const name = namedUser(services.account.username, args);
  const isKnown = name === undefined || sameUser(name, services.account.username) || services.people.person(name);
  return isKnown ? undefined : name;
}

function namedUser(self: Username, args: object): Username | undefined {
  if ('username' in args && typeof args.username === 'string') return parseUsername(args.username.replace(/^@/, ''));
  if (!('conversation' in args) || typeof args.conversation !== 'string') return undefined;
  const id = parseConversationId(args.conversation);
  const other = id && otherParty(id, self);
  return other as string | undefined as Username | undefined;
}
