/**
 * What the user has not read. Rows are numbered in the order of arrival, so what arrived since they last looked is one
 * span of them, whatever its time; what they want unread again begins at a place of the timeline.
 */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, EntryId, UserKey } from '../../protocol/ids.js';
import { isRowSql } from './rows.js';
import type { Numbering } from './numbering.js';

/** Unread entries are counted up to here; more are "many". */
export const UNREAD_MAX = 10_000;

/** A place of the timeline; `time`: where it stands there, in milliseconds since 1970. */
export interface TimelinePlace {
  readonly time: number;
  readonly device: DeviceId;
  readonly seq: number;
}

export interface UnreadCount {
  readonly unread: number;
  /** How many of them name the user, or call everybody. */
  readonly mentions: number;
}

/** The user's own entries do not count, nor those of the `silent`, nor what was taken back. */
const COUNTED = `e.conversation = ?1 AND e.kind IN ('text', 'file') AND lower(d.username) <> ?2
  AND lower(d.username) NOT IN (SELECT value FROM json_each(?3)) AND NOT EXISTS (SELECT 1 FROM deleted x WHERE x.n = e.n)`;
const NAMED = `CASE WHEN e.data = '{}' THEN 0 WHEN json_extract(e.data, '$.call') IN ('all', 'here') THEN 1 WHEN json_type(e.data, '$.mentions') IS NOT 'array' THEN 0 ELSE EXISTS
  (SELECT 1 FROM json_each(e.data, '$.mentions') WHERE type = 'text' AND lower(value) = ?2) END AS named`;
const PLACE = '(c.unread_time, c.unread_device, c.unread_seq)';
const FROM = `FROM entries e JOIN devices d ON d.n = e.device JOIN conversations c ON c.n = e.conversation`;

type Names = 'count' | 'state' | 'newestRead' | 'setRead' | 'setMark' | 'anyMarked';

export class UnreadStore {
  private readonly statements: Record<Names, Statement>;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.statements = {
      count: db.prepare(
        `SELECT count(*) AS unread, coalesce(sum(named), 0) AS mentions FROM (
           SELECT ${NAMED} ${FROM} WHERE ${COUNTED} AND e.n > c.read_n
           UNION ALL SELECT ${NAMED} ${FROM} WHERE ${COUNTED} AND c.unread_time IS NOT NULL
             AND ${isRowSql('e')}
             AND (e.place, e.device, e.seq) >= ${PLACE} AND e.n <= c.read_n
           LIMIT ${UNREAD_MAX})`,
      ),
      state: db.prepare(
        'SELECT read_n, read_id, unread_time, unread_device, unread_seq FROM conversations WHERE n = ?',
      ),
      newestRead: db.prepare(
        `SELECT max(n) AS n FROM entries WHERE conversation = ?1
           AND n > (SELECT read_n FROM conversations WHERE n = ?1) AND (place, device, seq) <= (?2, ?3, ?4)`,
      ),
      setRead: db.prepare('UPDATE conversations SET read_n = max(read_n, ?), read_id = ? WHERE n = ?'),
      setMark: db.prepare('UPDATE conversations SET unread_time = ?, unread_device = ?, unread_seq = ? WHERE n = ?'),
      anyMarked: db.prepare(
        `SELECT 1 FROM entries e JOIN conversations c ON c.n = e.conversation WHERE e.conversation = ?
           AND ${isRowSql('e')} AND (e.place, e.device, e.seq) >= ${PLACE} LIMIT 1`,
      ),
    };
  }

  count(id: ConversationId, self: UserKey, silent: readonly UserKey[]): UnreadCount {
    const n = this.numbers.conversationIfKnown(id);
    const row = n === undefined ? undefined : this.statements.count.get(n, self, JSON.stringify(silent));
    return { unread: Number(row?.['unread'] ?? 0), mentions: Number(row?.['mentions'] ?? 0) };
  }

  /** The entry up to which the user has read; of none where they never did. */
  readUpTo(id: ConversationId): EntryId | undefined {
    const n = this.numbers.conversationIfKnown(id);
    const row = n === undefined ? undefined : this.statements.state.get(n);
    return (row?.['read_id'] ?? undefined) as EntryId | undefined;
  }

  /**
   * Marks as read all that is here and sorts at or before the entry. What arrives later with an older time stays unread:
   * nobody has seen it.
   * @param line the entry up to which the user has read now; it stays where it was when nothing was unread up to here
   */
  markRead(id: ConversationId, upTo: TimelinePlace, line: EntryId): void {
    const n = this.numbers.conversation(id);
    const device = this.numbers.deviceIfKnown(upTo.device) ?? 0;
    const newest = this.statements.newestRead.get(n, upTo.time, device, upTo.seq)?.['n'];
    const moved = this.passMark(n, [upTo.time, device, upTo.seq]);
    if (typeof newest === 'number' || typeof newest === 'bigint') this.statements.setRead.run(newest, line, n);
    else if (moved) this.statements.setRead.run(0, line, n);
  }

  /**
   * Makes everything from a place on unread again.
   * @param before what counts as read now: the row before; undefined where there is none
   */
  markUnread(id: ConversationId, from: TimelinePlace, before: EntryId | undefined): void {
    const n = this.numbers.conversation(id);
    const place = [from.time, this.numbers.deviceIfKnown(from.device) ?? 0, from.seq] as const;
    const mark = this.mark(n);
    if (!mark || compare(place, mark) < 0) this.statements.setMark.run(...place, n);
    this.statements.setRead.run(0, before ?? null, n);
  }

  /** The user has read over the mark, or a part of what lies behind it. Whether they have. */
  private passMark(n: number, upTo: readonly [number, number, number]): boolean {
    const mark = this.mark(n);
    if (!mark || compare(mark, upTo) > 0) return false;
    this.statements.setMark.run(upTo[0], upTo[1], upTo[2] + 1, n);
    if (!this.statements.anyMarked.get(n)) this.statements.setMark.run(null, null, null, n);
    return true;
  }

  private mark(n: number): [number, number, number] | undefined {
    const row = this.statements.state.get(n);
    if (!row || row['unread_time'] === null) return undefined;
    return [Number(row['unread_time']), Number(row['unread_device']), Number(row['unread_seq'])];
  }
}

function compare(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
