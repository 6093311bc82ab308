/**
 * A connection on its way to a link: TLS, proof, handshake, within one limit of time. Performs what the machine says. A
 * connection for files has no handshake.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { errorTable, isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import {
  stepHandshake,
  type Agreement,
  type HandshakeContext,
  type HandshakeEffect,
  type HandshakeInput,
  type HandshakeState,
  type LinkRole,
} from '../../protocol/handshake.js';
import { FILE_ALPN } from '../../protocol/file-messages.js';
import type { DeviceId } from '../../protocol/ids.js';
import { ALPN } from '../../protocol/limits.js';
import { parseLinkMessage, type LinkClaim, type LinkMessage } from '../../protocol/link-messages.js';
import type { DeviceCertificate } from '../identity/certificate.js';
import type { Beginning } from './duplicate-links.js';
import { LineSocket, type LineHandlers } from './line-socket.js';
import { dialError, notAPeer, silence } from './reasons.js';
import { proveRemote, secure, type Credentials } from './secure.js';
import type { Address, Clock, LinkLimits, LinkProtocol, Timers } from './types.js';
import type { UnauthenticatedConnection } from './unauthenticated.js';

export interface OpeningFacts {
  readonly stream: Duplex;
  readonly role: LinkRole;
  /** Offered, or taken. */
  readonly protocols: readonly LinkProtocol[];
  readonly address: Address | undefined;
  /** The device that the caller means to reach. */
  readonly expected: DeviceId | undefined;
  /** Over a circuit of a relay. */
  readonly relayed: boolean;
  /** When it began, for `duplicate-links.ts`. */
  readonly since: number;
  readonly credentials: Credentials;
}

export interface OpeningOptions {
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly keylog?: ((line: Buffer) => void) | undefined;
}

/** Exactly one of `established`, `forFiles` and `failed` is called, once. */
export interface OpeningOwner {
  /** What this side says of itself. */
  greeting(to: DeviceId): Pick<HandshakeContext, 'self' | 'features' | 'channels' | 'time' | 'need'>;
  admit(opening: Opening, remote: DeviceCertificate, claim?: LinkClaim): ErrorCode | undefined;
  /** Makes the link, and says who hears the lines from now on. */
  established(opening: Opening, remote: DeviceCertificate, agreement: Agreement, lines: LineSocket): LineHandlers;
  /** Proven, and meant for files: the socket is the owner's from now on, and nothing has been read from it. */
  forFiles(opening: Opening, remote: DeviceCertificate, socket: TLSSocket): void;
  failed(opening: Opening, error: ParleyError): void;
}

export class Opening implements Beginning, UnauthenticatedConnection, LineHandlers {
  readonly role: LinkRole;
  readonly address: Address | undefined;
  readonly since: number;
  readonly relayed: boolean;
  readonly protocols: readonly LinkProtocol[];
  readonly #expected: DeviceId | undefined;
  readonly #stream: Duplex;
  readonly #tls: TLSSocket;
  readonly #credentials: Credentials;
  readonly #timer: unknown;
  #remote: DeviceCertificate | undefined;
  #lines: LineSocket | undefined;
  #context: HandshakeContext | undefined;
  /** The link that came of it. */
  #heir: LineHandlers | undefined;
  #state: HandshakeState = 'new';
  #greeted = false;
  #over = false;

  constructor(
    facts: OpeningFacts,
    private readonly owner: OpeningOwner,
    private readonly options: OpeningOptions,
  ) {
    this.role = facts.role;
    this.address = facts.address;
    this.since = facts.since;
    this.relayed = facts.relayed;
    this.protocols = facts.protocols;
    this.#expected = facts.expected;
    this.#stream = facts.stream;
    this.#credentials = facts.credentials;
    this.#timer = options.timers.setTimeout(() => this.#timeout(), options.limits.handshakeMs);
    // The listeners for errors stay for the life of the sockets: an error that nobody hears would end the process.
    this.#stream.on('error', (error) => this.#failed(error));
    this.#tls = secure(this.#stream, this.role, this.#credentials, facts.protocols, facts.expected);
    this.#tls.on('error', (error) => this.#failed(error));
    this.#tls.on('close', () => this.#ended());
    this.#tls.once(this.role === 'dialler' ? 'secureConnect' : 'secure', () => this.#secured());
    if (options.keylog) this.#tls.on('keylog', options.keylog);
  }

  get host(): string | undefined {
    return this.role === 'listener' ? this.address?.host : undefined;
  }

