/** What the tracker's CA has signed, the latest word on each: devices that are revoked, accounts and channels that admins have changed. */
import type { AccountWord } from '../../protocol/account-word.js';
import type { ChannelState, ChannelWord } from '../../protocol/channel-word.js';
import { userKey, type Username } from '../../protocol/ids.js';
import { RevocationStore } from './revocations.js';
import type { Database, Statement } from './sqlite.js';

export class StatedStore {
  readonly revocations: RevocationStore;
  readonly accounts: AccountWordStore;
  readonly channels: ChannelWordStore;

  constructor(db: Database) {
    this.revocations = new RevocationStore(db);
    this.accounts = new AccountWordStore(db);
    this.channels = new ChannelWordStore(db);
  }
}

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

export class ChannelWordStore {
  private readonly put: Statement;

  constructor(private readonly db: Database) {
    this.put = db.prepare(
      'INSERT OR REPLACE INTO channel_words (channel, title, state, time, sig) VALUES (?, ?, ?, ?, ?)',
    );
  }

  load(): ChannelWord[] {
    return this.db
      .prepare('SELECT channel, title, state, time, sig FROM channel_words')
      .all()
      .map((row) => ({
        channel: row['channel'] as string,
        title: row['title'] as string,
        state: row['state'] as ChannelState,
        time: new Date(Number(row['time'])).toISOString(),
        sig: row['sig'] as string,
      }));
  }

  save({ channel, title, state, time, sig }: ChannelWord): void {
    this.put.run(channel, title, state, Date.parse(time), sig);
  }
}
