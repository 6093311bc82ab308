/**
 * The handshake of a link as a state machine for both roles (SPEC.md section 4). It has no socket and no clock: its driver
 * gives it what happened, and performs its effects in order.
 *
 *   dialler:  started → send handshake, await its answer → established | refused
 *   listener: started → await handshake → send its answer → established | refused
 */
import { errorTable, isErrorCode, type ErrorCode } from './errors.js';
import { sameUser, type ChannelName, type DeviceId, type Username } from './ids.js';
import { PROTOCOL_VERSION } from './limits.js';
import type { Handshake, HandshakeAck, LinkClaim, LinkMessage, LinkNeed, UnknownMessage } from './link-messages.js';

export type LinkRole = 'dialler' | 'listener';

/** The other side, proven by its certificate and by the key that TLS checked. */
export interface ProvenIdentity {
  readonly username: Username;
  readonly device: DeviceId;
}

export interface HandshakeContext {
  readonly role: LinkRole;
  readonly self: ProvenIdentity;
  readonly features: readonly string[];
  readonly channels: readonly ChannelName[];
  readonly remote: ProvenIdentity;
  /** Our clock, ISO 8601, so that both sides can see whose clock is wrong. */
  readonly time?: string | undefined;
  /**
   * Whether this peer wants the link: undefined, or why not (`device_revoked`, `duplicate_link`, `too_many_links`). Asked
   * once: by the dialler before it sends its handshake, by the listener after it has checked one, with what that says. Must not end anything.
   */
  readonly admit: (claim?: LinkClaim) => ErrorCode | undefined;
  /** Why this side dials, for the handshake. Absent: for no reason of its own. */
  readonly need?: (() => LinkNeed | undefined) | undefined;
}

export type HandshakeState = 'new' | 'waiting' | 'established' | 'closed';

export type HandshakeInput =
  | { readonly type: 'started' }
  | { readonly type: 'message'; readonly message: LinkMessage | UnknownMessage }
  /** A line that is not a message, or bytes that are not a line. */
  | { readonly type: 'invalid'; readonly code: ErrorCode }
  | { readonly type: 'timeout' }
  | { readonly type: 'closed' };

/**
 * The result for both sides. `features`: those that both know. `channels`: those that the other side is in. `time`: the clock
 * of the other side by its own word, ISO 8601.
 */
export interface Agreement {
  readonly version: number;
  readonly features: readonly string[];
  readonly channels: readonly ChannelName[];
  readonly time?: string | undefined;
}

export type HandshakeEffect =
  | { readonly type: 'send'; readonly message: LinkMessage }
  | ({ readonly type: 'established' } & Agreement)
  /** Ends the connection. `by`: who refused; nobody when the connection just ended. */
  | {
      readonly type: 'close';
      readonly by: 'us' | 'them' | 'nobody';
      readonly code: ErrorCode;
      readonly message: string;
    };

export interface HandshakeStep {
  readonly state: HandshakeState;
  readonly effects: readonly HandshakeEffect[];
}

/** The machine. Input after the end changes nothing. */
export function stepHandshake(state: HandshakeState, input: HandshakeInput, context: HandshakeContext): HandshakeStep {
  if (state === 'established' || state === 'closed') return { state, effects: [] };
  switch (input.type) {
    case 'started':
      return context.role === 'dialler' ? greet(context) : { state: 'waiting', effects: [] };
    case 'message':
      return state === 'waiting' ? answer(input.message, context) : refuse('handshake_expected', context);
    case 'invalid':
      return refuse(input.code, context);
    case 'timeout':
      return refuse('handshake_timeout', context);
    case 'closed':
      return closed('nobody', 'unavailable', 'The other side closed the connection during the handshake. Try again.');
  }
}

/** A dialler that does not want the link (any more) closes it without a message. */
function greet(context: HandshakeContext): HandshakeStep {
  const unwanted = context.admit();
  if (unwanted) return closed('us', unwanted);
  const need = context.need?.();
  const message: Handshake = { type: 'handshake', ...greeting(context), ...(need === undefined ? {} : { need }) };
  return { state: 'waiting', effects: [{ type: 'send', message }] };
}

function answer(message: LinkMessage | UnknownMessage, context: HandshakeContext): HandshakeStep {
  if (context.role === 'listener') {
    if (message.type !== 'handshake') return refuse('handshake_expected', context);
    const wrong = claimRefused(message, context) ?? context.admit(message);
    if (wrong) return refuse(wrong, context);
    const ack: LinkMessage = { type: 'handshake_ack', ...greeting(context) };
    return { state: 'established', effects: [{ type: 'send', message: ack }, established(message, context)] };
  }
  if (message.type === 'handshake_refused' || message.type === 'error') {
    return closed('them', isErrorCode(message.code) ? message.code : 'unavailable', message.message);
  }
  if (message.type !== 'handshake_ack') return refuse('handshake_expected', context);
  const wrong = claimRefused(message, context);
  if (wrong) return refuse(wrong, context);
  return { state: 'established', effects: [established(message, context)] };
}

/** Compares the claim of the other side with what its certificate proves. */
function claimRefused(claim: Handshake | HandshakeAck, { remote }: HandshakeContext): ErrorCode | undefined {
  if (claim.version !== PROTOCOL_VERSION) return 'version_mismatch';
  if (claim.device !== remote.device || !sameUser(claim.username, remote.username)) return 'identity_mismatch';
  return undefined;
}

function established(claim: Handshake | HandshakeAck, context: HandshakeContext): HandshakeEffect {
  const features = context.features.filter((feature) => claim.features.includes(feature));
  const { version, channels, time } = claim;
  return { type: 'established', version, features, channels, ...(time === undefined ? {} : { time }) };
}

function greeting({ self, features, channels, time }: HandshakeContext): Omit<Handshake, 'type'> {
  const { username, device } = self;
  const said = time === undefined ? {} : { time };
  return { username, device, version: PROTOCOL_VERSION, features: [...features], channels: [...channels], ...said };
}

/** The listener refuses with `handshake_refused`. The dialler has no answer to send, so it refuses with a fatal `error`. */
function refuse(code: ErrorCode, { role }: HandshakeContext): HandshakeStep {
  const { message } = errorTable[code];
  const refusal: LinkMessage =
    role === 'listener' ? { type: 'handshake_refused', code, message } : { type: 'error', code, message, fatal: true };
  const { state, effects } = closed('us', code);
  return { state, effects: [{ type: 'send', message: refusal }, ...effects] };
}

function closed(by: 'us' | 'them' | 'nobody', code: ErrorCode, message = errorTable[code].message): HandshakeStep {
  return { state: 'closed', effects: [{ type: 'close', by, code, message }] };
}
