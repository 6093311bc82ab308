/** The channels that the user is in, as this device knows it: one set, which all parts look at and membership changes. */
import { conversationParts, type ChannelName, type ConversationId } from '../../protocol/ids.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';

export class JoinedChannels {
  readonly #set: Set<ChannelName>;
  #sorted: readonly ChannelName[];

  /** @param opened conversations that the store says are open; the channels that everyone is in come with them */
  constructor(opened: readonly ConversationId[]) {
    const permanent = PERMANENT_CHANNELS as readonly string[] as readonly ChannelName[];
    const channels = opened.flatMap((id) => {
      const parts = conversationParts(id);
      return parts?.kind === 'channel' ? [parts.channel] : [];
    });
    this.#set = new Set([...permanent, ...channels]);
    this.#sorted = [...this.#set].sort();
  }

  /** Of now and later. */
  get set(): ReadonlySet<ChannelName> {
    return this.#set;
  }

  /** Sorted. Asked for each message that is posted, so it is not made anew each time. */
  list(): readonly ChannelName[] {
    return this.#sorted;
  }

  has(channel: ChannelName): boolean {
    return this.#set.has(channel);
  }

  add(channel: ChannelName): void {
    this.#set.add(channel);
    this.#sorted = [...this.#set].sort();
  }

  delete(channel: ChannelName): void {
    this.#set.delete(channel);
    this.#sorted = [...this.#set].sort();
  }
}
