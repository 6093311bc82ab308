/** Pages of the list of accounts, each from an index: a page costs its rows, however many accounts there are. */
import type { UserKey, Username } from '../../../protocol/ids.js';
import type { AccountQuery, ListedAccount } from '../tracker-store.js';
import type { Database } from './database.js';

interface Row {
  key: UserKey;
  username: Username;
  lastSeen: number | null;
}

const COLUMNS = 'a.key, a.username, a.last_seen AS lastSeen';
/** Of those who are in a channel with ?1 that not everybody is in. */
const SHARING = `a.key IN (
  SELECT theirs.user FROM members own JOIN members theirs ON theirs.channel = own.channel WHERE own.user = ?1
  UNION SELECT ?1)`;
/** Sorts behind all that begins with the text before it: keys are ASCII. */
const BEHIND = '\x7f';

export class AccountPages {
  readonly #begins;
  readonly #holds;

  constructor(db: Database) {
    const both = (make: (filter: string) => string) => ({
      all: db.prepare(make('?1 IS NULL')),
      sharing: db.prepare(make(SHARING)),
    });
    this.#begins = both(
      (filter) =>
        `SELECT ${COLUMNS} FROM accounts a WHERE a.key > ?2 AND a.key >= ?3 AND a.key < ?4 AND ${filter}
         ORDER BY a.key LIMIT ?5`,
    );
    // Of a name that holds the text twice the first place counts; one that begins with it has been on a page before.
    this.#holds = both(
      (filter) =>
        `SELECT ${COLUMNS} FROM account_parts p CROSS JOIN accounts a ON a.key = p.key
         WHERE (p.part, p.key) > (?2, ?3) AND p.part < ?4 || '${BEHIND}'
           AND instr(p.key, ?4) = length(p.key) - length(p.part) + 1 AND ${filter}
         ORDER BY p.part, p.key LIMIT ?5`,
    );
  }

  page({ part = '', after = '' as UserKey, limit, sharing }: AccountQuery): ListedAccount[] {
    const which = sharing === undefined ? 'all' : 'sharing';
    const user = sharing ?? null;
    const rows: Row[] = [];
    const at = part === '' ? 0 : after.indexOf(part);
    if (at <= 0) {
      rows.push(...(this.#begins[which].all(user, after, part, part + BEHIND, limit) as unknown as Row[]));
    }
    if (part !== '' && rows.length < limit) {
      // The first page begins where the first match can stand, not where the index does.
      const place = at > 0 ? after.slice(at) : part;
      rows.push(
        ...(this.#holds[which].all(user, place, at > 0 ? after : '', part, limit - rows.length) as unknown as Row[]),
      );
    }
    return rows.map(({ key, username, lastSeen }) => ({ key, username, lastSeen: lastSeen ?? undefined }));
  }
}
