import type { PeerServices } from '../services.js';
import type { LoginAttempts } from './attempts.js';
import type { EventHub } from './events.js';
import type { LocalLimits } from './limits.js';
import type { LocalSessions } from './sessions.js';

/** What all routes and sockets of one local server share. */
export interface Door {
  readonly services: PeerServices;
  readonly sessions: LocalSessions;
  readonly attempts: LoginAttempts;
  readonly hub: EventHub;
  readonly limits: LocalLimits;
}
