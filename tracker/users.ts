import { ParleyError } from '../protocol/errors.js';
import { userKey, type UserKey, type Username } from '../protocol/ids.js';
import type { ListUsers, UserRecord } from '../protocol/tracker-api.js';
import type { AccountWords } from './administration/account-words.js';
import type { Directory } from './directory.js';
import type { LastSeen } from './last-seen.js';
import type { AccountStore, ListedAccount } from './store/tracker-store.js';

export interface UsersOptions {
  store: AccountStore;
  directory: Directory;
  seen: Pick<LastSeen, 'ofUser'>;
  /** `shared-channels`: the list shows only those who share a channel with the caller; permanent channels do not count. */
  settings: { readonly userList: 'everyone' | 'shared-channels' };
  words: Pick<AccountWords, 'of'>;
}

const PAGE_DEFAULT = 100;

/** The directory of accounts, online or not (SPEC.md section 2). */
export class Users {
  readonly #options: UsersOptions;

  constructor(options: UsersOptions) {
    this.#options = options;
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
    const { store, words } = this.#options;
    const account = await store.find(key);
    // Nobody has met one that was never approved.
    if (!account || account.state === 'pending') throw new ParleyError('unknown_user');
    const word = words.of(key);
    return { ...this.#record({ ...account, lastSeen: await store.lastSeen(key) }), ...(word && { word }) };
  }

  #record({ key, username, lastSeen, guest }: ListedAccount): UserRecord {
    const { directory, seen } = this.#options;
    const online = directory.keysOf(key).length > 0;
    const at = seen.ofUser(key, lastSeen);
    return {
      username,
      online,
      ...(at === undefined ? {} : { last_seen: at }),
      ...(guest === undefined ? {} : { guest: true }),
    };
  }
}
