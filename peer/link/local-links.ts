/**
 * Links between peers of one process, as a gateway hosts them: without a socket and without TLS, which would prove and hide nothing
 * within one memory. Who the other side is, is proven as ever, by a certificate and by the key that it names; then comes the same
 * handshake, by the same machine.
 */
import { randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import { bug, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import {
  stepHandshake,
  type Agreement,
  type HandshakeContext,
  type HandshakeInput,
  type HandshakeState,
  type LinkRole,
} from '../../protocol/handshake.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { LinkClaim, LinkMessage } from '../../protocol/link-messages.js';
import type { DeviceCertificate } from '../identity/certificate.js';
import { LocalTransport } from './local-transport.js';
import { judge, type Credentials } from './secure.js';
import type { Beginning } from './duplicate-links.js';
import type { Transport, TransportHandlers } from './transport.js';
import type { Address, Link, LinkLimits } from './types.js';

/** What the links of one peer show to those of another. */
export interface LocalEnd {
  readonly device: DeviceId;
  readonly limits: LinkLimits;
  readonly privateKey: KeyObject;
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with ParleyError `unavailable`, `not_signed_in` */
  credentials(): Credentials;
  greeting(to: DeviceId): Pick<HandshakeContext, 'self' | 'features' | 'channels' | 'time' | 'need'>;
  admit(beginning: Beginning, remote: DeviceCertificate, claim?: LinkClaim): ErrorCode | undefined;
  /** Counts beginnings. */
  moment(): number;
  established(
    beginning: Beginning,
    remote: DeviceCertificate,
    agreement: Agreement,
    transport: Transport,
  ): Link & TransportHandlers;
}

/** Apart from all else that a device signs. */
const PROOF = 'parley/local-link/1\n';

export class LocalLinks {
  readonly #ends = new Map<DeviceId, LocalEnd>();

  /** From now on it can be linked to. */
  add(end: LocalEnd): void {
    this.#ends.set(end.device, end);
  }

  remove(end: LocalEnd): void {
    if (this.#ends.get(end.device) === end) this.#ends.delete(end.device);
  }

  has(device: DeviceId): boolean {
    return this.#ends.has(device);
  }

  /**
   * Both have the link when this returns; nothing has been handed over on it yet.
   * @param address where the device says that it can be reached: connections for files go there
   * @throws ParleyError as `dial` of links
   */
  dial(from: LocalEnd, device: DeviceId, address: Address): Link {
    const to = this.#ends.get(device);
    if (!to) throw new ParleyError('unavailable');
    const [near, far] = LocalTransport.pair(from.limits);
    const dialler = new LocalOpening('dialler', from, to, near, address);
    const listener = new LocalOpening('listener', to, from, far, undefined);
    listener.step({ type: 'started' });
    const greeting = dialler.step({ type: 'started' });
    const reply = greeting && listener.step({ type: 'message', message: greeting });
    if (reply) dialler.step({ type: 'message', message: reply });
    if (dialler.link) return dialler.link;
    near.end();
    throw dialler.refusal ?? listener.refusal ?? bug('a handshake came to no end');
  }
}

class LocalOpening implements Beginning {
  readonly relayed = false;
  readonly since: number;
  link: Link | undefined;
  refusal: ParleyError | undefined;
  readonly #remote: DeviceCertificate;
  readonly #context: HandshakeContext;
  #state: HandshakeState = 'new';

  /** @throws ParleyError as `judge` */
  constructor(
    readonly role: LinkRole,
    private readonly end: LocalEnd,
    other: LocalEnd,
    private readonly transport: LocalTransport,
    readonly address: Address | undefined,
  ) {
    this.since = end.moment();
    this.#remote = proven(end, other);
    this.#context = {
      ...end.greeting(other.device),
      role,
      remote: this.#remote,
      admit: (claim) => end.admit(this, this.#remote, claim),
    };
  }

  /** @returns what it says to the other side */
  step(input: HandshakeInput): LinkMessage | undefined {
    const { state, effects } = stepHandshake(this.#state, input, this.#context);
    this.#state = state;
    let said: LinkMessage | undefined;
    for (const effect of effects) {
      if (effect.type === 'send') said = effect.message;
      else if (effect.type === 'close') this.refusal = new ParleyError(effect.code, effect.message);
      else this.#establish(effect);
    }
    return said;
  }

  #establish(agreement: Agreement): void {
    const link = this.end.established(this, this.#remote, agreement, this.transport);
    this.transport.tell(link);
    this.link = link;
  }
}

/** Whose device the other end is: by a certificate that this end's authority signed, and the key for which it was made. */
function proven(end: LocalEnd, other: LocalEnd): DeviceCertificate {
  const { own } = other.credentials();
  const remote = judge(own.pem, end.credentials(), end.now());
  const challenge = Buffer.concat([Buffer.from(PROOF), randomBytes(32)]);
  const isItsKey = verify(null, challenge, remote.publicKey, sign(null, challenge, other.privateKey));
  if (!isItsKey || remote.device !== other.device) throw new ParleyError('identity_mismatch');
  return remote;
}
