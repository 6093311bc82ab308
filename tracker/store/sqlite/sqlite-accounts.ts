import type { UserKey, Username } from '../../../protocol/ids.js';
import type { Account, AccountQuery, AccountStore, GuestState, ListedAccount } from '../tracker-store.js';
import { toPromise, type Database } from './database.js';

interface Row {
  key: UserKey;
  username: Username;
  password_hash: string;
  created: number;
  guest: number;
  epoch: number;
}

const GUEST_STATES: readonly (GuestState | undefined)[] = [undefined, 'here', 'gone'];

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
  readonly #guestTimes;
  readonly #guestsHere;
  readonly #guestLeft;
  readonly #listeners = new Set<(username: Username) => void>();

  /** `changed` is called after each new account, and when a guest leaves: who is here is in the permanent channels. */
  constructor(
    private readonly db: Database,
    private readonly changed: () => void,
  ) {
    this.#insert = db.prepare(
      `INSERT INTO accounts (key, username, password_hash, created, guest, skeleton)
       SELECT ?1, ?2, ?3, ?4, ?5, username_skeleton(?2)
       WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE skeleton = username_skeleton(?2)) ON CONFLICT DO NOTHING`,
    );
    this.#find = db.prepare('SELECT key, username, password_hash, created, guest, epoch FROM accounts WHERE key = ?');
    this.#setPassword = db.prepare('UPDATE accounts SET password_hash = ?, epoch = epoch + 1 WHERE key = ?');
    this.#replacePassword = db.prepare('UPDATE accounts SET password_hash = ? WHERE key = ? AND password_hash = ?');
    this.#lookAlike = db.prepare(
      'SELECT username FROM accounts WHERE skeleton = username_skeleton(?) ORDER BY created, key LIMIT 1',
    );
    this.#count = db.prepare('SELECT count(*) AS n FROM accounts');
    this.#lastSeen = db.prepare('SELECT last_seen AS at FROM accounts WHERE key = ?');
    this.#seen = db.prepare('UPDATE accounts SET last_seen = ?1 WHERE key = ?2 AND coalesce(last_seen, 0) < ?1');
    this.#pages = new AccountPages(db);
    this.#guestTimes = db.prepare('SELECT created FROM accounts WHERE guest > 0 AND created > ?');
    this.#guestsHere = db.prepare('SELECT key, username FROM accounts WHERE guest = 1');
    this.#guestLeft = db.prepare('UPDATE accounts SET guest = 2 WHERE key = ? AND guest = 1');
  }

  create(account: Omit<Account, 'epoch'>): Promise<boolean> {
    return toPromise(() => {
      const { key, username, passwordHash, created, guest } = account;
      const { changes } = this.#insert.run(key, username, passwordHash, created, GUEST_STATES.indexOf(guest));
      if (changes === 0) return false;
      this.changed();
      for (const listener of this.#listeners) listener(username);
      return true;
    });
  }

  find(key: UserKey): Promise<Account | undefined> {
    return toPromise(() => {
      const row = this.#find.get(key) as Row | undefined;
      if (!row) return undefined;
      const { key: found, username, password_hash: passwordHash, created, guest, epoch } = row;
      return { key: found, username, passwordHash, created, guest: GUEST_STATES[guest], epoch };
    });
  }

  lookAlike(username: Username): Promise<Username | undefined> {
    return toPromise(() => (this.#lookAlike.get(username) as { username: Username } | undefined)?.username);
  }

  setPassword(key: UserKey, passwordHash: string, was?: string): Promise<void> {
    return toPromise(() => {
      if (was === undefined) this.#setPassword.run(passwordHash, key);
      else this.#replacePassword.run(passwordHash, key, was);
    });
  }

  count(): Promise<number> {
    return toPromise(() => (this.#count.get() as { n: number }).n);
  }

  guestTimes(since: number): Promise<readonly number[]> {
    return toPromise(() => (this.#guestTimes.all(since) as { created: number }[]).map(({ created }) => created));
  }

  guestsHere(): Promise<readonly { key: UserKey; username: Username }[]> {
    return toPromise(() => this.#guestsHere.all() as { key: UserKey; username: Username }[]);
  }

  guestLeft(key: UserKey): Promise<void> {
    return toPromise(() => {
      if (this.#guestLeft.run(key).changes > 0) this.changed();
    });
  }

  list(query: AccountQuery): Promise<readonly ListedAccount[]> {
    return toPromise(() => this.#pages.page(query));
  }

  lastSeen(key: UserKey): Promise<number | undefined> {
    return toPromise(() => (this.#lastSeen.get(key) as { at: number | null } | undefined)?.at ?? undefined);
  }

  seen(times: ReadonlyMap<UserKey, number>): Promise<void> {
    return toPromise(() => {
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

  watch(listener: (username: Username) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

interface PageRow {
  key: UserKey;
  username: Username;
  lastSeen: number | null;
  guest: number;
}

const COLUMNS = 'a.key, a.username, a.last_seen AS lastSeen, a.guest';
/** Limits a page to ?1 and to those who share with ?1 a channel that is not permanent. */
const SHARING = `a.key IN (
  SELECT theirs.user FROM members own JOIN members theirs ON theirs.channel = own.channel WHERE own.user = ?1
  UNION SELECT ?1)`;
/** Appended to a prefix, it sorts after every key with that prefix: keys are ASCII. */
const AFTER_PREFIX = '\x7f';

/** Pages of the list of accounts, each from an index: a page costs its rows, however many accounts there are. */
export class AccountPages {
  readonly #startingWith;
  readonly #containing;

  constructor(db: Database) {
    const both = (make: (filter: string) => string) => ({
      all: db.prepare(make('?1 IS NULL')),
      sharing: db.prepare(make(SHARING)),
    });
    this.#startingWith = both(
      (filter) =>
        `SELECT ${COLUMNS} FROM accounts a INDEXED BY accounts_here
         WHERE a.guest < 2 AND a.key > ?2 AND a.key >= ?3 AND a.key < ?4 AND ${filter}
         ORDER BY a.key LIMIT ?5`,
    );
    // The first match in a name counts. A name that starts with the text was on an earlier page already.
    this.#containing = both(
      (filter) =>
        `SELECT ${COLUMNS} FROM account_parts p CROSS JOIN accounts a ON a.key = p.key
         WHERE (p.part, p.key) > (?2, ?3) AND p.part < ?4 || '${AFTER_PREFIX}'
           AND instr(p.key, ?4) = length(p.key) - length(p.part) + 1 AND ${filter}
         ORDER BY p.part, p.key LIMIT ?5`,
    );
  }

  page({ part = '', after = '' as UserKey, limit, sharing }: AccountQuery): ListedAccount[] {
    const which = sharing === undefined ? 'all' : 'sharing';
    const user = sharing ?? null;
    const rows: PageRow[] = [];
    const at = part === '' ? 0 : after.indexOf(part);
    if (at <= 0) {
      rows.push(
        ...(this.#startingWith[which].all(user, after, part, part + AFTER_PREFIX, limit) as unknown as PageRow[]),
      );
    }
    if (part !== '' && rows.length < limit) {
      // The first page starts where the first match can be, not at the start of the index.
      const place = at > 0 ? after.slice(at) : part;
      rows.push(
        ...(this.#containing[which].all(
          user,
          place,
          at > 0 ? after : '',
          part,
          limit - rows.length,
        ) as unknown as PageRow[]),
      );
    }
    return rows.map(({ key, username, lastSeen, guest }) => ({
      ...{ key, username, lastSeen: lastSeen ?? undefined },
      guest: GUEST_STATES[guest],
    }));
  }
}
