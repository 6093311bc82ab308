import { randomBytes } from 'node:crypto';
import { tokenHash } from './sessions.js';

const MAX_OUTSTANDING = 16;

/** One-time links: each opens the UI signed in, once. They end with the process; beyond the bound the oldest one ends. */
export class LoginLinks {
  readonly #hashes = new Set<string>();

  constructor(
    private readonly random: (bytes: number) => Buffer = randomBytes,
    private readonly max = MAX_OUTSTANDING,
  ) {}

  create(): string {
    const token = this.random(32).toString('base64url');
    this.#hashes.add(tokenHash(token));
    const [oldest] = this.#hashes;
    if (this.#hashes.size > this.max && oldest !== undefined) this.#hashes.delete(oldest);
    return token;
  }

  /** Whether the token was good; it is not any more. Looked up by its hash, so that timing tells nothing of it. */
  use(token: string): boolean {
    return this.#hashes.delete(tokenHash(token));
  }
}
