/**
 * Who can be dialled, and the relay's faults: routers that let nobody in, or suddenly do, networks that change, a relay that dies or hangs.
 * And the judgement: a direct link that lives stays, relayed ones give way once there is a direct way, and stay up where there is none.
 * All chance of it comes from a generator of its own.
 */
import type { Checker } from './checker.js';
import type { HostilePeer } from './hostile.js';
import type { Network, NetworkHost } from './network.js';
import { UPGRADE_MS } from './paths.js';
import type { SimulatedPeer } from './peer.js';
import { Random } from './random.js';
import type { SimulatedRelay } from './relay.js';
import type { Schedule } from './schedule.js';
import type { Settings } from './settings.js';
import type { Host, Side } from './side.js';
import type { Trace } from './trace.js';
import type { Listed, Tracker } from './tracker.js';

export interface ReachWorld {
  readonly schedule: Schedule;
  readonly settings: Settings;
  readonly trace: Trace;
  readonly network: Network;
  readonly relay: SimulatedRelay;
  readonly tracker: Tracker;
  readonly checker: Checker;
  readonly peers: readonly SimulatedPeer[];
  readonly hostile: readonly HostilePeer[];
  /** Who is put back with nobody in reach. */
  blocked(from: Host, to: Host): boolean;
}

const SECOND = 1_000;
/** A try that begins late in its time, and the silence of a router that drops everything. */
const UPGRADED_MS = UPGRADE_MS + 60 * SECOND;
/** So often a link may be made anew in the time of quiet: others may close it as one too many. */
const REMADE_MAX = 2;

export class Reach {
  private readonly random: Random;
  private over = false;
  /** What parts some from others parts them from the relay as well. */
  private isApart = false;
  /** Relayed links that came up in the time of quiet, by pair. */
  private made: Map<string, number> | undefined;
  /** The tracker's list, as it was last looked at. */
  private judged: readonly Listed[] | undefined;

  constructor(private readonly world: ReachWorld) {
    const { settings, network, peers, relay } = world;
    this.random = new Random(settings.seed + 0x72_65_61_63);
    relay.up = !this.isOff;
    network.replaced = (host, old, by) => this.replaced(host, old, by);
    network.relayBlocked = (from, to) =>
      relay.blocked(from, to) || world.blocked(from, to) || (this.isApart && network.blocked(from, to));
    for (const peer of peers) peer.isBehindRouter = this.random.chance(settings.routers);
    // Nothing is drawn where nobody hides, so that such runs stay as they are.
    if (settings.hidden > 0) for (const peer of peers) peer.isHidden = this.random.chance(settings.hidden);
    network.dialled = (host) => {
      if (isHidden(host)) this.world.checker.wrong(`${host.username} hides their address, and dials`);
    };
  }

  private get isOff(): boolean {
    const { routers, hidden } = this.world.settings;
    return routers === 0 && hidden === 0;
  }

  start(): void {
    if (this.isOff) return;
    const { peers, hostile } = this.world;
    this.often((120 * SECOND) / peers.length, () => this.change());
    this.often(40 * SECOND, () => this.loseRelay());
    this.often(60 * SECOND, () => {
      this.isApart = !this.isApart;
      this.world.network.reroute();
    });
    for (const one of hostile) this.often(2 * SECOND, () => this.ask(one));
  }

  /** The relay is there; half of the routers have been opened, and some of those behind them are told that their network changed. */
  heal(): void {
    const { relay, network, peers } = this.world;
    this.over = true;
    this.isApart = false;
    if (this.isOff) return;
    relay.up = true;
    relay.hung = false;
    network.reroute();
    for (const peer of peers) {
      if (!peer.isBehindRouter || this.random.chance(0.5)) continue;
      peer.isBehindRouter = false;
      if (this.random.chance(0.5)) peer.paths?.anew();
    }
  }

