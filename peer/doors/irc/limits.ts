/** Bounds of the IRC door. A test or an unusual host may give others. */
import type { PaceLimits } from './pace.js';

export interface IrcLimits {
  readonly connections: number;
  /** Ones that have not signed in (`Strangers`), also those that have not begun TLS. */
  readonly strangers: number;
  /** From one address, without the loopback ones. */
  readonly perAddress: number;
  readonly signInMs: number;
  /** How long a client may say nothing before it is asked, and how long it may take to answer. */
  readonly silentMs: number;
  readonly answerMs: number;
  /** Between two looks at who is silent. */
  readonly lookMs: number;
  /** Unsent bytes at which a client is read no further, and at which it is closed. */
  readonly pauseBytes: number;
  readonly closeBytes: number;
  /** How long a client that was closed may take for the rest. */
  readonly goodbyeMs: number;
  readonly pace: PaceLimits;
}

export const IRC_LIMITS: IrcLimits = {
  connections: 1024,
  strangers: 512,
  perAddress: 64,
  signInMs: 30_000,
  silentMs: 90_000,
  answerMs: 60_000,
  lookMs: 5_000,
  pauseBytes: 1024 * 1024,
  closeBytes: 4 * 1024 * 1024,
  goodbyeMs: 5_000,
  pace: { burst: 200, perSecond: 50, patienceMs: 30_000 },
};
