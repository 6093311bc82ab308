import { hash, verify } from '@node-rs/argon2';
import { ParleyError } from '../protocol/errors.js';

/** Section 2: Argon2id (the default of the library), 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

/**
 * Hashes off the event loop, a bounded number at a time: each takes 19 MiB and a core for some milliseconds. Who finds
 * the queue full is told to come back (`unavailable`) instead of waiting for ever.
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
      // The place is handed on, so that nobody slips in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
