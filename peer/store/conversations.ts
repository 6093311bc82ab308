/** What is kept of a conversation besides its entries: whether it is open, how far it was read, who holds what of ours. */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, EntryId, UserKey, Username } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

/** Kinds that count as unread. */
const COUNTED = `kind IN ('text', 'file')`;
/** Unread entries are counted up to here; more are "many". */
export const UNREAD_MAX = 10_000;

export interface Receipt {
  readonly device: DeviceId;
  readonly username: Username;
  readonly seq: number;
}

type Statements = Record<
  'open' | 'unread' | 'newestRead' | 'setRead' | 'readId' | 'receipts' | 'setReceipt',
  Statement
>;

export class ConversationStore {
  private readonly statements: Statements;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
  ) {
    this.statements = {
      open: db.prepare('UPDATE conversations SET open = ? WHERE n = ?'),
      unread: db.prepare(
        `SELECT count(*) AS unread FROM (SELECT 1 FROM entries JOIN devices d ON d.n = device
           WHERE conversation = ?1 AND entries.n > (SELECT read_n FROM conversations WHERE n = ?1)
           AND lower(d.username) NOT IN (SELECT value FROM json_each(?2)) AND ${COUNTED} LIMIT ${UNREAD_MAX})`,
      ),
      newestRead: db.prepare(
        `SELECT max(n) AS n FROM entries WHERE conversation = ?1
           AND n > (SELECT read_n FROM conversations WHERE n = ?1) AND (time, device, seq) <= (?2, ?3, ?4)`,
      ),
      setRead: db.prepare('UPDATE conversations SET read_n = ?, read_id = ? WHERE n = ?'),
      readId: db.prepare('SELECT read_id FROM conversations WHERE n = ?'),
      receipts: db.prepare('SELECT device, seq FROM receipts WHERE conversation = ?'),
      setReceipt: db.prepare(
        `INSERT INTO receipts (conversation, device, seq) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
      ),
    };
  }

  opened(): ConversationId[] {
    return this.db
      .prepare('SELECT id FROM conversations WHERE open = 1 ORDER BY id')
      .all()
      .map((row) => row['id'] as ConversationId);
  }

  /** Every conversation that has a row: opened now, or with history. */
  all(): ConversationId[] {
    return this.db
      .prepare('SELECT id FROM conversations ORDER BY id')
      .all()
      .map((row) => row['id'] as ConversationId);
  }

  setOpen(id: ConversationId, open: boolean): void {
    this.statements.open.run(open ? 1 : 0, this.numbers.conversation(id));
  }

  /** Entries that arrived after the user last read; those of `silent` users (their own, for one) do not count. */
  unread(id: ConversationId, silent: readonly UserKey[]): number {
    const n = this.numbers.conversationIfKnown(id);
    return n === undefined ? 0 : Number(this.statements.unread.get(n, JSON.stringify(silent))?.['unread'] ?? 0);
  }

  /**
   * Marks as read all that is here and sorts at or before the entry. What arrives later with an older time stays unread:
   * nobody has seen it.
   */
  markRead(id: ConversationId, upTo: { time: number; device: DeviceId; seq: number; id: EntryId }): void {
    const n = this.numbers.conversation(id);
    const device = this.numbers.deviceIfKnown(upTo.device) ?? 0;
    const newest = this.statements.newestRead.get(n, upTo.time, device, upTo.seq)?.['n'];
    if (newest !== null && newest !== undefined) this.statements.setRead.run(Number(newest), upTo.id, n);
  }

  readUpTo(id: ConversationId): EntryId | undefined {
    const n = this.numbers.conversationIfKnown(id);
    const row = n === undefined ? undefined : this.statements.readId.get(n);
    return (row?.['read_id'] ?? undefined) as EntryId | undefined;
  }

  receipts(id: ConversationId): Receipt[] {
    const n = this.numbers.conversationIfKnown(id);
    if (n === undefined) return [];
    return this.statements.receipts.all(n).flatMap((row) => {
      const device = this.numbers.deviceRow(Number(row['device']));
      return device ? [{ device: device.id, username: device.username, seq: Number(row['seq']) }] : [];
    });
  }

  saveReceipt(id: ConversationId, { device, username, seq }: Receipt): void {
    this.statements.setReceipt.run(this.numbers.conversation(id), this.numbers.device(device, username), seq);
  }
}
