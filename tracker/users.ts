import { ParleyError } from '../protocol/errors.js';
import { userKey, type UserKey, type Username } from '../protocol/ids.js';
import { LAST_SEEN_STEP_MS } from '../protocol/limits.js';
import type { ListUsers, UserRecord } from '../protocol/tracker-api.js';
import type { Clock } from './clock.js';
import type { Directory } from './directory.js';
import type { AccountStore, ListedAccount } from './store/tracker-store.js';

export interface UsersOptions {
  store: AccountStore;
  directory: Directory;
  clock: Clock;
  /** `shared-channels`: the list shows only those who share a channel with the caller; permanent channels do not count. */
  settings: { readonly userList: 'everyone' | 'shared-channels' };
}

const PAGE_DEFAULT = 100;
/** How often the time of those who stay online is written, so that little is lost when the tracker crashes. */
const SWEEP_MS = 3600_000;

/**
 * The directory of accounts, online or not (SPEC.md section 2). Last-seen times are collected in memory and written from
 * time to time, all in one write: heart-beats and reconnections then cost no write each.
 */
export class Users {
  readonly #options: UsersOptions;
  readonly #pending = new Map<UserKey, number>();
  readonly #unwatch: () => void;
  #swept: number;

  constructor(options: UsersOptions) {
    this.#options = options;
    const { clock, directory } = options;
    this.#swept = clock.now();
    this.#unwatch = directory.watch(({ before, after }) => {
      // Only coming and going matter: whoever is online is seen now.
      const record = before === undefined || after === undefined ? (after ?? before) : undefined;
      if (record) this.#pending.set(userKey(record.username as Username), clock.now());
    });
  }

  /** One page. `more`: another one follows. */
  async list(asking: UserKey, { q, after, limit = PAGE_DEFAULT }: ListUsers): Promise<[UserRecord[], more: boolean]> {
    const { store, settings } = this.#options;
    const found = await store.list({
      part: q?.toLowerCase(),
      after: after === undefined ? undefined : userKey(after as Username),
      limit: limit + 1,
      sharing: settings.userList === 'shared-channels' ? asking : undefined,
    });
    return [found.slice(0, limit).map((account) => this.#record(account)), found.length > limit];
  }

  /** By the whole name, also when the list hides the account: whoever knows a name can write to it. Errors: unknown_user. */
  async find(key: UserKey): Promise<UserRecord> {
    const { store } = this.#options;
    const account = await store.find(key);
    // Nobody has met one that was never approved.
    if (!account || account.state === 'pending') throw new ParleyError('unknown_user');
    return this.#record({ ...account, lastSeen: await store.lastSeen(key) });
  }

  /** Writes the collected last-seen times. */
  async flush(): Promise<void> {
    const { store, directory, clock } = this.#options;
    const now = clock.now();
    if (Math.abs(now - this.#swept) >= SWEEP_MS) {
      this.#swept = now;
      for (const { username } of directory.all()) this.#pending.set(userKey(username as Username), now);
    }
    if (this.#pending.size === 0) return;
    const times = new Map(this.#pending);
    this.#pending.clear();
    try {
      await store.seen(times);
    } catch (error) {
      // For instance the disk is full: they are written with the next ones.
      for (const [key, at] of times) if (!this.#pending.has(key)) this.#pending.set(key, at);
      throw error;
    }
  }

  /** To be called before the store closes. */
  async close(): Promise<void> {
    this.#unwatch();
    const now = this.#options.clock.now();
    for (const { username } of this.#options.directory.all()) this.#pending.set(userKey(username as Username), now);
    await this.flush();
  }

  #record({ key, username, lastSeen, guest }: ListedAccount): UserRecord {
    const { directory, clock } = this.#options;
    const online = directory.keysOf(key).length > 0;
    const at = online ? clock.now() : Math.max(lastSeen ?? 0, this.#pending.get(key) ?? 0);
    const coarse = Math.floor(at / LAST_SEEN_STEP_MS) * LAST_SEEN_STEP_MS;
    const seen = at > 0 ? { last_seen: new Date(coarse).toISOString() } : {};
    return { username, online, ...seen, ...(guest === undefined ? {} : { guest: true }) };
  }
}
