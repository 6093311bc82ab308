/** What the doctor looks at: told by the daemon, or read from its files where none runs. */
import type { RelayWhy } from '../../protocol/local-api.js';
import type { MappingView, Reach } from '../../protocol/reach.js';
import type { Interfaces } from '../reach/addresses.js';
import type { Reflection } from '../reach/reflect.js';
import type { Checked } from '../../protocol/reach.js';

/** How the device is reached, and what has shown it. */
export interface Examined {
  readonly seen: Reflection;
  /** Undefined where the tracker would not check now. */
  readonly checked: Checked | undefined;
  readonly reach: Reach | undefined;
  readonly mapping: MappingView;
}

export interface Patient {
  /** The tracker in use, or the first. */
  readonly tracker: string;
  /** PEM to trust over https. */
  readonly trackerCa: string | undefined;
  /** Fingerprint of the pinned CA. */
  readonly pin: string | undefined;
  /** Of the session; undefined where there is none. */
  readonly token: string | undefined;
  /**
   * It may yet get a session by its key, and without a person: then it is not signed out for having none, or one that is over. Not where
   * a daemon runs, which has tried.
   */
  readonly maySignIn: boolean;
  readonly isRevoked: boolean;
  /** Why nobody is let in with the account, as the daemon was told. */
  readonly refused?: 'account_disabled' | 'account_pending' | undefined;
  readonly interfaces: () => Interfaces;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Where the daemon listens; undefined: none runs. */
  readonly p2p: { readonly host: string; readonly port: number } | undefined;
  /** One runs, but has not answered yet; resolves when it does. */
  readonly answers?: Promise<unknown> | undefined;
  /** As the daemon last found it out, or now. Undefined: no daemon runs. @throws as `TrackerHttp.call` */
  readonly reach?: (signal: AbortSignal) => Promise<Examined>;
  /** Its user wants it reached over a relay alone: that nobody comes in is no fault. */
  readonly hidesAddress?: boolean;
  /** What the relay last said to it of somebody who is not linked. */
  readonly relay?: RelayWhy | undefined;
  /** How a user stands whom the doctor was asked about. */
  readonly other?: Other | undefined;
}

/** `shut_in`: linked over the relay, although this device can be dialled from outside. */
export type Other =
  | 'unknown'
  | 'away'
  | 'without_peer'
  | 'not_linked'
  | RelayWhy
  | 'relayed'
  | 'address_hidden'
  | 'hides_address'
  | 'shut_in'
  | 'linked';

export interface Place {
  readonly url: URL;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

export function placeOf(tracker: string): Place {
  const url = new URL(tracker.endsWith('/') ? tracker : `${tracker}/`);
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  return { url, host: url.hostname.replace(/^\[|\]$/g, ''), port, isSecure };
}
