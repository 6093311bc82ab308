import { hash as digest } from 'node:crypto';
import type { DeviceId, UserKey, Username } from '../protocol/ids.js';
import { SESSION_LIFE_MS } from '../protocol/limits.js';
import type { Clock } from './clock.js';
import type { Session, SessionStore } from './store/tracker-store.js';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** The sliding expiry is written to the store at most this often. */
const SLIDE_EVERY_MS = 3600_000;
/** How long a session is cached where other nodes end sessions too: so long the word of one may take to reach this one. */
const SHARED_CACHE_MS = 10_000;
/** And where none do. It is read again when it slides, and no sooner: a heart-beat reads nothing. */
const CACHE_MS = SLIDE_EVERY_MS;
const CACHE_MAX = 20_000;
/**
 * A device uses one at a time, and opens another one whenever it comes back from another tracker: those must not push the
 * sessions of browsers out. More than one, so that a copy of the device does not end the session of the original.
 */
const PER_DEVICE_MAX = 4;

export interface SessionsOptions {
  store: SessionStore;
  clock: Clock;
  randomBytes: (size: number) => Buffer;
  maxPerUser: number;
}

/** Signed-in sessions (SPEC.md section 2). A token is 256 random bits; only its hash is kept. */
export class Sessions {
  readonly #options: SessionsOptions;
  /** By token, so that a cached one costs no hash. */
  readonly #cache = new Map<string, { session: Session; until: number }>();
  /** The cached tokens by the hash of their session. */
  readonly #tokens = new Map<string, string>();
  /** Sessions that have ended so far. */
  #ended = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    // Before anybody else hears that it ended: also at another node.
    options.store.watch((hash) => {
      this.#ended += 1;
      this.#forget(hash);
    });
  }

  /**
   * The token of a new session. If the user now has too many, the oldest end.
   * @param by the epoch of the account that let its user in, and the device whose key did
   */
  async open(
    user: UserKey,
    username: Username,
    by: { readonly epoch: number; readonly device?: DeviceId } = { epoch: 0 },
  ): Promise<string> {
    const { store, clock, randomBytes, maxPerUser } = this.#options;
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = clock.now();
    await store.put({ hash: hashOf(token), user, username, created: now, expires: now + SESSION_LIFE_MS, ...by });
    const all = await store.ofUser(user);
    for (const hash of all.slice(maxPerUser)) await this.#end(hash);
    if (by.device !== undefined) {
      for (const hash of (await store.ofDevice(by.device)).slice(PER_DEVICE_MAX)) await this.#end(hash);
    }
    return token;
  }

  /** The cached session, without waiting. Undefined only means that `find` has to be asked. */
  known(token: string): Session | undefined {
    const hit = this.#cache.get(token);
    const { clock } = this.#options;
    return hit && hit.until > clock.steady() && hit.session.expires > clock.now() ? hit.session : undefined;
  }

  async find(token: string): Promise<Session | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const { store, clock } = this.#options;
    const now = clock.now();
    const hash = hashOf(token);
    const before = this.#ended;
    const session = await store.find(hash);
    // It may be the one that has ended since.
    if (before !== this.#ended) return this.find(token);
    if (!session || session.expires <= now) {
      this.#forget(hash);
      return undefined;
    }
    const slides = session.expires < now + SESSION_LIFE_MS - SLIDE_EVERY_MS;
    if (slides) session.expires = now + SESSION_LIFE_MS;
    // Before the write, so that a logout meanwhile finds the session in the cache and removes it.
    this.#remember(token, session);
    if (slides) await store.extend(hash, session.expires);
    return session;
  }

  /** Notes which device uses it. False when the session has ended meanwhile. */
  async bind(session: Session, device: DeviceId): Promise<boolean> {
    if (session.device !== device && !(await this.#options.store.bind(session.hash, device))) return false;
    session.device = device;
    return true;
  }

  /** Whether it has not ended, also at another node. */
  async stands({ hash }: Pick<Session, 'hash'>): Promise<boolean> {
    return (await this.#options.store.find(hash)) !== undefined;
  }

  /** @returns the device that used it */
  async close(session: Session): Promise<DeviceId | undefined> {
    const stored = await this.#options.store.find(session.hash);
    await this.#end(session.hash);
    return stored?.device;
  }

  async closeAll(user: UserKey): Promise<void> {
    // Also where they cannot be removed: the store refuses those of an earlier password, the cache does not know.
    for (const { session } of this.#cache.values()) if (session.user === user) this.#forget(session.hash);
    for (const hash of await this.#options.store.ofUser(user)) await this.#end(hash);
  }

  /** Removes expired sessions. To be called from time to time. */
  async prune(): Promise<void> {
    const { clock, store } = this.#options;
    const now = clock.steady();
    for (const { session, until } of this.#cache.values()) if (until <= now) this.#forget(session.hash);
    await store.removeExpired(clock.now());
  }

  /** `listener` hears the hash of each session that ends before its time, at whichever node. */
  watch(listener: (hash: string) => void): () => void {
    return this.#options.store.watch(listener);
  }

  async #end(hash: string): Promise<void> {
    await this.#options.store.remove(hash);
    this.#forget(hash);
  }

  #remember(token: string, session: Session): void {
    this.#forget(session.hash);
    if (this.#cache.size >= CACHE_MAX) {
      const [oldest] = this.#cache.values();
      if (oldest) this.#forget(oldest.session.hash);
    }
    const { clock, store } = this.#options;
    this.#cache.set(token, { session, until: clock.steady() + (store.isShared ? SHARED_CACHE_MS : CACHE_MS) });
    this.#tokens.set(session.hash, token);
  }

  #forget(hash: string): void {
    const token = this.#tokens.get(hash);
    if (token === undefined) return;
    this.#tokens.delete(hash);
    this.#cache.delete(token);
  }
}

/** Whether a token opens this session. */
export function isTokenOf(session: Session, token: string): boolean {
  return session.hash === hashOf(token);
}

function hashOf(token: string): string {
  return digest('sha256', token, 'base64url');
}
