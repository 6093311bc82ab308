/** Bounds of the local door. A test or an unusual host may give others. */
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
  /** How long a request's headers may take, and a whole request. */
  readonly headersMs: number;
  readonly requestMs: number;
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
  attemptsPerMinute: 10,
};
