/** What the links of a peer are given, and whom they tell what became of a connection. */
import type { ErrorCode, ParleyError } from '../../protocol/errors.js';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { LinkClaim, LinkNeed } from '../../protocol/link-messages.js';
import type { Entrance } from './listeners.js';
import type { LocalLinks } from './local-links.js';
import type { Clock, FileConnection, Link, LinkEvents, LinkIdentity, LinkLimits, Log, Timers } from './types.js';

export type Barred = Extract<ErrorCode, 'device_revoked' | 'account_disabled'>;

/** Which links there is a place for, besides the limits of all. */
export interface LinkPlaces {
  /** Why that device is dialled, for whom has no place left. */
  need(device: DeviceId): LinkNeed | undefined;
  /** Whether there is a place for a device that dials this one, or another link has to give way to it. */
  takes(device: DeviceId, claim: LinkClaim): boolean;
  /** A link is about to come up, also one that was dialled here: one that is in its place is ended. */
  comes(link: { readonly device: DeviceId; readonly dialled: boolean; readonly channels: Iterable<ChannelName> }): void;
}

export interface LinksOptions {
  readonly identity: LinkIdentity;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly events: LinkEvents;
  /** Why no link with this device is wanted: asked at every handshake; a link that is up is for the caller to close. */
  readonly barred: (remote: { readonly device: DeviceId; readonly username: Username }) => Barred | undefined;
  /** What this user is in now, for the handshake. */
  readonly channels: () => readonly ChannelName[];
  readonly features?: readonly string[];
  /** Takes a connection for files that another side has dialled. Absent: there are none here. */
  readonly files?: (connection: FileConnection) => void;
  /** Secrets of TLS for a network analyser, one line each; they open everything that was recorded. */
  readonly keylog?: (line: Buffer) => void;
  /** Absent: a port of its own. */
  readonly entrance?: Entrance;
  /** Absent: for all. */
  readonly places?: LinkPlaces;
  /** Other peers of this process, to which links need no socket. Absent: there are none. */
  readonly local?: LocalLinks;
}

/** Who waits for what becomes of a connection; one of these is called, once. */
export interface Waiter {
  linked?(link: Link): void;
  forFiles?(connection: FileConnection): void;
  failed(error: ParleyError): void;
  /** Before any of them. */
  over?(): void;
}
