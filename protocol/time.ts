/**
 * Entry times (SPEC.md section 5): the author's clock, moved forward where needed, so that an entry sorts after the newest
 * that its author has seen. A newest entry with a time too far in the future is ignored.
 */
import type { DeviceId } from './ids.js';
import { CLOCK_LEAD_MS } from './limits.js';

/** Position of the newest entry seen in a conversation. Milliseconds since 1970. */
export interface Newest {
  readonly time: number;
  readonly device: DeviceId;
}

let [lastText, lastMs] = ['', NaN];

/** As `Date.parse`: entries that come together mostly have one time, which is read once. Milliseconds since 1970. */
export function msOf(time: string): number {
  if (time !== lastText) [lastText, lastMs] = [time, Date.parse(time)];
  return lastMs;
}

/** The earliest time, not before `now`, that sorts a new entry of `device` after `newest` (order: time, device, seq). */
export function nextTime(now: number, newest: Newest | undefined, device: DeviceId): number {
  if (!newest || newest.time > now + CLOCK_LEAD_MS) return now;
  return Math.max(now, newest.device <= device ? newest.time : newest.time + 1);
}
