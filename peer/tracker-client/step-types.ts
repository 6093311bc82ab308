/** What the machine of `step.ts` is made of: its state, what happened, and what is to be done. */
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
  /** Trackers that have failed since we were last connected, until all have. */
  readonly tried: readonly number[];
  /** Another tracker that answered while ours was silent. */
  readonly next: number | undefined;
  /** What people are shown: the tracker that `reason` is about. */
  readonly shown: number;
  readonly reason: string | undefined;
  /** Only while it is `refused`. */
  readonly code: TrackerView['code'];
}

export type Input =
  | { readonly type: 'start' }
  /** The time of a `retry` effect is over. */
  | { readonly type: 'retry' }
  /** A tracker took the password. `byPerson`: who typed it just now. */
  | { readonly type: 'signed_in'; readonly url: number; readonly byPerson: boolean }
  /** Of those that a `probe` asks, this one is there. */
  | { readonly type: 'answered'; readonly url: number }
  /** None is; `url` is the first of them, `reason` a sentence about it. */
  | { readonly type: 'silent'; readonly url: number; readonly reason: string }
  /** The tracker that we are connected to has missed a beat. */
  | { readonly type: 'missing' }
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
  /** Nobody is let in with this account until an admin lets it in. */
  | { readonly type: 'account_refused'; readonly code: NonNullable<TrackerView['code']> }
  | { readonly type: 'stop' };

export type Effect =
  | { readonly do: 'connect'; readonly url: number }
  /** Asks which of these is there, the first ones first. Ends an earlier probe. */
  | { readonly do: 'probe'; readonly urls: readonly number[] }
  | { readonly do: 'sign_in'; readonly url: number }
  | { readonly do: 'sign_in_by_device'; readonly url: number }
  /** Ends the attempt, the probe or the connection, and every timer. */
  | { readonly do: 'disconnect' }
  | { readonly do: 'retry'; readonly afterMs: number }
  /** And does not offer the key again before a person has signed in. */
  /** `forGood`: the CA says so; the key is not offered any more either, also not to another tracker. */
  | { readonly do: 'forget_token'; readonly forGood?: true };

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
