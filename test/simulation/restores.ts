/**
 * Devices that are put back to an old copy, or whose disk lied when it said "synced": they have lost entries that others
 * hold. A power failure alone cannot do that, since own entries are durable before they are sent.
 *
 * `hasty` ones write before they have met anybody who holds their lost tail: nothing can keep them from forking their log,
 * but it must be told. `careful` ones (that is, all whose others are there) have heard of their tail when they write: they
 * must fetch it back, and never fork.
 */
import type { ConversationId } from '../../protocol/ids.js';
import { isCarried, type Carried } from './by-reference.js';
import type { Checker } from './checker.js';
import type { SimulatedPeer } from './peer.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Settings } from './settings.js';
import type { Side } from './side.js';
import type { Workload } from './workload.js';

export interface RestoreWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly settings: Settings;
  readonly checker: Checker;
  readonly peers: readonly SimulatedPeer[];
}

const GENERAL = '#general' as ConversationId;

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

  constructor(private readonly world: RestoreWorld) {}

  during(durationMs: number, workload: Workload): void {
    const { schedule, random, settings, peers, checker } = this.world;
    for (const peer of random.sample(peers, settings.restored)) {
      schedule.after(random.between(0.3, 0.8) * durationMs, () => {
        const length = peer.disk.durable(GENERAL, peer.device);
        if (length < 2) return;
        peer.crash('kill');
        checker.forkedLogs.add(`${GENERAL} ${peer.device}`);
        this.rollBack(peer, random.int(length));
        this.hasty.push(peer);
        peer.start();
        for (let i = 0; i < 3; i++) workload.post(peer, GENERAL);
      });
    }
  }

  /** A few more words of those that have forked, so that it shows; then others that must not fork. */
  async afterwards(workload: Workload, pass: (ms: number) => Promise<void>): Promise<void> {
    const { random, settings, peers } = this.world;
    for (const peer of this.hasty) workload.post(peer, GENERAL);
    await pass(10_000);
    const whole = peers.filter((peer) => !this.hasty.includes(peer) && peer.disk.durable(GENERAL, peer.device) > 1);
    this.careful = random.sample(whole, settings.restored).map((peer) => {
      const length = peer.disk.durable(GENERAL, peer.device);
      peer.crash('kill');
      this.rollBack(peer, random.int(length - 1));
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

  private rollBack(peer: SimulatedPeer, length: number): void {
    peer.restored = true;
    for (const { id } of peer.disk.rollBack(GENERAL, peer.device, length)) this.world.checker.lostTails.add(id);
  }

  /** Somebody tells a careful device of its own tail. */
  heard(side: Side, messages: readonly Carried[]): void {
    if (this.careful.length === 0) return;
    const one = this.careful.find(({ peer }) => peer === side.host);
    if (!one || one.heard) return;
    for (const message of messages) {
      if (isCarried(message) || message.type !== 'have') continue;
      // Its machines hear of it in the same moment, before anything is posted.
      if ((message.conversations[GENERAL]?.[one.peer.device] ?? 0) === one.length) one.heard = true;
    }
  }
}
