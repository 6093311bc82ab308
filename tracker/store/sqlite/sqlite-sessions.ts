import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { Session, SessionStore } from '../tracker-store.js';
import { toPromise, type Database } from './database.js';
import type { GroupedWrites } from './grouped-writes.js';

export class SqliteSessions implements SessionStore {
  readonly isShared = false;
  readonly #listeners = new Set<(hash: string) => void>();
  readonly #put;
  readonly #find;
  readonly #extend;
  readonly #bind;
  readonly #ofDevice;
  readonly #remove;
  readonly #ofUser;
  readonly #removeExpired;
  readonly #count;

  constructor(
    db: Database,
    private readonly writes: GroupedWrites,
  ) {
    this.#put = db.prepare(
      'INSERT INTO sessions (hash, user, created, expires, epoch, device) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#find = db.prepare(
      `SELECT s.hash, s.user, a.username, s.created, s.expires, s.epoch, s.device
       FROM sessions s JOIN accounts a ON a.key = s.user WHERE s.hash = ? AND a.state = 0 AND s.epoch >= a.epoch`,
    );
    this.#extend = db.prepare('UPDATE sessions SET expires = ? WHERE hash = ?');
    this.#bind = db.prepare('UPDATE sessions SET device = ? WHERE hash = ?');
    this.#ofDevice = db.prepare('SELECT hash FROM sessions WHERE device = ? ORDER BY created DESC');
    this.#remove = db.prepare('DELETE FROM sessions WHERE hash = ?');
    this.#ofUser = db.prepare('SELECT hash FROM sessions WHERE user = ? ORDER BY created DESC');
    this.#removeExpired = db.prepare('DELETE FROM sessions WHERE expires <= ?');
    this.#count = db.prepare('SELECT count(*) AS n FROM sessions');
  }

  put(session: Session): Promise<void> {
    return this.writes.run(() => {
      const { hash, user, created, expires, epoch, device } = session;
      this.#put.run(hash, user, created, expires, epoch, device ?? null);
    });
  }

  find(hash: string): Promise<Session | undefined> {
    return toPromise(() => {
      const row = this.#find.get(hash) as (Omit<Session, 'device'> & { device: DeviceId | null }) | undefined;
      return row && { ...row, device: row.device ?? undefined };
    });
  }

  extend(hash: string, expires: number): Promise<void> {
    return this.writes.run(() => {
      this.#extend.run(expires, hash);
    });
  }

  bind(hash: string, device: DeviceId): Promise<boolean> {
    return this.writes.run(() => this.#bind.run(device, hash).changes > 0);
  }

  ofDevice(device: DeviceId): Promise<readonly string[]> {
    return toPromise(() => (this.#ofDevice.all(device) as { hash: string }[]).map((row) => row.hash));
  }

  async remove(hash: string): Promise<void> {
    const { changes } = await this.writes.run(() => this.#remove.run(hash));
    if (changes > 0) for (const listener of this.#listeners) listener(hash);
  }

  ofUser(user: UserKey): Promise<readonly string[]> {
    return toPromise(() => (this.#ofUser.all(user) as { hash: string }[]).map((row) => row.hash));
  }

  removeExpired(now: number): Promise<number> {
    return toPromise(() => this.#removeExpired.run(now).changes);
  }

  count(): Promise<number> {
    return toPromise(() => (this.#count.get() as { n: number }).n);
  }

  watch(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
