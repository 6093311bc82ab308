import type { Clock } from './clock.js';

const REST = 4;
/** Also where the whole machine stood still meanwhile. */
const REST_MAX_MS = 2_000;

/**
 * Work that costs more the more are connected, and is asked for the more often then: it gets a fifth of the time, whatever it costs. It is done
 * at once when it has rested; what took 30 ms rests for 120 ms, and what is asked for meanwhile is done together.
 */
export class Duty {
  readonly #clock: Pick<Clock, 'after' | 'steady'>;
  readonly #restMs: number;
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  #restsUntil = -Infinity;

  /** @param restMs it rests at least so long */
  constructor(clock: Pick<Clock, 'after' | 'steady'>, restMs: number, work: () => void) {
    this.#clock = clock;
    this.#restMs = restMs;
    this.#work = work;
  }

  /**
   * Does it once, not in this turn of the event loop, when it has rested. Does nothing when it is to be done already. Work that asks for itself
   * has not come to its end: it goes on in the next turn, without a rest.
   */
  ask(): void {
    this.#cancel ??= this.#clock.after(Math.max(0, this.#restsUntil - this.#clock.steady()), () => {
      this.#cancel = undefined;
      const began = this.#clock.steady();
      this.#work();
      const ended = this.#clock.steady();
      this.#restsUntil = ended + Math.max(this.#restMs, Math.min(REST * (ended - began), REST_MAX_MS));
    });
  }

  stop(): void {
    this.#cancel?.();
  }
}