  /** Whether this is, or is meant to become, a link to that device. */
  leadsTo(device: DeviceId): boolean {
    return this.protocols.includes(ALPN) && (this.#remote?.device ?? this.#expected) === device;
  }

  /** Whether our greeting on a dial of ours has gone to that device: it may be a link already, over there. */
  hasGreeted(device: DeviceId): boolean {
    return this.#greeted && this.#remote?.device === device;
  }

  evict(): void {
    this.abort(new ParleyError('too_many_links'));
  }

  abort(error: ParleyError): void {
    this.#fail(error);
    this.#tls.destroy();
  }

  /** Nobody waits for it any more; it fails as if its time were over. */
  giveUp(): void {
    this.abort(silence(this.#isConnected(), this.address));
  }

  lines(lines: string[]): void {
    for (const [index, line] of lines.entries()) {
      if (this.#over) return;
      this.#step(inputOf(line));
      if (this.#state === 'established') {
        this.#handOver(lines.slice(index + 1));
        return;
      }
    }
  }

  broken(error: ParleyError): void {
    this.#step({ type: 'invalid', code: error.code });
  }

  drained(): void {}

  full(): void {}

  closed(): void {}

  /** Lines that came with the last one of the handshake belong to the link. */
  #handOver(lines: string[]): void {
    if (lines.length > 0) this.#heir?.lines(lines);
  }

  #secured(): void {
    if (this.#over || this.#tls.destroyed) return;
    let remote: DeviceCertificate;
    try {
      remote = this.#prove();
    } catch (error) {
      if (!isParleyError(error)) throw error;
      this.#refuseUnproven(error);
      return;
    }
    this.#remote = remote;
    if (this.#isForFiles()) {
      this.#finish();
      this.owner.forFiles(this, remote, this.#tls);
      return;
    }
    this.#lines = this.#openLines();
    this.#lines.tell(this);
    this.#context = {
      ...this.owner.greeting(remote.device),
      role: this.role,
      remote,
      admit: (claim) => this.owner.admit(this, remote, claim),
    };
    this.#step({ type: 'started' });
  }

  #isForFiles(): boolean {
    return this.#tls.alpnProtocol === FILE_ALPN;
  }

  #prove(): DeviceCertificate {
    const remote = proveRemote(this.#tls, this.#credentials, this.options.clock.now());
    if (this.#expected !== undefined && remote.device !== this.#expected) {
      throw new ParleyError('identity_mismatch', `Another device answers there: one of ${remote.username}.`);
    }
    return remote;
  }

  /** Says why, where the other side speaks our protocol and did not ask us: else a wrong clock would be a riddle to it. */
  #refuseUnproven({ code, message }: ParleyError): void {
    if (code === 'unavailable') {
      this.abort(notAPeer(this.address));
      return;
    }
    if (this.#isForFiles()) {
      this.abort(new ParleyError(code, message));
      return;
    }
    this.#fail(new ParleyError(code, message));
    const lines = this.#openLines();
    if (this.role === 'listener') lines.write(`${JSON.stringify({ type: 'handshake_refused', code, message })}\n`);
    lines.end();
  }

  #openLines(): LineSocket {
    return new LineSocket(this.#tls, this.options.limits, this.options.timers);
  }

  #step(input: HandshakeInput): void {
    if (!this.#context || this.#over) return;
    const { state, effects } = stepHandshake(this.#state, input, this.#context);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: HandshakeEffect): void {
    switch (effect.type) {
      case 'send':
        this.#send(effect.message);
        return;
      case 'established':
        this.#establish(effect);
        return;
      case 'close':
        this.#fail(new ParleyError(effect.code, effect.message));
        this.#lines?.end();
        return;
    }
  }

  #send(message: LinkMessage): void {
    if (message.type === 'handshake') this.#greeted = true;
    this.#lines?.write(`${JSON.stringify(message)}\n`);
  }

  #establish(agreement: Agreement): void {
    if (!this.#remote || !this.#lines) return;
    this.#finish();
    this.#heir = this.owner.established(this, this.#remote, agreement, this.#lines);
    this.#lines.tell(this.#heir);
  }

  #timeout(): void {
    if (this.#context) this.#step({ type: 'timeout' });
    else this.abort(silence(this.#isConnected(), this.address));
  }

  #isConnected(): boolean {
    return !(this.#stream instanceof Socket && this.#stream.connecting);
  }

  #failed(cause: unknown): void {
    this.#fail(dialError(cause, this.address));
    this.#tls.destroy();
  }

  #ended(): void {
    if (this.#context) this.#step({ type: 'closed' });
    else this.#fail(dialError(undefined, this.address));
  }

  #fail(error: ParleyError): void {
    if (this.#over) return;
    this.#finish();
    this.owner.failed(this, error);
  }

  #finish(): void {
    this.#over = true;
    this.options.timers.clearTimeout(this.#timer);
  }
}

function inputOf(line: string): HandshakeInput {
  try {
    return { type: 'message', message: parseLinkMessage(line) };
  } catch (error) {
    if (!isParleyError(error)) throw error;
    const code = errorTable[error.code].fatal ? error.code : 'handshake_expected';
    return { type: 'invalid', code };
  }
}
