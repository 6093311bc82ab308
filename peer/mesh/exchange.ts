/**
 * How two sides find out in which logs of a conversation they differ (range-based set reconciliation, Meyer 2022): who holds the same of a range
 * gives the same digest of it; where digests differ the range is parted, and where few logs are left they are listed. A machine for one
 * side: it compares what was there when it began, and each answer takes away what was asked, so that it ends whatever the other side says.
 */
import { ParleyError } from '../../protocol/errors.js';
import type { Heads } from '../../protocol/heads.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { RangePart } from '../../protocol/range-messages.js';
import type { Ends } from './ends.js';
import { END, LINE_LOGS_MAX, RangeLines, type RangeLine } from './range-lines.js';

/** A range that differs is parted into so many, with as many logs in each. */
const PARTED = 16;

/** What was said of a range here, and not answered yet. */
interface Said {
  readonly from: string;
  readonly to: string;
  /** `rest`: of a range whose digest was told, and of which a part was answered. */
  readonly what: 'digest' | 'rest' | 'logs';
}

export interface Heard {
  /** What the other side holds, of the ranges that are settled by it. */
  readonly logs: Heads;
  readonly answer: readonly RangeLine[];
}

export class Exchange {
  /** In the order of the ranges, none of which meet. */
  private said: Said[] = [{ from: '', to: END, what: 'digest' }];

  /** @param listed so many logs of a range are told one by one */
  constructor(
    private readonly ends: Ends,
    private readonly listed: number,
  ) {}

  /** Of all that is here. */
  get digest(): string {
    return this.ends.digest(0, this.ends.count);
  }

  /** Whether it is known of all logs how far the other side holds them. */
  get isOver(): boolean {
    return this.said.length === 0;
  }

  /**
   * A line of the other side.
   * @throws ParleyError bad_request where it is no answer to what was said here; nothing has changed then
   */
  hear({ from, parts }: RangeLine): Heard {
    const open = new Open(this.said, from);
    const said: Said[] = [];
    const logs = new Map<DeviceId, number>();
    const lines = new RangeLines(from);
    let at = from;
    for (const part of parts) {
      const to = part.to ?? END;
      const isNews = part.digest !== undefined || part.logs !== undefined;
      if (isNews) {
        const about = open.first;
        if (about?.from !== at || about.to < to || about.what === 'logs') throw new ParleyError('bad_request');
        said.push(...this.compare(at, to, part, logs, lines));
        open.answered(to);
      } else {
        for (let about = open.first; about && about.from < to; about = open.first) {
          const isWhole = about.from >= at && (about.to <= to || about.what === 'logs') && about.what !== 'rest';
          if (!isWhole || (part.but && about.what !== 'logs')) throw new ParleyError('bad_request');
          const end = about.to < to ? about.to : to;
          add(logs, this.ends.between(this.ends.at(about.from), this.ends.at(end)));
          open.answered(end);
        }
        add(logs, entries(part.but));
        lines.pass(to);
      }
      at = to;
    }
    open.replaceBy(said, PARTED * (this.ends.count + 1));
    return { logs, answer: lines.all() };
  }

  /** The other side holds the same as is here. */
  agree(): Heads {
    this.said = [];
    return this.ends.between(0, this.ends.count);
  }

  /** @returns what is said of the range in turn, and is to be answered */
  private compare(
    from: string,
    to: string,
    theirs: RangePart,
    logs: Map<DeviceId, number>,
    lines: RangeLines,
  ): readonly Said[] {
    const { ends } = this;
    const [low, high] = [ends.at(from), ends.at(to)];
    if (theirs.logs) {
      add(logs, entries(theirs.logs));
      tellDifferences(lines, to, differences(ends.between(low, high), theirs.logs));
      return [];
    }
    if (ends.digest(low, high) === theirs.digest) {
      add(logs, ends.between(low, high));
      lines.say(to, {});
      return [];
    }
    if (high - low <= this.listed) {
      lines.say(to, { logs: Object.fromEntries(ends.between(low, high)) as Record<DeviceId, number> });
      return [{ from, to, what: 'logs' }];
    }
    const said: Said[] = [];
    const place = (part: number): number => low + Math.floor(((high - low) * part) / PARTED);
    let at = from;
    for (let part = 0; part < PARTED; part++) {
      if (place(part) === place(part + 1)) continue;
      const end = part === PARTED - 1 ? to : ends.bound(place(part + 1));
      lines.say(end, { digest: ends.digest(place(part), place(part + 1)) });
      said.push({ from: at, to: end, what: 'digest' });
      at = end;
    }
    return said;
  }
}

/** What is open from one bound on. Changes nothing until the end: and costs the same however much is open. */
class Open {
  private readonly place: number;
  /** So many from there on were answered; of the next one the rest is open. */
  private count = 0;
  private rest: Said | undefined;

  constructor(
    private readonly said: Said[],
    from: string,
  ) {
    let [low, high] = [0, said.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((said[middle]?.to ?? END) <= from) low = middle + 1;
      else high = middle;
    }
    this.place = low;
  }

  get first(): Said | undefined {
    return this.rest ?? this.said[this.place + this.count];
  }

  /** The first one was answered up to `end`. */
  answered(end: string): void {
    if (!this.first) return;
    const { from, to, what } = this.first;
    if (to <= end) {
      this.count++;
      this.rest = undefined;
    } else if (end > from) this.rest = { from: end, to, what: what === 'logs' ? 'logs' : 'rest' };
  }

  /** Between two logs there is room for ranges without end. @throws ParleyError bad_request where more than `most` would be open */
  replaceBy(said: readonly Said[], most: number): void {
    const { rest, count } = this;
    const [away, come] = rest ? [count + 1, [...said, rest]] : [count, said];
    if (this.said.length - away + come.length > most) throw new ParleyError('bad_request');
    this.said.splice(this.place, away, ...come);
  }
}

/** Where ours are others than theirs: as far as they are here, in their order. */
function differences(ours: Heads, theirs: Readonly<Record<DeviceId, number>>): [DeviceId, number][] {
  const logs: [DeviceId, number][] = [...ours].filter(([device, seq]) => (theirs[device] ?? 0) !== seq);
  for (const [device, seq] of entries(theirs)) if (seq > 0 && !ours.has(device)) logs.push([device, 0]);
  return logs.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** More than one line holds are told in several parts. */
function tellDifferences(lines: RangeLines, to: string, logs: readonly [DeviceId, number][]): void {
  if (logs.length === 0) lines.say(to, {});
  for (let i = 0; i < logs.length; i += LINE_LOGS_MAX) {
    const but = Object.fromEntries(logs.slice(i, i + LINE_LOGS_MAX)) as Record<DeviceId, number>;
    lines.say(logs[i + LINE_LOGS_MAX]?.[0] ?? to, { but });
  }
}

function entries(logs: Readonly<Record<DeviceId, number>> = {}): [DeviceId, number][] {
  return Object.entries(logs) as [DeviceId, number][];
}

function add(into: Map<DeviceId, number>, logs: Iterable<readonly [DeviceId, number]>): void {
  for (const [device, seq] of logs) into.set(device, seq);
}
