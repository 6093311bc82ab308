/**
 * Hears what clocks show (the tracker's, with each answer; other peers', on their links), notices when our own is set, and
 * tells people whose is wrong for as long as it is.
 */
import type { DeviceId } from '../../protocol/ids.js';
import { CLOCKS_AGREE_MS, NO_CLOCK_BEFORE_MS } from '../../protocol/limits.js';
import type { ErrorCode } from '../../protocol/errors.js';
import type { Link } from '../link/types.js';
import type { Clock, Log } from '../services.js';
import type { NewNotice } from '../settings/pins.js';
import { CLOCK_NOTICE, clockNotice, peerClockNotice, PEERS_TOLD } from './clock-texts.js';
import { judgeClocks, type Judgement, type PeerClock } from './clocks.js';

export interface ClockWatchOptions {
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  readonly notices: {
    list(): readonly { readonly id: string }[];
    raise(notice: NewNotice): void;
    dismiss(id: string): void;
  };
  readonly log: Pick<Log, 'warn' | 'info'>;
  readonly links: { all(): Iterable<Pick<Link, 'send'>> };
  /** Our clock was set: the tracker should be asked something at once, so that it tells what its own shows. */
  readonly wasSet: () => void;
  /** The tracker's clock is known, for the first time in this life or since ours was set. */
  readonly known: () => void;
}

/** How often it is looked whether our clock was set, and how much of a jump is none. */
const LOOK_MS = 2_000;
const JUMP_MS = 1_500;
/** Several readings that come together are judged once. */
const JUDGE_AFTER_MS = 500;
/** A clock whose device is not linked any more counts for so long. */
const KEPT_MS = 10 * 60_000;
const KEPT_MAX = 1_000;
/** Once told, clocks agree again when they differ by this much less, so that a notice does not come and go. */
const CALM_MS = 15_000;

interface Reading extends PeerClock {
  /** By the steady clock; undefined while it is linked. */
  leftAt: number | undefined;
}

export class ClockWatch {
  private trackerMs: number | undefined;
  private readonly readings = new Map<DeviceId, Reading>();
  /** What was told in this life, so that what somebody dismissed is not told again. */
  private readonly told = new Map<string, string>();
  private judgement: Judgement = { whose: 'none', aheadMs: 0, witnesses: [], peers: [] };
  /** Our clock minus the steady one. */
  private basis: number;
  private looking: unknown;
  private judging: unknown;

  constructor(private readonly options: ClockWatchOptions) {
    this.basis = this.now() - options.steady();
  }

  start(): void {
    this.looking ??= this.options.timers.setTimeout(() => this.look(), LOOK_MS);
  }

  stop(): void {
    const { timers } = this.options;
    for (const timer of [this.looking, this.judging]) if (timer !== undefined) timers.clearTimeout(timer);
    this.looking = this.judging = undefined;
  }

  /** The tracker has answered. @param skewMs how far our clock is ahead of its */
  tracker(skewMs: number): void {
    this.look();
    const isNews = this.trackerMs === undefined;
    this.trackerMs = -skewMs;
    this.judgeSoon();
    if (isNews) this.options.known();
  }

  /** @param time of the other side's clock, as it says */
  heard({ remote: { username, device } }: Pick<Link, 'remote'>, time: string): void {
    const theirs = Date.parse(time);
    if (Number.isNaN(theirs)) return;
    this.readings.delete(device);
    this.readings.set(device, { username, device, aheadMs: theirs - this.now(), leftAt: undefined });
    const [oldest] = this.readings.keys();
    if (this.readings.size > KEPT_MAX && oldest !== undefined) this.readings.delete(oldest);
    this.judgeSoon();
  }

  down({ remote: { device } }: Pick<Link, 'remote'>): void {
    const reading = this.readings.get(device);
    if (reading) reading.leftAt = this.options.steady();
  }

  /** What the later one of our clock and the tracker's shows. Milliseconds since 1970. */
  get latest(): number {
    return this.now() + Math.max(0, this.trackerMs ?? 0);
  }

