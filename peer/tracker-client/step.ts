/**
 * How a peer stands with its trackers: a machine without I/O. `TrackerClient` feeds it what happened and performs the
 * effects.
 */
import type { TrackerView } from '../../protocol/local-api.js';
import type { Facts, Input, State, Step } from './step-types.js';

export type { Effect, Facts, Input, State, Step } from './step-types.js';

/** First and last ceiling of the back-off. */
export const RETRY_MIN_MS = 500;
export const RETRY_MAX_MS = 30_000;
/** With another tracker to go to, nobody is asked to wait for long; thousands still do not move in one moment. */
const MOVE_WITHIN_MS = 250;
/** A tracker may ask for more patience than our own, up to this. */
const RETRY_AFTER_MAX_MS = 5 * 60_000;

export const initialState: State = {
  phase: 'stopped',
  url: 0,
  failures: 0,
  signedIn: false,
  refused: [],
  keyUnknown: [],
  tried: [],
  next: undefined,
  shown: 0,
  reason: undefined,
  code: undefined,
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
      return search(state, facts);
    case 'answered':
      return state.phase === 'connected'
        ? { state: { ...state, next: input.url }, effects: [] }
        : attempt({ ...state, url: input.url }, facts);
    case 'silent':
      return silent(state, input, facts);
    case 'missing':
      return missing(state, facts);
    case 'signed_in':
      return signedIn(state, input, facts);
    case 'online':
      return {
        state: {
          ...show(state, 'connected'),
          signedIn: false,
          refused: [],
          keyUnknown: [],
          tried: [],
          next: undefined,
        },
        effects: [],
      };
    case 'settled':
      return { state: { ...state, failures: 0, next: undefined }, effects: [] };
    case 'failed':
      return failed(state, input.reason, input.retryAfterMs, facts);
    case 'refused':
      return refused(state, facts);
    case 'key_unknown':
      return keyUnknown(state, input.reason, facts);
    case 'key_ended':
      return {
        state: signedOut(state, facts, input.reason),
        effects: [{ do: 'disconnect' }, { do: 'forget_token', forGood: true }],
      };
    case 'elsewhere':
      return elsewhere(state, input.reason, facts);
    case 'mistrusted':
      return mistrusted(state, facts);
    case 'account_refused':
      return accountRefused(state, input.code, facts);
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
  return search(show(initialState, 'connecting', `Connecting to the tracker at ${urlOf(facts, 0)}.`), facts);
}

/** With several trackers: which of those that have not failed lately is there. */
function search(state: State, facts: Facts): Step {
  if (facts.urls.length === 1) return attempt({ ...state, url: 0 }, facts);
  const possible = facts.urls.map((_, index) => index).filter((index) => !state.refused.includes(index));
  const fresh = possible.filter((index) => !state.tried.includes(index));
  const [first = 0] = fresh.length > 0 ? fresh : possible;
  const way = facts.hasToken || wayIn({ ...state, url: first }, facts) !== undefined;
  if (!way) return { state: signedOut(state, facts), effects: [] };
  if (fresh.length > 0) return { state, effects: [{ do: 'probe', urls: fresh }] };
  return { state: { ...state, tried: [] }, effects: [{ do: 'probe', urls: possible }] };
}

function silent(state: State, { url, reason }: { url: number; reason: string }, facts: Facts): Step {
  // Ours is silent too, but has not been given up.
  if (state.phase === 'connected') return { state, effects: [] };
  const next = failed({ ...state, url }, reason, undefined, facts);
  return { ...next, state: { ...next.state, tried: [] } };
}

