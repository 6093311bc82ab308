/**
 * One channel of hundreds or thousands, and nothing else: how many links there are, how often an entry arrives at a peer, over how many
 * hops, when the last one has it; and the same right after a fifth of the peers have lost their power at once.
 */
import type { ConversationId, EntryId } from '../../../protocol/ids.js';
import { LINKS_MAX } from '../../../protocol/limits.js';
import { isCarried, entrySize, wireSize, type Carried } from '../by-reference.js';
import type { SimulatedPeer } from '../peer.js';
import { DEFAULTS } from '../settings.js';
import { Simulation, type Parts } from '../simulation.js';
import type { Host, Side } from '../side.js';

export interface LargeSettings {
  readonly seed: number;
  readonly peers: number;
  /** Messages before it is measured, while it is, after the others have vanished, and once that is healed. */
  readonly messages: number;
  /** From one message to the next, each by another peer. Milliseconds. */
  readonly gapMs: number;
  /** In place of the vanishing, two halves cannot reach each other for so long: until each has closed its ranks. Absent: never. */
  readonly cutMs?: number;
}

export interface Phase {
  readonly name: string;
  readonly peers: number;
  /** From when it was durable at its author until the last peer had it; milliseconds, of all messages. */
  readonly median: number;
  readonly worst: number;
  /** From its author to a peer: of all deliveries the mean, and the most. */
  readonly hops: number;
  readonly hopsMax: number;
  /** How often an entry arrived, and bytes of entries and of what tells of them, for each that was new to a peer. */
  readonly copies: number;
  readonly bytes: number;
  /** How many messages have not come to all. */
  readonly lost: number;
  /** Of those who hold a message how many its author does not know of. */
  readonly unknown: number;
  /** Bytes of signed receipts for each message and member. */
  readonly receiptBytes: number;
}

export interface LargeOutcome {
  readonly phases: readonly Phase[];
  /** At any moment: of one peer, and in the mean at the end. */
  readonly linksMax: number;
  readonly links: number;
  /** By `idealMs`: what a message would take along the shallowest tree, with the mean delay of a link. */
  readonly idealMs: number;
}

const GENERAL = '#general' as ConversationId;
/** The tracker names so many others to a peer of a large channel. */
const SAMPLE = 100;
/** What entries cost: not the signs of life of a link, nor certificates, which cross each link once. */
const COUNTED: ReadonlySet<string> = new Set(['have', 'ranges', 'want', 'push']);
/** Until the links stand. */
const GATHER_MS = 40_000;
/** Until a message must have come. */
const PATIENCE_MS = 15_000;
/** Then, until its author must know who holds it: a device says it for the second time within a quarter of a minute. */
const RECEIPTS_MS = 15_000;
const VANISHED = 0.2;
/** Once two halves can reach each other again, until they have found each other. */
const FOUND_MS = 60_000;
/** Of the simulated network: mostly 1 to 40 ms, one link in ten 50 to 300, and up to half as much again for each message. */
const LINK_MS = (0.9 * 20.5 + 0.1 * 175) * 1.15;

const NOTHING = { entries: 0, news: 0, newBytes: 0, bytes: 0, receiptBytes: 0 };

interface Message {
  readonly author: SimulatedPeer;
  readonly seq: number;
  readonly at: number;
  readonly hops: Map<Host, number>;
  last: number;
  missing: number;
}

export class LargeChannel extends Simulation {
  private readonly messages = new Map<EntryId, Message>();
  private readonly counts = { ...NOTHING };
  private most = 0;

  constructor(
    private readonly large: LargeSettings,
    parts: Partial<Parts> = {},
  ) {
    const { seed, peers } = large;
    const none = { churn: 0, channels: 0, direct: 0, hostile: 0, flooding: 0, routers: 0, files: 0, restored: 0 };
    super({ ...DEFAULTS, ...none, seed, peers, sample: peers > SAMPLE ? SAMPLE : 0 }, parts);
    for (const peer of this.peers) {
      const linked = peer.linked.bind(peer);
      peer.linked = (side) => {
        this.most = Math.max(this.most, linksOf(peer).length);
        linked(side);
      };
    }
  }

  async measure(): Promise<LargeOutcome> {
    const { schedule, random, peers } = this;
    this.clocks.setRight();
    for (const peer of peers) schedule.after(random.between(0, 3_000), () => peer.start());
    this.everySecond();
    await this.until(GATHER_MS);
    const phases = [await this.phase('first'), await this.phase('settled')];
    if (this.large.cutMs === undefined) {
      for (const peer of random.sample(peers, Math.floor(peers.length * VANISHED))) peer.crash('power');
      phases.push(await this.phase('a fifth vanished'), await this.phase('healed'));
    } else {
      await this.cut(this.large.cutMs);
      phases.push(await this.phase('together again'));
    }
    const up = this.running();
    const links = up.reduce((sum, peer) => sum + peer.links.size, 0) / up.length;
    return { phases, linksMax: this.most, links, idealMs: idealDepth(peers.length) * LINK_MS };
  }

