/**
 * How much of one conversation is unread, looked up in steps: among many thousands of entries no other work waits for all of it. What
 * arrived since the user last looked is walked through in the order of arrival, what they want unread again in that of the timeline.
 */
import { isRowSql } from './rows.js';
import type { Database, Row, Statement } from './sqlite.js';

/** Unread entries are counted up to here; more are "many". */
export const UNREAD_MAX = 10_000;

/** So many rows in which nothing is unread are passed over anew each time; more are noted in `skip_n`. */
const PASSED_MAX = 500;

/** A place of the timeline: time, ms, number of the device, number within its log. */
export type Place = readonly [time: number, device: number, seq: number];

export interface UnreadCount {
  readonly unread: number;
  /** How many of them name the user, or call everybody. */
  readonly mentions: number;
}

export interface CountedConversation {
  readonly n: number;
  /** Rows up to this one, in the order of arrival, are read. */
  readonly passed: number;
  /** The last row that is looked at. */
  readonly end: number;
  /** From this place on the user wants it unread again. */
  readonly mark: Place | undefined;
  /** What stands before this time, ms, is read, as none of the user's other devices has told of the conversation; 0: nothing is. */
  readonly older: number;
  /** The user's name, and numbers of all their devices: their own entries do not count. */
  readonly self: string;
  readonly own: readonly number[];
  /** Numbers of devices whose entries do not count either, for now. */
  readonly silent: readonly number[];
}

/** ?1: the conversation; ?2: the user; ?3: their devices; ?4: `older`; ?5: devices of the silent. */
const COUNTS = `e.kind IN ('text', 'file') AND e.device NOT IN (SELECT value FROM json_each(?3))
  AND NOT EXISTS (SELECT 1 FROM deleted x WHERE x.n = e.n)`;
const HEARD = 'e.device NOT IN (SELECT value FROM json_each(?5))';
const NAMED = `CASE WHEN e.data = '{}' THEN 0 WHEN json_extract(e.data, '$.call') IN ('all', 'here') THEN 1
  WHEN json_type(e.data, '$.mentions') IS NOT 'array' THEN 0 ELSE EXISTS
  (SELECT 1 FROM json_each(e.data, '$.mentions') WHERE type = 'text' AND lower(value) = ?2) END`;
/** What the user has read of a log at another device, or here apart from what came before it. */
export const TOLD_SQL = `e.seq <= coalesce((SELECT r.seq FROM read_elsewhere r JOIN devices d ON d.id = r.device
  WHERE r.conversation = e.conversation AND d.n = e.device), 0)`;
const ELSEWHERE = `(e.place < ?4 OR ${TOLD_SQL})`;

/** Of a walk through rows: how many it has looked at, at the most, and whether there are more. */
export interface Step {
  readonly looked: number;
  readonly isMore: boolean;
}

/** What is found among rows. `passes`: what would count if nobody were silent. */
const sums = (rows: string): string =>
  `SELECT count(*) AS rows, max(n) AS last, min(CASE WHEN passes THEN n END) AS first,
     count(CASE WHEN passes AND heard THEN 1 END) AS unread,
     coalesce(sum(CASE WHEN passes AND heard THEN named END), 0) AS mentions,
     min(CASE WHEN passes AND heard THEN place END) AS place FROM (${rows})`;
const rowsOf = (index: string, passes: string): string =>
  `SELECT e.n, e.place, ${passes} AS passes, ${HEARD} AS heard, ${NAMED} AS named
     FROM entries e INDEXED BY ${index} WHERE e.conversation = ?1`;

export class CountStatements {
  readonly came: Statement;
  readonly again: Statement;
  readonly next: Statement;
  readonly skip: Statement;

