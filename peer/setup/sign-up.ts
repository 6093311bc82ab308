/** The account at the tracker: made or signed in to, before anything is written on this machine. */
import { isParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import type { Clock } from '../services.js';
import { TrackerApi } from '../tracker-client/api.js';
import { TrackerHttp } from '../tracker-client/http.js';

export interface Account {
  readonly username: Username;
  readonly password: string;
  readonly register: boolean;
  /** A code, where an account is made with an invite alone. */
  readonly invite?: string | undefined;
}

export interface TrackerCalls {
  readonly clock: Clock;
  /** PEM. */
  readonly trackerCa: string | undefined;
  /** For each call. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 8_000;

/** Calls of a tracker that belong to no peer yet, or to none any more. */
export async function askTracker<Result>(
  { clock, trackerCa, timeoutMs = TIMEOUT_MS }: TrackerCalls,
  work: (api: TrackerApi) => Promise<Result>,
): Promise<Result> {
  const after = (ms: number, work: () => void): (() => void) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  };
  const http = new TrackerHttp({ clock, timers: { after }, timeoutMs, ca: trackerCa, dated: () => undefined });
  try {
    return await work(new TrackerApi(http));
  } finally {
    http.close();
  }
}

/**
 * The token of a session. An account that was to be made, and is there with this password already, is signed in to where
 * `existing` says so: an earlier attempt may have died after it was made.
 * @throws ParleyError as the tracker refuses: name_taken, bad_password, invite_needed, invite_over, invalid_credentials, rate_limited,
 * tracker_unreachable
 */
export function signUp(
  tracker: string,
  { username, password, register, invite }: Account,
  calls: TrackerCalls,
  existing: 'sign_in' | 'refuse' = 'sign_in',
): Promise<string> {
  const base = new URL(`${tracker}/`);
  const wanted = { username, password, ...(invite !== undefined && { invite }) };
  return askTracker(calls, async (api) => {
    if (register && existing === 'refuse') await api.register(base, wanted);
    else if (register) await registerOnce(api, base, wanted);
    return api.login(base, username, password);
  });
}

/** Refusals of a new account after which it may still be there: where accounts are made by invite, nobody without one is told. */
export const MAY_BE_THERE: ReadonlySet<ErrorCode> = new Set([
  'name_taken',
  'invite_needed',
  'invite_over',
  'forbidden',
]);

/** An attempt that died after the account was made is no mistake: with the same password it goes on. */
async function registerOnce(
  api: TrackerApi,
  base: URL,
  wanted: { username: Username; password: string; invite?: string },
): Promise<void> {
  try {
    await api.register(base, wanted);
  } catch (error) {
    if (!isParleyError(error) || !MAY_BE_THERE.has(error.code)) throw error;
    await api.login(base, wanted.username, wanted.password).catch(() => {
      throw error;
    });
  }
}
