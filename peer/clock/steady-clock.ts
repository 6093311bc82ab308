/**
 * Waiting times by a clock that people and their systems set: what it goes back counts as no time at all. A jump ahead ends
 * what waits too early, which costs a question; but a clock set back by an hour must not hold everything up for an hour.
 */
export class SteadyClock {
  private last: number;
  private lost = 0;

  constructor(private readonly clock: { now(): number }) {
    this.last = clock.now();
  }

  /** Milliseconds; never less than before. Only differences mean anything. */
  now(): number {
    const now = this.clock.now();
    if (now < this.last) this.lost += this.last - now;
    this.last = now;
    return now + this.lost;
  }
}
