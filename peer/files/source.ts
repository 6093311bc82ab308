/** What the machine of downloads knows of one device that may have files: what it was asked for, and how fast it answers. */
import { CHUNKS_ASKED_MAX } from '../../protocol/file-messages.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';

/** Chunks that are being hashed and written: with more, the disk is what others wait for, and more is lost with this process. */
const IN_HAND_MAX = 2;
/** Of a new time in the average. */
const WEIGHT = 0.25;
/** Assumed of who has not answered yet. */
const UNKNOWN_MS = 1_000;
const LATE_MS = 5_000;
/** For one chunk: 35 KB a second. */
const SLOW_MS = 30_000;
/** So long one may take for a chunk where another has it too; and where it is the only one: 1.2 KB a second. */
const TOO_SLOW_MS = 60_000;
const TOO_SLOW_ALONE_MS = 900_000;
/** Slow ones that are waited for besides those that are asked at once. */
export const SLOW_MAX = 8;

/** So often on each link one is asked for alone, to find out how far away the device is: the first is late after a start. */
const PROBES = 4;
/** More may be under way than come in that time now, so that it can become more. */
const GROWTH = 1.5;
/** Of a chunk: what is still to come of it when the next one is asked for. */
const AHEAD = 0.25;

/** One request. Each is answered once, in the order in which they were sent. */
export interface Ask<Transfer> {
  readonly transfer: Transfer;
  /** By which it was asked. */
  readonly entry: EntryId;
  readonly chunk: number | 'manifest';
  readonly at: number;
  /** Not wanted any more; its answer is still to come. */
  cancelled: boolean;
}

export class Source<Transfer> {
  /** Whether there is a file link to it. `connecting`: one was asked for. */
  state: 'away' | 'connecting' | 'up' = 'away';
  /** Requests without an answer, in the order in which they were sent. */
  asks: Ask<Transfer>[] = [];
  /** It wants to be asked for nothing before. */
  notBefore = 0;
  /** Answers that are here and not written yet. */
  inHand = 0;
  private answerMs: number | undefined;
  /** From a request until its answer begins, at best, where nothing else was on its way; and how often that was seen. */
  private delayMs = Infinity;
  private probes = 0;
  /** From the beginning of a chunk to its end: less than its way took, where it waited to be read. */
  private carryMs: number | undefined;
  private begunAt: number | undefined;
  private answered = 0;
  private isNearlyHere = false;

  constructor(readonly device: DeviceId) {}

  /** Milliseconds for one chunk. */
  get pace(): number {
    return this.answerMs ?? UNKNOWN_MS;
  }

  /**
   * How many chunks may be asked for: one besides those that the way takes, and the next one just before that is here. More would only
   * wait in the buffers of the system, and be sent again after a death.
   */
  get window(): number {
    if (this.probes < PROBES) return 1;
    const { carryMs = UNKNOWN_MS, delayMs, pace } = this;
    const chunks = Math.min(delayMs / Math.max(1, carryMs), (GROWTH * delayMs) / Math.max(1, pace));
    const way = Math.max(0, Math.round(chunks - AHEAD));
    return Math.min(CHUNKS_ASKED_MAX, 1 + way + (this.isNearlyHere ? 1 : 0));
  }

  hasRoom(now: number): boolean {
    const isFree = this.asks.length < this.window && this.inHand < IN_HAND_MAX;
    return this.state === 'up' && now >= this.notBefore && isFree;
  }

  /** Most of the answer to the first request is here. */
  nearlyHere(): void {
    this.isNearlyHere = true;
  }

  /** There is a new way to it. */
  up(): void {
    this.state = 'up';
    this.isNearlyHere = false;
    this.begunAt = undefined;
    this.delayMs = Infinity;
    this.probes = 0;
  }

  /** The answer to the first request has begun to come. */
  begun(now: number): void {
    const [first] = this.asks;
    this.begunAt = now;
    if (!first || first.at < this.answered) return;
    this.delayMs = Math.min(this.delayMs, now - first.at);
    this.probes += 1;
  }

  /** For how long the first answer has been on its way; 0 when nothing is waited for. */
  waiting(now: number): number {
    const [first] = this.asks;
    return first ? Math.max(0, now - Math.max(first.at, this.answered)) : 0;
  }

  /** Whether it is much slower than it was. */
  isLate(now: number): boolean {
    return this.waiting(now) > Math.max(LATE_MS, 3 * this.pace);
  }

  /** Whether it is so slow, by whatever it was before, that nobody else is to wait for it. */
  isSlow(now: number): boolean {
    return this.waiting(now) > SLOW_MS;
  }

  /** When the answer to that request is to be expected, in milliseconds from now. */
  expected(ask: Ask<Transfer>, now: number): number {
    if (this.isLate(now)) return Infinity;
    return Math.max(this.pace * (this.asks.indexOf(ask) + 1) - this.waiting(now), this.waiting(now));
  }

  /** It was not sent after all. */
  withdraw(ask: Ask<Transfer>): void {
    this.asks = this.asks.filter((other) => other !== ask);
  }

  /** The first request was answered. @param whole with a whole chunk, which says how fast it is */
  answer(now: number, whole: boolean): Ask<Transfer> | undefined {
    const took = this.waiting(now);
    const carry = now - (this.begunAt ?? now - took);
    const ask = this.asks.shift();
    this.begunAt = undefined;
    this.isNearlyHere = false;
    if (whole) {
      this.answerMs = average(this.answerMs, took);
      this.carryMs = average(this.carryMs, carry);
    }
    this.answered = now;
    return ask;
  }
}

function average(before: number | undefined, now: number): number {
  return before === undefined ? now : before + (now - before) * WEIGHT;
}

/**
 * Those that are to be put back. Where nobody else has what they give, and nobody waits for them, they take the time that they need.
 * @param isCrowded others wait to be asked
 */
export function tooSlow<Transfer>(
  sources: Iterable<Source<Transfer>>,
  { now, isCrowded, isAlone }: { now: number; isCrowded: boolean; isAlone: (source: Source<Transfer>) => boolean },
): Source<Transfer>[] {
  const slow = [...sources].filter((source) => source.isSlow(now)).sort((a, b) => a.waiting(now) - b.waiting(now));
  return slow.filter((source, at) => {
    if (isCrowded && at >= SLOW_MAX) return true;
    return source.waiting(now) >= (isAlone(source) ? TOO_SLOW_ALONE_MS : TOO_SLOW_MS);
  });
}
