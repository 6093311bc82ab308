/** One run: a population, its network, a time of posts and faults, the healing, and the judgement. */
import { compareEntries } from '../../protocol/entry.js';
import type { ConversationId } from '../../protocol/ids.js';
import { ByReference } from './by-reference.js';
import { Checker } from './checker.js';
import { Clocks } from './clocks.js';
import { byConversation, checkConverged, checkQuiet, missing } from './convergence.js';
import { Faults } from './faults.js';
import { openFiles } from './files/file-machines.js';
import { SimulatedFiles } from './files/files.js';
import { Flood, type FloodPost } from './flood.js';
import { HostilePeer } from './hostile.js';
import { keptForLinks, pendingWork } from './inspect.js';
import { Authority } from './keys.js';
import { startMachines } from './machines.js';
import { Network, type DuplicateRules } from './network.js';
import { SimulatedPeer } from './peer.js';
import type { PeerWorld } from './peer-world.js';
import { populate, type Population } from './population.js';
import { Random } from './random.js';
import { Reach } from './reach.js';
import { SimulatedRelay } from './relay.js';
import { Restores } from './restores.js';
import { missingWord } from './restored-words.js';
import { Schedule } from './schedule.js';
import type { RetentionJudge } from './retention/judge.js';
import { SimulatedRetention, type Newcomer } from './retention/retention.js';
import type { Settings } from './settings.js';
import type { Host, Side } from './side.js';
import { Trace } from './trace.js';
import { Tracker } from './tracker.js';
import { Workload } from './workload.js';

/** What a planted bug may replace. */
export type Parts = Pick<PeerWorld, 'start' | 'order'> & {
  readonly openFiles: typeof openFiles;
  readonly rules: DuplicateRules;
};

export interface Outcome {
  readonly settings: Settings;
  readonly violations: readonly string[];
  readonly trace: string;
  readonly events: number;
  readonly acknowledged: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly deliveries: number;
  /** Bytes that reached peers, for each byte of entries that was new to them. */
  readonly bytesRatio: number;
  /** Entries that reached peers, for each that was new to them. */
  readonly entriesRatio: number;
  readonly forksTold: number;
  /** Simulated seconds from the healing until all was everywhere. */
  readonly settledAfter: number;
  readonly linksMax: number;
  /** How often people were told, rightly, that the clock of their machine is wrong. */
  readonly clocksTold: number;
  /** Chunks that honest devices sent each other, and how often one was found to lie. */
  readonly chunks: number;
  readonly liesFound: number;
  /** Rows that were forgotten, came without their content, and got it after all. */
  readonly contents: RetentionJudge['counts'];
}

const EPOCH = Date.parse('2026-11-20T12:00:00.000Z');
const SECOND = 1_000;
const START_MS = 3 * SECOND;
/** Longer than the longest back-off, the silence of a dead link and the patience with a bad source together. */
const SETTLE_MAX_MS = 600 * SECOND;
/** What waits in memory: what stops the reading, and what the links had read by then. Bytes. */
const BACKLOG_MAX = 16 * 1024 * 1024;
/** Entries of all links that wait for a signed one. */
const UNPROVEN_MAX = 20_000;

export class Simulation {
  readonly schedule = new Schedule();
  readonly random: Random;
  readonly trace: Trace;
  readonly codec = new ByReference();
  readonly network: Network;
  readonly tracker: Tracker;
  readonly relay: SimulatedRelay;
  readonly authority: Authority;
  readonly checker: Checker;
  readonly clocks: Clocks;
  readonly peers: SimulatedPeer[];
  readonly population: Population;
  epoch = EPOCH;
  readonly start: PeerWorld['start'];
  readonly order: PeerWorld['order'];
  readonly openFiles: typeof openFiles;
  readonly hostile: readonly HostilePeer[];
  readonly files: SimulatedFiles;
  readonly flood: Flood;
  readonly restores: Restores;
  readonly reach: Reach;
  readonly retention: SimulatedRetention;
  private promised = false;
  private linksMax = 0;

