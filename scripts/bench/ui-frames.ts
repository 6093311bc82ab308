/** What the page noted while it was scrolled, as figures. */
import { quantile, toRow, type Row, type Target } from './benchmark.js';

/** One frame as ui-probe.mjs notes it: when (ms), and how far each row in view went since the one before, px. */
export interface Frame {
  readonly at: number;
  /** No row was in view. */
  readonly empty: boolean;
  readonly moved?: readonly number[];
}

export interface Frames {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
  /** Frames that took so long that at least one more should have been drawn. */
  readonly dropped: number;
  readonly empty: number;
  /** The farthest that a row went against the scroll, or apart from its neighbours: what a person sees as a jump, px. */
  readonly jump: number;
}

const FRAME_MS = 1000 / 60;

/** `direction`: which way rows go; 1 while one scrolls up, -1 down, 0 while nothing is scrolled. */
export function framesOf(frames: readonly Frame[], direction: 1 | -1 | 0): Frames {
  const times = frames.slice(1).map(({ at }, i) => at - (frames[i]?.at ?? at));
  const jumps = frames.flatMap(({ moved }) => {
    if (moved === undefined || moved.length === 0) return [];
    const [least, most] = [Math.min(...moved), Math.max(...moved)];
    const against = direction === 0 ? Math.max(-least, most) : direction > 0 ? -least : most;
    return [Math.max(0, against, most - least)];
  });
  return {
    count: times.length,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
    longest: quantile(times, 1),
    dropped: times.filter((time) => time > 1.5 * FRAME_MS).length,
    empty: frames.filter(({ empty }) => empty).length,
    jump: Math.max(0, ...jumps),
  };
}

export const atMost = (name: string, unit: string, ratio = 1): Target => ({ name, unit, bound: 'at most', ratio });

/** Beside a page without any script, and never less than the screen's own 16.7 ms. */
export function frameRows(name: string, all: readonly Frames[], bare: readonly Frames[]): Row[] {
  const row = (what: string, ratio: number, of: (frames: Frames) => number): Row =>
    toRow(
      atMost(`${name}, ${what}`, 'ms', ratio),
      all.map(of),
      bare.map((frames) => Math.max(FRAME_MS, of(frames))),
    );
  return [row('p50', 1.1, ({ p50 }) => p50), row('p95', 2, ({ p95 }) => p95), row('p99', 3, ({ p99 }) => p99)];
}

/** For those who watch. */
export function told(frames: Frames | undefined): string {
  if (!frames) return 'nothing';
  const { count, p50, p95, p99, longest, dropped, empty, jump } = frames;
  const ms = [p50, p95, p99, longest].map((time) => time.toFixed(1)).join(' / ');
  return `${count} frames, p50 / p95 / p99 / longest ${ms} ms, ${dropped} late, ${empty} empty, jump ${jump.toFixed(1)} px`;
}