  constructor(db: Database) {
    // ?6: `passed`; ?7: `end`.
    this.came = db.prepare(
      sums(
        `${rowsOf('entries_arrival', `${COUNTS} AND NOT ${ELSEWHERE}`)} AND e.n > ?6 AND e.n <= ?7 ORDER BY e.n LIMIT ?8`,
      ),
    );
    this.again = db.prepare(
      sums(`${rowsOf('entries_rows', `${COUNTS} AND e.n <= ?7 AND (e.n <= ?6 OR ${ELSEWHERE})`)} AND ${isRowSql('e')}
        AND (e.place, e.device, e.seq) >= (?8, ?9, ?10) AND (e.place, e.device, e.seq) < (?11, ?12, ?13)`),
    );
    this.next = db.prepare(
      `SELECT place, device, seq FROM entries INDEXED BY entries_rows WHERE conversation = ?1 AND ${isRowSql()}
         AND (place, device, seq) >= (?2, ?3, ?4) ORDER BY place, device, seq LIMIT 1 OFFSET ?5`,
    );
    this.skip = db.prepare('UPDATE conversations SET skip_n = max(skip_n, ?) WHERE n = ?');
  }
}

const LAST: Place = [Number.MAX_SAFE_INTEGER, 0, 0];

/** What came while it counts is not in it. */
export class Counting {
  private unread = 0;
  private mentions = 0;
  private earliest = Infinity;
  /** Walked through in the order of arrival up to here. */
  private at: number;
  /** Of what is unread again, the next; undefined once there is none. */
  private mark: Place | undefined;
  /** Something that would count, were nobody silent. */
  private isFound = false;

  constructor(
    private readonly statements: CountStatements,
    private readonly counted: CountedConversation,
  ) {
    this.at = counted.passed;
    this.mark = counted.mark;
  }

  /** So far; whole once `step` has said so. */
  get count(): UnreadCount {
    return { unread: Math.min(this.unread, UNREAD_MAX), mentions: this.mentions };
  }

  /** The place of the first of it in the timeline, ms; undefined for none, and where there are more than are counted. */
  get first(): number | undefined {
    return this.unread > 0 && this.unread < UNREAD_MAX ? this.earliest : undefined;
  }

  /** Looks at no more than so many rows. */
  step(rows: number): Step {
    let looked = this.at < this.counted.end ? this.came(rows) : 0;
    if (this.mark && looked < rows) looked += this.again(this.mark, rows - looked);
    const isMore = this.unread < UNREAD_MAX && (this.at < this.counted.end || this.mark !== undefined);
    return { looked, isMore };
  }

  private came(rows: number): number {
    const { n, end } = this.counted;
    const found = this.statements.came.get(...this.parameters(), this.at, end, rows);
    const looked = Number(found?.['rows'] ?? 0);
    this.at = looked < rows ? end : Number(found?.['last']);
    const first = found?.['first'] ?? undefined;
    this.add(found);
    if (this.isFound) return looked;
    this.isFound = first !== undefined;
    if (this.isFound || this.at === end) this.passOver(n, this.isFound ? Number(first) - 1 : end);
    return looked;
  }

  private again(from: Place, rows: number): number {
    const { n, passed, end } = this.counted;
    const next = this.statements.next.get(n, ...from, rows);
    const to: Place | undefined = next && [Number(next['place']), Number(next['device']), Number(next['seq'])];
    const found = this.statements.again.get(...this.parameters(), passed, end, ...from, ...(to ?? LAST));
    this.add(found);
    this.mark = to;
    return Number(found?.['rows'] ?? 0);
  }

  private parameters(): [number, string, string, number, string] {
    const { n, self, own, older, silent } = this.counted;
    return [n, self, JSON.stringify(own), older, JSON.stringify(silent)];
  }

  private add(found: Row | undefined): void {
    this.unread += Number(found?.['unread'] ?? 0);
    this.mentions += Number(found?.['mentions'] ?? 0);
    this.earliest = Math.min(this.earliest, Number(found?.['place'] ?? Infinity));
  }

  /** What lies before the first that is unread is not looked through again. */
  private passOver(n: number, upTo: number): void {
    if (upTo - this.counted.passed < PASSED_MAX) return;
    try {
      this.statements.skip.run(upTo, n);
    } catch {
      // For instance the disk is full: it is only slower without.
    }
  }
}