  constructor(
    readonly settings: Settings,
    parts: Partial<Parts> = {},
    tell?: (line: string) => void,
  ) {
    const { schedule } = this;
    this.start = parts.start ?? startMachines;
    this.order = parts.order ?? compareEntries;
    this.openFiles = parts.openFiles ?? openFiles;
    this.random = new Random(settings.seed);
    this.trace = new Trace(() => schedule.now, tell);
    this.checker = new Checker(() => schedule.now, settings.freeze);
    this.tracker = new Tracker(this.random);
    this.authority = new Authority(settings.signatures, this.random, () => this.clocks.tracker());
    this.network = new Network(this, parts.rules);
    this.relay = new SimulatedRelay({
      ...{ schedule, random: new Random(settings.seed + 0x72_65_6c_61), tracker: this.tracker, network: this.network },
      dialFiles: (host, to) => this.files.connections.meet(host, to),
      unsettled: () => this.unsettled(),
    });
    this.clocks = new Clocks(this);
    this.population = populate(settings, this.random);
    const { honest, hostile } = this.population;
    for (const { device, username } of [...honest, ...hostile]) this.authority.enrol(device, username);
    this.peers = honest.map((member, i) => new SimulatedPeer(this, { ...member, host: `h${i}` }));
    this.hostile = hostile.map(
      ({ username, device }, i) => new HostilePeer(this, username, device, { host: `m${i}`, port: 1 }),
    );
    for (const peer of this.peers) this.checker.enrol(peer, peer.device);
    for (const { device } of hostile) this.checker.forkedLogs.add(`#general ${device}`);
    this.files = new SimulatedFiles(this);
    this.restores = new Restores(this);
    this.flood = new Flood(this);
    this.reach = new Reach(this);
    this.retention = new SimulatedRetention(this);
  }

  get channels(): Population['channels'] {
    return this.population.channels;
  }

  get sample(): number {
    return this.settings.sample;
  }

  addPeer({ username, device, joined, files }: Newcomer): SimulatedPeer {
    const peer = new SimulatedPeer(this, { username, device, channels: [...joined], host: `h${this.peers.length}` });
    this.peers.push(peer);
    this.checker.enrol(peer, device);
    if (files) this.files.enrol(peer);
    return peer;
  }

  blocked(from: Host, to: Host): boolean {
    return this.restores.blocked(from, to) || this.retention.blocked(from, to);
  }

  async run(): Promise<Outcome> {
    const { schedule, random, settings, peers } = this;
    const workload = new Workload(this);
    const faults = new Faults(this);
    for (const peer of peers) schedule.after(random.between(0, START_MS), () => peer.start());
    for (const hostile of this.hostile) hostile.start();
    this.everySecond();
    await this.until(START_MS);
    const durationMs = settings.minutes * 60 * SECOND;
    workload.start(durationMs);
    this.clocks.during(durationMs);
    faults.start();
    this.files.start(durationMs);
    this.reach.start();
    this.restores.during(durationMs, workload);
    const post: FloodPost = (peer, conversation, ...rest) => workload.post(peer, conversation, undefined, ...rest);
    this.flood.during(durationMs, post);
    this.retention.during(durationMs);
    await this.until(START_MS + durationMs);
    this.restores.heal();
    faults.heal();
    this.reach.heal();
    this.files.heal();
    const healed = schedule.now;
    this.clocks.heal(settings.flooding > 0 ? 60 * SECOND : Infinity);
    await this.settle();
    const settledAfter = (schedule.now - healed) / SECOND;
    const pass = (ms: number): Promise<void> => this.until(schedule.now + ms);
    await this.flood.afterwards(post, pass, () => this.settle());
    await this.restores.afterwards(workload, pass);
    await this.settle();
    // Whose clock was wrong is not silenced.
    for (const peer of peers)
      if (peer.running && this.clocks.wasWrong(peer)) workload.post(peer, '#general' as ConversationId);
    await this.settle();
    await this.retention.afterwards(
      (...where) => workload.post(...where),
      pass,
      () => this.settle(),
    );
    await this.files.afterwards(pass);
    await this.reach.afterwards(pass);
    this.clocks.settled();
    checkConverged(this.checker, peers);
    checkQuiet(this.checker, peers, settings.hostile > 0);
    return this.outcome(workload, settledAfter);
  }

