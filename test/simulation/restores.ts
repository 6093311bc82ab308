/**
 * Devices that are put back to an old backup or copied, and others whose disk lied when it said "synced": they have lost
 * entries that others hold. A power failure alone cannot do that, since own entries are durable before they are sent.
 *
 * `hasty` ones write at once. Some of them can ask nobody before, and fork their log: it must be healed. `careful` ones,
 * whose others are there, have heard of their tail when they write: they must fetch it back, and never fork.
 */
import type { ConversationId } from '../../protocol/ids.js';
import { claimed, isCarried, type Carried } from './by-reference.js';
import type { Checker } from './checker.js';
import type { Network } from './network.js';
import type { PeerImage } from './device.js';
import type { SimulatedPeer } from './peer.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Settings } from './settings.js';
import type { Host, Side } from './side.js';
import type { Trace } from './trace.js';
import type { Workload } from './workload.js';

export interface RestoreWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly trace: Trace;
  readonly settings: Settings;
  readonly checker: Checker;
  readonly network: Network;
  readonly peers: readonly SimulatedPeer[];
  /** Another machine of the same user, which has never run. */
  addPeer(like: SimulatedPeer): SimulatedPeer;
}

const GENERAL = '#general' as ConversationId;
const SECOND = 1_000;

interface Careful {
  readonly peer: SimulatedPeer;
  /** Where its log stood before. */
  readonly length: number;
  heard: boolean;
  posts: number;
}

/** From the moment at which it has heard of its tail: some are refused while it is fetched. */
const POSTS = 12;

export class Restores {
  private readonly hasty: SimulatedPeer[] = [];
  private careful: Careful[] = [];
  /** Who is out of reach, and whom each can reach all the same. */
  private readonly alone = new Map<Host, ReadonlySet<Host>>();

  constructor(private readonly world: RestoreWorld) {}

  during(durationMs: number, workload: Workload): void {
    const { schedule, random, settings, peers } = this.world;
    for (const peer of random.sample(peers, settings.restored)) {
      this.hasty.push(peer);
      const copied = random.between(0.1, 0.5) * durationMs;
      schedule.after(copied, () => {
        // Some are copied while they run.
        if (random.chance(0.5)) this.restart(peer);
        const image = peer.image();
        schedule.after(random.between(0, 0.4) * durationMs, () => {
          this.world.checker.restored.add(peer.device);
          if (random.chance(0.5)) this.putBack(peer, image, workload);
          else this.runTwice(peer, image, workload);
        });
      });
    }
  }

  /** Whether it is put back or copied, now or later. */
  isHasty(peer: SimulatedPeer): boolean {
    return this.hasty.includes(peer);
  }

  private restart(peer: SimulatedPeer): void {
    if (!peer.running) return;
    peer.crash('stop');
    peer.start();
  }

  private putBack(peer: SimulatedPeer, image: PeerImage, workload: Workload): void {
    const { trace, random } = this.world;
    trace.add('restore', peer.disk.count);
    peer.crash(random.chance(0.5) ? 'stop' : 'kill');
    peer.restore(image);
    this.begin(peer, workload);
  }

  private runTwice(peer: SimulatedPeer, image: PeerImage, workload: Workload): void {
    const copy = this.world.addPeer(peer);
    this.world.trace.add('copy', peer.disk.count);
    copy.restore(image);
    this.hasty.push(copy);
    this.begin(copy, workload);
    this.write(peer, workload);
  }

  /** With the tracker and the others there, or with a few of them or none. */
  private begin(peer: SimulatedPeer, workload: Workload): void {
    const { schedule, random, peers, network } = this.world;
    if (random.chance(0.7)) {
      peer.alone = true;
      this.alone.set(peer, new Set(random.sample(peers, random.int(3))));
      network.reroute();
      schedule.after(random.between(5, 25) * SECOND, () => this.isBack(peer));
    }
    peer.start();
    this.write(peer, workload);
  }

  private write(peer: SimulatedPeer, workload: Workload): void {
    const { schedule, random } = this.world;
    for (let i = 0; i < 6; i++) {
      schedule.after(i < 3 ? 0 : random.between(0, 10) * SECOND, () => {
        if (peer.running) workload.write(peer);
      });
    }
  }

  private isBack(peer: SimulatedPeer): void {
    peer.alone = false;
    this.alone.delete(peer);
    this.world.network.reroute();
  }

  /** Everybody can be reached again. */
  heal(): void {
    for (const peer of this.hasty) {
      this.isBack(peer);
      peer.mark();
    }
  }

  blocked(from: Host, to: Host): boolean {
    if (this.alone.size === 0) return false;
    return this.alone.get(from)?.has(to) === false || this.alone.get(to)?.has(from) === false;
  }

  /** Others that must not fork. */
  async afterwards(workload: Workload, pass: (ms: number) => Promise<void>): Promise<void> {
    const { random, settings, peers } = this.world;
    for (const peer of this.hasty) if (peer.running) workload.post(peer, GENERAL);
    await pass(10_000);
    const whole = peers.filter((peer) => !this.hasty.includes(peer) && peer.disk.durable(GENERAL, peer.device) > 1);
    this.careful = random.sample(whole, settings.restored).map((peer) => {
      const length = peer.disk.durable(GENERAL, peer.device);
      peer.crash('kill');
      peer.restores++;
      peer.disk.rollBack(GENERAL, peer.device, random.int(length - 1));
      return { peer, length, heard: false, posts: 0 };
    });
    for (const { peer } of this.careful) peer.start();
    for (let i = 0; i < 300; i++) {
      await pass(20);
      for (const one of this.careful) {
        if (!one.heard || one.posts === POSTS) continue;
        one.posts++;
        workload.post(one.peer, GENERAL);
      }
    }
    this.careful = [];
  }

  /** Somebody tells a careful device of its own tail. */
  heard(side: Side, messages: readonly Carried[]): void {
    if (this.careful.length === 0) return;
    const one = this.careful.find(({ peer }) => peer === side.host);
    if (!one || one.heard) return;
    for (const message of messages) {
      if (isCarried(message)) continue;
      // Its machines hear of it in the same moment, before anything is posted.
      for (const [conversation, devices] of claimed(message))
        if (conversation === GENERAL && devices[one.peer.device] === one.length) one.heard = true;
    }
  }
}
