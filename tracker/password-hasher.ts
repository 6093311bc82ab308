import { hash, verify } from '@node-rs/argon2';
import { ParleyError } from '../protocol/errors.js';

/** SPEC.md section 2: Argon2id (the default of the library), 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

/**
 * Hashes outside the event loop, a bounded number at a time: each takes 19 MiB and a core for some milliseconds. When the
 * queue is full, the caller gets `unavailable` at once instead of waiting long.
 */
export class Argon2Hasher implements PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce = 2,
    private readonly queueMax = 64,
  ) {}

  hash(password: string): Promise<string> {
    return this.#queued(() => hash(password, COST));
  }

  verify(hashed: string, password: string): Promise<boolean> {
    return this.#queued(() => verify(hashed, password));
  }

  async #queued<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running >= this.atOnce) {
      if (this.#waiting.length >= this.queueMax) throw new ParleyError('unavailable');
      await new Promise<void>((resume) => this.#waiting.push(resume));
    } else {
      this.#running += 1;
    }
    try {
      return await run();
    } finally {
      // The place goes to the next in the queue, so that no new caller gets ahead of it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
