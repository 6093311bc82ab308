/** A link past its handshake: lines ↔ messages, pings, and the one end that it has. */
import { errorTable, isErrorCode, isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { Agreement } from '../../protocol/handshake.js';
import type { ChannelName } from '../../protocol/ids.js';
import { HANDSHAKE_CHANNELS_MAX } from '../../protocol/limits.js';
import { parseLinkMessage, type LinkMessage, type UnknownMessage } from '../../protocol/link-messages.js';
import { isOver, type DeviceCertificate } from '../identity/certificate.js';
import type { LineHandlers } from './line-socket.js';
import type { Transport, TransportHandlers } from './transport.js';
import type { Address, Clock, DownReason, Link, LinkLimits, RemoteIdentity, Timers } from './types.js';

/** How soon something must be heard where the network may be another one: a ping and its answer, over a slow way. */
const PROBE_MS = 10_000;
/** So often a link says that it did not understand; then it ignores in silence. */
const COMPLAINTS_MAX = 3;

export interface LinkFacts {
  readonly id: number;
  readonly certificate: DeviceCertificate;
  readonly dialled: boolean;
  readonly address: Address | undefined;
  readonly relayed: boolean;
  /** When it came up, for `duplicate-links.ts`. */
  readonly upSince: number;
}

/** To whom the link reports; `down` once, after which nothing follows. */
export interface LinkOwner {
  messages(link: LiveLink, messages: LinkMessage[]): void;
  drain(link: LiveLink): void;
  clock(link: LiveLink, time: string): void;
  /** @param when `later`: the caller of `close` or `send` is not to be surprised from within its call. */
  down(link: LiveLink, reason: DownReason, when: 'now' | 'later'): void;
}

export class LiveLink implements Link, LineHandlers, TransportHandlers {
  readonly id: number;
  readonly remote: RemoteIdentity;
  readonly dialled: boolean;
  readonly address: Address | undefined;
  readonly relayed: boolean;
  readonly features: readonly string[];
  readonly upSince: number;
  readonly pass?: (messages: readonly LinkMessage[]) => void;
  readonly #channels: Set<ChannelName>;
  readonly #certificate: DeviceCertificate;
  /** Read from the chunk at hand, not handed over yet. */
  #batch: LinkMessage[] = [];
  #isDown = false;
  #paused = false;
  /** Asked for a sign of life, and nothing was heard since. */
  #isDoubted = false;
  #complaints = 0;
  #heard: number;
  #timer: unknown;

  constructor(
    { id, certificate, dialled, address, relayed, upSince }: LinkFacts,
    agreement: Agreement,
    private readonly transport: Transport,
    private readonly owner: LinkOwner,
    private readonly options: { limits: LinkLimits; clock: Clock; timers: Timers },
  ) {
    this.id = id;
    this.remote = { username: certificate.username, device: certificate.device, certificate: certificate.pem };
    this.dialled = dialled;
    this.address = address;
    this.relayed = relayed;
    this.features = agreement.features;
    this.upSince = upSince;
    if (transport.pass) this.pass = transport.pass;
    this.#certificate = certificate;
    this.#channels = new Set(agreement.channels);
    this.#heard = options.clock.now();
    this.#listenFor(options.limits.pingAfterMs);
  }

  get channels(): ReadonlySet<ChannelName> {
    return this.#channels;
  }

  get queued(): number {
    return this.transport.queued;
  }

  send(message: LinkMessage): void {
    this.transport.send(message);
  }

  sendLines(lines: string): void {
    if (lines !== '') this.transport.write(lines);
  }

  pause(): void {
    this.#paused = true;
    this.#isDoubted = false;
    this.transport.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#heard = this.options.clock.now();
    this.transport.resume();
  }

  close(code?: ErrorCode): void {
    const reason: DownReason = code
      ? { code, message: errorTable[code].message }
      : { code: 'closed', message: 'This side ended the link.' };
    if (code) this.#complainFatally(code, reason.message);
    this.#end(reason, 'later');
  }

  /** As `close`, but `down` comes from within the call: for the owner, which must order it before another `up`. */
  replace(): void {
    const { message } = errorTable.duplicate_link;
    this.#complainFatally('duplicate_link', message);
    this.#end({ code: 'duplicate_link', message }, 'now');
  }

  /** The network may be another one: the link ends unless something is heard soon. */
  probe(): void {
    if (this.#isDown || this.#paused || this.#isDoubted) return;
    this.#isDoubted = true;
    this.send({ type: 'ping', time: this.#time() });
    this.options.timers.clearTimeout(this.#timer);
    this.#listenFor(Math.min(PROBE_MS, this.options.limits.pingAfterMs));
  }

  lines(lines: string[]): void {
    this.#heard = this.options.clock.now();
    this.#isDoubted = false;
    for (const line of lines) {
      const message = this.#parse(line);
      if (this.#isDown) return;
      if (message) this.#batch.push(message);
    }
    this.#deliver();
  }

  passed(messages: readonly LinkMessage[]): void {
    this.#heard = this.options.clock.now();
    this.#isDoubted = false;
    for (const each of messages) {
      const message = this.#handle(each);
      if (this.#isDown) return;
      if (message) this.#batch.push(message);
    }
    this.#deliver();
  }

  broken(error: ParleyError): void {
    this.#complainFatally(error.code, error.message);
    this.#end(error, 'now');
  }

  drained(): void {
    this.owner.drain(this);
  }

  full(): void {
    const { message } = errorTable.queue_full;
    this.#down({ code: 'queue_full', message }, 'later');
    this.transport.destroy();
  }

  closed(): void {
    this.#down({ code: 'closed', message: 'The other side ended the link.' }, 'now');
  }

  /** What the owner of the link is to see; undefined when the link has dealt with it. */
  #parse(line: string): LinkMessage | undefined {
    let message: LinkMessage | UnknownMessage;
    try {
      message = parseLinkMessage(line);
    } catch (error) {
      if (!isParleyError(error)) throw error;
      if (errorTable[error.code].fatal) this.broken(error);
      else this.#complain(error);
      return undefined;
    }
    return this.#handle(message);
  }

  #handle(message: LinkMessage | UnknownMessage): LinkMessage | undefined {
    switch (message.type) {
      case 'ping':
        this.send({ type: 'pong', time: this.#time() });
        return this.#hear(message.time);
      case 'pong':
        return this.#hear(message.time);
      case 'unknown':
      case 'handshake':
      case 'handshake_ack':
      case 'handshake_refused':
        this.#complain(new ParleyError('unknown_type'));
        return undefined;
      case 'joined':
        if (this.#channels.size < HANDSHAKE_CHANNELS_MAX) this.#channels.add(message.channel);
        return message;
      case 'left':
        this.#channels.delete(message.channel);
        return message;
      case 'error':
        if (!message.fatal) return message;
        this.#end({ code: isErrorCode(message.code) ? message.code : 'unavailable', message: message.message }, 'now');
        return undefined;
      default:
        return message;
    }
  }

  #time(): string {
    return new Date(this.options.clock.now()).toISOString();
  }

  #hear(time: string | undefined): undefined {
    if (time !== undefined) this.owner.clock(this, time);
  }

  #complain({ code, message }: ParleyError): void {
    if (this.#complaints >= COMPLAINTS_MAX) return;
    this.#complaints += 1;
    this.send({ type: 'error', code, message, fatal: false });
  }

  #complainFatally(code: ErrorCode, message: string): void {
    if (!this.#isDown) this.send({ type: 'error', code, message, fatal: true });
  }

  #end(reason: DownReason, when: 'now' | 'later'): void {
    this.#down(reason, when);
    this.transport.end();
  }

  #deliver(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.owner.messages(this, batch);
  }

  /** What came before a breach still counts, as it would have in a chunk of its own. */
  #down({ code, message }: DownReason, when: 'now' | 'later'): void {
    if (!this.#isDown) this.#deliver();
    if (this.#isDown) return;
    this.#isDown = true;
    this.options.timers.clearTimeout(this.#timer);
    this.owner.down(this, { code, message }, when);
  }

  /** Wakes when the silence may have become too long; what arrives costs no timer. */
  #listenFor(ms: number): void {
    this.#timer = this.options.timers.setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    const { limits, clock } = this.options;
    const now = clock.now();
    if (isOver(this.#certificate, now)) {
      this.close('certificate_expired');
      return;
    }
    // A clock that was set back, and silence that we asked for, are no sign of death.
    if (now < this.#heard || this.#paused) this.#heard = now;
    const silent = now - this.#heard;
    if (silent >= limits.deadAfterMs || this.#isDoubted) {
      this.#down({ code: 'unavailable', message: 'The other side has fallen silent.' }, 'now');
      this.transport.destroy();
      return;
    }
    if (silent >= limits.pingAfterMs) this.send({ type: 'ping', time: this.#time() });
    this.#listenFor(Math.min(limits.pingAfterMs - (silent % limits.pingAfterMs), limits.deadAfterMs - silent));
  }
}
