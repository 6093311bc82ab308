/**
 * How this device is reached by others: a pure machine over what reflections, checks and links have shown. It believes only what
 * somebody has really done: a port counts as open once it has been dialled from outside.
 */
import type { CheckCode, Reach } from '../../protocol/reach.js';
import { canonical, kindOf } from './addresses.js';

/** For so long somebody who came in proves that others can. Milliseconds. */
export const PROOF_MS = 30 * 60_000;

/** When somebody was last let in from the world, and from a network of ours. Milliseconds of a clock that never goes back. */
interface LetIn {
  readonly openAt: number;
  readonly lanAt: number;
}

export interface OwnReach {
  /** By links that came in. */
  readonly links: LetIn;
  /** By checks: the next one that is not let in takes it back. */
  readonly checks: LetIn;
  /** Where the tracker sees this device. */
  readonly host?: string | undefined;
  /** As `Reflection.isSteady`. */
  readonly isSteady?: boolean | undefined;
  /** What the last check from outside found, where it was not open. */
  readonly code?: CheckCode | undefined;
}

const NEVER: LetIn = { openAt: -Infinity, lanAt: -Infinity };

export const UNKNOWN: OwnReach = { links: NEVER, checks: NEVER };

export type ReachInput =
  | { readonly type: 'reflected'; readonly host: string; readonly isSteady: boolean | undefined }
  /** The tracker has dialled our port at `host`; `code` is absent where it was let in. */
  | { readonly type: 'checked'; readonly host: string; readonly code?: CheckCode | undefined }
  /**
   * A device was let in that came from this address, and neither through a hole that we had made nor over a relay. `isNear`: it is in a
   * network of ours, whatever the address; who is there comes past no router.
   */
  | { readonly type: 'came'; readonly from: string; readonly isNear: boolean }
  /** Whatever was known may be over. */
  | { readonly type: 'network' };

/** @param now milliseconds of a clock that never goes back */
export function stepReach(state: OwnReach, input: ReachInput, now: number): OwnReach {
  switch (input.type) {
    case 'network':
      return UNKNOWN;
    case 'reflected':
      return { ...state, host: input.host, isSteady: input.isSteady ?? state.isSteady };
    case 'checked':
      if (input.code === undefined) return { ...state, checks: letIn(state.checks, input.host, now), code: undefined };
      // What an earlier check showed is over; links that came in meanwhile were let in by something else.
      return { ...state, checks: NEVER, code: input.code };
    case 'came':
      return { ...state, links: letIn(state.links, input.from, now, input.isNear) };
  }
}

function letIn(before: LetIn, host: string, now: number, isNear = false): LetIn {
  const known = canonical(host);
  const kind = known === undefined ? 'none' : kindOf(known);
  const isPublic = kind === 'public4' || kind === 'public6';
  if (isPublic && !isNear) return { ...before, openAt: now };
  return isPublic || kind === 'private' ? { ...before, lanAt: now } : before;
}

/** Undefined while nothing is known. */
export function reachOf({ links, checks, host, isSteady, code }: OwnReach, now: number): Reach | undefined {
  if (now - Math.max(links.openAt, checks.openAt) < PROOF_MS) return 'open';
  if (now - Math.max(links.lanAt, checks.lanAt) < PROOF_MS) return 'lan';
  if (isSteady === false) return 'hard';
  return code !== undefined && host !== undefined ? 'behind' : undefined;
}
