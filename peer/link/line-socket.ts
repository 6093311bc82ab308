/**
 * Lines over a stream, both ways, within bounds: what arrives is split and handed over a chunk at a time; messages that are sent
 * while one thing is being done leave in one write right after it (one write a line costs six times as much). Knows no message.
 */
import type { Duplex } from 'node:stream';
import { isParleyError, type ParleyError } from '../../protocol/errors.js';
import { LineSplitter } from '../../protocol/lines.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Transport, TransportHandlers } from './transport.js';
import type { LinkLimits, Timers } from './types.js';

export interface LineHandlers extends Omit<TransportHandlers, 'passed'> {
  /** What arrived broke the rules of lines; nothing more will be handed over. */
  broken(error: ParleyError): void;
}

/** Goes into one write at most, so that a long queue is not encrypted all at once. */
const WRITE_MAX = 512 * 1024;

export class LineSocket implements Transport {
  readonly #splitter = new LineSplitter();
  #handlers: LineHandlers | undefined;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #writingBytes = 0;
  #flushing = false;
  #aboveLow = false;
  #ending = false;
  #linger: unknown;

  constructor(
    private readonly stream: Duplex,
    private readonly limits: LinkLimits,
    private readonly timers: Timers,
  ) {
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.on('close', () => this.#closed());
  }

  /** Whom to tell from now on. */
  tell(handlers: LineHandlers): void {
    this.#handlers = handlers;
  }

  get queued(): number {
    return this.#pendingBytes + this.#writingBytes;
  }

  send(message: LinkMessage): void {
    if (this.#ending) return;
    this.#add(`${JSON.stringify(message)}\n`);
    this.#flushSoon();
    this.#boundQueue();
  }

  write(text: string): void {
    if (this.#ending) return;
    this.#add(text);
    this.#flush();
    this.#boundQueue();
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  /** Destroyed after a while, whatever the other side does. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#handlers = undefined;
    this.stream.resume();
    this.#linger = this.timers.setTimeout(() => this.destroy(), this.limits.lingerMs);
    if (this.#writingBytes === 0) this.#flush();
  }

  destroy(): void {
    this.#ending = true;
    this.#handlers = undefined;
    this.stream.destroy();
  }

  #add(text: string): void {
    const bytes = Buffer.from(text);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.queued >= this.limits.queueLow) this.#aboveLow = true;
  }

  #boundQueue(): void {
    if (this.queued >= this.limits.queueHigh) this.#handlers?.full();
  }

  #read(chunk: Buffer): void {
    if (this.#ending) return;
    const lines: string[] = [];
    let error: ParleyError | undefined;
    try {
      for (const line of this.#splitter.push(chunk)) lines.push(line);
    } catch (thrown) {
      if (!isParleyError(thrown)) throw thrown;
      error = thrown;
    }
    if (lines.length > 0) this.#handlers?.lines(lines);
    if (error) this.#handlers?.broken(error);
  }

  /** One write at a time: what comes meanwhile gathers for the next. */
  #flush(): void {
    this.#flushing = false;
    if (this.#writingBytes > 0 || this.stream.destroyed) return;
    if (this.#pending.length === 0) {
      if (this.#ending) this.stream.end();
      return;
    }
    const bytes = this.#take();
    this.#writingBytes = bytes.length;
    this.#pendingBytes -= bytes.length;
    this.stream.write(bytes, () => this.#written());
  }

  #take(): Buffer {
    let size = 0;
    const enough = this.#pending.findIndex(({ length }) => (size += length) >= WRITE_MAX);
    const taken = this.#pending.splice(0, enough < 0 ? this.#pending.length : enough + 1);
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken);
  }

  #written(): void {
    this.#writingBytes = 0;
    this.#flush();
    if (!this.#aboveLow || this.queued >= this.limits.queueLow) return;
    this.#aboveLow = false;
    this.#handlers?.drained();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // Not with the next turn of the loop: on the way of a message every turn counts.
    process.nextTick(() => {
      if (this.#flushing) this.#flush();
    });
  }

  #closed(): void {
    this.#flushing = false;
    this.timers.clearTimeout(this.#linger);
    this.#ending = true;
    this.#pending = [];
    this.#pendingBytes = 0;
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.closed();
  }
}
