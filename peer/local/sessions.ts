/**
 * Who may use this peer from outside: browsers (cookie) and programs (bearer token). Of a token only the hash is kept,
 * here and on disk.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { SESSION_LIFE_MS } from '../../protocol/limits.js';
import type { Clock } from '../services.js';

/** As stored: SHA-256 of the token (base64url), and until when it counts (milliseconds since 1970). */
export interface StoredSession {
  hash: string;
  expires: number;
}

export interface SessionStorage {
  load(): readonly StoredSession[];
  save(sessions: readonly StoredSession[]): void | Promise<void>;
}

export interface SessionParts {
  readonly storage: SessionStorage;
  readonly clock: Clock;
  readonly random?: (bytes: number) => Buffer;
  readonly lifeMs?: number;
  readonly max?: number;
}

const TOKEN_BYTES = 32;
const RENEW_AFTER_MS = 24 * 3600_000;

export class LocalSessions {
  readonly lifeMs: number;
  readonly #max: number;
  readonly #storage: SessionStorage;
  readonly #clock: Clock;
  readonly #random: (bytes: number) => Buffer;
  #sessions: StoredSession[];

  constructor({ storage, clock, random = randomBytes, lifeMs = SESSION_LIFE_MS, max = 32 }: SessionParts) {
    this.#storage = storage;
    this.#clock = clock;
    this.#random = random;
    this.lifeMs = lifeMs;
    this.#max = max;
    this.#sessions = storage.load().map(({ hash, expires }) => ({ hash, expires }));
  }

  /** A new session's token, once its hash is stored. Beyond the bound, the one that would end first ends now. */
  async create(): Promise<string> {
    const token = this.#random(TOKEN_BYTES).toString('base64url');
    const fresh = { hash: tokenHash(token), expires: this.#clock.now() + this.lifeMs };
    const latestFirst = [...this.#sessions.filter((session) => this.#alive(session)), fresh].reverse();
    this.#sessions = latestFirst
      .sort((a, b) => b.expires - a.expires)
      .slice(0, this.#max)
      .reverse();
    await this.#storage.save(this.#sessions);
    return token;
  }

  /** The session of a token: its hash, which names it from here on. Undefined when it is unknown or over. */
  check(token: string | undefined): string | undefined {
    if (token === undefined || token.length > 128) return undefined;
    return this.#find(tokenHash(token))?.hash;
  }

  has(hash: string): boolean {
    return this.#find(hash) !== undefined;
  }

  /** Lets a session in use live on. True when its end moved, so that its cookie should as well; at most once a day. */
  async renew(hash: string): Promise<boolean> {
    const session = this.#find(hash);
    const expires = this.#clock.now() + this.lifeMs;
    if (!session || session.expires > expires - RENEW_AFTER_MS) return false;
    session.expires = expires;
    await this.#storage.save(this.#sessions);
    return true;
  }

  async end(hash: string): Promise<void> {
    this.#sessions = this.#sessions.filter((session) => session.hash !== hash);
    await this.#storage.save(this.#sessions);
  }

  #alive({ expires }: StoredSession): boolean {
    return expires > this.#clock.now();
  }

  /** Compares with all of them in constant time. */
  #find(hash: string): StoredSession | undefined {
    let found: StoredSession | undefined;
    for (const session of this.#sessions) if (sameText(session.hash, hash)) found = session;
    return found && this.#alive(found) ? found : undefined;
  }
}

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
