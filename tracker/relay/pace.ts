/**
 * How fast circuits may go: each by itself, all together, and each account in a day. Beyond it they are slowed, never cut, so that chat
 * lives on. Whoever sends more than that owes time, and is not read from until it is over. Pure but for the clock.
 */
import { dayOf } from '../daily-limits.js';

export interface PaceLimits {
  /** Of one circuit, both directions together: bytes a second, and how many may come at once after a silence. */
  readonly circuit: { readonly perSecond: number; readonly burst: number };
  /** Of all circuits. */
  readonly total: { readonly perSecond: number; readonly burst: number };
  /** Of one account: bytes in a day of UTC, and bytes a second beyond them. */
  readonly day: { readonly bytes: number; readonly perSecond: number };
}

/** A bucket that may go below zero: then it says how long until it is full enough again. */
class Bucket {
  #level: number;
  #at: number;

  constructor(burst: number, now: number) {
    this.#level = burst;
    this.#at = now;
  }

  /** @returns milliseconds until nothing is owed */
  take(bytes: number, perSecond: number, burst: number, now: number): number {
    const passed = Math.max(0, now - this.#at) / 1000;
    this.#level = Math.min(burst, this.#level + passed * perSecond) - bytes;
    this.#at = now;
    return this.#level >= 0 ? 0 : (-this.#level / perSecond) * 1000;
  }
}

/** One circuit's share. */
export interface Meter {
  /** Counts bytes that have come. @returns how long to read no more of whoever sent them, in milliseconds */
  take(bytes: number): number;
}

export class Pace {
  readonly #total: Bucket;
  /** Of today. */
  readonly #sent = new Map<string, number>();
  #day: number;
  #bytes = 0;

  constructor(
    private readonly limits: PaceLimits,
    /** Milliseconds since 1970. */
    private readonly now: () => number,
  ) {
    this.#total = new Bucket(limits.total.burst, now());
    this.#day = dayOf(now());
  }

  /** Handed on since the start. */
  get bytes(): number {
    return this.#bytes;
  }

  meter(account: string): Meter {
    const { circuit, total, day } = this.limits;
    const own = new Bucket(circuit.burst, this.now());
    return {
      take: (bytes) => {
        const now = this.now();
        this.#bytes += bytes;
        const isOver = this.#ofToday(account, bytes, now) > day.bytes;
        const wait = isOver
          ? own.take(bytes, day.perSecond, day.perSecond, now)
          : own.take(bytes, circuit.perSecond, circuit.burst, now);
        return Math.max(wait, this.#total.take(bytes, total.perSecond, total.burst, now));
      },
    };
  }

  #ofToday(account: string, bytes: number, now: number): number {
    const today = dayOf(now);
    if (today !== this.#day) {
      this.#sent.clear();
      this.#day = today;
    }
    const sent = (this.#sent.get(account) ?? 0) + bytes;
    this.#sent.set(account, sent);
    return sent;
  }
}
