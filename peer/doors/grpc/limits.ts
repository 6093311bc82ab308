/** Bounds of the gRPC door. A test may give others. */
import { PACE, type PaceLimits } from '../lines/pace.js';

export interface GrpcLimits {
  /** Connections at once; of these, ones of which no call had a good token (`Strangers`). */
  readonly connections: number;
  readonly strangers: number;
  /** How long the first byte, and a TLS handshake, may take. */
  readonly firstByteMs: number;
  /** How often connections are looked at; one that does not answer a ping until the next look is closed. */
  readonly lookMs: number;
  /** How long a connection without a call is kept; of a stranger. */
  readonly idleMs: number;
  readonly strangerIdleMs: number;
  /** Calls with a bad token before a connection is closed. */
  readonly refusals: number;
  /** Calls in progress on one connection, and of one user. */
  readonly streams: number;
  readonly callsPerUser: number;
  /** Of one user's calls: beyond it they wait, and after a while are refused. */
  readonly pace: PaceLimits;
  /** Bytes of one message of a call; of one that brings a file. */
  readonly messageBytes: number;
  readonly chunkBytes: number;
  /** How often it is looked whether the token of a call that lasts still counts. */
  readonly tokenMs: number;
  /** How long a reader may take nothing of what waits for it, and a sender of a file may stand still. */
  readonly stallMs: number;
  /** How long calls may take to end when the door closes. */
  readonly closeMs: number;
}

export const GRPC_LIMITS: GrpcLimits = {
  connections: 2048,
  strangers: 512,
  firstByteMs: 10_000,
  lookMs: 30_000,
  idleMs: 300_000,
  strangerIdleMs: 60_000,
  refusals: 32,
  streams: 100,
  callsPerUser: 256,
  pace: { ...PACE, burst: 1000, perSecond: 500 },
  messageBytes: 64 * 1024,
  chunkBytes: 1024 * 1024 + 64,
  tokenMs: 30_000,
  stallMs: 60_000,
  closeMs: 2_000,
};
