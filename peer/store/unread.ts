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
import { Reading, ReadingStatements } from './reading.js';
import { Counting, CountStatements, TOLD_SQL, type Place } from './unread-count.js';

/** A place of the timeline; `time`: where it stands there, in milliseconds since 1970. */
export interface TimelinePlace {
  readonly time: number;
  readonly device: DeviceId;
  readonly seq: number;
}

const PLACE = '(c.unread_time, c.unread_device, c.unread_seq)';

type Names = 'readOf' | 'state' | 'end' | 'setLine' | 'setMark' | 'anyMarked';

export class UnreadStore {
  readonly elsewhere: ElsewhereStore;
  private readonly statements: Record<Names, Statement>;
  private readonly counts: CountStatements;
  private readonly reads: ReadingStatements;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.elsewhere = new ElsewhereStore(db, numbers);
    this.counts = new CountStatements(db);
    this.reads = new ReadingStatements(db);
    this.statements = {
      readOf: db.prepare(
        `SELECT 1 FROM entries e JOIN conversations c ON c.n = e.conversation WHERE e.conversation = ?1 AND e.device = ?2
           AND e.seq = ?3 AND (e.n <= c.read_n OR ${TOLD_SQL})
           AND (c.unread_time IS NULL OR (e.place, e.device, e.seq) < ${PLACE})`,
      ),
      state: db.prepare(
        `SELECT read_n, max(read_n, skip_n) AS passed, told_read, read_id, unread_time, unread_device, unread_seq
           FROM conversations WHERE n = ?`,
      ),
      end: db.prepare('SELECT max(n) AS n FROM entries WHERE conversation = ?'),
      setLine: db.prepare('UPDATE conversations SET read_id = ? WHERE n = ?'),
      setMark: db.prepare('UPDATE conversations SET unread_time = ?, unread_device = ?, unread_seq = ? WHERE n = ?'),
      anyMarked: db.prepare(
        `SELECT 1 FROM entries e JOIN conversations c ON c.n = e.conversation WHERE e.conversation = ?
           AND ${isRowSql('e')} AND (e.place, e.device, e.seq) >= ${PLACE} LIMIT 1`,
      ),
    };
  }

  /**
   * Begins to count what is unread; undefined where nothing of the conversation was ever stored.
   * @param older what stands before this time, ms, is older than this device of a user who has others; 0: it is the first one
   */
  counting(id: ConversationId, self: UserKey, silent: readonly UserKey[], older = 0): Counting | undefined {
    const n = this.numbers.conversationIfKnown(id);
    const row = n === undefined ? undefined : this.statements.state.get(n);
    if (n === undefined || !row) return undefined;
    return new Counting(this.counts, {
      ...{ n, passed: Number(row['passed']), end: this.end(n), mark: this.mark(n), self },
      older: Number(row['told_read']) === 0 ? older : 0,
      own: this.numbers.devicesOf([self]),
      silent: this.numbers.devicesOf(silent),
    });
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
   * Begins to mark as read all that is here and sorts at or before the entry, and nothing that sorts after it. What arrives later with
   * an older time stays unread: nobody has seen it. To be called within a transaction, and each step of it as well.
   * @param line the entry up to which the user has read then
   */
  reading(id: ConversationId, upTo: TimelinePlace, line: EntryId): Reading {
    const n = this.numbers.conversation(id);
    const place = [upTo.time, this.numbers.deviceIfKnown(upTo.device) ?? 0, upTo.seq] as const;
    const isMoved = this.passMark(n, place);
    const isMarked = isMoved && this.mark(n) !== undefined;
    const row = this.statements.state.get(n);
    const [read, passed] = [Number(row?.['read_n'] ?? 0), Number(row?.['passed'] ?? 0)];
    return new Reading(this.reads, this.elsewhere, {
      ...{ id, n, place, line, read, passed, isMarked, isMoved },
      end: this.end(n),
    });
  }

  /** The user has read up to there at another device. */
  moveLine(id: ConversationId, line: EntryId): void {
    this.statements.setLine.run(line, this.numbers.conversation(id));
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
    this.statements.setLine.run(before ?? null, n);
  }

  /** The user has read over the mark, or a part of what lies behind it. Whether they have. */
  private passMark(n: number, upTo: Place): boolean {
    const mark = this.mark(n);
    if (!mark || compare(mark, upTo) > 0) return false;
    this.statements.setMark.run(upTo[0], upTo[1], upTo[2] + 1, n);
    if (!this.statements.anyMarked.get(n)) this.statements.setMark.run(null, null, null, n);
    return true;
  }

  private end(n: number): number {
    return Number(this.statements.end.get(n)?.['n'] ?? 0);
  }

  private mark(n: number): Place | undefined {
    const row = this.statements.state.get(n);
    if (!row || row['unread_time'] === null) return undefined;
    return [Number(row['unread_time']), Number(row['unread_device']), Number(row['unread_seq'])];
  }
}

function compare(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
