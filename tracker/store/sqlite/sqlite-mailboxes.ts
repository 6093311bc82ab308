import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { MailboxStore, NewMail, StoredMail } from '../mailbox-store.js';
import { work, type Database } from './database.js';

interface Row {
  n: number;
  prekey: string;
  blob: Uint8Array;
}

/** Triggers keep the sum of each user's bytes, in the transaction of whatever changes it: see migrations.ts. */
export class SqliteMailboxes implements MailboxStore {
  readonly #listeners = new Set<(to: { user: UserKey; device: DeviceId }) => void>();
  readonly #put;
  readonly #bytes;
  readonly #list;
  readonly #remove;
  readonly #removeDevice;
  readonly #removeOlder;

  constructor(db: Database) {
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

  put({ user, device, prekey, blob, created }: NewMail, maxBytes: number): Promise<boolean> {
    return work(() => {
      const { changes } = this.#put.run(user, device, prekey, blob, created, maxBytes);
      if (changes === 0) return false;
      for (const listener of this.#listeners) listener({ user, device });
      return true;
    });
  }

  list(
    { user, device }: { user: UserKey; device: DeviceId },
    after: string | undefined,
    maxCount: number,
    maxBytes: number,
  ): Promise<{ mails: readonly StoredMail[]; more: boolean }> {
    return work(() => {
      const mails: StoredMail[] = [];
      let bytes = 0;
      let last = toNumber(after);
      for (;;) {
        // One by one: what the page does not take is not read.
        const row = this.#list.get(device, user, last, 1) as Row | undefined;
        if (!row) return { mails, more: false };
        bytes += row.blob.length;
        if (mails.length > 0 && (bytes > maxBytes || mails.length >= maxCount)) return { mails, more: true };
        mails.push({ id: String(row.n), prekey: row.prekey, blob: row.blob });
        last = row.n;
      }
    });
  }

  remove({ user, device }: { user: UserKey; device: DeviceId }, ids: readonly string[]): Promise<void> {
    return work(() => {
      for (const id of ids) this.#remove.run(toNumber(id), device, user);
    });
  }

  removeDevice(device: DeviceId): Promise<void> {
    return work(() => {
      this.#removeDevice.run(device);
    });
  }

  removeOlder(created: number): Promise<number> {
    return work(() => this.#removeOlder.run(created).changes);
  }

  bytes(user: UserKey): Promise<number> {
    return work(() => (this.#bytes.get(user) as { bytes: number } | undefined)?.bytes ?? 0);
  }

  watch(listener: (to: { user: UserKey; device: DeviceId }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Ids are row numbers; what is none stands before all of them, and is nobody's. */
function toNumber(id: string | undefined): number {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : 0;
}
