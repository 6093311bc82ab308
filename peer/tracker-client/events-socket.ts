import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import type { ParleyError } from '../../protocol/errors.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import { ANSWER_MAX, parseEvent } from './answers.js';
import { notATracker, timedOut, TrackerRefusal, unreachable } from './failures.js';
import type { Timers } from './http.js';

export interface EventsSocketOptions {
  /** The tracker's address; `/events` is found under it. */
  readonly base: URL;
  readonly token: string;
  /** Whose presence the socket is. */
  readonly device: string;
  readonly ca?: string | undefined;
  readonly timers: Timers;
  /** For opening it, until the snapshot is there. */
  readonly timeoutMs: number;
  /** How often a sign of life is asked for; a tracker that is silent for twice as long is gone. */
  readonly beatMs: number;
  /** Milliseconds, by a clock that nobody sets. */
  steady(): number;
  /** In order; the first is a snapshot. */
  heard(event: TrackerEvent): void;
  /** Once in each silence: half of a beat has gone by without the sign of life that was asked for. */
  missing(): void;
  /** Once, and nothing after it: the reason, also for what never opened. Not after `close`. */
  ended(error: ParleyError): void;
  /** A message of a type that this version does not know. */
  ignored(type: string): void;
}

const CLOSE_NORMAL = 1000;
const CLOSE_GRACE_MS = 1000;
/** Bytes that may wait for a tracker to read them. */
const ANSWERS_MAX = 64 * 1024;

/** The `/events` socket of SPEC.md section 2, from the peer's side. */
export class EventsSocket {
  readonly #options: EventsSocketOptions;
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;
  readonly #cancelTimeout: () => void;
  #cancelPulse: () => void = () => undefined;
  #cancelWatch: () => void = () => undefined;
  #over = false;
  #begun = false;
  /** When anything came last. */
  #heardAt: number;
  #isMissing = false;

  constructor(options: EventsSocketOptions) {
    this.#options = options;
    const { base, token, device, ca, timers, timeoutMs } = options;
    this.#heardAt = options.steady();
    const url = new URL(`events?device=${device}&presence=part`, base);
    url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      followRedirects: false,
      maxPayload: ANSWER_MAX,
      perMessageDeflate: false,
      autoPong: false,
      ...(ca === undefined ? {} : { ca }),
    });
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#cancelTimeout = timers.after(timeoutMs, () => this.#end(timedOut(base.href)));
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('ping', (data) => this.#answer(data));
    socket.on('pong', () => this.#wake());
    socket.on('unexpected-response', (_request, response) => this.#refused(response));
    socket.on('error', (error) => this.#end(unreachable(base.href, error)));
    socket.on('close', (code) => this.#end(unreachable(base.href, { code: `closed with ${code}` })));
  }

  get #silentMs(): number {
    return this.#options.steady() - this.#heardAt;
  }

  #pulse(): void {
    const { timers, beatMs, missing } = this.#options;
    this.#socket.ping();
    const half = beatMs / 2;
    this.#cancelPulse = timers.after(half, () => {
      if (this.#silentMs >= half && !this.#isMissing) {
        this.#isMissing = true;
        missing();
      }
      if (!this.#over) this.#cancelPulse = timers.after(half, () => this.#pulse());
    });
  }

  #watch(): void {
    const { timers, beatMs, base } = this.#options;
    const leftMs = 2 * beatMs - this.#silentMs;
    if (leftMs > 0) {
      this.#cancelWatch = timers.after(leftMs, () => this.#watch());
      return;
    }
    // What came while this process had no time waits to be read: that is one turn away.
    this.#cancelWatch = timers.after(1, () => {
      if (this.#silentMs < 2 * beatMs) this.#watch();
      else this.#end(timedOut(base.href));
    });
  }

  #stopTimers(): void {
    for (const cancel of [this.#cancelTimeout, this.#cancelPulse, this.#cancelWatch]) cancel();
  }

  /** Not more than a tracker reads: it could ask without end, and read nothing. */
  #answer(data: Buffer): void {
    this.#wake();
    if (this.#socket.bufferedAmount > ANSWERS_MAX) this.#end(timedOut(this.#options.base.href));
    else this.#socket.pong(data);
  }

  /** Says how present this peer's user is. */
  say(status: 'online' | 'away' | 'busy'): void {
    if (!this.#over && this.#begun) this.#socket.send(JSON.stringify({ type: 'status', status }));
  }

  /** Asks to be told of these users, or not any more; at most FOLLOW_AT_ONCE_MAX. */
  follow(users: readonly string[], follows: boolean): void {
    if (this.#over || !this.#begun) return;
    if (this.#socket.bufferedAmount > ANSWERS_MAX) return this.#end(timedOut(this.#options.base.href));
    this.#socket.send(JSON.stringify({ type: follows ? 'follow' : 'unfollow', users }));
  }

  /** Says goodbye, so that presence ends; resolves when the connection is gone. */
  async close(): Promise<void> {
    this.#over = true;
    this.#stopTimers();
    this.#socket.close(CLOSE_NORMAL);
    const cancel = this.#options.timers.after(CLOSE_GRACE_MS, () => this.#socket.terminate());
    await this.#closed;
    cancel();
  }

  #wake(): void {
    this.#heardAt = this.#options.steady();
    this.#isMissing = false;
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    this.#wake();
    const url = this.#options.base.href;
    // ws gives one Buffer unless its binaryType is changed.
    const parsed = isBinary ? ({ kind: 'bad' } as const) : parseEvent((data as Buffer).toString('utf8'));
    if (parsed.kind === 'bad') return this.#end(notATracker(url, 'its events have another form'));
    if (parsed.kind === 'unknown') return this.#options.ignored(parsed.type);
    if (!this.#begun && parsed.event.type !== 'snapshot')
      return this.#end(notATracker(url, 'its events lack a snapshot'));
    this.#cancelTimeout();
    if (!this.#begun) {
      this.#pulse();
      this.#watch();
    }
    this.#begun = true;
    this.#options.heard(parsed.event);
  }

  #refused(response: IncomingMessage): void {
    const { statusCode = 0 } = response;
    response.destroy();
    if (statusCode === 401) this.#end(new TrackerRefusal('not_signed_in'));
    else if (statusCode === 429) this.#end(new TrackerRefusal('rate_limited'));
    else if (statusCode === 503) this.#end(new TrackerRefusal('unavailable'));
    else this.#end(notATracker(this.#options.base.href, `HTTP ${statusCode} for its events`));
  }

  #end(error: ParleyError): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimers();
    this.#socket.terminate();
    this.#options.ended(error);
  }
}
