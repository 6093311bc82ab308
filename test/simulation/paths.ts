/** The ways by which one simulated process reaches others: it dials, meets them at the relay, and looks for a better way, as in peer/core. */
import type { Candidate, DiallerOptions } from '../../peer/core/dialler-options.js';
import type { Dialler } from '../../peer/core/dialler.js';
import type { FileConnection } from '../../peer/link/types.js';
import { canonical, kindOf } from '../../peer/reach/addresses.js';
import type { Circuits } from '../../peer/reach/circuits.js';
import { Upgrades } from '../../peer/reach/upgrades.js';
import { ParleyError } from '../../protocol/errors.js';
import { otherParty, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { Lifetime } from './lifetime.js';
import type { Network } from './network.js';
import type { RelayedHost, SimulatedRelay } from './relay.js';
import type { Schedule } from './schedule.js';

export interface PathsWorld {
  readonly schedule: Schedule;
  readonly network: Network;
  readonly relay: Pick<SimulatedRelay, 'open' | 'ended'>;
}

export interface PathsHost extends RelayedHost {
  candidates(): readonly Candidate[];
}

/** From try to try; shorter than the longest real time, so that a run need not last as long. Milliseconds. */
export const UPGRADE_MS = 60_000;

export class Paths {
  private readonly upgrades: Upgrades;
  private readonly circuits: Circuits;

  /** @param dialler of the process, once it has one */
  constructor(
    private readonly world: PathsWorld,
    private readonly host: PathsHost,
    process: Lifetime,
    private readonly dialler: () => Dialler | undefined,
  ) {
    this.upgrades = new Upgrades(() => world.schedule.now, UPGRADE_MS, UPGRADE_MS);
    this.circuits = world.relay.open(host, process, (device) => this.dialler()?.called(device));
  }

  /** @param relayOnly as in peer/core/connections.ts: a device that hides its address dials nobody */
  forDialler(
    relayOnly: boolean,
  ): Required<Pick<DiallerOptions, 'relayOnly' | 'order' | 'dial' | 'relay' | 'dueUpgrades'>> {
    const { links } = this.host;
    return {
      relayOnly,
      order: (addresses) =>
        relayOnly ? [] : addresses.filter(({ host }) => kindOf(canonical(host) ?? host) !== 'none'),
      dial: (target) => this.world.network.dial(this.host, target),
      dueUpgrades: (max, busy) => this.upgrades.take(max, busy),
      relay: async (device, signal) => {
        if (links.has(device)) throw new ParleyError('duplicate_link');
        return this.circuits.dial(device, signal);
      },
    };
  }

  dialFiles(device: DeviceId): Promise<FileConnection> {
    return this.circuits.dialFiles(device);
  }

  up(device: DeviceId, relayed: boolean): void {
    this.upgrades.up(device, relayed);
  }

  down(device: DeviceId): void {
    this.upgrades.down(device);
  }

  /** The network is another one, or may be. */
  anew(): void {
    this.upgrades.anew();
    this.dialler()?.anew();
  }

  /** A message is written there: who is to read it is dialled, unless a device of theirs is linked. */
  want(conversation: ConversationId): void {
    const { username, links } = this.host;
    const other = otherParty(conversation, username);
    if (other === undefined) return;
    const isTheirs = (user: Username | undefined): boolean => user?.toLowerCase() === other;
    for (const side of links.values()) if (isTheirs(side.remote.username)) return;
    const devices = this.host.candidates().flatMap((known) => (isTheirs(known.username) ? [known.device] : []));
    if (devices.length > 0) this.dialler()?.need(devices);
  }

  /** The process has ended. */
  end(): void {
    this.world.relay.ended(this.host);
  }
}
