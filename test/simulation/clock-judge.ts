/**
 * What people may be told of clocks, judged by what the clocks really show. Every error here is against the right time,
 * which no peer knows: nobody whose clock is right is told that it is wrong, unless the tracker and most of the others whom
 * they hear show another time; and whose clock is wrong is told, as soon as the tracker's and most others' are right.
 */
import { userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import { NO_CLOCK_BEFORE_MS } from '../../protocol/limits.js';
import type { ClockWatchOptions } from '../../peer/core/clock-watch.js';
import type { Checker } from './checker.js';
import type { KnownCertificates } from './certificates.js';
import type { Machines } from './machines.js';
import type { Schedule } from './schedule.js';
import type { Host, Side } from './side.js';

type Board = ClockWatchOptions['notices'];
type Notice = Parameters<Board['raise']>[0];

/** What clocks and their judge look at of a simulated peer. */
export interface ClockedPeer extends Host {
  readonly name: string;
  readonly device: DeviceId;
  readonly certificate: string;
  readonly known: KnownCertificates;
  readonly running: boolean;
  /** Out of reach of the tracker. */
  readonly alone: boolean;
  /** Undefined while it does not run. */
  readonly machines: Machines | undefined;
  readonly links: ReadonlyMap<DeviceId, Side>;
  /** How far its clock is ahead of the right time. Milliseconds. */
  skew: number;
  /** By its own clock. Milliseconds since 1970. */
  now(): number;
}

interface Voice {
  readonly user: UserKey;
  /** How far it was ahead of the right time when it arrived. */
  readonly error: number;
  readonly at: number;
}

/** What a process of a peer has heard. */
interface Life {
  readonly began: number;
  readonly voices: Map<DeviceId, Voice>;
  readonly board: Map<string, Notice>;
  skew: number;
  /** When its clock was last set. */
  since: number;
  tracker: { error: number; since: number; at: number } | undefined;
  /** So many seconds it should have been told, and was not. */
  untold: number;
}

const SECOND = 1_000;
/** Clocks that differ by less agree for everybody, told or not; those that differ by more than twice a minute never do. */
const AGREE_MS = 25 * SECOND;
const DIFFER_MS = 122 * SECOND;
const RIGHT_MS = 30 * SECOND;
/** Until clocks that were set have been noticed, asked and judged. */
const PATIENCE_MS = 20 * SECOND;
/** Readings older than that are no part of the judgement. */
const FRESH_MS = 60 * SECOND;

export class ClockJudge {
  told = 0;
  private readonly lives = new Map<ClockedPeer, Life>();

  constructor(
    private readonly world: { readonly epoch: number; readonly schedule: Schedule; readonly checker: Checker },
    private readonly trackerMs: () => number,
  ) {}

  /** A process begins. @returns where its people are told */
  started(peer: ClockedPeer): Board {
    const { now } = this.world.schedule;
    const board = new Map<string, Notice>();
    const life: Life = {
      ...{ began: now, voices: new Map<DeviceId, Voice>(), board, untold: 0 },
      ...{ skew: peer.skew, since: now, tracker: undefined },
    };
    this.lives.set(peer, life);
    return {
      list: () => [...board.values()],
      dismiss: (id) => void board.delete(id),
      raise: (notice) => {
        board.set(notice.id, notice);
        this.raised(peer, life, notice);
      },
    };
  }

  voice(peer: ClockedPeer, { username, device }: { username: Username; device: DeviceId }, error: number): void {
    this.life(peer)?.voices.set(device, { user: userKey(username), error, at: this.world.schedule.now });
  }

  /** It heard the tracker's clock. */
  tracker(peer: ClockedPeer): void {
    const life = this.life(peer);
    if (!life) return;
    const { now } = this.world.schedule;
    const error = this.trackerMs();
    life.tracker = { error, since: life.tracker?.error === error ? life.tracker.since : now, at: now };
  }

  /** Whose clock is wrong is told while the tracker and most others whom they hear are right. */
  second(peer: ClockedPeer): void {
    const life = this.life(peer);
    if (!life) return;
    const due = this.mustKnow(peer, life);
    const isTold = life.board.get('clock')?.code === 'clock_wrong';
    if (due && isTold) this.told++;
    life.untold = due && !isTold ? life.untold + 1 : 0;
    if (life.untold === 4) this.wrong(peer, 'is not told that its clock is wrong');
  }

  /** Whether its people are told that its clock is wrong. Whether they may be is judged when they are. */
  isTold(peer: ClockedPeer): boolean {
    return this.lives.get(peer)?.board.get('clock')?.code === 'clock_wrong';
  }

  /** All clocks are right: nothing is told of them any more. */
  settled(peer: ClockedPeer): void {
    const code = this.lives.get(peer)?.board.get('clock')?.code;
    if (code !== undefined && Math.abs(peer.skew) < RIGHT_MS) this.wrong(peer, `is still told ${code}`);
  }

  private raised(peer: ClockedPeer, life: Life, { code }: Notice): void {
    this.life(peer);
    if (code === 'tracker_clock_wrong') this.raisedOfTracker(peer, life);
    if (code !== 'clock_wrong' || Math.abs(peer.skew) > RIGHT_MS) return;
    const error = life.tracker?.error ?? 0;
    if (Math.abs(error) <= RIGHT_MS) {
      this.wrong(peer, 'is told that its clock is wrong, as the tracker’s is not');
      return;
    }
    const [users, agree] = [new Set<UserKey>(), new Set<UserKey>()];
    for (const voice of life.voices.values()) {
      if (this.isImpossible(voice.error)) continue;
      users.add(voice.user);
      if (Math.abs(voice.error - error) < DIFFER_MS) agree.add(voice.user);
    }
    // When its own clock was set it has heard less than this.
    const isMajority = life.since > life.began ? agree.size > 0 : (agree.size + 1) * 2 > users.size + 2;
    if (!isMajority)
      this.wrong(peer, `is told that its clock is wrong by the tracker and ${agree.size} of ${users.size}`);
  }

  /** Only if somebody agrees with this clock, or the tracker's cannot be right. */
  private raisedOfTracker(peer: ClockedPeer, life: Life): void {
    const { skew } = peer;
    const error = life.tracker?.error ?? 0;
    const isAlone = ![...life.voices.values()].some((voice) => Math.abs(voice.error - skew) < DIFFER_MS);
    if (Math.abs(error) <= RIGHT_MS && isAlone) this.wrong(peer, 'is told that the tracker’s clock is wrong');
  }

  /** Clear cases only: all has been as it is for a while. */
  private mustKnow(peer: ClockedPeer, { tracker, since, voices }: Life): boolean {
    const { now } = this.world.schedule;
    if (!tracker || now - tracker.at > 3 * SECOND || now - Math.max(since, tracker.since) < PATIENCE_MS) return false;
    if (Math.abs(tracker.error) > RIGHT_MS || Math.abs(peer.skew - tracker.error) < DIFFER_MS) return false;
    if (this.isImpossible(peer.skew)) return true;
    const users = new Map<UserKey, boolean>();
    for (const { user, error, at } of voices.values()) {
      if (at < since) continue;
      const agrees = at > since + 3 * SECOND && now - at < FRESH_MS && Math.abs(error - tracker.error) < AGREE_MS;
      users.set(user, agrees && users.get(user) !== false);
    }
    const agreeing = [...users.values()].filter(Boolean).length;
    return (agreeing + 1) * 2 > users.size + 2;
  }

  private isImpossible(error: number): boolean {
    return this.world.epoch + this.world.schedule.now + error < NO_CLOCK_BEFORE_MS;
  }

  private life(peer: ClockedPeer): Life | undefined {
    const life = this.lives.get(peer);
    if (life && life.skew !== peer.skew) {
      life.skew = peer.skew;
      life.since = this.world.schedule.now;
    }
    return life;
  }

  private wrong(peer: ClockedPeer, what: string): void {
    const off = (ms: number | undefined): string => `${Math.round((ms ?? 0) / SECOND)} s`;
    const tracker = this.lives.get(peer)?.tracker?.error;
    this.world.checker.wrong(`${peer.name} ${what} (its clock: ${off(peer.skew)}, the tracker's: ${off(tracker)})`);
  }
}
