/** How far other users hold, and have read, this device's own log of a conversation. */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, EntryId, UserKey } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

export interface Mark {
  readonly user: UserKey;
  /** Every known device of the user holds the log up to here. */
  readonly delivered: number;
  /** The user says that they have read up to here; 0: nothing, or they do not say. */
  readonly read: number;
}

export class MarkStore {
  private readonly ofConversation: Statement;
  private readonly put: Statement;
  private readonly rowAt: Statement;
  private readonly readRow: Statement;
  private readonly unheardOf: Statement;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.ofConversation = db.prepare('SELECT user, delivered, read FROM marks WHERE conversation = ?');
    this.put = db.prepare(
      `INSERT INTO marks (conversation, user, delivered, read) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET delivered = max(delivered, excluded.delivered), read = max(read, excluded.read)`,
    );
    this.rowAt = db.prepare('SELECT n, id FROM entries WHERE conversation = ? AND device = ? AND seq = ?');
    this.unheardOf = db.prepare(
      `SELECT count(*) AS n FROM entries e JOIN conversations c ON c.n = e.conversation JOIN devices d ON d.n = e.device
         WHERE d.id = ?1 AND e.kind IN ('text', 'file') AND c.id <> '@' || lower(d.username) || '+' || lower(d.username)
         AND e.seq > coalesce((SELECT max(r.seq) FROM receipts r WHERE r.conversation = e.conversation), 0)`,
    );
    this.readRow = db.prepare('SELECT read_n FROM conversations WHERE n = ?');
  }

  load(id: ConversationId): Mark[] {
    const n = this.numbers.conversationIfKnown(id);
    if (n === undefined) return [];
    return this.ofConversation.all(n).map((row) => ({
      user: row['user'] as UserKey,
      delivered: Number(row['delivered']),
      read: Number(row['read']),
    }));
  }

  save(id: ConversationId, { user, delivered, read }: Mark): void {
    this.put.run(this.numbers.conversation(id), user, delivered, read);
  }

  /** How many messages of a device of this user no other user's device has said that it holds. */
  unheard(device: DeviceId): number {
    return Number(this.unheardOf.get(device)?.['n'] ?? 0);
  }

  /**
   * The last entry of a device's log, of which `end` entries are here, that was here when this user last read: rows are
   * numbered in the order of arrival, so within a log what was read is its beginning. Found by halving.
   */
  readOf(id: ConversationId, device: DeviceId, end: number): { seq: number; id: EntryId } | undefined {
    const c = this.numbers.conversationIfKnown(id);
    const d = this.numbers.deviceIfKnown(device);
    if (c === undefined || d === undefined) return undefined;
    const upTo = Number(this.readRow.get(c)?.['read_n'] ?? 0);
    let found: { seq: number; id: EntryId } | undefined;
    let [low, high] = [1, end];
    while (low <= high) {
      const seq = Math.floor((low + high) / 2);
      const row = this.rowAt.get(c, d, seq);
      if (row && Number(row['n']) <= upTo) {
        found = { seq, id: row['id'] as EntryId };
        low = seq + 1;
      } else {
        high = seq - 1;
      }
    }
    return found;
  }
}
