/** What others hold of a simulated device's own logs: the real book, on a shelf that lasts as long as a disk would. */
import { Receipts, type ReceiptShelf } from '../../peer/core/receipts.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';

type Held = ReturnType<ReceiptShelf['receipts']>[number];

class Shelf implements ReceiptShelf {
  constructor(private readonly held = new Map<ConversationId, Map<DeviceId, Held>>()) {}

  receipts(id: ConversationId): Held[] {
    return [...(this.held.get(id)?.values() ?? [])];
  }

  saveReceipt(id: ConversationId, receipt: Held): void {
    let devices = this.held.get(id);
    if (!devices) this.held.set(id, (devices = new Map<DeviceId, Held>()));
    devices.set(receipt.device, receipt);
  }

  copy(): Shelf {
    return new Shelf(new Map([...this.held].map(([id, devices]) => [id, new Map(devices)])));
  }
}

export class KeptReceipts {
  private book: Receipts;

  constructor(private readonly shelf = new Shelf()) {
    this.book = this.open();
  }

  says(...said: Parameters<Receipts['says']>): void {
    this.book.says(...said);
  }

  record(...said: Parameters<Receipts['record']>): void {
    this.book.record(...said);
  }

  /** Devices, and how far they hold it. */
  held(conversation: ConversationId): Map<DeviceId, number> {
    return new Map([...this.book.held(conversation)].map(({ device, seq }) => [device, seq]));
  }

  everywhere(...asked: Parameters<Receipts['everywhere']>): number {
    return this.book.everywhere(...asked);
  }

  lastWord(...asked: Parameters<Receipts['lastWord']>): ReturnType<Receipts['lastWord']> {
    return this.book.lastWord(...asked);
  }

  /** What a backup of it would know. */
  copy(): KeptReceipts {
    return new KeptReceipts(this.shelf.copy());
  }

  save(): void {
    this.book.save();
  }

  /** A new process knows what was saved. */
  reload(): void {
    this.book = this.open();
  }

  private open(): Receipts {
    return new Receipts(this.shelf, () => {});
  }
}
