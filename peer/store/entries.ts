/** The log entries in SQLite. Writing is for peer/log alone; it calls `insert` within `transaction`. */
import type { Database, Row, SqlValue, Statement } from './sqlite.js';
import { ParleyError } from '../../protocol/errors.js';
import { entryId, type Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { runCost } from '../../protocol/signed-runs.js';
import { msOf } from '../../protocol/time.js';
import { Placement } from './placement.js';
import { IS_HIDDEN_SQL, isRowSql } from './rows.js';
import type { Numbering } from './numbering.js';
import { columns, entryOf, insertSql, valuesOf, withPrev } from './entry-row.js';
import type { Transactions } from './transactions.js';

export interface LogEnd {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly seq: number;
  readonly id: EntryId;
}

/** Its id is read once it is asked for. */
class StoredEnd implements LogEnd {
  private read: EntryId | undefined;

  constructor(
    readonly conversation: ConversationId,
    readonly device: DeviceId,
    readonly seq: number,
    private readonly idAt: EntryStore['idAt'],
  ) {}

  /** @throws ParleyError storage_damaged */
  get id(): EntryId {
    this.read ??= this.idAt(this.conversation, this.device, this.seq);
    if (this.read === undefined) throw new ParleyError('storage_damaged', 'the end of a log is gone');
    return this.read;
  }
}

/** So many rows are read at once where bytes are counted. */
const PORTION = 64;
/** So many rows are written by one statement, where there are so many: one by one they cost twice as much. */
const ROWS = 32;

/** ?2: at most there; ?3: not of this device. */
const newest = 'place <= ?2 AND device IS NOT ?3 ORDER BY place DESC, device DESC, seq DESC LIMIT 1';
export interface EntryHooks {
  /** An entry is not what was written. @returns what to throw */
  readonly corrupt?: (what: string) => Error;
  /** Rows whose text an earlier version cut: shown as they are, served to nobody. See cut-rows.ts. */
  readonly cut?: ReadonlySet<number>;
  /** Within the transaction that inserts it. */
  readonly inserted?: (entry: Entry, n: number) => void;
}

export class EntryStore {
  /** What stands elsewhere since others came. */
  readonly placement: Placement;
  private readonly statements: Record<
    'insert' | 'insertMany' | 'range' | 'newestRow' | 'newestHidden' | 'at' | 'row' | 'after',
    Statement
  >;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
    private readonly transactions: Transactions,
    private readonly hooks: EntryHooks = {},
  ) {
    this.placement = new Placement(db, numbers);
    this.statements = {
      insert: db.prepare(insertSql(1)),
      insertMany: db.prepare(insertSql(ROWS)),
      range: db.prepare(
        `SELECT ${columns} FROM entries e WHERE conversation = ? AND device = ? AND seq >= ? ORDER BY seq LIMIT ?`,
      ),
      newestRow: db.prepare(
        `SELECT place, device FROM entries INDEXED BY entries_rows
           WHERE conversation = ?1 AND ${isRowSql()} AND ${newest}`,
      ),
      newestHidden: db.prepare(
        `SELECT place, device FROM entries INDEXED BY entries_hidden
           WHERE conversation = ?1 AND (${IS_HIDDEN_SQL}) AND ${newest}`,
      ),
      at: db.prepare('SELECT id FROM entries WHERE conversation = ? AND device = ? AND seq = ?'),
      row: db.prepare(`${withPrev()} WHERE e.n = ?`),
      after: db.prepare(`${withPrev()} WHERE e.n > ? ORDER BY e.n LIMIT ?`),
    };
  }

  /**
   * Runs `write` in one transaction; on an error nothing of it is kept.
   * @throws ParleyError `storage_full`, `storage_failed` or `storage_damaged`
   */
  transaction(write: () => void): void {
    this.transactions.run(write);
  }

  insert(...entries: readonly Entry[]): void {
    const { insert, insertMany } = this.statements;
    for (let from = 0; from < entries.length;) {
      const isMany = entries.length - from >= ROWS;
      const portion = entries.slice(from, from + (isMany ? ROWS : 1));
      from += portion.length;
      const values: SqlValue[] = [];
      for (const entry of portion) values.push(...valuesOf(this.numbers, entry));
      let n = Number((isMany ? insertMany : insert).run(...values).lastInsertRowid) - portion.length;
      for (const entry of portion) this.inserted(entry, ++n);
    }
  }

  /**
   * The end of every log. A loose scan of one index: its cost is the number of logs, not of entries. The id of an entry stands in its
   * row, anywhere in the file, and is read when it is asked for: of most logs nobody asks.
   */
  ends(): LogEnd[] {
    const logs = this.db.prepare(
      `WITH RECURSIVE logs (device) AS (
         SELECT min(device) FROM entries WHERE conversation = ?1
         UNION ALL
         SELECT (SELECT min(device) FROM entries WHERE conversation = ?1 AND device > l.device) FROM logs l
           WHERE l.device IS NOT NULL)
       SELECT device, (SELECT max(seq) FROM entries WHERE conversation = ?1 AND device = l.device) AS seq
         FROM logs l WHERE device IS NOT NULL`,
    );
    const idAt = this.idAt.bind(this);
    return this.numbers.conversationsBut(new Set()).flatMap((n) => {
      const conversation = this.numbers.conversationId(n);
      if (!conversation) return [];
      return logs.all(n).flatMap((row) => {
        const device = this.numbers.deviceRow(Number(row['device']))?.id;
        return device ? [new StoredEnd(conversation, device, Number(row['seq']), idAt)] : [];
      });
    });
  }

  /**
   * Entries of one log from `from` on, ascending, at most `limit`, and no more after about so many `bytes`; none from the first
   * on whose text was cut.
   */
  range(conversation: ConversationId, device: DeviceId, from: number, limit: number, bytes = Infinity): Entry[] {
    const portion = bytes === Infinity ? limit : PORTION;
    const entries: Entry[] = [];
    let size = 0;
    while (entries.length < limit && size < bytes) {
      const count = Math.min(portion, limit - entries.length);
      const read = this.portion(conversation, device, from + entries.length, count);
      for (const entry of read) {
        if (size < bytes) entries.push(entry);
        size += runCost(entry);
      }
      if (read.length < count) break;
    }
    return entries;
  }

  private inserted(entry: Entry, n: number): void {
    const { conversation, device, from, seq, time, at } = entry;
    const [c, d] = [this.numbers.conversation(conversation), this.numbers.device(device, from)];
    this.placement.inserted(c, d, seq, msOf(at ?? time));
    this.hooks.inserted?.(entry, n);
  }

  private portion(conversation: ConversationId, device: DeviceId, from: number, limit: number): Entry[] {
    const c = this.numbers.conversationIfKnown(conversation);
    const d = this.numbers.deviceIfKnown(device);
    if (c === undefined || d === undefined) return [];
    let prev = from > 1 ? (this.idAt(conversation, device, from - 1) ?? '') : '';
    const rows = this.statements.range.all(c, d, from, limit);
    const cut = this.hooks.cut?.size ? rows.findIndex((row) => this.isCut(Number(row['n']))) : -1;
    return (cut < 0 ? rows : rows.slice(0, cut)).map((row) => {
      const entry = this.read({ ...row, prev });
      prev = entry.id;
      return entry;
    });
  }

  /** Where the newest entry of a conversation stands, whatever it is: at most at `atMost`, and not of the device `but`. */
  newest(
    conversation: ConversationId,
    atMost = Infinity,
    but?: DeviceId,
  ): { time: number; device: DeviceId } | undefined {
    const c = this.numbers.conversationIfKnown(conversation);
    if (c === undefined) return undefined;
    const { newestRow, newestHidden } = this.statements;
    let last: { time: number; device: DeviceId } | undefined;
    const bounds = [
      Math.min(atMost, Number.MAX_SAFE_INTEGER),
      (but && this.numbers.deviceIfKnown(but)) ?? null,
    ] as const;
    for (const row of [newestRow.get(c, ...bounds), newestHidden.get(c, ...bounds)]) {
      const device = row && this.numbers.deviceRow(Number(row['device']))?.id;
      if (!row || !device) continue;
      const time = Number(row['place']);
      if (!last || time > last.time || (time === last.time && device > last.device)) last = { time, device };
    }
    return last;
  }

  idAt(conversation: ConversationId, device: DeviceId, seq: number): EntryId | undefined {
    const c = this.numbers.conversationIfKnown(conversation);
    const d = this.numbers.deviceIfKnown(device);
    if (c === undefined || d === undefined) return undefined;
    return this.statements.at.get(c, d, seq)?.['id'] as EntryId | undefined;
  }

  byRow(n: number): Entry | undefined {
    const row = this.statements.row.get(n);
    return row && this.checked(row);
  }

  /** In the order of arrival, unchecked. */
  after(n: number, limit: number): { n: number; entry: Entry }[] {
    return this.statements.after.all(n, limit).map((row) => ({ n: Number(row['n']), entry: this.read(row) }));
  }

  /** A row of `entries`, with its `prev`, of this or of a damaged database; undefined where it makes no sense. */
  fromRow(row: Row): Entry | undefined {
    try {
      return entryOf(this.numbers, row);
    } catch {
      return undefined; // No time, no JSON: no entry.
    }
  }

  /** What a person is shown is what was written: its hash is the id. Range, for links, leaves that to the other side. */
  checked(row: Row): Entry {
    const entry = this.read(row);
    if (entryId(entry) !== entry.id && !this.isCut(Number(row['n'])))
      throw this.corrupt(`entry ${Number(row['n'])} is not what was written`);
    return entry;
  }

  isCut(n: number): boolean {
    return this.hooks.cut?.has(n) ?? false;
  }

  private read(row: Row): Entry {
    const entry = this.fromRow(row);
    if (!entry) throw this.corrupt(`entry ${Number(row['n'])} makes no sense`);
    return entry;
  }

  private corrupt(what: string): Error {
    return this.hooks.corrupt?.(what) ?? new ParleyError('storage_damaged', what);
  }
}
