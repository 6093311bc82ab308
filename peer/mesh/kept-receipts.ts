/**
 * Receipts of large channels that are here for a while, in memory: of each log and device the latest, bounded in all, and for each device
 * that brings them. A machine without clock.
 */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { DEAD_AFTER_MS, PING_AFTER_MS } from '../../protocol/limits.js';
import type { SignedReceipt } from '../../protocol/receipt-messages.js';
import type { LinkToken } from './ports.js';

/** What was passed on is kept until a link that was dead already must have ended: so it goes another way. Milliseconds. */
const KEPT_MS = DEAD_AFTER_MS + PING_AFTER_MS;
/** What found no way is given up. */
const GIVEN_UP_MS = 600_000;
/** Receipts that are kept, of all channels; and how many of them one device has brought. */
const KEPT_MAX = 20_000;
const KEPT_OF_DEVICE_MAX = KEPT_MAX / 4;

export interface Kept extends SignedReceipt {
  /** The link that has brought it, and whose it is; undefined: it is our own. */
  readonly from?: { readonly link: LinkToken; readonly device: DeviceId };
  /** Where it was sent; undefined: nowhere yet. `ARRIVED`: it has come to its author. */
  sentTo?: LinkToken | undefined;
  /** No way was known, and it was sent where one may be. */
  isGuess?: boolean;
  /** When it was sent, or came. */
  at: number;
  /** Not passed on before: one of the same device was a short time ago. */
  readonly notBefore?: number;
}

/** No link has this number. */
export const ARRIVED: LinkToken = 0;

/** Of one log. */
export interface LogReceipts {
  readonly conversation: ConversationId;
  readonly author: DeviceId;
  readonly kept: ReadonlyMap<DeviceId, Kept>;
  /** When our own was said last. */
  said: number;
}

interface Log extends LogReceipts {
  readonly kept: Map<DeviceId, Kept>;
}

export class KeptReceipts {
  private readonly logs = new Map<string, Log>();
  private readonly brought = new Map<DeviceId, number>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  all(): Iterable<LogReceipts> {
    return this.logs.values();
  }

  of(conversation: ConversationId, author: DeviceId): LogReceipts {
    return this.log(conversation, author);
  }

  /** Up to where the device is known to hold the log, and what became of that. */
  latest(conversation: ConversationId, author: DeviceId, device: DeviceId): Kept | undefined {
    return this.logs.get(logName(conversation, author))?.kept.get(device);
  }

  /** Whether more is taken of what this device brings. */
  hasRoom(device: DeviceId): boolean {
    return (this.brought.get(device) ?? 0) < KEPT_OF_DEVICE_MAX;
  }

  /** In place of an earlier one of the same device. What finds no place is lost: the device says more with the author's next entry. */
  keep({ conversation, author }: LogReceipts, receipt: Kept): void {
    const { kept } = this.log(conversation, author);
    const before = kept.get(receipt.device);
    if (!before && this.count >= KEPT_MAX) return;
    kept.set(receipt.device, receipt);
    this.counted(before, -1);
    this.counted(receipt, 1);
  }

  /** What was sent there may not have been passed on. */
  lost(link: LinkToken): void {
    for (const { kept } of this.logs.values())
      for (const receipt of kept.values()) if (receipt.sentTo === link) receipt.sentTo = undefined;
  }

  /** What was sent without a way has one now. */
  again(conversation: ConversationId, author: DeviceId): void {
    for (const receipt of this.logs.get(logName(conversation, author))?.kept.values() ?? [])
      if (receipt.isGuess === true) receipt.sentTo = undefined;
  }

  /** Forgets what was kept for long enough, and logs of which nothing is to be known any more. */
  expire(now: number, isUsed: (log: LogReceipts) => boolean): void {
    for (const [name, log] of this.logs) {
      for (const receipt of log.kept.values()) {
        if (now - receipt.at < (receipt.sentTo === undefined ? GIVEN_UP_MS : KEPT_MS)) continue;
        log.kept.delete(receipt.device);
        this.counted(receipt, -1);
      }
      if (log.kept.size === 0 && !isUsed(log)) this.logs.delete(name);
    }
  }

  clear(): void {
    this.logs.clear();
    this.brought.clear();
    this.count = 0;
  }

  private log(conversation: ConversationId, author: DeviceId): Log {
    const name = logName(conversation, author);
    let log = this.logs.get(name);
    if (!log) this.logs.set(name, (log = { conversation, author, kept: new Map(), said: -Infinity }));
    return log;
  }

  private counted(receipt: Kept | undefined, by: 1 | -1): void {
    if (!receipt) return;
    this.count += by;
    const device = receipt.from?.device;
    if (device === undefined) return;
    const brought = (this.brought.get(device) ?? 0) + by;
    if (brought > 0) this.brought.set(device, brought);
    else this.brought.delete(device);
  }
}

/** Names a log in a map. */
export function logName(conversation: ConversationId, author: DeviceId): string {
  return `${author} ${conversation}`;
}
