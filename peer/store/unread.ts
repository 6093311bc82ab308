/**
 * What the user has not read. Rows are numbered in the order of arrival, so what arrived since they last looked is one
 * span of them, whatever its time; what they want unread again begins at a place of the timeline. What they have read at another
 * device of theirs is a beginning of each log (elsewhere.ts), and so is what they have read here of logs that did not come in the order
 * of the timeline.
 */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, EntryId, UserKey } from '../../protocol/ids.js';
import { ElsewhereStore } from './elsewhere.js';
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
/** Read at another device, or, while none has told of the conversation, older than this device (`?4`). */
const ELSEWHERE = `(e.seq <= coalesce((SELECT r.seq FROM read_elsewhere r
    WHERE r.conversation = e.conversation AND r.device = d.id), 0) OR (c.told_read = 0 AND e.place < ?4))`;
/** So many rows that are read elsewhere are passed over anew each time; more are noted in `skip_n`. */
const PASSED_MAX = 500;
const PLACE = '(c.unread_time, c.unread_device, c.unread_seq)';
const FROM = `FROM entries e JOIN devices d ON d.n = e.device JOIN conversations c ON c.n = e.conversation`;

/** What is unread: what came since, and what the user wants unread again. `again`: the columns of the latter. */
const unreadSql = (columns: string, again = columns): string =>
  `SELECT ${columns} ${FROM} WHERE ${COUNTED} AND e.n > max(c.read_n, c.skip_n) AND NOT ${ELSEWHERE}
     UNION ALL SELECT ${again} ${FROM} WHERE ${COUNTED} AND c.unread_time IS NOT NULL
       AND ${isRowSql('e')}
       AND (e.place, e.device, e.seq) >= ${PLACE} AND (e.n <= max(c.read_n, c.skip_n) OR ${ELSEWHERE})`;
/** Rows that came up to `?2`, and were unread until now. */
const CAME = `FROM entries e JOIN conversations c ON c.n = e.conversation JOIN devices d ON d.n = e.device
  WHERE e.conversation = ?1 AND e.n > max(c.read_n, c.skip_n) AND e.n <= ?2 AND ${isRowSql('e')}`;

type Names =
  | 'count'
  | 'first'
  | 'end'
  | 'skip'
  | 'readOf'
  | 'state'
  | 'newestRead'
  | 'beyond'
  | 'logs'
  | 'setRead'
  | 'setMark'
  | 'anyMarked';

