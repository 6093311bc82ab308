/**
 * Where entries stand on screens (SPEC.md section 5, order on screens; docs/decisions/clocks.md): at their time, unless a
 * clock was wrong. An entry stands no later than those that follow it in its log, and what lies unbelievably ahead stands
 * where it arrived. A place only ever becomes earlier.
 */
import type { EntryFields } from './entry.js';
import type { DeviceId } from './ids.js';
import { CLOCK_LEAD_MS } from './limits.js';
import type { Newest } from './time.js';

/** An entry stands no later than any of so many, from itself on, in its log: how many entries a time can move is bounded. */
export const LOG_REACH = 256;

/** How many moves one more entry of a log pays for. */
const MOVES_PER_ENTRY = 4;
/** Logs of which is remembered that they have moved entries. */
const LOGS_MAX = 50_000;

/** So many of the newest rows are looked at for what is ahead. */
export const SETTLE_REACH = 256;

/**
 * How many of those before it an entry may move: a correction of a clock moves all in reach, but an author whose times fall
 * again and again moves only a few for each entry, so that what moving costs is bounded by how much was written.
 */
export class Moves {
  /** By log; those are left out that can move all in reach. */
  private readonly spent = new Map<string, number>();

  constructor(private readonly logsMax = LOGS_MAX) {}

  /**
   * An entry comes.
   * @param move moves at most so many of the nearest before it, as far as they stand later; returns how many
   */
  entry(log: string, move?: (atMost: number) => number): void {
    if (!move && this.spent.size === 0) return;
    let spent = Math.max(0, (this.spent.get(log) ?? 0) - MOVES_PER_ENTRY);
    if (move) spent += move(Math.min(LOG_REACH - 1, LOG_REACH - spent));
    this.spent.delete(log);
    if (spent === 0) return;
    this.spent.set(log, spent);
    const [oldest] = this.spent.keys();
    if (this.spent.size > this.logsMax && oldest !== undefined) this.spent.delete(oldest);
  }

  forget(): void {
    this.spent.clear();
  }
}

export type ShownPlace = Pick<EntryFields, 'device' | 'seq' | 'time'> & { readonly at?: string };

/** The order of a timeline. Times are UTC ISO strings of one length. */
export function compareShown(a: ShownPlace, b: ShownPlace): number {
  const [x, y] = [a.at ?? a.time, b.at ?? b.time];
  if (x !== y) return x < y ? -1 : 1;
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  return a.seq - b.seq;
}

/**
 * Where an entry that arrives stands at first: at its time, or behind all that is here when that lies further ahead than is
 * believed. Milliseconds since 1970.
 * @param now the later of our own clock and the tracker's
 * @param newest of all that is here, believed or not; asked only where it matters
 */
export function arrivalPlace(time: number, device: DeviceId, now: number, newest: () => Newest | undefined): number {
  if (time <= now + CLOCK_LEAD_MS) return time;
  const last = newest();
  const behind = last ? firstAfter(last, device) : now;
  return Math.min(time, Math.max(now, behind));
}

/** A row of a timeline. Times in milliseconds since 1970. */
export interface StandingRow {
  readonly device: DeviceId;
  readonly seq: number;
  readonly time: number;
  readonly place: number;
  /** Whether it stands elsewhere than at its time. */
  readonly moved: boolean;
}

/**
 * What is ahead stands before all that arrived after it, as far as that does not put it before what was there when it came:
 * so an answer stands below what it answers, though its author saw that at another moment.
 * @param rows the newest of a conversation, in the order of arrival
 * @param self the device whose own entries count as ahead too, since its clock has been set right
 * @param limit what is later is ahead
 * @returns rows that stand elsewhere now, and where; and whether any is ahead, so that what comes next may move it
 */
export function settle<R extends StandingRow>(
  rows: readonly R[],
  self: DeviceId,
  limit: number,
): { readonly moves: ReadonlyMap<R, number>; readonly ahead: boolean } {
  const moves = new Map<R, number>();
  const isAhead = (row: R): boolean => row.time > limit && (row.moved || row.device === self);
  const ahead = rows.some(isAhead);
  // Others were believed that are ahead now: it is our own clock that has fallen behind.
  if (!ahead || rows.some((row) => row.time > limit && !isAhead(row))) return { moves, ahead };
  let last: Newest | undefined;
  const before = rows.map((row) => {
    const there = last;
    const stands = { time: row.place, device: row.device };
    if (!isAhead(row) && (!last || isAfter(stands, last))) last = stands;
    return there;
  });
  let next: Newest | undefined;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (!row) continue;
    let { place } = row;
    if (next && isAhead(row)) {
      const there = before[i];
      place = Math.min(place, lastBefore(next, row.device));
      if (there) place = Math.min(row.place, Math.max(place, firstAfter(there, row.device)));
      if (place < row.place) moves.set(row, place);
    }
    const stands = { time: place, device: row.device };
    if (!next || isAfter(next, stands)) next = stands;
  }
  return { moves, ahead };
}

function isAfter(a: Newest, b: Newest): boolean {
  return a.time > b.time || (a.time === b.time && a.device > b.device);
}

/** The earliest place of an entry of `device` behind another; of one device its number decides. */
function firstAfter({ time, device: other }: Newest, device: DeviceId): number {
  return other <= device ? time : time + 1;
}

function lastBefore({ time, device: other }: Newest, device: DeviceId): number {
  return device <= other ? time : time - 1;
}
