/** What a user's device is in, and ever was. Outlives the process. */
import { otherParty, type ChannelName, type ConversationId, type Username } from '../../protocol/ids.js';

export class Membership {
  readonly joined: Set<ChannelName>;
  private readonly ever: Set<ChannelName>;

  constructor(
    private readonly username: Username,
    channels: Iterable<ChannelName>,
  ) {
    this.joined = new Set(channels);
    this.ever = new Set(this.joined);
  }

  join(channel: ChannelName): void {
    this.joined.add(channel);
    this.ever.add(channel);
  }

  /** Puts it back to what an old backup says. */
  restore(channels: Iterable<ChannelName>): void {
    this.joined.clear();
    for (const channel of channels) this.join(channel);
  }

  isIn(conversation: ConversationId): boolean {
    return this.belongs(conversation, this.joined);
  }

  wasEverIn(conversation: ConversationId): boolean {
    return this.belongs(conversation, this.ever);
  }

  private belongs(conversation: ConversationId, channels: ReadonlySet<ChannelName>): boolean {
    if (conversation.startsWith('#')) return channels.has(conversation.slice(1) as ChannelName);
    return otherParty(conversation, this.username) !== undefined;
  }
}
