/**
 * Who may use this peer from outside: browsers (cookie) and programs (bearer token). Of a token only the hash is kept,
 * here and on disk.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { SESSION_LIFE_MS } from '../../protocol/limits.js';
import type { Clock } from '../services.js';
import { sameText, secretHash as tokenHash } from '../settings/secrets.js';

export { tokenHash };

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
  readonly #listeners = new Set<(stands: (session: string | undefined) => boolean) => void>();
  /** Of programs of this machine: it is on no disk but in its own file, and ends with this process. */
  #program: StoredSession | undefined;

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

  /** A token for programs of this user on this machine, in place of the one before. */
  forPrograms(): string {
    const token = this.#random(TOKEN_BYTES).toString('base64url');
    this.#program = { hash: tokenHash(token), expires: Infinity };
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
    await this.#keepOnly((session) => session !== hash);
  }

  /** Ends all but this one, and those of programs of this machine, which read what they need from its disk. */
  async endAll(but?: string): Promise<void> {
    await this.#keepOnly((session) => session === but || session === this.#program?.hash);
  }

  /** `listener` hears which sessions stand, each time that some have ended. Undefined: of who has signed in without one. */
  watch(listener: (stands: (session: string | undefined) => boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #keepOnly(stands: (session: string | undefined) => boolean): Promise<void> {
    this.#sessions = this.#sessions.filter(({ hash }) => stands(hash));
    for (const listener of this.#listeners) listener(stands);
    await this.#storage.save(this.#sessions);
  }

  #alive({ expires }: StoredSession): boolean {
    return expires > this.#clock.now();
  }

  /** Compares with all of them in constant time. */
  #find(hash: string): StoredSession | undefined {
    let found: StoredSession | undefined;
    for (const session of [...this.#sessions, ...(this.#program ? [this.#program] : [])])
      if (sameText(session.hash, hash)) found = session;
    return found && this.#alive(found) ? found : undefined;
  }
}

const COOKIE_HEADER_MAX = 8192;

/** The session cookie. Its name bears the port: cookies do not tell ports apart, and one machine may run many peers. */
export class SessionCookie {
  readonly #name: string;

  constructor(
    port: number,
    private readonly lifeMs: number,
    /** Whether browsers send it over TLS alone. */
    private readonly secure = false,
  ) {
    this.#name = `parley_${port}`;
  }

  read(headers: IncomingHttpHeaders): string | undefined {
    const { cookie } = headers;
    return cookie === undefined || cookie.length > COOKIE_HEADER_MAX ? undefined : parseCookie(cookie)[this.#name];
  }

  set(token: string): string {
    return this.#header(token, Math.floor(this.lifeMs / 1000));
  }

  clear(): string {
    return this.#header('', 0);
  }

  #header(value: string, maxAge: number): string {
    return stringifySetCookie(this.#name, value, {
      ...{ httpOnly: true, sameSite: 'strict', path: '/', maxAge },
      ...(this.secure ? { secure: true } : {}),
    });
  }
}

export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,128})$/i.exec(authorization ?? '')?.[1];
}

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

const WINDOW_MS = 60_000;
const ADDRESSES_MAX = 1024;

/** Counts wrong passwords by address. Others cost nothing, but an attempt in progress counts until its outcome is known. */
export class LoginAttempts {
  readonly #windows = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly perMinute: number,
  ) {}

  /** @throws rate_limited, else whatever `login` throws */
  async run<Result>(address: string, login: () => Promise<Result>): Promise<Result> {
    const window = this.#window(address);
    if (window.count >= this.perMinute) throw new ParleyError('rate_limited');
    window.count += 1;
    let wrong = false;
    try {
      return await login();
    } catch (error) {
      wrong = isParleyError(error) && error.code === 'invalid_credentials';
      throw error;
    } finally {
      if (!wrong) window.count -= 1;
    }
  }

  #window(address: string): { count: number; until: number } {
    const now = this.clock.now();
    const known = this.#windows.get(address);
    // A clock that was set back must not make it longer.
    if (known && known.until > now && known.until <= now + WINDOW_MS) return known;
    this.#windows.delete(address);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= ADDRESSES_MAX && oldest !== undefined) this.#windows.delete(oldest);
    const fresh = { count: 0, until: now + WINDOW_MS };
    this.#windows.set(address, fresh);
    return fresh;
  }
}
