import type { Clock } from './clock.js';

const REST = 4;
/** Also where the whole machine stood still meanwhile. */
const REST_MAX_MS = 2_000;

/**
 * Work that costs more the more are connected, and is asked for the more often then: it gets a fifth of the time, whatever it costs. What took
 * 30 ms rests for 120 ms, and what was asked for meanwhile is done together.
 */
export class Duty {
  readonly #clock: Pick<Clock, 'after' | 'steady'>;
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  #restsUntil = -Infinity;

  constructor(clock: Pick<Clock, 'after' | 'steady'>, work: () => void) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Does it once, in `leastMs` or when the last one has rested. Does nothing when it is to be done already. */
  ask(leastMs: number): void {
    this.#cancel ??= this.#clock.after(Math.max(leastMs, this.#restsUntil - this.#clock.steady()), () => {
      this.#cancel = undefined;
      const began = this.#clock.steady();
      this.#work();
      const ended = this.#clock.steady();
      this.#restsUntil = ended + Math.min(REST * (ended - began), REST_MAX_MS);
    });
  }

  stop(): void {
    this.#cancel?.();
  }
}
