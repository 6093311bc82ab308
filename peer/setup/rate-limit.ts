import { ParleyError } from '../../protocol/errors.js';
import type { Clock } from '../services.js';

const WINDOW_MS = 60_000;

/** So many a minute, one at a time. */
export class RateLimit {
  #until = 0;
  #left = 0;
  #busy = false;

  constructor(
    private readonly clock: Clock,
    private readonly perMinute: number,
  ) {}

  /** @throws rate_limited; unavailable while another one is under way; else whatever `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      throw new ParleyError('unavailable', 'Another window is at it right now. Wait until it is done, then try again.');
    }
    const now = this.clock.now();
    // A clock that was set back must not make the minute longer.
    if (now >= this.#until || now + WINDOW_MS < this.#until)
      [this.#until, this.#left] = [now + WINDOW_MS, this.perMinute];
    if (this.#left === 0) throw new ParleyError('rate_limited');
    this.#left -= 1;
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
