/** Accounts that were disabled, or are used again, as the tracker's CA signed it: the latest word on each. */
import type { AccountWord } from '../../protocol/account-word.js';
import { userKey, type Username } from '../../protocol/ids.js';
import type { Database, Statement } from './sqlite.js';

export class AccountWordStore {
  private readonly put: Statement;

  constructor(private readonly db: Database) {
    this.put = db.prepare(
      'INSERT OR REPLACE INTO account_words (user, username, used, time, sig) VALUES (?, ?, ?, ?, ?)',
    );
  }

  load(): AccountWord[] {
    return this.db
      .prepare('SELECT username, used, time, sig FROM account_words')
      .all()
      .map((row) => ({
        username: row['username'] as string,
        used: row['used'] === 1,
        time: new Date(Number(row['time'])).toISOString(),
        sig: row['sig'] as string,
      }));
  }

  save({ username, used, time, sig }: AccountWord): void {
    this.put.run(userKey(username as Username), username, used ? 1 : 0, Date.parse(time), sig);
  }
}
