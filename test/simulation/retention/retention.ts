/**
 * Devices that forget, over weeks: how long each keeps what it has, the weeks that pass while nobody runs, newcomers who come when much is
 * forgotten, and the judgement. Who is in `general` and in direct conversations never changes, so that all that can be had must come; of channels
 * whose members come and go nothing is forgotten here.
 */
import type { ChannelName, ConversationId, DeviceId, UserKey, Username } from '../../../protocol/ids.js';
import { conversationParts, userKey } from '../../../protocol/ids.js';
import type { Checker } from '../checker.js';
import type { Clocks } from '../clocks.js';
import type { Authority } from '../keys.js';
import type { Surroundings } from '../machines.js';
import type { SimulatedPeer } from '../peer.js';
import { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Settings } from '../settings.js';
import type { Host } from '../side.js';
import { RetentionJudge } from './judge.js';

/** Somebody who comes later; or a copy of somebody, who has a key already. */
export type Newcomer = Pick<SimulatedPeer, 'username' | 'device' | 'joined' | 'files'>;

export interface RetentionWorld {
  readonly settings: Settings;
  readonly schedule: Schedule;
  readonly checker: Checker;
  readonly clocks: Pick<Clocks, 'wasWrong' | 'isTrackerRight'>;
  readonly peers: readonly SimulatedPeer[];
  readonly hostile: readonly { readonly username: Username }[];
  /** When the run begins, by the right clock; later once weeks have passed. */
  epoch: number;
  readonly authority: Pick<Authority, 'enrol'>;
  addPeer(facts: Newcomer): SimulatedPeer;
}

const SECOND = 1_000;
const DAY_MS = 24 * 3600 * SECOND;
const GENERAL = '#general' as ConversationId;
const NEWCOMERS = 3;
/** Of the time with faults: when some go away, and when a week passes. */
const AWAY_FROM = 0.15;
const WEEK_AT = 0.45;
/** Part of the devices that are away. */
const AWAY = 0.25;
/** So long after a start a walk begins, and a little longer takes its steps. */
const WALK_MS = 45 * SECOND;
/** Who had nothing is asked again after a minute, then after two, if anything is heard by then. */
const ROUND_MS = 65 * SECOND;
const ROUNDS = 9;
const CLOCK_TOLERANCE_MS = 3600 * SECOND;

export class SimulatedRetention {
  readonly judge: RetentionJudge;
  private readonly random: Random;
  private readonly days = new Map<SimulatedPeer, number>();
  private readonly newcomers = new Set<Host>();
  /** Clocks that were far off at some time. */
  private readonly unsure = new Set<SimulatedPeer>();
  private isApart = false;

  constructor(private readonly world: RetentionWorld) {
    const { settings, peers, checker, schedule, clocks } = world;
    this.random = new Random(settings.seed + 0x6b_65_65_70);
    this.judge = new RetentionJudge({
      ...{ checker, peers },
      right: () => world.epoch + schedule.now,
      isSure: (peer) => !this.unsure.has(peer) || clocks.isTrackerRight,
    });
  }

  private get isOn(): boolean {
    return this.world.settings.retention > 0;
  }

  /** What a process of this peer is given. */
  surroundings(host: object): Pick<Surroundings, 'retention'> {
    const peer = this.isOn ? this.world.peers.find((one) => one === host) : undefined;
    if (!peer) return {};
    const { contents } = peer.disk;
    contents.arrives = (entry) => this.judge.arrived(peer, entry);
    contents.filled = () => void this.judge.counts.filled++;
    contents.forgets = (entry) => this.judge.forgets(peer, entry, this.daysOf(peer));
    return {
      retention: {
        conversations: () => [...peer.disk.conversations()],
        days: (id) => (id === GENERAL || id.startsWith('@') ? this.daysOf(peer) : 0),
        heldByAll: (id) => {
          const others = this.others(peer, id);
          return others.size > 0 ? peer.receipts.everywhere(id, others) : undefined;
        },
        forgot: () => undefined,
      },
    };
  }

  /** In the middle of all faults a week or more passes. Some are away from before that until others begin to forget. */
  during(durationMs: number): void {
    if (!this.isOn) return;
    const { random, world } = this;
    const { schedule } = world;
    schedule.after(AWAY_FROM * durationMs, () => {
      for (const peer of random.sample(world.peers, Math.ceil(AWAY * world.peers.length))) {
        peer.crash('stop');
        schedule.after((WEEK_AT - AWAY_FROM) * durationMs + random.between(0.5, 1.2) * WALK_MS, () => peer.start());
      }
    });
    schedule.after(WEEK_AT * durationMs, () => this.weeksPass(random.between(8, 12)));
  }

  second(): void {
    for (const peer of this.isOn ? this.world.peers : [])
      if (Math.abs(peer.skew) > CLOCK_TOLERANCE_MS) this.unsure.add(peer);
  }

  /** Who may not hear whom: at first newcomers meet only those who forget. */
  blocked(from: Host, to: Host): boolean {
    if (!this.isApart || this.newcomers.has(from) === this.newcomers.has(to)) return false;
    const other = this.newcomers.has(from) ? to : from;
    return (this.days.get(other as SimulatedPeer) ?? 0) === 0;
  }

  /** More weeks pass; much is forgotten, newcomers come, and in the end all is there that anybody can give them. */
  async afterwards(
    post: (peer: SimulatedPeer, conversation: ConversationId) => void,
    pass: (ms: number) => Promise<void>,
    settle: () => Promise<void>,
  ): Promise<void> {
    if (!this.isOn) return;
    const { world, random } = this;
    this.weeksPass(random.between(9, 45));
    await pass(WALK_MS);
    this.isApart = true;
    for (let i = 0; i < NEWCOMERS; i++) {
      const user = random.chance(0.5) ? random.pick(world.peers)?.username : undefined;
      const device = random.text(22) as DeviceId;
      const username = user ?? (`New${i}` as Username);
      world.authority.enrol(device, username);
      const peer = world.addPeer({ username, device, joined: new Set(['general' as ChannelName]), files: undefined });
      this.newcomers.add(peer);
      this.days.set(peer, 0);
      peer.start();
    }
    await pass(15 * SECOND);
    this.isApart = false;
    for (let round = 0; round < ROUNDS && (round === 0 || this.judge.isWaiting); round++) {
      for (const peer of world.peers) if (peer.running) post(peer, GENERAL);
      await pass(ROUND_MS);
    }
    await settle();
    this.judge.settled();
  }

  /** Everybody is down meanwhile. */
  private weeksPass(days: number): void {
    const { world, random } = this;
    for (const peer of world.peers) {
      if (!peer.running) continue;
      peer.crash(random.pick(['stop', 'kill', 'power'] as const) ?? 'stop');
      world.schedule.after(random.between(0, 2 * SECOND), () => peer.start());
    }
    world.epoch += days * DAY_MS;
  }

  private daysOf(peer: SimulatedPeer): number {
    let days = this.days.get(peer);
    if (days === undefined) {
      days = this.random.chance(this.world.settings.retention) ? (this.random.pick([7, 7, 30] as const) ?? 7) : 0;
      this.days.set(peer, days);
    }
    return days;
  }

  private others(self: SimulatedPeer, id: ConversationId): Set<UserKey> {
    const { peers, hostile } = this.world;
    const parts = conversationParts(id);
    const all =
      parts?.kind === 'direct' ? parts.users : [...peers, ...hostile].map(({ username }) => userKey(username));
    return new Set(all.filter((user) => user !== userKey(self.username)));
  }
}
