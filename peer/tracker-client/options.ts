import type { AboutDevice } from '../../protocol/device-name.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { TrackerView } from '../../protocol/local-api.js';
import type { Reach } from '../../protocol/reach.js';
import type { Address, TrackerEvent } from '../../protocol/tracker-api.js';
import type { Clock, Log } from '../services.js';
import type { Timers } from './http.js';

export interface TrackerClientOptions {
  /** Addresses of trackers that stand for one another. `http:` or `https:`. */
  readonly urls: readonly string[];
  /** Those that a tracker named besides, kept over restarts. */
  readonly learned?: { get(): readonly string[]; set(urls: readonly string[]): void };
  readonly username: Username;
  readonly device: DeviceId;
  readonly identity: {
    /** A PKCS#10 request for this device's key, PEM. */
    csr(): Promise<string>;
    /** Whether there is none that has begun, or half of its life is over, at `now` (milliseconds since 1970). */
    needsRenewal(now: number): boolean;
  };
  /** Where this peer can be dialled now. Without `host`, at the address that the tracker sees. */
  p2p(): { readonly port: number; readonly host?: string | undefined; readonly addresses: readonly Address[] };
  /** Marks of this device's starts and stops, the latest first; told with the first word of each connection. */
  lineage?(): readonly string[];
  /** What it is to be called, and what it runs on; told with the first word of each connection, to its user alone. */
  readonly about?: AboutDevice | undefined;
  /** What stands for the runs of this device since the last one that may have lost something. */
  epoch?(): string | undefined;
  /** How this device is reached, once that is known. */
  reach?(): Reach | undefined;
  /** Channels that the user is in. */
  channels(): readonly ChannelName[];
  /** How present the user is here; `announce` is called when that changes. Without it they are online. */
  status?(): 'online' | 'away' | 'busy';
  /** The session's token, kept over restarts. Without one from now on: signed out, until a person signs in. */
  /** `end`: the tracker has ended it, and takes the key of this device no more. */
  readonly token: { get(): string | undefined; set(token: string | undefined): void; end(): void };
  /** The device key. `isUsable`: to sign in by, since no tracker said that only a person may. `certificate`: PEM, once there is one. */
  readonly key?: {
    isUsable(): boolean;
    certificate(): string | undefined;
    sign(bytes: Uint8Array): Buffer;
    /** Whether the pinned CA signed that. `sig`: base64url. */
    isOfCa(bytes: Uint8Array, sig: string): boolean;
  };
  /** Whether a CA (PEM) is the pinned one, or the first. Asked before anything of its tracker is believed. */
  trustsCa(ca: string, url: string): boolean;
  /** Whether there is a pinned CA by which a tracker can be told from another one before it is told a secret. */
  hasPin?(): boolean;
  readonly events: TrackerClientEvents;
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1). */
  random(): number;
  readonly log: Log;
  /** With which the account may be made, where that takes an invite. */
  readonly inviteCode?: string | undefined;
  /** PEM to trust over https, for a tracker with a certificate of its own making. */
  readonly ca?: string | undefined;
  readonly tuning?: Partial<Tuning>;
}

export interface Tuning {
  /** For one request and its answer. */
  readonly requestTimeoutMs: number;
  readonly heartbeatMs: number;
  /** Between two signs of life that are asked for; a tracker that is silent for twice as long is gone. */
  readonly beatMs: number;
}

export interface TrackerClientEvents {
  tracker(view: TrackerView): void;
  /**
   * A new certificate for this device, and the CA that issued it, both PEM, to be checked and kept. The connection goes on
   * when that is done; with a ParleyError the attempt has failed.
   */
  certified(issued: { readonly certificate: string; readonly ca: string }): void | Promise<void>;
  /** What the tracker says to the lineage. `diverged`: this is a copy, or an old backup, of a device that went on. */
  lineage?(word: 'continues' | 'diverged'): void;
  /** A copy of this device was started elsewhere. */
  copied?(): void;
  /** `peers()` and `channels()` already include it. After each connect the first is a snapshot. */
  heard(event: TrackerEvent): void;
  /** How far our clock is ahead of the tracker's, by the answer that came just now. */
  clockSkew(ms: number): void;
}

/** With a slash at its end, so that a tracker may live under a path. @throws ParleyError `bad_request` */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new ParleyError(
      'bad_request',
      `"${text}" is not the address of a tracker. It looks like http://192.168.1.5:8001.`,
    );
  }
  return new URL(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`, url.origin);
}
