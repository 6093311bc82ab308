/** What clocks and their judge look at of a simulated peer. */
import type { DeviceId } from '../../protocol/ids.js';
import type { KnownCertificates } from './certificates.js';
import type { Machines } from './machines.js';
import type { Host, Side } from './side.js';

export interface ClockedPeer extends Host {
  readonly name: string;
  readonly device: DeviceId;
  readonly certificate: string;
  readonly known: KnownCertificates;
  readonly running: boolean;
  /** Out of reach of the tracker. */
  readonly alone: boolean;
  /** Undefined while it does not run. */
  readonly machines: Machines | undefined;
  readonly links: ReadonlyMap<DeviceId, Side>;
  /** How far its clock is ahead of the right time. Milliseconds. */
  skew: number;
  /** By its own clock. Milliseconds since 1970. */
  now(): number;
}
