import type { UserKey, Username } from '../../../protocol/ids.js';
import type { Account, AccountQuery, AccountStore, ListedAccount } from '../tracker-store.js';
import { AccountPages } from './account-pages.js';
import { work, type Database } from './database.js';

interface Row {
  key: UserKey;
  username: Username;
  password_hash: string;
  created: number;
}

export class SqliteAccounts implements AccountStore {
  readonly #insert;
  readonly #find;
  readonly #setPassword;
  readonly #replacePassword;
  readonly #lookAlike;
  readonly #count;
  readonly #lastSeen;
  readonly #seen;
  readonly #pages;

  /** `added` is called after each new account: the permanent channels have one member more. */
  constructor(
    private readonly db: Database,
    private readonly added: () => void,
  ) {
    this.#insert = db.prepare(
      `INSERT INTO accounts (key, username, password_hash, created, skeleton)
       SELECT ?1, ?2, ?3, ?4, username_skeleton(?2)
       WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE skeleton = username_skeleton(?2)) ON CONFLICT DO NOTHING`,
    );
    this.#find = db.prepare('SELECT key, username, password_hash, created FROM accounts WHERE key = ?');
    this.#setPassword = db.prepare('UPDATE accounts SET password_hash = ? WHERE key = ?');
    this.#replacePassword = db.prepare('UPDATE accounts SET password_hash = ? WHERE key = ? AND password_hash = ?');
    this.#lookAlike = db.prepare(
      'SELECT username FROM accounts WHERE skeleton = username_skeleton(?) ORDER BY created, key LIMIT 1',
    );
    this.#count = db.prepare('SELECT count(*) AS n FROM accounts');
    this.#lastSeen = db.prepare('SELECT last_seen AS at FROM accounts WHERE key = ?');
    this.#seen = db.prepare('UPDATE accounts SET last_seen = ?1 WHERE key = ?2 AND coalesce(last_seen, 0) < ?1');
    this.#pages = new AccountPages(db);
  }

  create(account: Account): Promise<boolean> {
    return work(() => {
      const { changes } = this.#insert.run(account.key, account.username, account.passwordHash, account.created);
      if (changes === 0) return false;
      this.added();
      return true;
    });
  }

  find(key: UserKey): Promise<Account | undefined> {
    return work(() => {
      const row = this.#find.get(key) as Row | undefined;
      return row && { key: row.key, username: row.username, passwordHash: row.password_hash, created: row.created };
    });
  }

  lookAlike(username: Username): Promise<Username | undefined> {
    return work(() => (this.#lookAlike.get(username) as { username: Username } | undefined)?.username);
  }

  setPassword(key: UserKey, passwordHash: string, was?: string): Promise<void> {
    return work(() => {
      if (was === undefined) this.#setPassword.run(passwordHash, key);
      else this.#replacePassword.run(passwordHash, key, was);
    });
  }

  count(): Promise<number> {
    return work(() => (this.#count.get() as { n: number }).n);
  }

  list(query: AccountQuery): Promise<readonly ListedAccount[]> {
    return work(() => this.#pages.page(query));
  }

  lastSeen(key: UserKey): Promise<number | undefined> {
    return work(() => (this.#lastSeen.get(key) as { at: number | null } | undefined)?.at ?? undefined);
  }

  seen(times: ReadonlyMap<UserKey, number>): Promise<void> {
    return work(() => {
      this.db.exec('BEGIN IMMEDIATE');
      try {
        for (const [key, at] of times) this.#seen.run(at, key);
        this.db.exec('COMMIT');
      } catch (error) {
        this.db.exec('ROLLBACK');
        throw error;
      }
    });
  }
}
