/** What links are to the rest of the peer, and what they need of it. */
import type { KeyObject } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ErrorCode } from '../../protocol/errors.js';
import type { LinkRole } from '../../protocol/handshake.js';
import type { FILE_ALPN } from '../../protocol/file-messages.js';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import { type ALPN, DEAD_AFTER_MS, HANDSHAKE_TIMEOUT_MS, PING_AFTER_MS } from '../../protocol/limits.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Authority, DeviceCertificate } from '../identity/certificate.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Proven: by a certificate of the tracker and by the key that TLS checked. */
export interface RemoteIdentity {
  readonly username: Username;
  readonly device: DeviceId;
  /** PEM. */
  readonly certificate: string;
}

/** What a connection is for, as ALPN says it: messages, or files. */
export type LinkProtocol = typeof ALPN | typeof FILE_ALPN;

/** A connection for files (SPEC.md section 7): proven as a link is, and whoever gets it owns it, with a listener for `error` on it. */
export interface FileConnection {
  readonly remote: RemoteIdentity;
  readonly dialled: boolean;
  readonly socket: TLSSocket;
}

/** One TLS connection to one other device, past its handshake. There is at most one to each. */
export interface Link {
  /** Never used again in this process. */
  readonly id: number;
  readonly remote: RemoteIdentity;
  /** Whether this side dialled. */
  readonly dialled: boolean;
  readonly address: Address | undefined;
  /** Over a circuit of a relay: there is no address, and it gives way to a direct link. Absent: no. */
  readonly relayed?: boolean;
  /** What the other side says that it is in: its handshake, and each `joined` and `left` since. */
  readonly channels: ReadonlySet<ChannelName>;
  /** Features that both sides know. */
  readonly features: readonly string[];
  /** Queues; everything of one turn of the event loop leaves in one write. Ignored once the link is down. */
  send(message: LinkMessage): void;
  /** NDJSON text that ends in a newline; the same queue, but it leaves at once where nothing is under way. */
  sendLines(lines: string): void;
  /** Hands messages over as they are, which nobody changes from then on. Only where both ends share one memory. */
  readonly pass?: (messages: readonly LinkMessage[]) => void;
  /** Bytes not yet taken by the kernel. Wait for `drain` when it stands above `queueLow`; at `queueHigh` the link ends. */
  readonly queued: number;
  /** Stops reading, and with it the other side; its pings stay unanswered, so not for longer than half a minute. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, says why if there is a reason, and ends. `down` follows, not from within this call. */
  close(code?: ErrorCode): void;
}

export interface DialTarget extends Address {
  /** Whom to find there; a link to that device that is up already is the answer. */
  readonly device?: DeviceId;
  /** Ends it, unless the link is up: it rejects at once, and the socket is closed. */
  readonly signal?: AbortSignal;
}

/** How a connection comes about. */
export interface Way {
  readonly stream: Duplex;
  readonly role: LinkRole;
  readonly protocols: readonly LinkProtocol[];
  readonly address?: Address | undefined;
  readonly expected?: DeviceId | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly relayed?: boolean;
}

/** `closed`: either side ended the link in order, without an error. */
export interface DownReason {
  readonly code: ErrorCode | 'closed';
  /** For people. */
  readonly message: string;
}

/** `up` comes first and `down` last, once each; another link to the same device comes up only after this one is down. */
export interface LinkEvents {
  up(link: Link): void;
  /** All messages of one chunk, in order. The link has answered pings and unknown types itself. */
  messages(link: Link, messages: LinkMessage[]): void;
  /** `queued` had reached `queueLow` and has fallen below it. */
  drain(link: Link): void;
  /** What the other side's clock shows, as it says: when the link comes up, with pings, and when that clock was set. ISO 8601. */
  clock?(link: Link, time: string): void;
  down(link: Link, reason: DownReason): void;
}

export interface LinkLimits {
  /** Established ones, but those within this process. */
  readonly links: number;
  /** Established ones within this process, which cost no socket. */
  readonly localLinks: number;
  /** Accepted connections that have not proven who they are; the oldest goes first. */
  readonly unproven: number;
  /** The same, from one address; loopback, where everybody shares one, is bounded by `unproven` alone. */
  readonly unprovenPerAddress: number;
  /** Bytes. */
  readonly queueLow: number;
  readonly queueHigh: number;
  /** Milliseconds: the whole of connecting, TLS and handshake. */
  readonly handshakeMs: number;
  readonly pingAfterMs: number;
  readonly deadAfterMs: number;
  /** How long a link that is ending may take to say why. */
  readonly lingerMs: number;
}

/** The times are those of SPEC.md section 4; the rest is each peer's own choice. */
export const LINK_LIMITS: LinkLimits = {
  links: 128,
  localLinks: 1024,
  unproven: 256,
  unprovenPerAddress: 16,
  queueLow: 256 * 1024,
  queueHigh: 8 * 1024 * 1024,
  handshakeMs: HANDSHAKE_TIMEOUT_MS,
  pingAfterMs: PING_AFTER_MS,
  deadAfterMs: DEAD_AFTER_MS,
  lingerMs: 1000,
};

/** Limits for a network in which silence means something sooner, or later, than in SPEC.md section 4. */
export function linkLimits(deadAfterMs = DEAD_AFTER_MS): LinkLimits {
  const handshakeMs = Math.min(HANDSHAKE_TIMEOUT_MS, deadAfterMs);
  return { ...LINK_LIMITS, deadAfterMs, pingAfterMs: Math.ceil(deadAfterMs / 3), handshakeMs };
}

/** Of `Identity`. Without a certificate nothing listens or dials. */
export interface LinkIdentity {
  readonly username: Username;
  readonly device: DeviceId;
  readonly privateKey: KeyObject;
  readonly certificate: DeviceCertificate | undefined;
  readonly authority: Authority | undefined;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Timers {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