  /**
   * What the earlier one of our clock and the tracker's shows; undefined while the tracker's is not known, as it is not when ours was set.
   * So a clock that is ahead makes nothing old.
   */
  get earliest(): number | undefined {
    this.look();
    return this.trackerMs === undefined ? undefined : this.now() + Math.min(0, this.trackerMs);
  }

  /** Whose clock is wrong, as far as was heard. */
  get whose(): Judgement['whose'] {
    return this.judgement.whose;
  }

  /**
   * Why nothing is written now; undefined: it is. A certificate that has not begun is no reason as long as it may well be
   * the tracker's clock that is wrong.
   */
  refusal(certificate: { readonly notBefore: number; readonly notAfter: number } | undefined): ErrorCode | undefined {
    const now = this.now();
    if (now < NO_CLOCK_BEFORE_MS) return 'clock_wrong';
    if (!certificate || (certificate.notBefore <= now && now <= certificate.notAfter)) return undefined;
    const { whose } = this;
    if (whose === 'own') return 'clock_wrong';
    if (now < certificate.notBefore) return undefined;
    if (whose === 'tracker') return 'tracker_clock_wrong';
    return whose === 'differ' ? 'clocks_differ' : 'certificate_ended';
  }

  private now(): number {
    return this.options.clock.now();
  }

  /** Whether our clock was set, or this machine slept: then what was heard before says nothing any more. */
  private look(): void {
    const { steady, timers, links, wasSet, log } = this.options;
    const basis = this.now() - steady();
    const jumpMs = basis - this.basis;
    this.basis = basis;
    if (Math.abs(jumpMs) > JUMP_MS) {
      log.info({ jumpMs: Math.round(jumpMs) }, 'the clock of this machine was set, or the machine slept');
      this.trackerMs = undefined;
      this.readings.clear();
      const time = new Date(this.now()).toISOString();
      for (const link of links.all()) {
        link.send({ type: 'pong', time });
        link.send({ type: 'ping', time });
      }
      wasSet();
    }
    if (this.looking === undefined) return;
    timers.clearTimeout(this.looking);
    this.looking = timers.setTimeout(() => this.look(), LOOK_MS);
  }

  private judgeSoon(): void {
    this.judging ??= this.options.timers.setTimeout(() => {
      this.judging = undefined;
      this.judge();
    }, JUDGE_AFTER_MS);
  }

  private judge(): void {
    // Set a moment ago, it would be compared with what was heard before.
    this.look();
    const old = this.options.steady() - KEPT_MS;
    for (const [device, { leftAt }] of this.readings) {
      if (leftAt !== undefined && leftAt < old) this.readings.delete(device);
    }
    const heard = { now: this.now(), trackerMs: this.trackerMs, peers: [...this.readings.values()] };
    const isTold = this.told.size > 0;
    this.judgement = judgeClocks(heard, isTold ? CLOCKS_AGREE_MS - CALM_MS : CLOCKS_AGREE_MS);
    const own = clockNotice(this.judgement);
    const others = this.judgement.peers.slice(0, PEERS_TOLD).map(peerClockNotice);
    this.tell(own ? [own, ...others] : others);
  }

  private tell(notices: readonly NewNotice[]): void {
    const { notices: board, log } = this.options;
    const standing = new Set(notices.map(({ id }) => id));
    for (const { id } of board.list()) {
      const isOfClocks = id === CLOCK_NOTICE || id.startsWith(`${CLOCK_NOTICE}:`);
      if (isOfClocks && !standing.has(id)) board.dismiss(id);
    }
    for (const id of this.told.keys()) if (!standing.has(id)) this.told.delete(id);
    for (const notice of notices) {
      if (this.told.get(notice.id) === notice.text) continue;
      this.told.set(notice.id, notice.text);
      log.warn({ code: notice.code }, notice.text);
      board.raise(notice);
    }
  }
}