  override arrived(side: Side, messages: readonly Carried[], bytes: number): void {
    super.arrived(side, messages, bytes);
    for (const message of messages) {
      if (isCarried(message) || COUNTED.has(message.type)) this.counts.bytes += wireSize(message);
      if (!isCarried(message) && (message.type === 'receipts' || message.type === 'way'))
        this.counts.receiptBytes += wireSize(message);
      if (!isCarried(message)) continue;
      this.counts.entries++;
      const known = this.messages.get(message.entry.id);
      if (!known || known.hops.has(side.host)) continue;
      this.counts.news++;
      this.counts.newBytes += entrySize(message.entry);
      known.hops.set(side.host, (known.hops.get(side.other?.host ?? side.host) ?? 0) + 1);
      known.last = this.schedule.now;
      known.missing--;
    }
  }

  private async cut(ms: number): Promise<void> {
    const { network, peers, random, schedule } = this;
    // The devices of one user look for each other whatever else there is.
    const users = [...new Set(peers.map(({ username }) => username))];
    const half = new Set(random.sample(users, Math.floor(users.length / 2)));
    network.blocked = (from, to) => half.has(from.username) !== half.has(to.username);
    network.reroute();
    await this.until(schedule.now + ms);
    network.blocked = () => false;
    network.reroute();
    await this.until(schedule.now + FOUND_MS);
  }

  private running(): SimulatedPeer[] {
    return this.peers.filter((peer) => peer.running);
  }

  private async phase(name: string): Promise<Phase> {
    const { schedule, random, large } = this;
    const up = this.running();
    this.messages.clear();
    Object.assign(this.counts, { ...NOTHING });
    for (let i = 0; i < large.messages; i++) {
      const author = random.pick(up);
      author?.post(GENERAL, 'm'.repeat(200)).then(
        ({ id, seq }) => {
          const hops = new Map<Host, number>([[author, 0]]);
          const [at, missing] = [schedule.now, up.length - 1];
          this.messages.set(id, { author, seq, at, hops, last: at, missing });
        },
        () => this.checker.wrong('a post was refused'),
      );
      await this.until(schedule.now + large.gapMs);
    }
    await this.until(schedule.now + PATIENCE_MS);
    const figures = this.figures(name, up.length);
    await this.until(schedule.now + RECEIPTS_MS);
    const all = [...this.messages.values()];
    const unknown = all.reduce((sum, message) => sum + this.unknownOf(message), 0);
    return { ...figures, unknown, receiptBytes: this.counts.receiptBytes / all.length / up.length };
  }

  private figures(name: string, peers: number): Omit<Phase, 'unknown' | 'receiptBytes'> {
    const all = [...this.messages.values()];
    const times = all.map(({ at, last }) => last - at).sort((a, b) => a - b);
    const hops = all.flatMap((message) => [...message.hops.values()].filter((count) => count > 0));
    const { entries, news, newBytes, bytes } = this.counts;
    return {
      name,
      peers,
      median: times[Math.floor(times.length / 2)] ?? NaN,
      worst: times.at(-1) ?? NaN,
      hops: hops.reduce((sum, count) => sum + count, 0) / hops.length,
      hopsMax: hops.reduce((most, count) => Math.max(most, count), 0),
      copies: entries / news,
      bytes: bytes / newBytes,
      lost: all.filter(({ missing }) => missing > 0).length,
    };
  }

  /** How many other users' peers hold a message, of which its author does not know. */
  private unknownOf({ author, seq }: Message): number {
    const known = author.receipts.held(GENERAL);
    const holds = (peer: SimulatedPeer): boolean => peer.disk.durable(GENERAL, author.device) >= seq;
    const others = this.running().filter((peer) => peer.username !== author.username && holds(peer));
    return others.filter(({ device }) => (known.get(device) ?? 0) < seq).length;
  }
}

/** But those to its user's other devices, which are counted apart, and those that it has just ended. */
function linksOf({ links, username }: SimulatedPeer): Side[] {
  return [...links.values()].filter(({ ending, remote }) => !ending && remote.username !== username);
}

/** Of the shallowest tree in which everybody has as many links as a peer looks for. */
function idealDepth(peers: number): number {
  const links = Math.min(LINKS_MAX, Math.ceil(Math.log2(peers)) + 4);
  return Math.max(1, Math.ceil(Math.log(peers) / Math.log(links - 1)));
}

/** As a table for people. */
export function largeTable({ phases, linksMax, links, idealMs }: LargeOutcome): string {
  const rows = phases.map(({ name, peers, median, worst, hops, hopsMax, copies, bytes, lost, unknown, receiptBytes }) =>
    [
      name.padEnd(17),
      `${peers} peers`,
      `last after ${median.toFixed(0)} ms, at worst ${worst.toFixed(0)} (3 × ideal: ${(3 * idealMs).toFixed(0)})`,
      `hops ${hops.toFixed(1)}, ≤ ${hopsMax}`,
      `copies ×${copies.toFixed(2)}`,
      `bytes ×${bytes.toFixed(2)}`,
      `${lost} not everywhere`,
      `receipts ${receiptBytes.toFixed(0)} bytes a message and member, ${unknown} unknown`,
    ].join('  '),
  );
  return [...rows, `links ≤ ${linksMax}, ${links.toFixed(1)} in the mean`].join('\n');
}
