import type { ChannelName, DeviceId, UserKey } from '../../../protocol/ids.js';
import type { Prekey } from '../../../protocol/mailbox-prekey.js';
import type { MailboxStore, NewMail, PrekeyStore, StoredMail, StoredPrekey } from '../mailbox-store.js';
import { toPromise, type Database } from './database.js';
import type { GroupedWrites } from './grouped-writes.js';

interface Row {
  n: number;
  prekey: string;
  blob: Uint8Array;
}

/** Triggers keep the sum of each user's bytes, in the same transaction as the change: see migrations.ts. */
export class SqliteMailboxes implements MailboxStore {
  readonly #listeners = new Set<(to: { user: UserKey; device: DeviceId }) => void>();
  readonly #put;
  readonly #bytes;
  readonly #list;
  readonly #remove;
  readonly #removeDevice;
  readonly #removeOlder;

  constructor(
    db: Database,
    private readonly writes: GroupedWrites,
  ) {
    this.#put = db.prepare(
      `INSERT INTO mails (user, device, prekey, blob, created)
       SELECT ?1, ?2, ?3, ?4, ?5
       WHERE length(?4) + ifnull((SELECT bytes FROM mailbox_bytes WHERE user = ?1), 0) <= ?6`,
    );
    this.#bytes = db.prepare('SELECT bytes FROM mailbox_bytes WHERE user = ?');
    this.#list = db.prepare(
      'SELECT n, prekey, blob FROM mails WHERE device = ? AND user = ? AND n > ? ORDER BY n LIMIT ?',
    );
    this.#remove = db.prepare('DELETE FROM mails WHERE n = ? AND device = ? AND user = ?');
    this.#removeDevice = db.prepare('DELETE FROM mails WHERE device = ?');
    this.#removeOlder = db.prepare('DELETE FROM mails WHERE created <= ?');
  }

  async put({ user, device, prekey, blob, created }: NewMail, maxBytes: number): Promise<boolean> {
    const { changes } = await this.writes.run(() => this.#put.run(user, device, prekey, blob, created, maxBytes));
    if (changes === 0) return false;
    for (const listener of this.#listeners) listener({ user, device });
    return true;
  }

  list(
    { user, device }: { user: UserKey; device: DeviceId },
    after: string | undefined,
    maxCount: number,
    maxBytes: number,
  ): Promise<{ mails: readonly StoredMail[]; more: boolean }> {
    return toPromise(() => {
      const mails: StoredMail[] = [];
      let bytes = 0;
      let last = toNumber(after);
      for (;;) {
        // Row by row, so that nothing is read that the page does not take.
        const row = this.#list.get(device, user, last, 1) as Row | undefined;
        if (!row) return { mails, more: false };
        bytes += row.blob.length;
        if (mails.length > 0 && (bytes > maxBytes || mails.length >= maxCount)) return { mails, more: true };
        mails.push({ id: String(row.n), prekey: row.prekey, blob: row.blob });
        last = row.n;
      }
    });
  }

  async remove({ user, device }: { user: UserKey; device: DeviceId }, ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.writes.run(() => this.#remove.run(toNumber(id), device, user))));
  }

  removeDevice(device: DeviceId): Promise<void> {
    return toPromise(() => {
      this.#removeDevice.run(device);
    });
  }

  removeOlder(created: number): Promise<number> {
    return toPromise(() => this.#removeOlder.run(created).changes);
  }

  bytes(user: UserKey): Promise<number> {
    return toPromise(() => (this.#bytes.get(user) as { bytes: number } | undefined)?.bytes ?? 0);
  }

  watch(listener: (to: { user: UserKey; device: DeviceId }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Ids are row numbers. For anything else: 0, which sorts before all rows and belongs to none. */
function toNumber(id: string | undefined): number {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : 0;
}

interface PrekeyRow extends Prekey {
  user: UserKey;
  published: number;
}

const SELECT_PREKEY = 'SELECT p.device, p.user, p.username, p.id, p.key, p.time, p.sig, p.published FROM prekeys p';

const toPrekey = ({ user, published, username, device, id, key, time, sig }: PrekeyRow): StoredPrekey => ({
  prekey: { username, device, id, key, time, sig },
  user,
  published,
});

export class SqlitePrekeys implements PrekeyStore {
  readonly #put;
  readonly #find;
  readonly #ofUser;
  readonly #ofChannel;

  constructor(
    db: Database,
    private readonly writes: GroupedWrites,
  ) {
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO prekeys (device, user, username, id, key, time, sig, published) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#find = db.prepare(`${SELECT_PREKEY} WHERE p.device = ?`);
    this.#ofUser = db.prepare(`${SELECT_PREKEY} WHERE p.user = ? ORDER BY p.published DESC LIMIT ?`);
    this.#ofChannel = db.prepare(
      `${SELECT_PREKEY} JOIN channels c ON c.name = ?
       WHERE c.permanent = 1 OR EXISTS (SELECT 1 FROM members m WHERE m.channel = c.name AND m.user = p.user)
       ORDER BY p.published DESC LIMIT ?`,
    );
  }

  put({ prekey, user, published }: StoredPrekey): Promise<void> {
    const { device, username, id, key, time, sig } = prekey;
    return this.writes.run(() => {
      this.#put.run(device, user, username, id, key, time, sig, published);
    });
  }

  find(device: DeviceId): Promise<StoredPrekey | undefined> {
    return toPromise(() => {
      const row = this.#find.get(device) as PrekeyRow | undefined;
      return row && toPrekey(row);
    });
  }

  ofUser(user: UserKey, limit: number): Promise<readonly StoredPrekey[]> {
    return toPromise(() => (this.#ofUser.all(user, limit) as unknown as PrekeyRow[]).map(toPrekey));
  }

  ofChannel(channel: ChannelName, limit: number): Promise<readonly StoredPrekey[]> {
    return toPromise(() => (this.#ofChannel.all(channel, limit) as unknown as PrekeyRow[]).map(toPrekey));
  }
}