  sent(side: Side, messages: Parameters<Checker['sent']>[1]): void {
    this.checker.sent(side, messages);
    if (this.peers.some((peer) => peer === side.host)) this.retention.judge.sent(side, side.host.username, messages);
  }

  arrived(side: Side, messages: Parameters<Checker['sent']>[1], bytes: number): void {
    this.trace.add('read', side.id, messages.length, bytes);
    this.checker.arrived(side, messages, bytes);
    this.restores.heard(side, messages);
    this.clocks.heard(side, messages);
  }

  ended(side: Side): void {
    this.network.sides.delete(side);
    this.trace.add('down', side.id);
  }

  unsettled(): void {
    this.promised = true;
  }

  protected async until(time: number): Promise<void> {
    const { schedule } = this;
    for (let step = schedule.next(time); step; step = schedule.next(time)) {
      step();
      if (!this.promised) continue;
      this.promised = false;
      // Long enough for the longest chain of promises; were it not, the rest would come later, but always alike.
      for (let i = 0; i < 20; i++) await Promise.resolve();
    }
    schedule.now = time;
  }

  /** Until all is everywhere, and a little longer: what was forgotten would be found then. */
  private async settle(): Promise<void> {
    const { schedule, checker, peers } = this;
    const end = schedule.now + SETTLE_MAX_MS;
    do await this.until(schedule.now + 2 * SECOND);
    while (
      (missing(checker, peers) ?? missingWord(checker, byConversation(peers))) !== undefined &&
      schedule.now < end
    );
    await this.until(schedule.now + 5 * SECOND);
  }

  protected everySecond(): void {
    for (const peer of this.peers) {
      peer.hear();
      this.linksMax = Math.max(this.linksMax, peer.links.size);
      if (!peer.machines) continue;
      const { backlog, unproven } = pendingWork(peer.machines);
      if (backlog > BACKLOG_MAX || unproven > UNPROVEN_MAX)
        this.checker.wrong(`${peer.name} holds ${backlog} bytes, and ${unproven} unproven entries`);
      if (keptForLinks(peer.machines) > peer.links.size)
        this.checker.wrong(`${peer.name} keeps what belongs to links that are gone`);
      for (const { queued } of peer.links.values())
        if (queued > 10 * 1024 * 1024) this.checker.wrong(`${peer.name} queues ${queued} bytes on one link`);
    }
    this.clocks.second();
    this.retention.second();
    this.files.second();
    this.schedule.after(SECOND, () => this.everySecond());
  }

  private outcome(workload: Workload, settledAfter: number): Outcome {
    const { checker, trace, settings } = this;
    for (const peer of this.peers) trace.add('end', peer.disk.count);
    return {
      settings,
      violations: checker.violations,
      trace: trace.hash,
      events: trace.events,
      acknowledged: checker.acknowledged.length,
      refused: Object.fromEntries([...workload.refused].sort()),
      deliveries: checker.deliveries,
      bytesRatio: checker.receivedBytes / checker.deliveredBytes,
      entriesRatio: checker.receivedEntries / checker.deliveries,
      forksTold: checker.toldForks.size,
      settledAfter,
      linksMax: this.linksMax,
      clocksTold: this.clocks.judge.told,
      chunks: this.files.judge.chunksSent,
      liesFound: this.files.judge.liesFound,
      contents: this.retention.judge.counts,
    };
  }
}
