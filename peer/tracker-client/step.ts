/**
 * How a peer stands with its trackers: a machine without I/O. `TrackerClient` feeds it what happened and performs the
 * effects.
 */
import type { TrackerView } from '../../protocol/local-api.js';

export interface State {
  readonly phase: 'stopped' | TrackerView['state'];
  /** Index of the tracker in turn. */
  readonly url: number;
  /** Failures since the tracker last held for a heart-beat. */
  readonly failures: number;
  /** Signed in by ourselves since we were last connected: when the session is refused again, another one will not help. */
  readonly signedIn: boolean;
  /** Trackers that refused our session while we had neither password nor key to get another one. */
  readonly refused: readonly number[];
  /** Trackers that do not know the key of this device. */
  readonly keyUnknown: readonly number[];
  /** What people are shown: the tracker that `reason` is about. */
  readonly shown: number;
  readonly reason: string | undefined;
}

export type Input =
  | { readonly type: 'start' }
  /** The time of a `retry` effect is over. */
  | { readonly type: 'retry' }
  /** A tracker took the password. `byPerson`: who typed it just now. */
  | { readonly type: 'signed_in'; readonly url: number; readonly byPerson: boolean }
  /** The snapshot came. */
  | { readonly type: 'online' }
  /** A heart-beat after that was accepted. */
  | { readonly type: 'settled' }
  /** No connection, a broken one, or an answer that makes no sense. `reason`: a sentence with the next step. */
  | { readonly type: 'failed'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** The tracker does not know the session (or, when we signed in, the password, which is then forgotten). */
  | { readonly type: 'refused' }
  /** It does not know the key of this device. `reason`: where a person can do more about it than to sign in. */
  | { readonly type: 'key_unknown'; readonly reason?: string | undefined }
  /** It knows the key, and that nobody is to be let in by it: the password was changed, the device signed out or revoked. */
  | { readonly type: 'key_ended'; readonly reason: string }
  /** Behind that address are several, and the one that knows the session is away: another one may take the password. */
  | { readonly type: 'elsewhere'; readonly reason: string }
  | { readonly type: 'mistrusted' }
  | { readonly type: 'stop' };

export type Effect =
  | { readonly do: 'connect'; readonly url: number }
  | { readonly do: 'sign_in'; readonly url: number }
  | { readonly do: 'sign_in_by_device'; readonly url: number }
  /** Ends the attempt or the connection, and every timer. */
  | { readonly do: 'disconnect' }
  | { readonly do: 'retry'; readonly afterMs: number }
  /** And does not offer the key again before a person has signed in. */
  | { readonly do: 'forget_token' };

/** What the machine has to know besides its own state. */
export interface Facts {
  readonly urls: readonly string[];
  readonly hasToken: boolean;
  readonly hasPassword: boolean;
  /** A device key that a tracker has certified, and that no tracker said is not to be used. */
  readonly hasKey: boolean;
  /** In [0, 1): one fresh number a step. */
  readonly random: number;
}

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** First and last ceiling of the back-off. */
export const RETRY_MIN_MS = 500;
export const RETRY_MAX_MS = 30_000;
/** A tracker may ask for more patience than our own, up to this. */
const RETRY_AFTER_MAX_MS = 5 * 60_000;

export const initialState: State = {
  phase: 'stopped',
  url: 0,
  failures: 0,
  signedIn: false,
  refused: [],
  keyUnknown: [],
  shown: 0,
  reason: undefined,
};

/**
 * Full jitter: anywhere between 0 and a ceiling that doubles, so that thousands who lost a tracker in one moment do not
 * come back in one moment. @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoff(failures: number, random: number): number {
  return random * Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(failures, 16));
}

export function step(state: State, input: Input, facts: Facts): Step {
  // What ends after the stop changes nothing; only a new start or a new sign-in does.
  if (state.phase === 'stopped' && input.type !== 'start' && input.type !== 'signed_in') return { state, effects: [] };
  switch (input.type) {
    case 'start':
      return state.phase === 'stopped' ? start(facts) : { state, effects: [] };
    case 'retry':
      return attempt({ ...state, url: nextUrl(state, facts) }, facts);
    case 'signed_in':
      return signedIn(state, input, facts);
    case 'online':
      return { state: { ...show(state, 'connected'), signedIn: false, refused: [], keyUnknown: [] }, effects: [] };
    case 'settled':
      return { state: { ...state, failures: 0 }, effects: [] };
    case 'failed':
      return failed(state, input.reason, input.retryAfterMs, facts);
    case 'refused':
      return refused(state, facts);
    case 'key_unknown':
      return keyUnknown(state, input.reason, facts);
    case 'key_ended':
      return signOut(state, facts, input.reason);
    case 'elsewhere':
      return elsewhere(state, input.reason, facts);
    case 'mistrusted':
      return mistrusted(state, facts);
    case 'stop':
      return { state: { ...initialState, url: state.url }, effects: [{ do: 'disconnect' }] };
  }
}

function start(facts: Facts): Step {
  if (facts.urls.length === 0) {
    return {
      state: show(initialState, 'unreachable', 'No tracker is set. Start again with --tracker and its address.'),
      effects: [],
    };
  }
  return attempt(show(initialState, 'connecting', `Connecting to the tracker at ${urlOf(facts, 0)}.`), facts);
}

function attempt(state: State, facts: Facts): Step {
  const way = facts.hasToken ? 'connect' : wayIn(state, facts);
  if (way === undefined) return { state: signedOut(state, facts), effects: [] };
  return { state, effects: [{ do: way, url: state.url }] };
}

/** How to get a session without asking a person. The key first: it costs the tracker least, and no password is sent. */
function wayIn({ keyUnknown: unknown, url }: State, facts: Facts): 'sign_in' | 'sign_in_by_device' | undefined {
  if (facts.hasKey && !unknown.includes(url)) return 'sign_in_by_device';
  return facts.hasPassword ? 'sign_in' : undefined;
}

function signedIn(state: State, { url, byPerson }: { url: number; byPerson: boolean }, facts: Facts): Step {
  const base: State = {
    ...state,
    url,
    refused: [],
    keyUnknown: [],
    signedIn: true,
    failures: byPerson ? 0 : state.failures,
  };
  const connecting = byPerson || state.phase === 'stopped';
  return {
    state: connecting ? show(base, 'connecting', `Connecting to the tracker at ${urlOf(facts, url)}.`) : base,
    effects: [{ do: 'disconnect' }, { do: 'connect', url }],
  };
}

/** With several trackers, the ceiling doubles once a round: the next one in turn is asked soon. */
function waitMs({ failures }: State, { urls, random }: Facts): number {
  return backoff(Math.floor(failures / Math.max(1, urls.length)), random);
}

function failed(state: State, reason: string, retryAfterMs: number | undefined, facts: Facts): Step {
  const ownMs = waitMs(state, facts);
  const askedMs = retryAfterMs === undefined ? 0 : Math.min(retryAfterMs, RETRY_AFTER_MAX_MS) * (1 + facts.random / 4);
  const shown = state.phase === 'connected' ? show(state, 'connecting', reason) : show(state, 'unreachable', reason);
  return {
    state: { ...shown, failures: state.failures + 1 },
    effects: [{ do: 'disconnect' }, { do: 'retry', afterMs: Math.max(ownMs, askedMs) }],
  };
}

function refused(state: State, facts: Facts): Step {
  const way = wayIn(state, facts);
  if (way !== undefined && !state.signedIn) {
    const reason = `The session at ${urlOf(facts, state.url)} has ended. Signing in again.`;
    return signInBy(way, state, reason);
  }
  if (way !== undefined) {
    const reason = `The tracker at ${urlOf(facts, state.url)} does not accept the session that it just gave. It is tried again.`;
    return failed({ ...state, signedIn: false }, reason, undefined, facts);
  }
  return noWayIn(state, facts);
}

function signInBy(way: 'sign_in' | 'sign_in_by_device', state: State, reason: string): Step {
  return {
    state: { ...show(state, 'connecting', reason), signedIn: true },
    effects: [{ do: 'disconnect' }, { do: way, url: state.url }],
  };
}

function keyUnknown(state: State, reason: string | undefined, facts: Facts): Step {
  const unknown = { ...state, keyUnknown: [...state.keyUnknown.filter((url) => url !== state.url), state.url] };
  if (!facts.hasPassword) return noWayIn(unknown, facts, reason);
  return { state: unknown, effects: [{ do: 'sign_in', url: state.url }] };
}

function noWayIn(state: State, facts: Facts, why?: string): Step {
  const all = [...state.refused.filter((url) => url !== state.url), state.url];
  if (all.length < facts.urls.length) {
    const reason = `The tracker at ${urlOf(facts, state.url)} does not know this session. Another one is tried; sign in to use this one.`;
    return failed({ ...state, refused: all, signedIn: false }, reason, undefined, facts);
  }
  return signOut(state, facts, why);
}

function signOut(state: State, facts: Facts, reason?: string): Step {
  return { state: signedOut(state, facts, reason), effects: [{ do: 'disconnect' }, { do: 'forget_token' }] };
}

/** The token is kept: with no password or key, or one that the others do not know, it is all that this device has. */
function elsewhere(state: State, reason: string, facts: Facts): Step {
  const way = wayIn(state, facts);
  if (way === undefined || state.signedIn) return failed({ ...state, signedIn: false }, reason, undefined, facts);
  return signInBy(way, state, reason);
}

/** It takes a person to change what it is, so it is asked again slowly. Others in the list are asked as after any failure. */
function mistrusted(state: State, facts: Facts): Step {
  const afterMs = facts.urls.length > 1 ? waitMs(state, facts) : RETRY_MAX_MS * (0.5 + facts.random / 2);
  return {
    state: { ...show(state, 'mistrusted', mistrustText(urlOf(facts, state.url))), failures: state.failures + 1 },
    effects: [{ do: 'disconnect' }, { do: 'retry', afterMs }],
  };
}

export function mistrustText(url: string): string {
  return (
    `The tracker at ${url} is not the one that this peer knows, so nothing from it is believed. ` +
    'Check the address; if the tracker was set up anew, follow the notice.'
  );
}

function signedOut(state: State, facts: Facts, why?: string): State {
  const reason = why ?? `Not signed in at the tracker at ${urlOf(facts, state.url)}. Sign in with your password.`;
  return { ...show(state, 'signed_out', reason), refused: [], keyUnknown: [], signedIn: false };
}

function show(state: State, phase: TrackerView['state'], reason?: string): State {
  return { ...state, phase, reason, shown: state.url };
}

/** After a cut the same tracker is tried once more; then the others in turn, but for those that refused us. */
function nextUrl({ phase, url, refused: refusing }: State, { urls }: Facts): number {
  if (phase === 'connecting' && !refusing.includes(url)) return url;
  for (let ahead = 1; ahead <= urls.length; ahead += 1) {
    const candidate = (url + ahead) % urls.length;
    if (!refusing.includes(candidate)) return candidate;
  }
  return url;
}

function urlOf({ urls }: Facts, index: number): string {
  return urls[index] ?? '(none)';
}
