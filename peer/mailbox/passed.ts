/**
 * Letters that were passed over: a log that they go on with takes nothing now, since its author is blocked or ahead of the
 * rate, or the disk is low. They stay in the mailbox, those behind them go on, and they are read again when their logs are open.
 */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { MailboxPorts } from './ports.js';

export interface LogName {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
}

export interface PassedLetter {
  readonly id: string;
  /** The letter before it in the mailbox: what follows that is fetched to have this one. */
  readonly after: string | undefined;
  /** The logs for which it was passed over. */
  readonly logs: readonly LogName[];
  /** Sealed bytes of a letter that somebody who is blocked wrote, or an entry of them holds back; 0 for others. */
  readonly blockedBytes: number;
}

interface Entry extends PassedLetter {
  readonly order: number;
}

/** So many are remembered. More stay in the mailbox as well, and are found at the next connection. */
export const PASSED_MAX = 16_384;

export class PassedOver {
  /** In the order of the mailbox. */
  private readonly letters = new Map<string, Entry>();
  /** The places of each log's letters, ascending. */
  private readonly logs = new Map<string, Set<number>>();
  private next = 0;
  private bytes = 0;

  constructor(private readonly ports: Pick<MailboxPorts, 'log' | 'keys'>) {}

  get size(): number {
    return this.letters.size;
  }

  /** Sealed bytes of blocked authors' letters. */
  get blockedBytes(): number {
    return this.bytes;
  }

  has(id: string): boolean {
    return this.letters.has(id);
  }

  /** Whether nothing more of a log is taken now, though it would be later. */
  isClosed({ conversation, device }: LogName): boolean {
    const { log, keys } = this.ports;
    const end = log.end(conversation, device)?.seq ?? 0;
    return log.limit(conversation, device) <= end && !keys.revoked(device);
  }

  /** Whether a letter of this log that lies before the letter `id` was passed over. */
  isBehind(log: LogName, id: string): boolean {
    const [first] = this.logs.get(nameOf(log)) ?? [];
    return first !== undefined && first < (this.letters.get(id)?.order ?? Infinity);
  }

  /** A letter that is known already keeps its place; which logs it waits for may be others now. */
  add(letter: PassedLetter): void {
    const known = this.letters.get(letter.id);
    if (!known && this.letters.size >= PASSED_MAX) return;
    if (known) this.forget(known);
    const { order, after } = known ?? { order: this.next++, after: letter.after };
    // A known one stands where it stood, in the map as well.
    this.letters.set(letter.id, { ...letter, order, after });
    this.bytes += letter.blockedBytes;
    for (const log of letter.logs) {
      const orders = (this.logs.get(nameOf(log)) ?? new Set<number>()).add(order);
      // A new one is the last anyway.
      this.logs.set(nameOf(log), known ? new Set([...orders].sort((a, b) => a - b)) : orders);
    }
  }

  delete(id: string): void {
    const letter = this.letters.get(id);
    if (!letter) return;
    this.letters.delete(id);
    this.forget(letter);
  }

  clear(): void {
    this.letters.clear();
    this.logs.clear();
    this.bytes = 0;
  }

  /** Those that can be read again now, in order. A letter waits for those of its logs that lie before it. */
  *open(): Generator<PassedLetter> {
    const closed = new Map([...this.logs.keys()].map((name) => [name, this.isClosed(logOf(name))]));
    for (const letter of this.letters.values()) {
      const names = letter.logs.map((log) => nameOf(log));
      if (names.every((name) => closed.get(name) !== true)) yield letter;
      else for (const name of names) closed.set(name, true);
    }
  }

  private forget({ order, logs, blockedBytes }: Entry): void {
    this.bytes -= blockedBytes;
    for (const log of logs) {
      const orders = this.logs.get(nameOf(log));
      orders?.delete(order);
      if (orders?.size === 0) this.logs.delete(nameOf(log));
    }
  }
}

function nameOf({ conversation, device }: LogName): string {
  return `${device} ${conversation}`;
}

/** The first blank is the one between them: a device id has none. */
function logOf(name: string): LogName {
  const at = name.indexOf(' ');
  return { device: name.slice(0, at) as DeviceId, conversation: name.slice(at + 1) as ConversationId };
}