/** The others are looked at while there is still hope: when it is over, one of them is known to be there. */
function missing(state: State, facts: Facts): Step {
  const others = facts.urls.map((_, index) => index).filter((index) => index !== state.url);
  if (state.phase !== 'connected' || others.length === 0) return { state, effects: [] };
  return { state: { ...state, next: undefined }, effects: [{ do: 'probe', urls: others }] };
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
  const { phase, url, next, failures } = state;
  if (phase === 'connected' && next !== undefined && next !== url) {
    const moving = attempt(
      { ...show(state, 'connecting', reason), url: next, next: undefined, failures: failures + 1 },
      facts,
    );
    return { ...moving, effects: [{ do: 'disconnect' }, ...moving.effects] };
  }
  const moves = phase === 'connected' && failures === 0 && facts.urls.length > 1;
  const ownMs = moves ? facts.random * MOVE_WITHIN_MS : waitMs(state, facts);
  const askedMs = retryAfterMs === undefined ? 0 : Math.min(retryAfterMs, RETRY_AFTER_MAX_MS) * (1 + facts.random / 4);
  const shown = phase === 'connected' ? show(state, 'connecting', reason) : show(state, 'unreachable', reason);
  // After a cut the same one may be back first.
  const tried = phase === 'connected' ? [] : withUrl(state.tried, url);
  return {
    state: { ...shown, failures: failures + 1, tried, next: undefined },
    effects: [{ do: 'disconnect' }, { do: 'retry', afterMs: Math.max(ownMs, askedMs) }],
  };
}

function withUrl(urls: readonly number[], url: number): readonly number[] {
  return [...urls.filter((other) => other !== url), url];
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
  const unknown = { ...state, keyUnknown: withUrl(state.keyUnknown, state.url) };
  // An account that is not there has no password either.
  if (!facts.hasPassword || reason !== undefined) return noWayIn(unknown, facts, reason);
  return { state: unknown, effects: [{ do: 'sign_in', url: state.url }] };
}

function noWayIn(state: State, facts: Facts, why?: string): Step {
  const all = withUrl(state.refused, state.url);
  if (all.length < facts.urls.length) {
    const reason = `The tracker at ${urlOf(facts, state.url)} does not know this session. Another one is tried; sign in to use this one.`;
    return failed({ ...state, refused: all, signedIn: false }, reason, undefined, facts);
  }
  // Nobody has proven that it is so: at the next start, or elsewhere, the key is offered again.
  return { state: signedOut(state, facts, why), effects: [{ do: 'disconnect' }, { do: 'forget_token' }] };
}

/** The token is kept: with no password or key, or one that the others do not know, it is all that this device has. */
function elsewhere(state: State, reason: string, facts: Facts): Step {
  const way = wayIn(state, facts);
  if (way === undefined || state.signedIn) return failed({ ...state, signedIn: false }, reason, undefined, facts);
  return signInBy(way, state, reason);
}

/** It takes a person to change what it is, so it is asked again slowly. Others in the list are asked as after any failure. */
function mistrusted(state: State, facts: Facts): Step {
  const afterMs = facts.urls.length > 1 ? waitMs(state, facts) : slowly(facts);
  return {
    state: {
      ...show(state, 'mistrusted', mistrustText(urlOf(facts, state.url))),
      failures: state.failures + 1,
      tried: withUrl(state.tried, state.url),
    },
    effects: [{ do: 'disconnect' }, { do: 'retry', afterMs }],
  };
}

/** An admin may let the account in at any time: it is asked again slowly. Another tracker with the same accounts would say the same. */
function accountRefused(state: State, code: keyof typeof REFUSED, facts: Facts): Step {
  return {
    state: {
      ...show(state, 'refused', REFUSED[code]),
      ...{ code, failures: state.failures + 1, tried: withUrl(state.tried, state.url), signedIn: false },
    },
    effects: [{ do: 'disconnect' }, { do: 'retry', afterMs: slowly(facts) }],
  };
}

function slowly({ random }: Facts): number {
  return RETRY_MAX_MS * (0.5 + random / 2);
}

const REFUSED = {
  account_disabled:
    'Your account was disabled by an admin of this tracker. Ask one of them to enable it again; Parley then goes on by ' +
    'itself. What is on this device stays.',
  account_pending:
    'Your account waits for an admin of this tracker to approve it. Ask one of them; Parley then goes on by itself.',
} as const;

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
  return { ...state, phase, reason, code: undefined, shown: state.url };
}

function urlOf({ urls }: Facts, index: number): string {
  return urls[index] ?? '(none)';
}
