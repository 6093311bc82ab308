/** What the local server's routes and sockets share, what a command sees of its connection, and the bounds of both. */
import type { IncomingHttpHeaders } from 'node:http';
import type { PeerServices } from '../services.js';
import type { EventHub, Audience } from './events.js';
import { bearerToken, type LocalSessions, type LoginAttempts, type SessionCookie } from './sessions.js';

/** What all routes and sockets of one local server share. */
export interface LocalContext {
  readonly services: PeerServices;
  readonly sessions: LocalSessions;
  readonly attempts: LoginAttempts;
  readonly hub: EventHub;
  readonly limits: LocalLimits;
}

/**
 * The session that a request may act for: by bearer token or cookie. Undefined also while nobody has ever signed this
 * daemon in, since there is nothing to show yet.
 */
export function sessionOf(
  headers: IncomingHttpHeaders,
  cookie: SessionCookie,
  { sessions, services }: LocalContext,
): string | undefined {
  if (!services.account.ready) return undefined;
  return sessions.check(bearerToken(headers)) ?? sessions.check(cookie.read(headers));
}

/** The one who sent a command over a WebSocket, as the command's side sees it. */
export interface Connection {
  readonly address: string;
  /** The session that it came with, if any. */
  readonly session: string | undefined;
  readonly authorised: boolean;
  /** Resolves when the account's password was right; from then on the connection may do everything. */
  login(password: string): Promise<void>;
  /** Its first command decides whether a connection reads events, or messages as text mode has them. */
  speaks(audience: Audience): void;
  /** One frame, after all events that came before it. */
  tell(message: object): void;
  /** The same, for who has it as JSON already. */
  tellText(text: string): void;
  /** Counts work that was begun for it; too much of it, and no more is read for now. It never rejects. */
  track(work: Promise<void>): void;
}

/** Bounds of the local server. A test or an unusual host may give others. */
export interface LocalLimits {
  /** WebSockets at once; of these, ones that have not signed in. */
  readonly sockets: number;
  readonly strangers: number;
  /** What a stranger may send before it is closed, and how long it may take to sign in. */
  readonly strangerFrames: number;
  readonly loginMs: number;
  /** Unsent bytes at which a socket's commands wait, and at which it is closed. */
  readonly pauseBytes: number;
  readonly closeBytes: number;
  /** Commands in progress at which a socket is read no further for now. */
  readonly commandsInProgress: number;
  /** How long one socket's commands may hold one turn of the event loop. */
  readonly turnMs: number;
  /** Between two pings. A socket silent for two of them is closed. */
  readonly pingMs: number;
  /** How long a request's headers may take, and a whole request that bears no file. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a file that is sent here may stand still, and how long the rest of one that was refused may come. */
  readonly bodyIdleMs: number;
  readonly bodyRestMs: number;
  /** Files of which a part has come, at once, and how long they are kept while nothing more comes. */
  readonly heldUploads: number;
  readonly heldMs: number;
  /** Wrong passwords a minute from one address. */
  readonly attemptsPerMinute: number;
}

export const LOCAL_LIMITS: LocalLimits = {
  sockets: 64,
  strangers: 16,
  strangerFrames: 32,
  loginMs: 30_000,
  pauseBytes: 1024 * 1024,
  closeBytes: 4 * 1024 * 1024,
  commandsInProgress: 10_000,
  turnMs: 10,
  pingMs: 30_000,
  headersMs: 10_000,
  requestMs: 30_000,
  bodyIdleMs: 60_000,
  bodyRestMs: 10_000,
  heldUploads: 16,
  heldMs: 3_600_000,
  attemptsPerMinute: 10,
};
