/**
 * Names as IRC carries them, and back. Both directions are exact: two users or channels never share a name there. Names of Parley
 * are ASCII letters, digits, `_` and `-` (SPEC.md section 1); IRC wants no digit and no `-` at the beginning of a nick, so that such
 * a name gets a `|` before it, which no name of Parley holds.
 */
import {
  channelConversation,
  conversationParts,
  directConversation,
  otherParty,
  parseChannelName,
  parseUsername,
  type ConversationId,
  type Username,
} from '../../../protocol/ids.js';

/** The longest name, and the mark before it. */
export const NICK_MAX = 33;
export const CHANNEL_MAX = 33;
/** The host that all users have: nobody's address is told. */
export const USER_HOST = 'parley';

export function nickOf(username: string): string {
  return /^[0-9-]/.test(username) ? `|${username}` : username;
}

/** Undefined for what can be nobody's nick. */
export function userOfNick(nick: string): Username | undefined {
  const username = parseUsername(nick.startsWith('|') ? nick.slice(1) : nick);
  return username !== undefined && nickOf(username) === nick ? username : undefined;
}

/** `nick!user@host` */
export function sourceOf(username: string): string {
  return `${nickOf(username)}!${userNameOf(username)}@${USER_HOST}`;
}

/** What stands between `!` and `@`. */
export function userNameOf(username: string): string {
  return username.toLowerCase();
}

/** `#General` is `#general`: Parley has lower case alone. */
export function channelOfTarget(target: string): ConversationId | undefined {
  const name = target.startsWith('#') ? parseChannelName(target.slice(1).toLowerCase()) : undefined;
  return name && channelConversation(name);
}

/** The conversation that a target of PRIVMSG means; undefined for what can be neither a channel nor a nick. */
export function conversationOfTarget(target: string, self: Username): ConversationId | undefined {
  if (target.startsWith('#')) return channelOfTarget(target);
  const other = userOfNick(target);
  return other && directConversation(self, other);
}

/**
 * What a conversation is called in IRC: the channel, or the nick of the other one.
 * @param spelt the name of a user as they write it
 */
export function targetOf(conversation: ConversationId, self: Username, spelt: (user: string) => string): string {
  if (conversationParts(conversation)?.kind === 'channel') return conversation;
  return nickOf(spelt(otherParty(conversation, self) ?? self));
}

/** A mask of IRC, with `*` and `?`, as a test of names; ASCII letters count alike. */
export function maskTest(mask: string): (text: string) => boolean {
  const parts = mask.toLowerCase().slice(0, 128).split(/\*+/);
  return (text) => {
    const name = text.toLowerCase();
    const [first = '', ...others] = parts;
    if (!matchesAt(name, first, 0)) return false;
    if (others.length === 0) return name.length === first.length;
    let at = first.length;
    const last = others.pop() ?? '';
    // Each part at its first place after the one before: no other choice can do better.
    for (const part of others) {
      while (at + part.length <= name.length && !matchesAt(name, part, at)) at += 1;
      if (at + part.length > name.length) return false;
      at += part.length;
    }
    return name.length - last.length >= at && matchesAt(name, last, name.length - last.length);
  };
}

function matchesAt(name: string, part: string, at: number): boolean {
  if (at + part.length > name.length) return false;
  for (let i = 0; i < part.length; i++) if (part[i] !== '?' && part[i] !== name[at + i]) return false;
  return true;
}
