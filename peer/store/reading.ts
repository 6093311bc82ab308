/**
 * The user reads a conversation up to a place of its timeline: what arrived since they last looked is walked through in steps, in the
 * order of arrival, so that among many thousands of entries no other work waits for all of it.
 */
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { ElsewhereStore } from './elsewhere.js';
import { isRowSql } from './rows.js';
import type { Database, Statement } from './sqlite.js';
import { TOLD_SQL, type Place, type Step } from './unread-count.js';

/** ?1: the conversation; ?2: after this row; ?3: up to this one; ?4 to ?6: the place. */
const SLICE = `FROM entries e INDEXED BY entries_arrival WHERE e.conversation = ?1 AND e.n > ?2 AND e.n <= ?3`;
const IS_READ = '(e.place, e.device, e.seq) <= (?4, ?5, ?6)';

export class ReadingStatements {
  readonly bound: Statement;
  readonly look: Statement;
  readonly newest: Statement;
  readonly logs: Statement;
  readonly raise: Statement;
  readonly setLine: Statement;

  constructor(db: Database) {
    this.bound = db.prepare(`SELECT n FROM entries WHERE conversation = ? AND n > ? ORDER BY n LIMIT 1 OFFSET ?`);
    this.look = db.prepare(
      `SELECT max(CASE WHEN ${IS_READ} THEN e.n END) AS newest,
         min(CASE WHEN NOT ${IS_READ} AND ${isRowSql('e')} AND e.n > ?7
           AND NOT ${TOLD_SQL} THEN e.n END) AS left ${SLICE}`,
    );
    this.newest = db.prepare(`SELECT max(e.n) AS n ${SLICE} AND ${IS_READ}`);
    this.logs = db.prepare(
      `SELECT d.id, max(e.seq) AS seq FROM (SELECT e.device, e.seq ${SLICE} AND ${IS_READ} AND ${isRowSql('e')}) e
         JOIN devices d ON d.n = e.device GROUP BY d.id`,
    );
    this.raise = db.prepare('UPDATE conversations SET read_n = max(read_n, ?) WHERE n = ?');
    this.setLine = db.prepare('UPDATE conversations SET read_id = ? WHERE n = ?');
  }
}

export interface ReadConversation {
  readonly id: ConversationId;
  readonly n: number;
  /** Rows up to this one, in the order of arrival, are marked as read. */
  readonly read: number;
  /** Up to this one nothing is unread, be it marked or not. */
  readonly passed: number;
  /** The last row that is looked at: what comes meanwhile nobody has seen. */
  readonly end: number;
  /** Everything up to here is read, and nothing after it. */
  readonly place: Place;
  /** The entry up to which the user has read, once all is marked. */
  readonly line: EntryId;
  /** Everything behind the place is unread again, whenever it came: it need not be told apart. */
  readonly isMarked: boolean;
  /** Some of what was unread again is read by it. */
  readonly isMoved: boolean;
}

export class Reading {
  private at: number;
  /** Something that came before is left unread: what is read behind it is noted log by log. */
  private isApart = false;
  /** Something is read by it: else the line stays where it was. */
  private isRead: boolean;

  constructor(
    private readonly statements: ReadingStatements,
    private readonly elsewhere: ElsewhereStore,
    private readonly what: ReadConversation,
  ) {
    this.at = what.read;
    this.isRead = what.isMoved;
  }

  /** Within a transaction: looks at no more than so many rows. */
  step(rows: number): Step {
    const { n, end, line } = this.what;
    const next = this.statements.bound.get(n, this.at, rows - 1);
    const to = Math.min(end, Number(next?.['n'] ?? end));
    const looked = Math.min(rows, to - this.at);
    if (looked > 0) this.slice(this.at, to);
    this.at = to;
    if (to === end && this.isRead) this.statements.setLine.run(line, n);
    return { looked, isMore: to < end };
  }

  private slice(from: number, to: number): void {
    const { n, place, passed, isMarked } = this.what;
    if (this.isApart) return this.noteLogs(from, to);
    const { newest, left } = this.statements.look.get(n, from, to, ...place, passed) ?? {};
    if (typeof left !== 'number' || isMarked) return this.raise(newest);
    this.isApart = true;
    this.raise(this.statements.newest.get(n, from, left, ...place)?.['n']);
    this.noteLogs(left, to);
  }

  private raise(newest: unknown): void {
    if (typeof newest !== 'number') return;
    this.statements.raise.run(newest, this.what.n);
    this.isRead = true;
  }

  private noteLogs(from: number, to: number): void {
    const { id, n, place } = this.what;
    const logs = this.statements.logs.all(n, from, to, ...place);
    this.isRead ||= logs.length > 0;
    this.elsewhere.heard(id, new Map(logs.map((row) => [row['id'] as DeviceId, Number(row['seq'])])), false);
  }
}
