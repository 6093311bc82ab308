/** The topics of channels as their members' logs have them: the last entry of kind `topic` that can be read. */
import { compareEntries, type Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { channelConversation, conversationParts, type ChannelName, type ConversationId } from '../../protocol/ids.js';
import { cleanLine, isBroken, isLine } from '../../protocol/plain-text.js';

/** Bytes, as the tracker counts them. */
const TOPIC_MAX = 256;

export interface TopicShelf {
  /** Entries of kind `topic`, the last first. */
  topics(conversation: ConversationId): Iterable<Entry>;
}

/** @throws bad_request with the next step */
export function topicOf(text: string): string {
  if (isBroken(text.trim())) throw new ParleyError('bad_request', 'A topic is one line of plain text.');
  const topic = cleanLine(text);
  if (!isTopic(topic))
    throw new ParleyError('bad_request', `A topic has at most ${TOPIC_MAX} bytes, and letters. Make it shorter.`);
  return topic;
}

function isTopic(text: string): boolean {
  return text === '' || (isLine(text, TOPIC_MAX) && Buffer.byteLength(text) <= TOPIC_MAX);
}

export class Topics {
  readonly #shelf: TopicShelf;
  /** Null: nobody has set one. */
  readonly #last = new Map<ConversationId, Entry | null>();

  constructor(shelf: TopicShelf) {
    this.#shelf = shelf;
  }

  /** The entry whose message is the topic; empty where it was taken away. */
  of(channel: ChannelName): Entry | undefined {
    const id = channelConversation(channel);
    let last = this.#last.get(id);
    if (last === undefined) {
      last = [...this.#shelf.topics(id)].find(({ message }) => isTopic(message)) ?? null;
      this.#last.set(id, last);
    }
    return last ?? undefined;
  }

  /** The channel whose topic is another one now. */
  added(conversation: ConversationId, entries: readonly Entry[]): ChannelName | undefined {
    const parts = conversationParts(conversation);
    const topics = entries.filter(({ kind, message }) => kind === 'topic' && isTopic(message));
    if (parts?.kind !== 'channel' || topics.length === 0) return undefined;
    const newest = topics.reduce((a, b) => (compareEntries(a, b) < 0 ? b : a));
    const before = this.of(parts.channel);
    if (before && compareEntries(newest, before) < 0) return undefined;
    this.#last.set(conversation, newest);
    return parts.channel;
  }
}
