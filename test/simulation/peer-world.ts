/** What all simulated peers stand in. */
import type { Entry } from '../../protocol/entry.js';
import type { ByReference } from './by-reference.js';
import type { Checker } from './checker.js';
import type { Clocks } from './clocks.js';
import type { Authority } from './keys.js';
import type { FloodJudge, RatedPeer } from './flood-judge.js';
import type { Machines, startMachines, Surroundings } from './machines.js';
import type { Network, NetworkHost } from './network.js';
import type { Random } from './random.js';
import type { SimulatedRelay } from './relay.js';
import type { Schedule } from './schedule.js';
import type { Side } from './side.js';
import type { Tracker } from './tracker.js';

export interface PeerWorld {
  readonly epoch: number;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly codec: ByReference;
  readonly network: Network;
  readonly tracker: Tracker;
  readonly relay: Pick<SimulatedRelay, 'open' | 'ended'>;
  readonly reach: { linked(host: NetworkHost, side: Side): void };
  readonly authority: Authority;
  readonly checker: Checker;
  readonly clocks: Pick<Clocks, 'surroundings'>;
  readonly flood: Pick<FloodJudge, 'surroundings' | 'added'> & {
    started(peer: RatedPeer, machines: Machines): void;
  };
  readonly retention: { surroundings(host: object): Pick<Surroundings, 'retention'> };
  readonly sample: number;
  readonly start: typeof startMachines;
  /** How a screen orders entries. */
  readonly order: (a: Entry, b: Entry) => number;
  /** Something was done that promises wait for. */
  unsettled(): void;
}
