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
  /** `shared-channels`: the list shows only who is in a channel with the one who asks, besides those that all are in. */
  visible: 'everyone' | 'shared-channels';
}

const PAGE_DEFAULT = 100;
/** How often those who stay online are noted as seen, so that little is lost when the tracker dies. */
const SWEEP_MS = 3600_000;

/**
 * The directory of accounts, present or not (SPEC.md section 2). When somebody was last seen is gathered in memory and
 * written now and then, for all at once: however often peers say that they are here, and come and go, it is one write.
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
      // Changes in between say nothing of when: coming and going do.
      const record = before === undefined || after === undefined ? (after ?? before) : undefined;
      if (record) this.#pending.set(userKey(record.username as Username), clock.now());
    });
  }

  /** One page; `more` whether another one follows. */
  async list(asking: UserKey, { q, after, limit = PAGE_DEFAULT }: ListUsers): Promise<[UserRecord[], more: boolean]> {
    const { store, visible } = this.#options;
    const found = await store.list({
      part: q?.toLowerCase(),
      after: after === undefined ? undefined : userKey(after as Username),
      limit: limit + 1,
      sharing: visible === 'shared-channels' ? asking : undefined,
    });
    return [found.slice(0, limit).map((account) => this.#record(account)), found.length > limit];
  }

  /** By the whole name, whoever may see them on the list: who knows it can write to them. Errors: unknown_user. */
  async find(key: UserKey): Promise<UserRecord> {
    const { store } = this.#options;
    const account = await store.find(key);
    if (!account) throw new ParleyError('unknown_user');
    return this.#record({ ...account, lastSeen: await store.lastSeen(key) });
  }

  /** Writes down who was seen. */
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
      // No room, perhaps: they are written with the next ones.
      for (const [key, at] of times) if (!this.#pending.has(key)) this.#pending.set(key, at);
      throw error;
    }
  }

  /** Before the store closes. */
  async close(): Promise<void> {
    this.#unwatch();
    const now = this.#options.clock.now();
    for (const { username } of this.#options.directory.all()) this.#pending.set(userKey(username as Username), now);
    await this.flush();
  }

  #record({ key, username, lastSeen }: ListedAccount): UserRecord {
    const { directory, clock } = this.#options;
    const online = directory.keysOf(key).length > 0;
    const at = online ? clock.now() : Math.max(lastSeen ?? 0, this.#pending.get(key) ?? 0);
    const coarse = Math.floor(at / LAST_SEEN_STEP_MS) * LAST_SEEN_STEP_MS;
    return { username, online, ...(at > 0 ? { last_seen: new Date(coarse).toISOString() } : {}) };
  }
}
