import type { UserKey } from '../../../protocol/ids.js';
import type { Session, SessionStore } from '../tracker-store.js';
import { toPromise, type Database } from './database.js';

export class SqliteSessions implements SessionStore {
  readonly #put;
  readonly #find;
  readonly #extend;
  readonly #remove;
  readonly #ofUser;
  readonly #removeExpired;
  readonly #count;

  constructor(db: Database) {
    this.#put = db.prepare('INSERT INTO sessions (hash, user, created, expires) VALUES (?, ?, ?, ?)');
    this.#find = db.prepare(
      `SELECT s.hash, s.user, a.username, s.created, s.expires
       FROM sessions s JOIN accounts a ON a.key = s.user WHERE s.hash = ?`,
    );
    this.#extend = db.prepare('UPDATE sessions SET expires = ? WHERE hash = ?');
    this.#remove = db.prepare('DELETE FROM sessions WHERE hash = ?');
    this.#ofUser = db.prepare('SELECT hash FROM sessions WHERE user = ? ORDER BY created DESC');
    this.#removeExpired = db.prepare('DELETE FROM sessions WHERE expires <= ?');
    this.#count = db.prepare('SELECT count(*) AS n FROM sessions');
  }

  put(session: Session): Promise<void> {
    return toPromise(() => {
      this.#put.run(session.hash, session.user, session.created, session.expires);
    });
  }

  find(hash: string): Promise<Session | undefined> {
    return toPromise(() => {
      const row = this.#find.get(hash) as Session | undefined;
      return row && { ...row };
    });
  }

  extend(hash: string, expires: number): Promise<void> {
    return toPromise(() => {
      this.#extend.run(expires, hash);
    });
  }

  remove(hash: string): Promise<void> {
    return toPromise(() => {
      this.#remove.run(hash);
    });
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
}
