/** How many people sign in at the same time: each costs a hash of a password, and perhaps a peer that wakes. */
import { ParleyError } from '../../protocol/errors.js';

/** Who wait for a turn. */
const WAITING_MAX = 64;

/** So many at a time; the others wait, in the order in which they came. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(private readonly atOnce: number) {}

  /** @throws unavailable when too many wait */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length >= WAITING_MAX)
      throw new ParleyError('unavailable', 'Too many people sign in here at once. Try again in a moment.');
    if (this.#running >= this.atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next one, or is free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
