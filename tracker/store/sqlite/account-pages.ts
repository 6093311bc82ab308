import type { UserKey, Username } from '../../../protocol/ids.js';
import type {
  AccountQuery,
  AccountState,
  AllAccountsQuery,
  AnyAccount,
  GuestState,
  ListedAccount,
} from '../tracker-store.js';
import type { Database } from './database.js';

/** By the numbers in the table. */
export const GUEST_STATES: readonly (GuestState | undefined)[] = [undefined, 'here', 'gone'];
export const STATES: readonly (AccountState | undefined)[] = [undefined, 'pending', 'disabled', 'removed'];

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
         WHERE a.guest < 2 AND a.state = 0 AND a.key > ?2 AND a.key >= ?3 AND a.key < ?4 AND ${filter}
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

interface AnyRow {
  key: UserKey;
  username: Username;
  created: number;
  lastSeen: number | null;
  state: number;
  admin: number;
}

const ANY = 'key, username, created, last_seen AS lastSeen, state, admin';

/**
 * What admins see: all accounts but guests'. A text is looked for in every name, some milliseconds for 100,000 of them; pages by state
 * and of admins come from an index.
 */
export class AllAccountPages {
  readonly #all;
  readonly #inState;
  readonly #admins;

  constructor(db: Database) {
    const filter = 'key > ?1 AND instr(key, ?2) > 0';
    this.#all = db.prepare(
      `SELECT ${ANY} FROM accounts INDEXED BY accounts_of_members WHERE guest = 0 AND ${filter}
       AND (?4 = 0 OR state = 0) ORDER BY key LIMIT ?3`,
    );
    this.#inState = db.prepare(
      `SELECT ${ANY} FROM accounts INDEXED BY accounts_by_state WHERE state > 0 AND state = ?4 AND guest = 0 AND ${filter}
       ORDER BY key LIMIT ?3`,
    );
    this.#admins = db.prepare(
      `SELECT ${ANY} FROM accounts INDEXED BY accounts_of_admins WHERE admin = 1 AND ${filter} ORDER BY key LIMIT ?3`,
    );
  }

  page({ part = '', after = '' as UserKey, limit, state, admin }: AllAccountsQuery): AnyAccount[] {
    const from = [after, part, limit];
    const rows =
      admin === true
        ? this.#admins.all(...from)
        : state === undefined || state === 'used'
          ? this.#all.all(...from, state === 'used' ? 1 : 0)
          : this.#inState.all(...from, STATES.indexOf(state));
    return (rows as unknown as AnyRow[]).map((row) => ({
      ...row,
      lastSeen: row.lastSeen ?? undefined,
      state: STATES[row.state],
      admin: row.admin === 1,
    }));
  }
}
