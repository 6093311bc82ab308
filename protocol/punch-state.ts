/** What the machine of `punch.ts` knows, hears and does, and what both of its sides have in common. */
import type { Punch, SeenAt } from './punch-messages.js';

/** From the relayed link to the first attempt. Milliseconds, as all here. */
export const PUNCH_AFTER_MS = 1_000;
/** Attempts of one round, each from a new port. */
export const ATTEMPTS = 3;
/**
 * After rounds that came to nothing: so long, ± 20 %. The first is short, and left out where the other side has refused: a machine that has
 * just started, or woken up, is often too busy to meet in time.
 */
export const RESTS_MS = [1, 10, 20, 40, 60].map((minutes) => minutes * 60_000);
/** Until the other side has answered, or says go. */
export const ANSWER_MS = 8_000;
/** Where a side was busy, or could not learn how it is seen, the next offer comes after so long, ± 20 %; so often in a row. */
export const BUSY_MS = 4_000;
export const BUSY_MAX = 8;
/** A round that somebody asks for, or that follows a success, begins so long after the last one. */
export const APART_MS = 30_000;
/** The longer half of the way of a message that is waited for. */
export const HALF_WAY_MAX_MS = 2_000;
/** What the other side may ask for: attempts, and messages that are read at all. */
export const OFFERS = { max: 9, inMs: 10 * 60_000 };
export const MESSAGES = { max: 24, inMs: 60_000 };

export type Phase =
  | { readonly name: 'idle' }
  /** `target`: where the leader's offer says that it is. */
  | { readonly name: 'reflecting'; readonly since: number; readonly target?: SeenAt }
  | { readonly name: 'offered'; readonly since: number; readonly seen: SeenAt }
  | { readonly name: 'answered'; readonly target: SeenAt }
  /** Go is on its way to the other side. */
  | { readonly name: 'starting'; readonly target: SeenAt }
  | { readonly name: 'connecting' };

export interface PunchState {
  readonly phase: Phase;
  /** Whether the relayed link stands. */
  readonly isUp: boolean;
  /** When `time` is to be told. Absent: nothing is waited for. */
  readonly due?: number | undefined;
  /** The latest attempt: of the leader's own count, or heard by the follower on this link. */
  readonly attempt: number;
  /** Of the ports that were taken: what is told of an earlier one is too late. */
  readonly run: number;
  /** Attempts that are left of this round. */
  readonly left: number;
  /** Rounds in a row that could not even begin. */
  readonly busies: number;
  /** Rounds in a row that came to nothing. */
  readonly failures: number;
  readonly roundSince: number;
  /** The leader begins no round before. */
  readonly notBefore: number;
  /** When offers and messages of the other side were taken. */
  readonly offers: readonly number[];
  readonly heard: readonly number[];
}

export type PunchInput =
  /** A relayed link stands, or has gone. */
  | { readonly type: 'up' | 'down' }
  /** This side's network is another one. */
  | { readonly type: 'anew' }
  | { readonly type: 'time' }
  | { readonly type: 'message'; readonly message: Punch }
  /** Of `reflect`. Without `seen`: it is not known. */
  | { readonly type: 'reflected'; readonly run: number; readonly seen?: SeenAt | undefined }
  /** Of `connect`: whether a direct link came of it. */
  | { readonly type: 'ended'; readonly run: number; readonly linked: boolean };

export type PunchEffect =
  | { readonly type: 'send'; readonly message: Punch }
  /** Take a free port, and learn where a connection from it is seen. Answered once, by `reflected`. */
  | { readonly type: 'reflect'; readonly run: number }
  /** Connect from that port, for a few seconds. Answered once, by `ended`. */
  | { readonly type: 'connect'; readonly run: number; readonly target: SeenAt; readonly role: 'dialler' | 'listener' }
  /** Whatever is under way of an earlier effect is ended. */
  | { readonly type: 'release' };

export interface PunchContext {
  readonly now: number;
  /** The side with the smaller device id leads. */
  readonly leads: boolean;
  /** As many others as may be are under way. */
  readonly isBusy: boolean;
  /** This side's router uses another port for each destination: no hole is made. */
  readonly isHard?: boolean;
  /** Whether this side, seen at `own`, connects to such an address. */
  readonly permits: (target: SeenAt, own: SeenAt) => boolean;
  readonly random: () => number;
}

export interface PunchStep {
  readonly state: PunchState;
  readonly effects: readonly PunchEffect[];
}

export const NEW_PUNCH: PunchState = {
  phase: { name: 'idle' },
  ...{ isUp: false, attempt: 0, run: 0, left: 0, busies: 0, failures: 0 },
  ...{ roundSince: -Infinity, notBefore: -Infinity, offers: [], heard: [] },
};

export const IDLE: Phase = { name: 'idle' };
export const RELEASE: PunchEffect = { type: 'release' };

export function still(state: PunchState, effects: readonly PunchEffect[] = []): PunchStep {
  return { state, effects };
}

/** Nothing is under way; the leader begins when it may. */
export function waiting(state: PunchState, { leads, now }: PunchContext): PunchState {
  const due = leads && state.isUp ? Math.max(now + PUNCH_AFTER_MS, state.notBefore) : undefined;
  return { ...state, phase: IDLE, due };
}

/** Begins an attempt. @param target of whoever offers */
export function reflect(state: PunchState, { now }: PunchContext, target: SeenAt | undefined): PunchStep {
  const phase: Phase = { name: 'reflecting', since: now, ...(target ? { target } : {}) };
  const run = state.run + 1;
  return still({ ...state, phase, run, due: now + ANSWER_MS }, [{ type: 'reflect', run }]);
}

/**
 * The leader's round has come to nothing.
 * @param tried it was tried in vain, and not refused: then the first rest is short
 */
export function rest(state: PunchState, context: PunchContext, tried = false): PunchState {
  const failures = Math.min(Math.max(state.failures, tried ? 0 : 1) + 1, RESTS_MS.length);
  const notBefore = context.now + about(RESTS_MS[failures - 1] ?? 0, context);
  return waiting({ ...state, failures, busies: 0, notBefore }, context);
}

export function connect(state: PunchState, target: SeenAt, role: 'dialler' | 'listener'): PunchStep {
  const connecting: PunchEffect = { type: 'connect', run: state.run, target, role };
  return still({ ...state, phase: { name: 'connecting' }, due: undefined }, [connecting]);
}

export function send(said: Punch): PunchEffect {
  return { type: 'send', message: said };
}

/** ± 20 %, so that those who failed together do not try again together. */
export function about(ms: number, { random }: PunchContext): number {
  return ms * (0.8 + 0.4 * random());
}
