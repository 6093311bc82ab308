/** Which conversations two devices share (SPEC.md section 4): nothing else is ever mentioned or served on their link. */
import {
  channelConversation,
  conversationParts,
  sameUser,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';
import type { LinkState } from './link-state.js';
import type { LogHeads } from './ports.js';

export function shares(
  conversation: ConversationId,
  self: { username: Username; channels: ReadonlySet<ChannelName> },
  other: { username: Username; channels: ReadonlySet<ChannelName> },
): boolean {
  if (conversation.startsWith('#')) {
    // Asked for each entry on each link: what stands in the sets was parsed, so nothing need be parsed again.
    const channel = conversation.slice(1) as ChannelName;
    return self.channels.has(channel) && other.channels.has(channel);
  }
  const parts = conversationParts(conversation);
  if (parts?.kind !== 'direct') return false;
  const [own, theirs] = [userKey(self.username), userKey(other.username)];
  return parts.users.includes(own) && parts.users.includes(theirs);
}

export function isDirect(conversation: ConversationId): boolean {
  return conversation.startsWith('@');
}

/**
 * What was written to somebody under an authority that has ended goes to the user's own devices alone: whoever has the other's
 * name under the present one may be somebody else.
 * @param isFormer whether such an authority certified the author's device
 */
export function isWithheld(
  conversation: ConversationId,
  isFormer: boolean,
  self: { username: Username },
  other: { username: Username },
): boolean {
  return isFormer && isDirect(conversation) && !sameUser(other.username, self.username);
}

/** What of this device's history concerns whom. */
export class Sharing {
  constructor(
    private readonly options: {
      readonly username: Username;
      readonly channels: ReadonlySet<ChannelName>;
      readonly log: LogHeads;
    },
  ) {}

  isShared(state: LinkState, conversation: ConversationId): boolean {
    if (state.shared.has(conversation)) return true;
    if (!shares(conversation, this.options, state)) return false;
    state.shared.add(conversation);
    return true;
  }

  /** All shared conversations: common channels, and what both are party to. */
  all(state: LinkState): Set<ConversationId> {
    const all = new Set<ConversationId>();
    for (const channel of this.options.channels) if (state.channels.has(channel)) all.add(channelConversation(channel));
    for (const conversation of this.options.log.conversations()) {
      if (conversationParts(conversation)?.kind === 'direct' && this.isShared(state, conversation))
        all.add(conversation);
    }
    return all;
  }

  isWithheld(state: LinkState, conversation: ConversationId, author: DeviceId): boolean {
    if (!isDirect(conversation)) return false;
    return isWithheld(conversation, this.options.log.isFormer?.(author) === true, this.options, state);
  }

  /**
   * Whether the other side lacks anything of other logs than our own that it could take from here. Where it has shown another chain
   * of a log, it cannot take ours.
   */
  lacks(state: LinkState, conversation: ConversationId, self: DeviceId): boolean {
    const [theirs, forked] = [state.theirs.get(conversation), state.forked.get(conversation)];
    const isPruned = (device: DeviceId): boolean =>
      (this.options.log.pruned?.(conversation, device, state) ?? 0) > (theirs?.get(device) ?? 0);
    for (const [device, seq] of this.durableFor(state, conversation))
      if (device !== self && seq > (theirs?.get(device) ?? 0) && !forked?.has(device) && !isPruned(device)) return true;
    return false;
  }

  /** What is durable here, as far as the other side is to know of it. */
  durableFor(state: LinkState, conversation: ConversationId): ReadonlyMap<DeviceId, number> {
    const heads = this.options.log.durable(conversation);
    const told = [...heads].filter(([device]) => !this.isWithheld(state, conversation, device));
    return told.length === heads.size ? heads : new Map(told);
  }
}
