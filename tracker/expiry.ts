import type { Clock } from './clock.js';

/**
 * Deadlines of many keys under one timer. Each distinct life has a queue of its own, and within one life deadlines fall
 * in the order in which they were set; so a Map in insertion order is a sorted queue, and setting one costs O(1).
 * `expired` is called once for each key whose deadline passes, after the key has been forgotten.
 */
export class Expiry<Key> {
  readonly #queues = new Map<number, Map<Key, number>>();
  readonly #lifeOf = new Map<Key, number>();
  #cancel: (() => void) | undefined;
  #wakesAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly expired: (key: Key) => void,
  ) {}

  /** Sets or moves the deadline of `key` to `lifeMs` from now. */
  set(key: Key, lifeMs: number): void {
    const previous = this.#lifeOf.get(key);
    if (previous !== undefined) this.#queues.get(previous)?.delete(key);
    if (previous !== lifeMs) this.#lifeOf.set(key, lifeMs);
    let queue = this.#queues.get(lifeMs);
    if (!queue) this.#queues.set(lifeMs, (queue = new Map<Key, number>()));
    const deadline = this.clock.now() + lifeMs;
    queue.set(key, deadline);
    if (deadline < this.#wakesAt) this.#wakeAt(deadline);
  }

  /** Moves the deadline to `lifeMs` from now unless it is sooner already. */
  shorten(key: Key, lifeMs: number): void {
    const deadline = this.#deadlineOf(key);
    if (deadline !== undefined && deadline > this.clock.now() + lifeMs) this.set(key, lifeMs);
  }

  delete(key: Key): void {
    const life = this.#lifeOf.get(key);
    if (life === undefined) return;
    this.#lifeOf.delete(key);
    this.#queues.get(life)?.delete(key);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#queues.clear();
    this.#lifeOf.clear();
  }

  #deadlineOf(key: Key): number | undefined {
    const life = this.#lifeOf.get(key);
    return life === undefined ? undefined : this.#queues.get(life)?.get(key);
  }

  #wakeAt(deadline: number): void {
    this.#cancel?.();
    this.#wakesAt = deadline;
    this.#cancel = this.clock.after(Math.max(0, deadline - this.clock.now()), () => {
      this.#sweep();
    });
  }

  /** Drops what is due, then sleeps until the next head: moved deadlines are found here, not when they move. */
  #sweep(): void {
    this.#cancel = undefined;
    this.#wakesAt = Infinity;
    const now = this.clock.now();
    const due: Key[] = [];
    let next = Infinity;
    for (const [life, queue] of this.#queues) {
      for (const [key, deadline] of queue) {
        if (deadline > now) {
          next = Math.min(next, deadline);
          break;
        }
        due.push(key);
        queue.delete(key);
        this.#lifeOf.delete(key);
      }
      if (queue.size === 0) this.#queues.delete(life);
    }
    if (next < Infinity) this.#wakeAt(next);
    for (const key of due) this.expired(key);
  }
}
