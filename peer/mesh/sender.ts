/**
 * Streams entries to one link: one cursor a log, in turn, no further ahead than the link's queue allows. The cursor on our
 * own log stays, and follows the log's end: that is the live path.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { UNSIGNED_BYTES_MAX, UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Advance } from '../log/ports.js';
import type { EntryCodec } from './codec.js';

export interface SenderLink {
  sendLines(lines: string): void;
  /** In place of it, where both ends share one memory. */
  readonly pass?: (messages: readonly LinkMessage[]) => void;
  /** Bytes not yet taken by the kernel. */
  readonly queued: number;
}

export interface SenderLog {
  /** Entries from `from` on, ascending, none that is not durable; at least one where there is any, and about `bytes` of them. */
  range(conversation: ConversationId, device: DeviceId, from: number, limit: number, bytes?: number): Entry[];
  /** Certificates of a device, PEM. */
  certificates(device: DeviceId): string[];
}

interface Cursor {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  next: number;
  readonly to: number;
  /** Up to here what was begun goes on before others' turn comes: to a signed entry, so that nothing waits there unproven. */
  begun: number;
}

/** Above this many bytes in a link's queue nothing more is read from the store. */
const QUEUE_HIGH = 512 * 1024;
/** One reading: whatever the alignment, it holds a signed entry, unless an earlier version wrote more bytes without one. */
const SLICE = 2 * UNSIGNED_RUN_MAX;
const SLICE_BYTES = UNSIGNED_BYTES_MAX;
const CERTIFICATES_A_LINE = 32;

export class Sender {
  private readonly cursors = new Map<string, Cursor>();
  /** Cursors that may have something to send: one on our own log rests at its end until `serve` says that there is more. */
  private readonly due = new Map<string, Cursor>();
  /** Cursors on others' logs that have come to what is not durable here yet. */
  private readonly resting = new Map<string, Cursor>();
  private readonly introduced = new Set<DeviceId>();

  constructor(
    private readonly link: SenderLink,
    private readonly log: SenderLog,
    private readonly codec: EntryCodec,
    /** Whether the other side may be given it: nothing of a log is sent from the first on that it may not. */
    private readonly gives: (entry: Entry) => boolean = () => true,
  ) {}

  /** Starts a cursor, or wakes the one that follows this log already; the next `pump` moves it. */
  serve(conversation: ConversationId, device: DeviceId, from: number, to: number): void {
    const key = `${device} ${conversation} ${to === Infinity ? 'follow' : 'range'}`;
    const following = to === Infinity ? this.cursors.get(key) : undefined;
    const cursor = following ?? { conversation, device, next: from, to, begun: 0 };
    this.cursors.set(key, cursor);
    this.resting.delete(key);
    this.due.set(key, cursor);
  }

  /** More is durable here. @returns whether somebody waits for it: the next `pump` sends it */
  durable(advance: Advance): boolean {
    for (const [key, cursor] of this.resting) {
      if (!advance.get(cursor.conversation)?.has(cursor.device)) continue;
      this.resting.delete(key);
      this.due.set(key, cursor);
    }
    return this.due.size > 0;
  }

  stop(conversation: ConversationId): void {
    for (const [key, cursor] of this.cursors) {
      if (cursor.conversation !== conversation) continue;
      this.cursors.delete(key);
      this.due.delete(key);
      this.resting.delete(key);
    }
  }

  /** Our own new entries, one conversation's, and what they are as lines: sent at once where the cursor stands just before them. */
  live(conversation: ConversationId, device: DeviceId, entries: readonly Entry[], lines: () => string): void {
    const [first, last] = [entries[0]?.seq, entries.at(-1)?.seq];
    if (first === undefined || last === undefined) return;
    const cursor = this.cursors.get(`${device} ${conversation} follow`);
    if (cursor?.next !== first || this.link.queued > QUEUE_HIGH) return;
    this.introduce(device);
    this.send(entries, lines);
    cursor.next = last + 1;
  }

  /** Entries of another's log that have just come. @returns whether they are sent: else the link has too much to do */
  passOn(device: DeviceId, entries: readonly Entry[], lines: () => string): boolean {
    if (this.link.queued > QUEUE_HIGH) return false;
    this.introduce(device);
    this.send(entries, lines);
    return true;
  }

  /** Nothing more of our own log is pushed, until it is served again. */
  unfollow(conversation: ConversationId, device: DeviceId): void {
    const key = `${device} ${conversation} follow`;
    this.cursors.delete(key);
    this.due.delete(key);
  }

  /** Sends until the queue is full or nothing is left. To be called on `drain` again. */
  pump(): void {
    while (this.due.size > 0) {
      for (const [key, cursor] of this.due) {
        if (this.link.queued > QUEUE_HIGH) return;
        if (this.move(cursor)) {
          if (cursor.next <= cursor.begun) break;
          // Behind the others: a long log holds up none of them.
          this.due.delete(key);
          this.due.set(key, cursor);
          continue;
        }
        this.due.delete(key);
        if (cursor.to === Infinity) continue;
        if (cursor.next <= cursor.to) this.resting.set(key, cursor);
        else this.cursors.delete(key);
      }
    }
  }

  private move(cursor: Cursor): boolean {
    const { device, next } = cursor;
    if (next > Math.max(cursor.to, cursor.begun)) return false;
    const read = this.read(cursor, SLICE_BYTES);
    if (next > cursor.begun) {
      const end = endOf(read, cursor.to) ?? endOf(this.read(cursor), cursor.to);
      if (end === undefined) return false;
      cursor.begun = end;
    }
    const piece = read.slice(0, cursor.begun - next + 1);
    if (piece.length === 0) return false;
    this.introduce(device);
    this.send(piece, () => this.codec.lines(piece));
    cursor.next += piece.length;
    return true;
  }

  private read({ conversation, device, next }: Cursor, bytes?: number): Entry[] {
    const entries = this.log.range(conversation, device, next, SLICE, bytes);
    const end = entries.findIndex((entry) => !this.gives(entry));
    return end < 0 ? entries : entries.slice(0, end);
  }

  private send(entries: readonly Entry[], lines: () => string): void {
    if (this.link.pass) this.link.pass(this.codec.messages(entries));
    else this.link.sendLines(lines());
  }

  /** Sends the device's certificates, once. */
  introduce(device: DeviceId): void {
    if (this.introduced.has(device)) return;
    this.introduced.add(device);
    const certificates = this.log.certificates(device);
    for (let i = 0; i < certificates.length; i += CERTIFICATES_A_LINE) {
      const line = { type: 'devices', certificates: certificates.slice(i, i + CERTIFICATES_A_LINE) };
      this.link.sendLines(`${JSON.stringify(line)}\n`);
    }
  }

  /** A device has a new certificate: it is sent again before its next entries. */
  reintroduce(device: DeviceId): void {
    this.introduced.delete(device);
  }
}

/** What is served ends in a signed entry, a little beyond what was asked for if need be: its `seq`. Undefined: there is none. */
function endOf(read: readonly Entry[], to: number): number | undefined {
  const isSigned = ({ sig }: Entry): boolean => sig !== undefined;
  return (read.find((entry) => entry.seq >= to && isSigned(entry)) ?? read.findLast(isSigned))?.seq;
}
