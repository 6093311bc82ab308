import type { ChannelName, DeviceId, UserKey } from '../../../protocol/ids.js';
import type { Prekey } from '../../../protocol/mailbox-prekey.js';
import type { PrekeyStore, StoredPrekey } from '../mailbox-store.js';
import { work, type Database } from './database.js';

interface Row extends Prekey {
  user: UserKey;
  published: number;
}

const SELECT = 'SELECT p.device, p.user, p.username, p.id, p.key, p.time, p.sig, p.published FROM prekeys p';

const toPrekey = ({ user, published, username, device, id, key, time, sig }: Row): StoredPrekey => ({
  prekey: { username, device, id, key, time, sig },
  user,
  published,
});

export class SqlitePrekeys implements PrekeyStore {
  readonly #put;
  readonly #find;
  readonly #ofUser;
  readonly #ofChannel;

  constructor(db: Database) {
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO prekeys (device, user, username, id, key, time, sig, published) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#find = db.prepare(`${SELECT} WHERE p.device = ?`);
    this.#ofUser = db.prepare(`${SELECT} WHERE p.user = ? ORDER BY p.published DESC LIMIT ?`);
    this.#ofChannel = db.prepare(
      `${SELECT} JOIN channels c ON c.name = ?
       WHERE c.permanent = 1 OR EXISTS (SELECT 1 FROM members m WHERE m.channel = c.name AND m.user = p.user)
       ORDER BY p.published DESC LIMIT ?`,
    );
  }

  put({ prekey, user, published }: StoredPrekey): Promise<void> {
    const { device, username, id, key, time, sig } = prekey;
    return work(() => {
      this.#put.run(device, user, username, id, key, time, sig, published);
    });
  }

  find(device: DeviceId): Promise<StoredPrekey | undefined> {
    return work(() => {
      const row = this.#find.get(device) as Row | undefined;
      return row && toPrekey(row);
    });
  }

  ofUser(user: UserKey, limit: number): Promise<readonly StoredPrekey[]> {
    return work(() => (this.#ofUser.all(user, limit) as unknown as Row[]).map(toPrekey));
  }

  ofChannel(channel: ChannelName, limit: number): Promise<readonly StoredPrekey[]> {
    return work(() => (this.#ofChannel.all(channel, limit) as unknown as Row[]).map(toPrekey));
  }
}
