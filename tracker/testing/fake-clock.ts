import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.js';

/** A clock that a test moves. */
export class FakeClock implements Clock {
  #steady = 0;
  /** What the clock shows at 0. */
  #epoch = Date.UTC(2026, 10, 20);
  #timers: { at: number; work: () => void }[] = [];

  now(): number {
    return this.#epoch + this.#steady;
  }

  steady(): number {
    return this.#steady;
  }

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.#steady + ms, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, running what falls due in order. */
  advance(ms: number): void {
    const until = this.#steady + ms;
    for (;;) {
      const [next] = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#steady = next.at;
      next.work();
    }
    this.#steady = until;
  }

  /** Lets time pass until the work is settled. */
  async settled<T>(work: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const over = (): void => void (state.isOver = true);
    work.then(over, over);
    while (!state.isOver) {
      this.advance(500);
      await setImmediate();
    }
    return work;
  }

  /** Somebody sets the clock ahead, or back; no time passes. */
  set(byMs: number): void {
    this.#epoch += byMs;
  }
}
