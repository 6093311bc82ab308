/** Whether it is a quiet hour now, by the clock on the user's wall. Pure. */
import type { QuietHours } from './local-notify.js';

/**
 * By the wall clock of the zone alone, so that a change to or from summer time needs no rule: an hour that comes twice is quiet twice.
 * Hours over midnight belong to the day on which they begin. `from` equal to `to`: the whole day.
 * @param now milliseconds since 1970
 */
export function isQuietHour({ from, to, days, zone }: QuietHours, now: number): boolean {
  const wall = wallClock(now, zone);
  if (!wall) return false;
  const { day, time } = wall;
  const before = (day + 6) % 7;
  if (from < to) return days.includes(day) && time >= from && time < to;
  return (days.includes(day) && time >= from) || (days.includes(before) && time < to);
}

/** Whether this machine knows the zone. */
export function isZone(zone: string): boolean {
  return wallClock(0, zone) !== undefined;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const formats = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 100;

/** Undefined for a zone that is none. */
function wallClock(now: number, zone: string): { readonly day: number; readonly time: string } | undefined {
  const format = formatOf(zone);
  if (!format) return undefined;
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts['weekday'] ?? ''), time: `${parts['hour'] ?? ''}:${parts['minute'] ?? ''}` };
}

/** Making one costs more than a message. */
function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const clock = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const made = new Intl.DateTimeFormat('en-US', { ...clock, timeZone });
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(timeZone, made);
    return made;
  } catch {
    return undefined;
  }
}
