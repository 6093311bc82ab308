import { ParleyError } from '../protocol/errors.js';
import { parseUsername, userKey, type UserKey, type Username } from '../protocol/ids.js';
import { PASSWORD_MAX, PASSWORD_MIN } from '../protocol/limits.js';
import type { Clock } from './clock.js';
import type { PasswordHasher } from './password-hasher.js';
import type { Account, AccountStore } from './store/tracker-store.js';

export interface AccountsOptions {
  store: AccountStore;
  hasher: PasswordHasher;
  clock: Clock;
  registration: 'open' | 'closed';
}

/** Who has an account, and whether a password is theirs (SPEC.md section 2). */
export class Accounts {
  readonly #options: AccountsOptions;
  /** Checked in place of the hash of a name that does not exist, so that both take the same time. */
  readonly #decoy: Promise<string>;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#decoy = options.hasher.hash('a password that nobody has');
  }

  /** Errors: forbidden (registration closed), bad_name, bad_password, name_taken, unavailable. */
  async register(name: string, password: string): Promise<Username> {
    const { store, hasher, clock, registration } = this.#options;
    if (registration === 'closed') {
      throw new ParleyError('forbidden', 'Registration is closed here. Ask whoever runs this tracker for an account.');
    }
    const username = parseUsername(name);
    if (!username) throw new ParleyError('bad_name');
    checkPassword(password);
    const key = userKey(username);
    if (await store.find(key)) throw new ParleyError('name_taken');
    const passwordHash = await hasher.hash(password);
    const created = await store.create({ key, username, passwordHash, created: clock.now() });
    if (!created) throw new ParleyError('name_taken');
    return username;
  }

  /** The account, where the password is its own. Errors: invalid_credentials, unavailable. */
  async authenticate(name: string, password: string): Promise<Account> {
    const { store, hasher } = this.#options;
    const username = parseUsername(name);
    const account = username && (await store.find(userKey(username)));
    const right = await hasher.verify(account?.passwordHash ?? (await this.#decoy), clip(password));
    if (!account || !right) throw new ParleyError('invalid_credentials');
    return account;
  }

  /** Errors: those of `authenticate`, bad_password. */
  async changePassword(username: Username, old: string, next: string): Promise<void> {
    checkPassword(next);
    const account = await this.authenticate(username, old);
    await this.#options.store.setPassword(account.key, await this.#options.hasher.hash(next));
  }

  async find(key: UserKey): Promise<Account | undefined> {
    return this.#options.store.find(key);
  }
}

function checkPassword(password: string): void {
  const bytes = Buffer.byteLength(password);
  if (bytes < PASSWORD_MIN || bytes > PASSWORD_MAX) throw new ParleyError('bad_password');
}

/** No account has a longer one: a longer one is wrong, and costs no more than a wrong one. */
function clip(password: string): string {
  return Buffer.byteLength(password) > PASSWORD_MAX ? '' : password;
}
