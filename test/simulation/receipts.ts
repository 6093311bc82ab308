/** What of this device's own logs other users hold, as it was told: kept in memory, saved now and then. */
import type { ConversationId, UserKey } from '../../protocol/ids.js';

export class Receipts {
  private held = new Map<ConversationId, Map<UserKey, number>>();
  private saved = new Map<ConversationId, Map<UserKey, number>>();

  record(conversation: ConversationId, user: UserKey, seq: number): void {
    let users = this.held.get(conversation);
    if (!users) this.held.set(conversation, (users = new Map<UserKey, number>()));
    users.set(user, Math.max(seq, users.get(user) ?? 0));
  }

  delivered(conversation: ConversationId, user: UserKey): number {
    return this.held.get(conversation)?.get(user) ?? 0;
  }

  /** What a backup of it would know. */
  copy(): Receipts {
    const copied = new Receipts();
    copied.saved = copy(this.saved);
    return copied;
  }

  save(): void {
    this.saved = copy(this.held);
  }

  /** A new process knows what was saved. */
  reload(): void {
    this.held = copy(this.saved);
  }
}

function copy(receipts: ReadonlyMap<ConversationId, Map<UserKey, number>>): Map<ConversationId, Map<UserKey, number>> {
  return new Map([...receipts].map(([conversation, users]) => [conversation, new Map(users)]));
}
