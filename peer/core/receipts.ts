/**
 * What other users hold of this device's own log. Kept in memory, saved behind: a receipt that a crash loses is told again
 * with the next `have`.
 */
import { userKey, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';

export interface ReceiptShelf {
  receipts(id: ConversationId): { device: DeviceId; username: Username; seq: number }[];
  saveReceipt(id: ConversationId, receipt: { device: DeviceId; username: Username; seq: number }): void;
}

interface Held {
  readonly username: Username;
  seq: number;
}

export class Receipts {
  private readonly byConversation = new Map<ConversationId, Map<DeviceId, Held>>();
  private readonly unsaved = new Map<ConversationId, Set<DeviceId>>();

  constructor(
    private readonly shelf: ReceiptShelf,
    private readonly changed: (conversation: ConversationId) => void,
  ) {}

  record(conversation: ConversationId, device: DeviceId, username: Username, seq: number): void {
    const holders = this.load(conversation);
    const held = holders.get(device);
    if (seq <= (held?.seq ?? 0)) return;
    holders.set(device, { username, seq });
    const unsaved = this.unsaved.get(conversation);
    if (unsaved) unsaved.add(device);
    else this.unsaved.set(conversation, new Set([device]));
    this.changed(conversation);
  }

  /** User key → up to which `seq` one of their devices holds it. */
  of(conversation: ConversationId): Record<string, number> {
    const users: Record<string, number> = {};
    for (const { username, seq } of this.load(conversation).values()) {
      const key = userKey(username);
      if (seq > (Object.hasOwn(users, key) ? (users[key] ?? 0) : 0)) {
        Object.defineProperty(users, key, { value: seq, enumerable: true, configurable: true, writable: true });
      }
    }
    return users;
  }

  /** Writes what is new. To be called within a transaction, now and then, and on stop. */
  save(): void {
    for (const [conversation, devices] of this.unsaved) {
      for (const device of devices) {
        const held = this.load(conversation).get(device);
        if (held) this.shelf.saveReceipt(conversation, { device, ...held });
      }
    }
    this.unsaved.clear();
  }

  get dirty(): boolean {
    return this.unsaved.size > 0;
  }

  private load(conversation: ConversationId): Map<DeviceId, Held> {
    let holders = this.byConversation.get(conversation);
    if (!holders) {
      holders = new Map(
        this.shelf.receipts(conversation).map(({ device, username, seq }) => [device, { username, seq }]),
      );
      this.byConversation.set(conversation, holders);
    }
    return holders;
  }
}
