/** How fast bytes go, from when they went. */

export interface Pace {
  /** ms, of the last look; bytes that had gone by then. */
  readonly at: number;
  readonly done: number;
  /** Bytes a second. */
  readonly speed?: number;
}

/** What is older than a few of these hardly counts, so that the speed is that of now, and stays calm. */
const MEMORY_MS = 2_000;
/** A first look at less is chance. */
const FIRST_MS = 250;

export function paceAfter(before: Pace, at: number, done: number): Pace {
  const ms = at - before.at;
  if (ms <= 0 || done < before.done || (before.speed === undefined && ms < FIRST_MS)) return before;
  const now = ((done - before.done) * 1000) / ms;
  const weight = 1 - Math.exp(-ms / MEMORY_MS);
  const speed = before.speed === undefined ? now : before.speed + (now - before.speed) * weight;
  return { at, done, speed };
}

/** ms; undefined while nothing moves. */
export function timeLeft(left: number, speed: number | undefined): number | undefined {
  return speed === undefined || speed < 1 ? undefined : (left * 1000) / speed;
}
