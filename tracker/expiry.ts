import type { Clock } from './clock.js';

/**
 * Deadlines of many keys with one timer, by the steady clock: one that is set ahead ends nothing. Each time to live has its own queue: its deadlines pass in the order in which
 * they were set. A Map keeps that order, so that it is a sorted queue, and setting a deadline costs O(1).
 * `expired` is called once for each key whose deadline passes, after the key has been removed.
 */
export class Expiry<Key> {
  readonly #queues = new Map<number, Map<Key, number>>();
  readonly #ttlOf = new Map<Key, number>();
  #cancel: (() => void) | undefined;
  #wakesAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly expired: (key: Key) => void,
  ) {}

  /** Sets or moves the deadline of `key` to `ttlMs` from now. */
  set(key: Key, ttlMs: number): void {
    const previous = this.#ttlOf.get(key);
    if (previous !== undefined) this.#queues.get(previous)?.delete(key);
    if (previous !== ttlMs) this.#ttlOf.set(key, ttlMs);
    let queue = this.#queues.get(ttlMs);
    if (!queue) this.#queues.set(ttlMs, (queue = new Map<Key, number>()));
    const deadline = this.clock.steady() + ttlMs;
    queue.set(key, deadline);
    if (deadline < this.#wakesAt) this.#wakeAt(deadline);
  }

  /** Moves the deadline to `ttlMs` from now, unless it is earlier already. */
  shorten(key: Key, ttlMs: number): void {
    const deadline = this.#deadlineOf(key);
    if (deadline !== undefined && deadline > this.clock.steady() + ttlMs) this.set(key, ttlMs);
  }

  delete(key: Key): void {
    const ttl = this.#ttlOf.get(key);
    if (ttl === undefined) return;
    this.#ttlOf.delete(key);
    this.#queues.get(ttl)?.delete(key);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#queues.clear();
    this.#ttlOf.clear();
  }

  #deadlineOf(key: Key): number | undefined {
    const ttl = this.#ttlOf.get(key);
    return ttl === undefined ? undefined : this.#queues.get(ttl)?.get(key);
  }

  #wakeAt(deadline: number): void {
    this.#cancel?.();
    this.#wakesAt = deadline;
    this.#cancel = this.clock.after(Math.max(0, deadline - this.clock.steady()), () => {
      this.#sweep();
    });
  }

  /** Removes what is due and sets the timer for the next deadline. A deadline that was moved is noticed here. */
  #sweep(): void {
    this.#cancel = undefined;
    this.#wakesAt = Infinity;
    const now = this.clock.steady();
    const due: Key[] = [];
    let next = Infinity;
    for (const [ttl, queue] of this.#queues) {
      for (const [key, deadline] of queue) {
        if (deadline > now) {
          next = Math.min(next, deadline);
          break;
        }
        due.push(key);
        queue.delete(key);
        this.#ttlOf.delete(key);
      }
      if (queue.size === 0) this.#queues.delete(ttl);
    }
    if (next < Infinity) this.#wakeAt(next);
    for (const key of due) this.expired(key);
  }
}
