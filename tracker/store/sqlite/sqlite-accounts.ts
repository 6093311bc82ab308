import type { UserKey, Username } from '../../../protocol/ids.js';
import type { Account, AccountStore } from '../tracker-store.js';
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
  readonly #count;

  /** `added` is called after each new account: the permanent channels have one member more. */
  constructor(
    db: Database,
    private readonly added: () => void,
  ) {
    this.#insert = db.prepare(
      'INSERT INTO accounts (key, username, password_hash, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#find = db.prepare('SELECT key, username, password_hash, created FROM accounts WHERE key = ?');
    this.#setPassword = db.prepare('UPDATE accounts SET password_hash = ? WHERE key = ?');
    this.#count = db.prepare('SELECT count(*) AS n FROM accounts');
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

  setPassword(key: UserKey, passwordHash: string): Promise<void> {
    return work(() => {
      this.#setPassword.run(passwordHash, key);
    });
  }

  count(): Promise<number> {
    return work(() => (this.#count.get() as { n: number }).n);
  }
}
