/** Which conversations have own entries that did not reach the others yet, and what is said of it. */
import {
  conversationParts,
  directConversation,
  otherParty,
  type ConversationId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { PersonView } from '../../protocol/local-api.js';
import { pendingText, type MailboxState } from './pending.js';
import type { Receipts } from './receipts.js';

export interface PendingBookOptions {
  readonly username: Username;
  readonly receipts: Pick<Receipts, 'delivered' | 'furthest' | 'spread'>;
  readonly person: (user: UserKey) => PersonView | undefined;
  /** Whether there is a link to somebody else in a channel. */
  readonly linkedIn: (conversation: ConversationId) => boolean;
  /** How mailboxes stand for the newest own entry. */
  readonly inMailbox: (conversation: ConversationId) => MailboxState | undefined;
  /** The text of a conversation is another now. */
  readonly changed: (conversation: ConversationId) => void;
}

interface Waiting {
  /** The newest own entry that people are to see. */
  seq: number;
  text: string | undefined;
}

export class PendingBook {
  private readonly waiting = new Map<ConversationId, Waiting>();

  constructor(private readonly options: PendingBookOptions) {}

  text(conversation: ConversationId): string | undefined {
    return this.waiting.get(conversation)?.text;
  }

  /** An own entry was written, in this life or an earlier one. */
  wrote(conversation: ConversationId, seq: number): void {
    const known = this.waiting.get(conversation);
    if (known) known.seq = Math.max(known.seq, seq);
    else if (!this.isDelivered(conversation, seq)) this.waiting.set(conversation, { seq, text: undefined });
    this.look(conversation);
  }

  /** Something changed that may change the text: receipts, presence, links. */
  look(conversation: ConversationId): void {
    const waiting = this.waiting.get(conversation);
    if (!waiting) return;
    const { text: before, seq } = waiting;
    if (this.isDelivered(conversation, seq)) {
      this.waiting.delete(conversation);
      if (before !== undefined) this.options.changed(conversation);
      return;
    }
    waiting.text = this.describe(conversation, seq);
    if (waiting.text !== before) this.options.changed(conversation);
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** The conversation with a user. */
  lookAt(user: UserKey): void {
    this.look(directConversation(user, this.options.username));
  }

  lookAll(): void {
    for (const conversation of [...this.waiting.keys()]) this.look(conversation);
  }

  private isDelivered(conversation: ConversationId, seq: number): boolean {
    const { receipts } = this.options;
    const other = this.other(conversation);
    if (other === undefined) return receipts.furthest(conversation) >= seq;
    return receipts.delivered(conversation, other) >= seq;
  }

  private describe(conversation: ConversationId, seq: number): string | undefined {
    const { person, receipts, linkedIn, inMailbox } = this.options;
    const mailbox = inMailbox(conversation);
    const other = this.other(conversation);
    if (other === undefined) {
      return pendingText({ kind: 'channel', channel: conversation, linked: linkedIn(conversation), mailbox });
    }
    const view = person(other);
    const spread = receipts.spread(conversation, other, seq);
    return pendingText({ kind: 'direct', username: view?.username ?? other, person: view, ...spread, mailbox });
  }

  /** Undefined for a channel. */
  private other(conversation: ConversationId): UserKey | undefined {
    return otherParty(conversation, this.options.username);
  }
}

/** Whether a conversation can wait for others at all: one's notes to oneself cannot. */
export function hasOthers(conversation: ConversationId): boolean {
  const parts = conversationParts(conversation);
  return parts?.kind === 'channel' || (parts?.kind === 'direct' && parts.users[0] !== parts.users[1]);
}
