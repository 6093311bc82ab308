/** Tells when a status has ended by itself: everybody who has heard of it knows its end, so nobody has to be there to say so. */
import type { Username } from '../../protocol/ids.js';

export interface StatusEndsOptions {
  /** When each status that has an end is over, ms. */
  readonly ends: () => ReadonlyMap<Username, number>;
  /** Milliseconds since 1970, by a clock that people set. */
  readonly now: () => number;
  /** A status of theirs is not shown any more, or again. */
  readonly changed: (username: Username) => void;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** A machine that slept, or whose clock was set, notices within this time. */
const LOOK_MS = 30_000;

export class StatusEnds {
  /** Whose status was over at the last look. */
  private over: ReadonlySet<Username> = new Set();
  private timer: unknown;

  constructor(private readonly options: StatusEndsOptions) {}

  /** Profiles are others now, or it is time. */
  look(): void {
    const { ends, now, changed, timers } = this.options;
    const [all, at, before] = [ends(), now(), this.over];
    this.over = new Set([...all].filter(([, end]) => end <= at).map(([username]) => username));
    timers.clearTimeout(this.timer);
    this.timer = undefined;
    if (all.size > 0) {
      let wait = LOOK_MS;
      for (const end of all.values()) if (end > at) wait = Math.min(wait, end - at);
      this.timer = timers.setTimeout(() => this.look(), wait);
    }
    for (const username of all.keys()) if (before.has(username) !== this.over.has(username)) changed(username);
  }

  close(): void {
    this.options.timers.clearTimeout(this.timer);
  }
}
