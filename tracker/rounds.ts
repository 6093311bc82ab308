import type { Clock } from './clock.js';

export interface RoundsOptions<Item> {
  readonly clock: Pick<Clock, 'after'>;
  /** How long one round takes, ms: so often each item is visited. */
  readonly everyMs: number;
  /** As they are in each moment. */
  readonly items: ReadonlySet<Item>;
  readonly visit: (item: Item) => void;
}

/** Visits a turn, at the most: with ten thousand items, others are answered in between. */
const AT_ONCE = 128;

/** Visits each of many once in a while: a few at a time, spread over the whole round. */
export class Rounds<Item> {
  readonly #options: RoundsOptions<Item>;
  #left: Iterator<Item> | undefined;
  #cancel: () => void;

  constructor(options: RoundsOptions<Item>) {
    this.#options = options;
    this.#cancel = this.#after(options.everyMs);
  }

  stop(): void {
    this.#cancel();
  }

  #after(ms: number): () => void {
    return this.#options.clock.after(ms, () => this.#visit());
  }

  #visit(): void {
    const { items, visit, everyMs } = this.#options;
    // That all were visited shows in the visit after the last one.
    const pauseMs = everyMs / (Math.floor(items.size / AT_ONCE) + 1);
    // Next, so that what a visit throws does not end the rounds.
    this.#cancel = this.#after(pauseMs);
    this.#left ??= items.values();
    for (let count = 0; count < AT_ONCE; count += 1) {
      const next = this.#left.next();
      if (next.done === true) {
        this.#left = undefined;
        return;
      }
      visit(next.value);
    }
  }
}
