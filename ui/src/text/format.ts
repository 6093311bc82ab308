/** Times and days as the person's locale writes them. */
import { directionOf, isolate } from './bidi.js';

export interface Formats {
  /** 14:05 */
  time(iso: string): string;
  /** The whole date and time: for titles and screen readers. */
  full(iso: string): string;
  /** `today`, `yesterday` or a date, seen from `now` (ms). */
  day(iso: string, now: number): string;
  /** For the end of something: 14:05, and the day before it where that is not today: Tuesday 1 December at 14:05. */
  until(iso: string, now: number): string;
  /** 20 November 2026 */
  date(iso: string): string;
  /** "bob, carol and dave" */
  list(names: readonly string[]): string;
  /** "5 minutes ago" */
  ago(iso: string, now: number): string;
  /** The day of the person's own calendar that holds a time: from `start` to before `end`. All in ms. */
  dayOf(at: number): { readonly start: number; readonly end: number };
  /** 12,345 */
  number(value: number): string;
  /** 640 bytes, 12 kB, 1.0 MB, 2.1 GB. */
  size(bytes: number): string;
  /** Of 0 to 1, never more than there is: 45%. */
  percent(part: number): string;
  /** How long something takes or lasts, roughly: 12 sec, 5 min, 2 hr. */
  span(ms: number): string;
  /** The place in sound or film, or its length: 0:07, 1:02:03. */
  clock(ms: number): string;
}

const DAY_MS = 24 * 3600_000;

export function createFormats(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const dayAndTime = new Intl.DateTimeFormat(locale, {
    ...{ weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' },
  });
  const dayOfYear = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });
  const year = new Intl.DateTimeFormat(locale, { year: 'numeric' });
  const number = new Intl.NumberFormat(locale);
  const direction = directionOf(locale);
  // The short names of units are in Latin letters, which would turn a line from right to left.
  const unitDisplay = direction === 'rtl' ? 'long' : 'short';
  const inUnit = (unit: string, digits: number, display: 'short' | 'long' = unitDisplay): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, {
      ...{ style: 'unit', unit, unitDisplay: display },
      ...{ minimumFractionDigits: digits, maximumFractionDigits: digits },
    });
  // The short name of a byte has no plural.
  const [inBytes, inKilobytes] = [inUnit('byte', 0, 'long'), inUnit('kilobyte', 0)];
  const [inMegabytes, inGigabytes] = [inUnit('megabyte', 1), inUnit('gigabyte', 1)];
  const [inSeconds, inMinutes, inHours] = [inUnit('second', 0), inUnit('minute', 0), inUnit('hour', 0)];
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const plain = new Intl.NumberFormat(locale, { useGrouping: false });
  const two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  /** A number and its unit: on one line, and not joined to Latin letters before it. */
  const amount = (format: Intl.NumberFormat, value: number): string =>
    isolate(format.format(value).replaceAll(' ', '\u00a0'), direction);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    time: (iso) => time.format(new Date(iso)),
    full: (iso) => full.format(new Date(iso)),
    day(iso, now) {
      const date = new Date(iso);
      const days = Math.round((midnight(date) - midnight(new Date(now))) / DAY_MS);
      if (days === 0 || days === -1) return capitalised(relative.format(days, 'day'));
      // The year of the locale's own calendar.
      return year.format(date) === year.format(now) ? day.format(date) : dayOfYear.format(date);
    },
    until(iso, now) {
      const date = new Date(iso);
      if (midnight(date) === midnight(new Date(now))) return time.format(date);
      return (year.format(date) === year.format(now) ? dayAndTime : full).format(date);
    },
    date: (iso) => dayOfYear.format(new Date(iso)),
    list: (names) => list.format(names.map((name) => isolate(name, direction))),
    ago(iso, now) {
      const seconds = Math.min(0, (Date.parse(iso) - now) / 1000);
      if (seconds > -60) return relative.format(0, 'minute');
      if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
      if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour');
      return relative.format(Math.round(seconds / 86_400), 'day');
    },
    dayOf(at) {
      const date = new Date(at);
      // Not 24 hours: a day on which the clocks change has more or less.
      const next = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
      return { start: midnight(date), end: next.getTime() };
    },
    number: (value) => number.format(value),
    size(bytes) {
      const [format, value] =
        bytes < 1_000
          ? [inBytes, bytes]
          : bytes < 999_500
            ? [inKilobytes, bytes / 1_000]
            : bytes < 999_950_000
              ? [inMegabytes, bytes / 1_000_000]
              : [inGigabytes, bytes / 1_000_000_000];
      return amount(format, value);
    },
    percent: (part) => percent.format(Math.floor(part * 100) / 100),
    span(ms) {
      const seconds = Math.max(1, Math.round(ms / 1000));
      const [format, value] =
        seconds < 60
          ? [inSeconds, seconds]
          : seconds < 3570
            ? [inMinutes, Math.round(seconds / 60)]
            : [inHours, Math.round(seconds / 3600)];
      return amount(format, value);
    },
    clock(ms) {
      const seconds = Math.floor(ms / 1000);
      const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
      const head = hours > 0 ? `${plain.format(hours)}:${two.format(minutes)}` : plain.format(minutes);
      return `${head}:${two.format(seconds % 60)}`;
    },
  };
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A safety number as it is read out: groups of five digits. */
export function digitGroups(number: string): readonly string[] {
  return number.match(/\d{1,5}/g) ?? [];
}

/** Devices are called by the beginning of their ids, as in the daemon's notices. */
export function shortDevice(device: string): string {
  return `${device.slice(0, 6)}…`;
}