export class UnreadStore {
  readonly elsewhere: ElsewhereStore;
  private readonly statements: Record<Names, Statement>;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.elsewhere = new ElsewhereStore(db, numbers);
    this.statements = {
      count: db.prepare(
        `SELECT count(*) AS unread, coalesce(sum(named), 0) AS mentions, min(n) AS first FROM (
           ${unreadSql(`${NAMED}, e.n`, `${NAMED}, NULL`)} LIMIT ${UNREAD_MAX})`,
      ),
      first: db.prepare(
        `SELECT id FROM (${unreadSql('e.id, e.place, e.device, e.seq')}) ORDER BY place, device, seq LIMIT 1`,
      ),
      end: db.prepare(
        `SELECT (SELECT max(n) FROM entries WHERE conversation = c.n) AS n, max(c.read_n, c.skip_n) AS passed
           FROM conversations c WHERE c.n = ?`,
      ),
      skip: db.prepare('UPDATE conversations SET skip_n = max(skip_n, ?) WHERE n = ?'),
      readOf: db.prepare(
        `SELECT 1 ${FROM} WHERE e.conversation = ?1 AND e.device = ?2 AND e.seq = ?3
           AND (e.n <= c.read_n OR ${ELSEWHERE.replace('?4', '0')})
           AND (c.unread_time IS NULL OR (e.place, e.device, e.seq) < ${PLACE})`,
      ),
      state: db.prepare(
        'SELECT read_n, read_id, unread_time, unread_device, unread_seq FROM conversations WHERE n = ?',
      ),
      newestRead: db.prepare(
        `SELECT max(n) AS n FROM entries WHERE conversation = ?1
           AND n > (SELECT read_n FROM conversations WHERE n = ?1) AND (place, device, seq) <= (?2, ?3, ?4)`,
      ),
      beyond: db.prepare(
        `SELECT 1 ${CAME} AND (e.place, e.device, e.seq) > (?3, ?4, ?5) AND NOT ${ELSEWHERE.replace('?4', '0')} LIMIT 1`,
      ),
      logs: db.prepare(
        `SELECT d.id, max(e.seq) AS seq ${CAME} AND (e.place, e.device, e.seq) <= (?3, ?4, ?5) GROUP BY d.id`,
      ),
      setRead: db.prepare('UPDATE conversations SET read_n = max(read_n, ?), read_id = ? WHERE n = ?'),
      setMark: db.prepare('UPDATE conversations SET unread_time = ?, unread_device = ?, unread_seq = ? WHERE n = ?'),
      anyMarked: db.prepare(
        `SELECT 1 FROM entries e JOIN conversations c ON c.n = e.conversation WHERE e.conversation = ?
           AND ${isRowSql('e')} AND (e.place, e.device, e.seq) >= ${PLACE} LIMIT 1`,
      ),
    };
  }

  /** `older`: what stands before this time, ms, is older than this device of a user who has others; 0: it is the first one. */
  count(id: ConversationId, self: UserKey, silent: readonly UserKey[], older = 0): UnreadCount {
    const n = this.numbers.conversationIfKnown(id);
    if (n === undefined) return { unread: 0, mentions: 0 };
    const row = this.statements.count.get(n, self, JSON.stringify(silent), older);
    const unread = Number(row?.['unread'] ?? 0);
    if (unread < UNREAD_MAX)
      // What the silent wrote may count again: it is not passed over.
      this.passOver(n, () => (silent.length === 0 ? row : this.statements.count.get(n, self, '[]', older))?.['first']);
    return { unread, mentions: Number(row?.['mentions'] ?? 0) };
  }

  /** The first of what is unread, in the order of the timeline; `older` as above. */
  first(id: ConversationId, self: UserKey, silent: readonly UserKey[], older = 0): EntryId | undefined {
    const n = this.numbers.conversationIfKnown(id);
    const row = n === undefined ? undefined : this.statements.first.get(n, self, JSON.stringify(silent), older);
    return (row?.['id'] ?? undefined) as EntryId | undefined;
  }

  /**
   * The last entry of a device's log, of which `end` entries are here, up to which the user has read it: at this device or another one.
   * Found by halving, as what was read of a log is its beginning. 0: nothing.
   */
  readOf(id: ConversationId, device: DeviceId, end: number): number {
    const [c, d] = [this.numbers.conversationIfKnown(id), this.numbers.deviceIfKnown(device)];
    if (c === undefined || d === undefined) return 0;
    // Mostly all of it was.
    if (this.statements.readOf.get(c, d, end)) return end;
    let [low, high] = [1, end];
    while (low <= high) {
      const seq = Math.floor((low + high) / 2);
      if (this.statements.readOf.get(c, d, seq)) low = seq + 1;
      else high = seq - 1;
    }
    return high;
  }

  /** The entry up to which the user has read; of none where they never did. */
  readUpTo(id: ConversationId): EntryId | undefined {
    const n = this.numbers.conversationIfKnown(id);
    const row = n === undefined ? undefined : this.statements.state.get(n);
    return (row?.['read_id'] ?? undefined) as EntryId | undefined;
  }

  /**
   * Marks as read all that is here and sorts at or before the entry, and nothing that sorts after it. What arrives later with an older
   * time stays unread: nobody has seen it. To be called within a transaction.
   * @param line the entry up to which the user has read now; it stays where it was when nothing was unread up to here
   */
  markRead(id: ConversationId, upTo: TimelinePlace, line: EntryId): void {
    const n = this.numbers.conversation(id);
    const device = this.numbers.deviceIfKnown(upTo.device) ?? 0;
    const place = [upTo.time, device, upTo.seq] as const;
    const newest = this.statements.newestRead.get(n, ...place)?.['n'];
    const moved = this.passMark(n, place);
    if (typeof newest !== 'number' && typeof newest !== 'bigint') {
      if (moved) this.statements.setRead.run(0, line, n);
      return;
    }
    // Behind a mark everything is unread, whenever it came.
    const apart = !(moved && this.mark(n)) && this.statements.beyond.get(n, newest, ...place) !== undefined;
    if (apart) {
      const logs = this.statements.logs.all(n, newest, ...place);
      this.elsewhere.heard(id, new Map(logs.map((row) => [row['id'] as DeviceId, Number(row['seq'])])), false);
    }
    this.statements.setRead.run(apart ? 0 : newest, line, n);
  }

  /** The user has read up to there at another device. */
  moveLine(id: ConversationId, line: EntryId): void {
    this.statements.setRead.run(0, line, this.numbers.conversation(id));
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

  /** Nothing before `first` is unread: it is not looked through again. */
  private passOver(n: number, first: () => unknown): void {
    const row = this.statements.end.get(n);
    const [end, passed] = [Number(row?.['n'] ?? 0), Number(row?.['passed'] ?? 0)];
    if (end - passed < PASSED_MAX) return;
    const found = first() ?? undefined;
    const upTo = found === undefined ? end : Number(found) - 1;
    if (upTo - passed < PASSED_MAX) return;
    try {
      this.statements.skip.run(upTo, n);
    } catch {
      // For instance the disk is full: it is only slower without.
    }
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
