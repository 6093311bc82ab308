/** Which conversations two devices share (SPEC.md section 4): nothing else is ever mentioned or served on their link. */
import {
  conversationParts,
  userKey,
  type ChannelName,
  type ConversationId,
  type Username,
} from '../../protocol/ids.js';

export function shares(
  conversation: ConversationId,
  self: { username: Username; channels: ReadonlySet<ChannelName> },
  other: { username: Username; channels: ReadonlySet<ChannelName> },
): boolean {
  const parts = conversationParts(conversation);
  if (!parts) return false;
  if (parts.kind === 'channel') return self.channels.has(parts.channel) && other.channels.has(parts.channel);
  const [own, theirs] = [userKey(self.username), userKey(other.username)];
  return parts.users.includes(own) && parts.users.includes(theirs);
}
