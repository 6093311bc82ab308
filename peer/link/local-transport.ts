/**
 * Both ends of a link in one process: what one end sends is handed over in the next turn of the event loop, as it is. Within the
 * bounds of any other link, so that a peer that does not read holds up its neighbour, and fills no memory.
 */
import type { LinkMessage } from '../../protocol/link-messages.js';
import { runCost } from '../../protocol/signed-runs.js';
import type { Transport, TransportHandlers } from './transport.js';
import type { LinkLimits } from './types.js';

type Item = LinkMessage | string;

/** What a log in a `have` counts, and any message besides its text. Bytes. */
const [LOG_COST, MESSAGE_COST] = [64, 128];

export class LocalTransport implements Transport {
  #other: LocalTransport | undefined;
  #handlers: TransportHandlers | undefined;
  /** Sent by the other end, and not handed over yet. */
  #inbox: Item[] = [];
  #inboxBytes = 0;
  #scheduled = false;
  #paused = false;
  /** This end has ended. */
  #ended = false;
  /** The other end has: nothing comes after what is in the inbox. */
  #last = false;
  /** What this end sent stood above `queueLow`. */
  #aboveLow = false;

  private constructor(private readonly limits: Pick<LinkLimits, 'queueLow' | 'queueHigh'>) {}

  static pair(limits: Pick<LinkLimits, 'queueLow' | 'queueHigh'>): [LocalTransport, LocalTransport] {
    const [near, far] = [new LocalTransport(limits), new LocalTransport(limits)];
    near.#other = far;
    far.#other = near;
    return [near, far];
  }

  /** Whom to tell from now on. To be called in the turn in which the pair was made. */
  tell(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  get queued(): number {
    const other = this.#other;
    return other ? other.#inboxBytes : 0;
  }

  send(message: LinkMessage): void {
    this.#put([message], costOf(message));
  }

  write(text: string): void {
    this.#put([text], text.length);
  }

  readonly pass = (messages: readonly LinkMessage[]): void => {
    this.#put(
      messages,
      messages.reduce((sum, message) => sum + costOf(message), 0),
    );
  };

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers = undefined;
    this.#inbox = [];
    this.#inboxBytes = 0;
    const other = this.#other;
    if (!other) return;
    other.#last = true;
    other.#schedule();
  }

  destroy(): void {
    this.end();
  }

  #put(items: readonly Item[], bytes: number): void {
    const other = this.#other;
    if (this.#ended || !other || other.#ended) return;
    for (const item of items) other.#inbox.push(item);
    other.#inboxBytes += bytes;
    if (this.queued >= this.limits.queueLow) this.#aboveLow = true;
    other.#schedule();
    if (this.queued >= this.limits.queueHigh) this.#handlers?.full();
  }

  #schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.#paused || this.#ended) return;
    const items = this.#inbox;
    this.#inbox = [];
    this.#inboxBytes = 0;
    this.#handOver(items);
    const other = this.#other;
    if (other) other.#drained();
    if (this.#last && this.#inbox.length === 0) this.#close();
  }

  /** Lines apart from messages, in their order. */
  #handOver(items: readonly Item[]): void {
    let messages: LinkMessage[] = [];
    for (const item of items) {
      if (typeof item !== 'string') {
        messages.push(item);
        continue;
      }
      if (messages.length > 0) this.#handlers?.passed(messages);
      messages = [];
      this.#handlers?.lines(item.trimEnd().split('\n'));
    }
    if (messages.length > 0) this.#handlers?.passed(messages);
  }

  #drained(): void {
    if (!this.#aboveLow || this.queued >= this.limits.queueLow) return;
    this.#aboveLow = false;
    this.#handlers?.drained();
  }

  #close(): void {
    this.#ended = true;
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.closed();
  }
}

/** About what it takes while it waits. Bytes. */
function costOf(message: LinkMessage): number {
  switch (message.type) {
    case 'chat':
    case 'broadcast':
      return runCost(message);
    case 'have': {
      let logs = 0;
      for (const devices of Object.values(message.conversations)) logs += 1 + Object.keys(devices).length;
      return MESSAGE_COST + LOG_COST * logs;
    }
    case 'ranges':
      return MESSAGE_COST + JSON.stringify(message).length;
    case 'devices':
      return MESSAGE_COST + message.certificates.reduce((sum, pem) => sum + pem.length, 0);
    case 'revoked':
      return MESSAGE_COST + JSON.stringify(message).length;
    default:
      return MESSAGE_COST;
  }
}
