/** What goes wrong while faults last: each kind by itself, at random times; and how all of it heals. */
import type { ChannelName } from '../../protocol/ids.js';
import type { Network } from './network.js';
import type { SimulatedPeer } from './peer.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Host } from './side.js';
import type { Settings } from './settings.js';
import type { Tracker } from './tracker.js';
import type { Trace } from './trace.js';

export interface FaultWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly network: Network;
  readonly tracker: Tracker;
  readonly trace: Trace;
  readonly settings: Settings;
  readonly peers: readonly SimulatedPeer[];
  readonly channels: readonly ChannelName[];
  /** What others than this do to the network. */
  blocked(from: Host, to: Host): boolean;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** How long a peer stays up between two failures, on average, at the churn of 20 %. */
const UP_MS = 60 * SECOND;

export class Faults {
  private over = false;
  /** Group of each host; who is in another one is out of reach. */
  private groups: Map<Host, number> | undefined;
  /** Hosts whom part of the others cannot hear. */
  private readonly mute = new Map<Host, ReadonlySet<Host>>();

  constructor(private readonly world: FaultWorld) {
    world.network.blocked = (from, to) =>
      (this.groups !== undefined && this.groups.get(from) !== this.groups.get(to)) ||
      this.mute.get(from)?.has(to) === true ||
      world.blocked(from, to);
  }

  start(): void {
    const { peers, settings } = this.world;
    if (settings.churn > 0) for (const peer of peers) this.churn(peer);
    const n = peers.length;
    this.often((20 * SECOND) / n, () => this.breakLink());
    this.often((120 * SECOND) / n, () => this.hangLink());
    this.often(25 * SECOND, () => this.partition());
    this.often(30 * SECOND, () => this.deafen());
    this.often((400 * SECOND) / n, () => this.jumpClock());
    this.often((200 * SECOND) / n, () => this.slowDown());
    this.often((300 * SECOND) / n, () => this.fillDisk());
    this.often((1_500 * SECOND) / n, () => this.failSync());
    this.often((120 * SECOND) / n, () => this.changeMembership());
    this.often(40 * SECOND, () => this.loseTracker());
    this.often(40 * SECOND, () => this.lie());
  }

  /** Everything works again; clocks stay as wrong as they are. */
  heal(): void {
    const { peers, tracker, network } = this.world;
    this.over = true;
    this.groups = undefined;
    this.mute.clear();
    network.reroute();
    tracker.up = true;
    tracker.lies = 0;
    for (const peer of peers) {
      peer.disk.full = false;
      peer.disk.failing = false;
      peer.slowness = 1;
      peer.rate = 10_000;
      if (!peer.running) peer.start();
    }
  }

  private churn(peer: SimulatedPeer): void {
    const { random, schedule, settings, trace } = this.world;
    const downMs = (UP_MS * settings.churn) / (1 - settings.churn);
    const fall = (): void => {
      schedule.after(random.exponential(UP_MS), () => {
        if (this.over) return;
        const how = random.pick(['stop', 'kill', 'power', 'power'] as const) ?? 'kill';
        trace.add(how, peer.life);
        peer.crash(how);
        const wait = random.chance(0.2) ? random.between(0, 500) : random.exponential(downMs);
        schedule.after(wait, () => {
          if (this.over) return;
          peer.start();
          fall();
        });
      });
    };
    fall();
  }

  private often(meanMs: number, action: () => void): void {
    const { random, schedule } = this.world;
    schedule.after(random.exponential(meanMs), () => {
      if (this.over) return;
      action();
      this.often(meanMs, action);
    });
  }

  private afterwards(ms: number, undo: () => void): void {
    this.world.schedule.after(ms, () => {
      if (!this.over) undo();
    });
  }

  private anyone(): SimulatedPeer | undefined {
    const peer = this.world.random.pick(this.world.peers);
    return peer?.running === true ? peer : undefined;
  }

  private breakLink(): void {
    const { random, trace } = this.world;
    const side = random.pick([...(this.anyone()?.links.values() ?? [])]);
    if (!side) return;
    trace.add('break', side.id);
    side.break();
  }

  /** Looks connected, but nothing arrives: one way or both, for a moment or until somebody notices. */
  private hangLink(): void {
    const { random, trace } = this.world;
    const side = random.pick([...(this.anyone()?.links.values() ?? [])]);
    if (!side) return;
    trace.add('hang', side.id);
    const both = random.chance(0.6) ? [side, side.other] : [side];
    for (const end of both) end?.hold();
    this.world.schedule.after(random.between(1, 90) * SECOND, () => {
      for (const end of both) end?.release();
    });
  }

  private partition(): void {
    const { random, network, peers, trace } = this.world;
    if (this.groups) return;
    const count = 2 + random.int(2);
    const odds = random.between(0.1, 0.9);
    this.groups = new Map(peers.map((peer) => [peer, random.chance(odds) ? 0 : 1 + random.int(count - 1)]));
    trace.add('split', count);
    network.reroute();
    this.afterwards(random.between(3, 70) * SECOND, () => {
      this.groups = undefined;
      network.reroute();
    });
  }

  private deafen(): void {
    const { random, network, peers, trace } = this.world;
    const peer = this.anyone();
    if (!peer) return;
    this.mute.set(peer, new Set(peers.filter(() => random.chance(0.5))));
    trace.add('mute', peer.life);
    network.reroute();
    this.afterwards(random.between(3, 70) * SECOND, () => {
      this.mute.delete(peer);
      network.reroute();
    });
  }

  private jumpClock(): void {
    const peer = this.anyone();
    if (peer) peer.skew += this.world.random.between(-10, 10) * MINUTE;
  }

  private slowDown(): void {
    const { random } = this.world;
    const peer = this.anyone();
    if (!peer) return;
    if (random.chance(0.5)) peer.rate = random.between(2, 50);
    else peer.slowness = random.between(10, 100);
    this.afterwards(random.between(5, 30) * SECOND, () => {
      peer.rate = 10_000;
      peer.slowness = 1;
    });
  }

  private fillDisk(): void {
    const peer = this.anyone();
    if (!peer) return;
    peer.disk.full = true;
    this.afterwards(this.world.random.between(1, 20) * SECOND, () => {
      peer.disk.full = false;
    });
  }

  private failSync(): void {
    const peer = this.anyone();
    if (peer) peer.disk.failing = true;
  }

  private changeMembership(): void {
    const { random, channels } = this.world;
    const peer = this.anyone();
    const channel = random.pick(channels.slice(1));
    if (!peer || channel === undefined) return;
    if (!peer.joined.has(channel)) peer.join(channel);
    else {
      peer.leave(channel);
      // Some think better of it at once.
      if (random.chance(0.5)) this.afterwards(random.between(0, 500), () => peer.join(channel));
    }
  }

  private loseTracker(): void {
    const { tracker, random } = this.world;
    tracker.up = false;
    this.afterwards(random.between(2, 30) * SECOND, () => {
      tracker.up = true;
    });
  }

  private lie(): void {
    const { tracker, random } = this.world;
    tracker.lies = random.between(0.05, 0.5);
    this.afterwards(random.between(2, 20) * SECOND, () => {
      tracker.lies = 0;
    });
  }
}