  /** Long enough for each relayed link to be tried directly once more. */
  async afterwards(pass: (ms: number) => Promise<void>): Promise<void> {
    if (this.isOff) return;
    await pass(UPGRADED_MS);
    this.made = new Map();
    await pass(60 * SECOND);
    const { checker, peers } = this.world;
    for (const [pair, count] of this.made)
      if (count > REMADE_MAX) checker.wrong(`the relayed link ${pair} was made ${count} times in a minute of quiet`);
    for (const peer of peers) for (const side of peer.links.values()) this.judge(peer, side);
  }

  /** A link is up. */
  linked(host: NetworkHost, side: Side): void {
    if (!side.relayed && isHidden(host))
      this.world.checker.wrong(`${host.username} hides their address, and has a direct link`);
    this.judgeList();
    if (!side.relayed || !this.made) return;
    const pair = [host.device, side.remote.device].sort().join(' ');
    this.made.set(pair, (this.made.get(pair) ?? 0) + (side.dialled ? 1 : 0));
  }

  private judge(peer: SimulatedPeer, side: Side): void {
    if (!side.relayed) return;
    const { other } = side;
    const { checker, peers } = this.world;
    const there = peers.find(({ device }) => device === side.remote.device);
    if (!there || !other) return;
    if (there.links.get(peer.device) !== other)
      checker.wrong(`${peer.name} holds a relayed link that ${there.name} does not`);
    if (!(peer.isBehindRouter && there.isBehindRouter) && !peer.isHidden && !there.isHidden)
      checker.wrong(`${peer.name} and ${there.name} are linked over the relay, although one of them can be dialled`);
  }

  /** What the tracker tells of who hides leads nowhere. */
  private judgeList(): void {
    const { settings, tracker, checker, peers } = this.world;
    if (settings.hidden === 0) return;
    const list = tracker.list();
    if (list === this.judged) return;
    this.judged = list;
    const hidden = new Set(peers.filter((peer) => peer.isHidden).map(({ host }) => host));
    for (const { username, address } of list)
      if (hidden.has(address.host))
        checker.wrong(`the tracker tells the address of one who hides, as that of ${username}`);
  }

  /** Both ends held it, and nothing was in its way. Who is called by a copy of the device cannot tell the two apart: the newer link stays. */
  private replaced(host: NetworkHost, old: Side, by: Side): void {
    const { other } = old;
    const there = other?.host as NetworkHost | undefined;
    const isAlive = old.up && other?.up === true && !old.held && !other.held;
    const isHeldThere = there?.links.get(host.device) === other && by.other?.host === there;
    if (by.relayed && !old.relayed && isAlive && isHeldThere)
      this.world.checker.wrong(`a relayed link of ${host.username} took the place of a direct one that lived`);
  }

  private often(meanMs: number, action: () => void): void {
    const { schedule } = this.world;
    schedule.after(this.random.exponential(meanMs), () => {
      if (this.over) return;
      action();
      this.often(meanMs, action);
    });
  }

  /** A port is forwarded, or not any more; or somebody comes into another network. */
  private change(): void {
    const peer = this.random.pick(this.world.peers);
    if (!peer) return;
    const isOtherNetwork = this.random.chance(0.5);
    this.world.trace.add('router', peer.life);
    peer.isBehindRouter = this.random.chance(this.world.settings.routers);
    if (isOtherNetwork) peer.paths?.anew();
  }

  private loseRelay(): void {
    const { relay, network, schedule, trace } = this.world;
    if (!relay.up || relay.hung) return;
    trace.add('relay', network.sides.size);
    if (this.random.chance(0.5)) relay.hung = true;
    else relay.up = false;
    if (!relay.up) for (const side of [...network.sides]) if (side.relayed && side.dialled) side.break();
    network.reroute();
    schedule.after(this.random.between(1, 70) * SECOND, () => {
      relay.up = true;
      relay.hung = false;
      network.reroute();
    });
  }

  /** A hostile device asks for circuits, and comes to none. */
  private ask(one: HostilePeer): void {
    const victim = this.random.pick(this.world.peers);
    for (let count = this.random.int(30); victim && count > 0; count--)
      this.world.relay.invite(one, victim.device).catch(() => {});
  }
}

function isHidden(host: Host): boolean {
  return 'isHidden' in host && host.isHidden === true;
}
