import { hash, verify } from '@node-rs/argon2';
import { ParleyError } from '../protocol/errors.js';
import { FairQueue } from './fair-queue.js';

/** SPEC.md section 2: Argon2id (the default of the library), 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };
/** Until a full queue has been worked off, on a machine that has something else to do. Seconds. */
const AGAIN_S = 5;

/** With `Retry-After`. */
export class TooManyPasswords extends ParleyError {
  /** Seconds. */
  readonly retryAfter = AGAIN_S;

  constructor() {
    super('unavailable');
  }
}

/** `from`: the address that asks, so that none keeps others waiting. Errors of both: unavailable. */
export interface PasswordHasher {
  hash(password: string, from?: string): Promise<string>;
  verify(hash: string, password: string, from?: string): Promise<boolean>;
}

interface Waiting {
  begin(): void;
  refuse(): void;
}

/**
 * Hashes outside the event loop, a bounded number at a time: each takes 19 MiB and a core for some milliseconds. Addresses take turns; when the
 * queue is full, whoever has most in it gets `unavailable` at once instead of waiting long.
 */
export class Argon2Hasher implements PasswordHasher {
  #running = 0;
  readonly #waiting: FairQueue<Waiting>;

  constructor(
    private readonly atOnce = 2,
    queueMax = 64,
  ) {
    this.#waiting = new FairQueue(queueMax);
  }

  hash(password: string, from = ''): Promise<string> {
    return this.#queued(from, () => hash(password, COST));
  }

  verify(hashed: string, password: string, from = ''): Promise<boolean> {
    return this.#queued(from, () => verify(hashed, password));
  }

  async #queued<T>(from: string, run: () => Promise<T>): Promise<T> {
    if (this.#running < this.atOnce) this.#running += 1;
    else await this.#turn(from);
    try {
      return await run();
    } finally {
      // The place goes to the next in the queue, so that no new caller gets ahead of it.
      const next = this.#waiting.next();
      if (next) next.begin();
      else this.#running -= 1;
    }
  }

  #turn(from: string): Promise<void> {
    return new Promise((begin, reject) => {
      const refuse = (): void => reject(new TooManyPasswords());
      this.#waiting.add(from, { begin, refuse })?.refuse();
    });
  }
}
