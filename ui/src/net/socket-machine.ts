/**
 * The life of the connection to the daemon, without I/O, clock or randomness of its own. Before each dial the session
 * is asked for, since a browser does not tell why a WebSocket was refused.
 */
export type SocketState =
  | { readonly phase: 'stopped' }
  | { readonly phase: 'checking' | 'dialling' | 'live'; readonly failures: number }
  | { readonly phase: 'waiting'; readonly failures: number };

export type SocketInput =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'session'; signedIn: boolean }
  | { type: 'session_failed' }
  /** The first frame of the daemon: the connection stands. */
  | { type: 'snapshot' }
  | { type: 'signed_out' }
  | { type: 'closed' }
  /** A timer that an effect asked for has run out. */
  | { type: 'timeout' }
  /** The browser is online again, the window is seen again, or the person asks: no more waiting. */
  | { type: 'nudge' };

export type SocketEffect =
  | { type: 'check' }
  | { type: 'dial' }
  | { type: 'close' }
  | { type: 'timer'; ms: number }
  | { type: 'no_timer' }
  | { type: 'connecting' }
  | { type: 'waiting'; ms: number }
  | { type: 'show_sign_in' };

export interface SocketStep {
  readonly state: SocketState;
  readonly effects: readonly SocketEffect[];
}

/** From the dial to the snapshot. */
export const DIAL_TIMEOUT_MS = 15_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Half to all of a doubling wait, so that many windows do not come back in one instant. `random` lies in [0, 1). */
export function backOff(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 16));
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}

export function stepSocket(state: SocketState, input: SocketInput, random: number): SocketStep {
  switch (input.type) {
    case 'start':
      return check(state.phase === 'stopped' ? 0 : state.failures, [{ type: 'close' }]);
    case 'stop':
      return { state: { phase: 'stopped' }, effects: [{ type: 'no_timer' }, { type: 'close' }] };
    case 'signed_out':
      return state.phase === 'stopped' ? stay(state) : signIn();
    case 'session':
      if (state.phase !== 'checking') return stay(state);
      return input.signedIn ? dial(state.failures) : signIn();
    case 'snapshot':
      if (state.phase !== 'dialling') return stay(state);
      return { state: { phase: 'live', failures: 0 }, effects: [{ type: 'no_timer' }] };
    case 'session_failed':
      return state.phase === 'checking' ? wait(state.failures, random) : stay(state);
    case 'closed':
      return state.phase === 'dialling' || state.phase === 'live' ? wait(state.failures, random) : stay(state);
    case 'timeout':
      if (state.phase === 'dialling') return wait(state.failures, random);
      return state.phase === 'waiting' ? check(state.failures, []) : stay(state);
    case 'nudge':
      return state.phase === 'waiting' ? check(state.failures, [{ type: 'no_timer' }]) : stay(state);
  }
}

function stay(state: SocketState): SocketStep {
  return { state, effects: [] };
}

function check(failures: number, before: readonly SocketEffect[]): SocketStep {
  return { state: { phase: 'checking', failures }, effects: [...before, { type: 'connecting' }, { type: 'check' }] };
}

function dial(failures: number): SocketStep {
  return {
    state: { phase: 'dialling', failures },
    effects: [{ type: 'dial' }, { type: 'timer', ms: DIAL_TIMEOUT_MS }],
  };
}

function wait(failures: number, random: number): SocketStep {
  const ms = backOff(failures, random);
  const state = { phase: 'waiting', failures: failures + 1 } as const;
  return { state, effects: [{ type: 'close' }, { type: 'timer', ms }, { type: 'waiting', ms }] };
}

function signIn(): SocketStep {
  const effects = [{ type: 'no_timer' }, { type: 'close' }, { type: 'show_sign_in' }] as const;
  return { state: { phase: 'stopped' }, effects };
}
