/**
 * How fast a log may grow (SPEC.md section 5, rates): a leaky bucket for each log. It depends only on the log, so that all
 * peers with the same entries decide alike about the next ones. Entries over the rate are taken later, and never refused.
 */
import type { EntryFields } from './entry.js';
import { msOf } from './time.js';

export interface Rates {
  /** What an entry costs besides its message and its data. Bytes. */
  readonly overhead: number;
  /** Of one log: so much at once, and so much a millisecond. Bytes. */
  readonly burst: number;
  readonly perMs: number;
  /** Of one user over all logs, by the clock of who takes it: no claimed past can fill a disk at once. Bytes. */
  readonly userBurst: number;
  readonly userPerMs: number;
}

/** 64 MiB at once and 345.6 MB a day in one log; 512 MiB at once and 691.2 MB a day of one user. */
export const RATES: Rates = {
  overhead: 512,
  burst: 64 * 1024 * 1024,
  perMs: 4,
  userBurst: 512 * 1024 * 1024,
  userPerMs: 8,
};

/** The state of a log's bucket after an entry. Milliseconds since 1970. */
export interface RateMark {
  /** The latest time in the log so far: an earlier time in a later entry gains nothing. */
  readonly clock: number;
  /** The time at which the bucket is empty again; not before `clock`. */
  readonly drained: number;
}

export type RatedEntry = Pick<EntryFields, 'time' | 'message' | 'data'>;

/** Bytes of UTF-8: of `data` its JSON, which is as long as its canonical form. */
export function entryCost({ message, data }: Omit<RatedEntry, 'time'>, { overhead }: Rates): number {
  let isEmpty = true;
  for (const _key in data) isEmpty = false;
  return overhead + Buffer.byteLength(message) + (isEmpty ? 2 : Buffer.byteLength(JSON.stringify(data)));
}

/**
 * @param before `undefined` before the first entry of the log
 * @param now a time ahead of it counts as this one; milliseconds since 1970
 */
export function nextMark(
  before: RateMark | undefined,
  entry: RatedEntry,
  rates: Rates,
  now = Infinity,
  cost = entryCost(entry, rates),
): RateMark {
  const time = Math.min(msOf(entry.time), now);
  const clock = Math.max(before?.clock ?? time, time);
  return { clock, drained: Math.max(before?.drained ?? clock, clock) + cost / rates.perMs };
}

/**
 * From when on an entry is taken, by the clock of whoever takes it: -Infinity, which is at once, for what keeps to the rate
 * by the times of its log.
 */
export function dueAt({ clock, drained }: RateMark, { burst, perMs }: Rates): number {
  const due = drained - burst / perMs;
  return due <= clock ? -Infinity : due;
}
