/**
 * Branded identifiers and their parsers (SPEC.md section 1). A string is parsed once, where it comes in. After that its type
 * proves that it was checked.
 */
import { CHANNEL_PATTERN, DEVICE_ID_LENGTH, ENTRY_ID_LENGTH, USERNAME_PATTERN } from './limits.js';

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** A user's name as registered, with its own case. Compare with `sameUser` or `userKey`. */
export type Username = Brand<'Username'>;
/** A lower-cased username: the key under which a user is stored and compared. */
export type UserKey = Brand<'UserKey'>;
export type ChannelName = Brand<'ChannelName'>;
/** `#channel` or `@alice+bob`. */
export type ConversationId = Brand<'ConversationId'>;
/** First 16 bytes of SHA-256 over the device key's SPKI (DER), base64url. */
export type DeviceId = Brand<'DeviceId'>;
/** SHA-256 of an entry's signing bytes, base64url. */
export type EntryId = Brand<'EntryId'>;

const username = new RegExp(USERNAME_PATTERN);
const channel = new RegExp(CHANNEL_PATTERN);
const base64url = /^[A-Za-z0-9_-]*$/;

export function parseUsername(text: string): Username | undefined {
  return username.test(text) ? (text as Username) : undefined;
}

export function parseChannelName(text: string): ChannelName | undefined {
  return channel.test(text) ? (text as ChannelName) : undefined;
}

export function parseDeviceId(text: string): DeviceId | undefined {
  return text.length === DEVICE_ID_LENGTH && base64url.test(text) ? (text as DeviceId) : undefined;
}

export function parseEntryId(text: string): EntryId | undefined {
  return text.length === ENTRY_ID_LENGTH && base64url.test(text) ? (text as EntryId) : undefined;
}

export function userKey(name: Username | UserKey): UserKey {
  return name.toLowerCase() as UserKey;
}

export function sameUser(a: Username | UserKey, b: Username | UserKey): boolean {
  return userKey(a) === userKey(b);
}

export function channelConversation(name: ChannelName): ConversationId {
  return `#${name}` as ConversationId;
}

/** The conversation of two users; a user's notes to themself are the conversation with their own name twice. */
export function directConversation(a: Username | UserKey, b: Username | UserKey): ConversationId {
  const [first, second] = [userKey(a), userKey(b)].sort();
  return `@${String(first)}+${String(second)}` as ConversationId;
}

export type ConversationParts =
  { kind: 'channel'; channel: ChannelName } | { kind: 'direct'; users: readonly [UserKey, UserKey] };

/** The parts of a conversation id, or undefined when it is not one (also when the names are not in canonical order). */
export function conversationParts(text: string): ConversationParts | undefined {
  if (text.startsWith('#')) {
    const name = parseChannelName(text.slice(1));
    return name && { kind: 'channel', channel: name };
  }
  if (!text.startsWith('@')) return undefined;
  const [first, second, more] = text.slice(1).split('+');
  if (first === undefined || second === undefined || more !== undefined) return undefined;
  const a = parseUsername(first);
  const b = parseUsername(second);
  if (!a || !b || directConversation(a, b) !== text) return undefined;
  return { kind: 'direct', users: [userKey(a), userKey(b)] };
}

export function parseConversationId(text: string): ConversationId | undefined {
  return conversationParts(text) ? (text as ConversationId) : undefined;
}

/** The other party of a direct conversation, seen by `self`; undefined when `self` is no party to it. */
export function otherParty(conversation: ConversationId, self: Username | UserKey): UserKey | undefined {
  if (conversation.startsWith('#')) return undefined;
  const parts = conversationParts(conversation);
  if (parts?.kind !== 'direct') return undefined;
  const [a, b] = parts.users;
  const own = userKey(self);
  if (a === own) return b;
  return b === own ? a : undefined;
}
