/** What the dialler needs of the rest of the peer. */
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Places } from '../mesh/link-places.js';
import type { KnownAddress } from '../reach/candidates.js';
import type { Failure } from '../reach/race.js';

export interface Candidate {
  /** Undefined while nobody has proven whose device it is. */
  readonly username: Username | undefined;
  readonly device: DeviceId;
  readonly addresses: readonly KnownAddress[];
  /** By the tracker's word; absent: as before. */
  readonly online?: boolean;
  /** What its user is in, as far as known. */
  readonly channels: readonly ChannelName[];
}

export interface DiallerOptions {
  readonly self: DeviceId;
  candidates(): readonly Candidate[];
  /** The links that there are, and which of them have a place. */
  readonly places: Places;
  /** At most `max` linked devices to which a better link is to be looked for now, and none that is `busy`; absent: none. */
  dueUpgrades?(max: number, busy: (device: DeviceId) => boolean): readonly DeviceId[];
  /** Devices to be linked to whatever the number of links. */
  needed(): ReadonlySet<DeviceId>;
  /** Devices to be linked to besides, which count among no links: a link within one process costs no socket. Absent: none. */
  beside?(): ReadonlySet<DeviceId>;
  /** Which channels of ours have more members than we link to; told with each look. Absent: nobody asks. */
  crowded?(channels: ReadonlySet<ChannelName>): void;
  /** What our user is in. */
  channels(): Iterable<ChannelName>;
  /** Nobody is dialled: what comes over a relay is all there is. Absent: false. */
  readonly relayOnly?: boolean;
  /** Which of them are dialled, in which order; absent: as they are. */
  order?(addresses: readonly KnownAddress[]): readonly Address[];
  /** Must settle soon after `signal` aborts. */
  dial(target: Address & { device: DeviceId; signal: AbortSignal }): Promise<unknown>;
  /** A link over a relay, if the device cannot be dialled; absent: there is none. As `dial`. */
  relay?(device: DeviceId, signal: AbortSignal): Promise<unknown>;
  /** No address has led to a link: why not, in the order in which it turned out; none where no address could be dialled. */
  failed(candidate: Candidate, failures: readonly Failure[]): void;
  readonly clock: { now(): number };
  readonly timers: { setTimeout(callback: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  readonly random: () => number;
}
