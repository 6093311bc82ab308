/** The log entries in SQLite. Writing is for peer/log alone; it calls `insert` within `transaction`. */
import type { Database, Row, Statement } from './sqlite.js';
import { ParleyError } from '../../protocol/errors.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

export interface LogEnd {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly seq: number;
  readonly id: EntryId;
}

const columns = 'e.n, e.conversation, e.device, e.seq, e.time, e.id, e.kind, e.message, e.data, e.sig';
const withPrev = `SELECT ${columns}, p.id AS prev FROM entries e LEFT JOIN entries p
  ON p.conversation = e.conversation AND p.device = e.device AND p.seq = e.seq - 1`;

export class EntryStore {
  private readonly statements: Record<'insert' | 'range' | 'before' | 'latest' | 'at' | 'row', Statement>;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
  ) {
    this.statements = {
      insert: db.prepare(
        'INSERT INTO entries (conversation, device, seq, time, id, kind, message, data, sig) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      range: db.prepare(
        `SELECT ${columns} FROM entries e WHERE conversation = ? AND device = ? AND seq >= ? ORDER BY seq LIMIT ?`,
      ),
      before: db.prepare(
        `${withPrev} WHERE e.conversation = ? AND (e.time, e.device, e.seq) < (?, ?, ?)
         ORDER BY e.time DESC, e.device DESC, e.seq DESC LIMIT ?`,
      ),
      latest: db.prepare(
        `${withPrev} WHERE e.conversation = ? ORDER BY e.time DESC, e.device DESC, e.seq DESC LIMIT ?`,
      ),
      at: db.prepare('SELECT id FROM entries WHERE conversation = ? AND device = ? AND seq = ?'),
      row: db.prepare(`${withPrev} WHERE e.n = ?`),
    };
  }

  /**
   * Runs `write` in one transaction; on an error nothing of it is kept.
   * @throws ParleyError `storage_full` or `storage_failed`
   */
  transaction(write: () => void): void {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      write();
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      this.numbers.reload(this.db);
      const text = String(error);
      const full = text.includes('database or disk is full') || text.includes('ENOSPC');
      throw new ParleyError(full ? 'storage_full' : 'storage_failed', undefined, { cause: error });
    }
  }

  insert(entry: Entry): void {
    const { conversation, device, from, seq, time, id, kind, message, data, sig } = entry;
    this.statements.insert.run(
      this.numbers.conversation(conversation),
      this.numbers.device(device, from),
      seq,
      Date.parse(time),
      id,
      kind,
      message,
      Object.keys(data).length === 0 ? '{}' : JSON.stringify(data),
      sig ?? null,
    );
  }

  /** The end of every log. A loose index scan: its cost is the number of logs, not of entries. */
  ends(): LogEnd[] {
    const rows = this.db
      .prepare(
        `WITH RECURSIVE logs (conversation, device) AS (
           SELECT * FROM (SELECT conversation, device FROM entries ORDER BY conversation, device LIMIT 1)
           UNION ALL
           SELECT e.conversation, e.device FROM logs l JOIN entries e ON e.n = (
             SELECT n FROM entries WHERE (conversation, device) > (l.conversation, l.device)
             ORDER BY conversation, device, seq LIMIT 1))
         SELECT l.conversation, l.device, e.seq, e.id FROM logs l JOIN entries e ON e.n = (
           SELECT n FROM entries WHERE conversation = l.conversation AND device = l.device ORDER BY seq DESC LIMIT 1)`,
      )
      .all();
    return rows.flatMap((row) => {
      const conversation = this.numbers.conversationId(Number(row['conversation']));
      const device = this.numbers.deviceRow(Number(row['device']));
      return conversation && device
        ? [{ conversation, device: device.id, seq: Number(row['seq']), id: row['id'] as EntryId }]
        : [];
    });
  }

  /** Entries of one log from `from` on, ascending, at most `limit`. */
  range(conversation: ConversationId, device: DeviceId, from: number, limit: number): Entry[] {
    const c = this.numbers.conversationIfKnown(conversation);
    const d = this.numbers.deviceIfKnown(device);
    if (c === undefined || d === undefined) return [];
    let prev = from > 1 ? (this.idAt(conversation, device, from - 1) ?? '') : '';
    return this.statements.range.all(c, d, from, limit).map((row) => {
      const entry = this.read({ ...row, prev });
      prev = entry.id;
      return entry;
    });
  }

  /** The entries before `before` in timeline order, or the newest; oldest first. */
  page(conversation: ConversationId, before: Entry | undefined, limit: number): Entry[] {
    const c = this.numbers.conversationIfKnown(conversation);
    if (c === undefined) return [];
    const rows = before
      ? this.statements.before.all(
          c,
          Date.parse(before.time),
          this.numbers.deviceIfKnown(before.device) ?? 0,
          before.seq,
          limit,
        )
      : this.statements.latest.all(c, limit);
    return rows.map((row) => this.read(row)).reverse();
  }

  idAt(conversation: ConversationId, device: DeviceId, seq: number): EntryId | undefined {
    const c = this.numbers.conversationIfKnown(conversation);
    const d = this.numbers.deviceIfKnown(device);
    if (c === undefined || d === undefined) return undefined;
    return this.statements.at.get(c, d, seq)?.['id'] as EntryId | undefined;
  }

  byRow(n: number): Entry | undefined {
    const row = this.statements.row.get(n);
    return row && this.read(row);
  }

  private read(row: Row): Entry {
    const device = this.numbers.deviceRow(Number(row['device']));
    const conversation = this.numbers.conversationId(Number(row['conversation']));
    if (!device || !conversation)
      throw new ParleyError('storage_failed', 'An entry names a device that is not stored.');
    const data = row['data'] === '{}' ? {} : (JSON.parse(row['data'] as string) as Record<string, unknown>);
    return {
      conversation,
      from: device.username,
      device: device.id,
      seq: Number(row['seq']),
      prev: (row['prev'] ?? '') as EntryId | '',
      time: new Date(Number(row['time'])).toISOString(),
      kind: row['kind'] as string,
      message: row['message'] as string,
      data,
      id: row['id'] as EntryId,
      ...(row['sig'] === null ? {} : { sig: row['sig'] as string }),
    };
  }
}
