/**
 * Wrong clocks: members' by minutes to more than a year, ahead and behind, and the tracker's, with the certificates that it
 * issues meanwhile. All are set right at some moment. What peers hear of each other's clocks crosses their links as in a
 * real one; who is told what of it, and who may be kept from writing, is judged in `clock-judge.ts`.
 */
import { PING_AFTER_MS } from '../../protocol/limits.js';
import { isCarried, type Carried } from './by-reference.js';
import { readCertificate } from './certificates.js';
import type { Checker } from './checker.js';
import { ClockJudge, type ClockedPeer } from './clock-judge.js';
import type { HostilePeer } from './hostile.js';
import type { Authority } from './keys.js';
import type { Surroundings } from './machines.js';
import type { Network, NetworkHost } from './network.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Host, Side } from './side.js';
import type { Tracker } from './tracker.js';

export interface ClockWorld {
  readonly epoch: number;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly network: Network;
  readonly tracker: Tracker;
  readonly authority: Authority;
  readonly checker: Checker;
  readonly peers: readonly ClockedPeer[];
  readonly hostile: readonly HostilePeer[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** Part of the members whose clock is far off, for a while. */
const FAR = 0.2;
/** Part of the runs in which the tracker's is. */
const FAR_TRACKER = 0.6;
/** Longest wait, after the healing, until the last clock is set: shorter than the shortest settling. */
const LATE_MS = 5 * SECOND;

export class Clocks {
  readonly judge: ClockJudge;
  /** How far the tracker's is ahead of the right time. */
  private trackerMs: number;
  private wasTrackerFar: boolean;
  /** What all hostile peers say, ahead of the right time. */
  private readonly lie: number;
  private readonly members = new Set<ClockedPeer>();
  private readonly running = new Map<Host, ClockedPeer>();
  private readonly pings = new WeakMap<Side, number>();

  constructor(private readonly world: ClockWorld) {
    const { random, network } = world;
    this.trackerMs = random.chance(FAR_TRACKER) ? far(random) : near(random);
    this.wasTrackerFar = Math.abs(this.trackerMs) > 30 * MINUTE;
    this.lie = random.chance(0.5) ? this.trackerMs : far(random);
    this.judge = new ClockJudge(world, () => this.trackerMs);
    network.refused = (a, b) => this.isOver(a, b) || this.isOver(b, a);
  }

  /** The tracker's clock. Milliseconds since 1970. */
  tracker(): number {
    return this.right() + this.trackerMs;
  }

  /** Whether the tracker's was right, to some minutes, all the time. */
  get isTrackerRight(): boolean {
    return !this.wasTrackerFar;
  }

  /** The tracker's is right from the beginning. */
  setRight(): void {
    this.wasTrackerFar = false;
    this.trackerMs = 0;
  }

  /** What a process of this peer is given. */
  surroundings(peer: ClockedPeer): Surroundings['clocks'] {
    const { schedule, authority } = this.world;
    this.running.set(peer, peer);
    return {
      steady: () => schedule.now,
      notices: this.judge.started(peer),
      links: { all: () => peer.links.values() },
      wasSet: () => schedule.soon(() => this.ask(peer)),
      certificate: () => readCertificate(authority.certificate(peer.device)),
    };
  }

  /** While faults last: who is how far off, and when they are set right; a few after the healing. */
  during(durationMs: number): void {
    const { random, schedule, peers } = this.world;
    for (const peer of peers) peer.skew = near(random);
    for (const peer of random.sample(peers, Math.ceil(peers.length * FAR))) {
      this.members.add(peer);
      const offset = far(random);
      const begin = random.chance(0.5) ? 0 : random.between(0, 0.5) * durationMs;
      schedule.after(begin, () => (peer.skew += offset));
      schedule.after(begin + random.between(0.1, 1) * (durationMs - begin + LATE_MS), () => (peer.skew -= offset));
    }
    // Posts and forks wait for certificates that count.
    const until = Math.abs(this.trackerMs) > 20 * DAY ? 0.15 : 0.7;
    schedule.after(random.between(0.05, until) * durationMs, () => (this.trackerMs = near(random, SECOND)));
  }

  /**
   * Whatever else has touched them, all are nearly right a moment after the healing.
   * @param behind no clock is further behind then; milliseconds
   */
  heal(behind = Infinity): void {
    const { schedule, random, peers } = this.world;
    schedule.after(LATE_MS, () => {
      for (const peer of peers) {
        if (Math.abs(peer.skew) > 30 * MINUTE) peer.skew = near(random);
        if (peer.skew < -behind) peer.skew = random.between(-behind, 0);
      }
    });
  }

  /** Whose clock was far off. */
  wasWrong(peer: ClockedPeer): boolean {
    return this.members.has(peer);
  }

  /** In the end. */
  settled(): void {
    const { authority, peers } = this.world;
    const now = this.right();
    for (const peer of peers) {
      if (!peer.running || peer.alone) continue;
      const { notBefore, notAfter } = readCertificate(authority.certificate(peer.device));
      if (now < notBefore || now > notAfter) this.world.checker.wrong(`${peer.name} has no certificate for today`);
      this.judge.settled(peer);
    }
  }

  second(): void {
    const { peers, hostile } = this.world;
    for (const peer of peers) {
      if (!peer.machines) continue;
      this.ask(peer);
      for (const side of [...peer.links.values()]) {
        if (this.isOver(peer, { certificate: side.remote.certificate })) side.close('certificate_expired');
        else this.say(side, peer.now());
      }
    }
    for (const liar of hostile) for (const side of liar.links.values()) this.say(side, this.right() + this.lie);
    for (const peer of peers) if (peer.machines) this.judge.second(peer);
  }

  /** A chunk arrived: clocks are heard as the real link tells of them. */
  heard(side: Side, messages: readonly Carried[]): void {
    const peer = this.running.get(side.host);
    if (!peer?.machines) return;
    for (const message of messages) {
      if (isCarried(message) || (message.type !== 'ping' && message.type !== 'pong')) continue;
      if (message.type === 'ping') side.send({ type: 'pong', time: iso(peer.now()) });
      if (message.time === undefined) continue;
      this.judge.voice(peer, side.remote, Date.parse(message.time) - this.right());
      peer.machines.clocks.heard(side, message.time);
    }
  }

  /**
   * Why a post may be refused: there is no certificate for the time that its author's clock shows, and it is that clock's fault, or
   * seems so: the tracker and most of those who were heard show another time. Asked when it is posted, since the certificate may be
   * renewed before its author hears of the refusal.
   */
  excuses(peer: ClockedPeer): RegExp | undefined {
    const { notBefore } = readCertificate(this.world.authority.certificate(peer.device));
    const now = peer.now();
    // Of two that run with one key, the other one may have a newer one.
    if (now > peer.known.until(peer.device))
      return /^(clock_wrong|tracker_clock_wrong|clocks_differ|certificate_ended)$/;
    const isWrong = Math.abs(peer.skew) > MINUTE || this.judge.isTold(peer);
    return isWrong && now < notBefore ? /^clock_wrong$/ : undefined;
  }

  /** As the tracker client: the answer tells the tracker's clock, and a certificate that is due is renewed with the next call. */
  private ask(peer: ClockedPeer): void {
    const { tracker, authority } = this.world;
    const { machines, device } = peer;
    if (!machines || !tracker.up || peer.alone) return;
    this.judge.tracker(peer);
    machines.clocks.tracker(peer.now() - this.tracker());
    // Each of two processes with one key asks for its own, as it would in two directories.
    const isHere = peer.known.texts(device).includes(authority.certificate(device));
    if (isHere && !authority.needsRenewal(device)) return;
    peer.known.add(authority.renew(device, peer.now()));
    machines.mesh.certificateRenewed();
  }

  /** The time in a handshake, and in a `ping` after some silence. */
  private say(side: Side, time: number): void {
    const { now } = this.world.schedule;
    const last = this.pings.get(side);
    if (last !== undefined && now - last < PING_AFTER_MS) return;
    this.pings.set(side, now);
    side.send({ type: last === undefined ? 'pong' : 'ping', time: iso(time) });
  }

  private isOver(host: Pick<NetworkHost, 'device' | 'certificate'>, shown: { readonly certificate: string }): boolean {
    const peer = this.running.get(host as NetworkHost);
    if (!peer) return false;
    const now = peer.now();
    return [host, shown].some(({ certificate }) => now > readCertificate(certificate).notAfter);
  }

  private right(): number {
    return this.world.epoch + this.world.schedule.now;
  }
}

/** Most clocks are right to some seconds, some to minutes. */
function near(random: Random, least = 0): number {
  const kind = least > 0 ? 1 : random.next();
  if (kind < 0.05) return random.between(-20, 20) * MINUTE;
  return kind < 0.2 ? random.between(-2, 2) * MINUTE : random.between(-10, 10) * SECOND;
}

/** By minutes to days, now and then by more than certificates last, or back to before there was this software. */
function far(random: Random): number {
  const sign = random.chance(0.5) ? 1 : -1;
  if (random.chance(0.12)) return sign * (random.chance(0.5) ? 40 : 400) * DAY;
  return sign * 2 * MINUTE * 3_600 ** random.next();
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
