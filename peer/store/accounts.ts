/** Accounts that the tracker told of, so that people are found while it is away. A copy: the tracker tells them again. */
import type { Username } from '../../protocol/ids.js';
import type { Database, Statement } from './sqlite.js';

export interface KnownAccount {
  readonly username: Username;
  /** Milliseconds since 1970; undefined while no peer of theirs was ever heard of. */
  readonly lastSeen: number | undefined;
}

/** More are not kept: those that were told first go. */
const KEPT_MAX = 5_000;

export class KnownAccountStore {
  private readonly put: Statement;
  private readonly trim: Statement;

  constructor(
    private readonly db: Database,
    private readonly failed: (error: unknown) => void,
  ) {
    this.put = db.prepare(
      'INSERT OR REPLACE INTO known_accounts (user, username, last_seen) VALUES (lower(?1), ?1, ?2)',
    );
    this.trim = db.prepare('DELETE FROM known_accounts WHERE n <= (SELECT max(n) FROM known_accounts) - ?1');
  }

  load(): KnownAccount[] {
    const rows = this.db.prepare('SELECT username, last_seen FROM known_accounts ORDER BY n').all();
    return rows.map((row) => ({
      username: row['username'] as Username,
      lastSeen: row['last_seen'] === null ? undefined : Number(row['last_seen']),
    }));
  }

  /** In one write; `all`: there are no others. Never throws: they are told again. */
  save(accounts: readonly KnownAccount[], all: boolean): void {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      try {
        if (all) this.db.exec('DELETE FROM known_accounts');
        for (const { username, lastSeen } of accounts) this.put.run(username, lastSeen ?? null);
        this.trim.run(KEPT_MAX);
        this.db.exec('COMMIT');
      } catch (error) {
        this.db.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      this.failed(error);
    }
  }
}
