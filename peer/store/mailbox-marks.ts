/**
 * What is remembered of mailboxes over restarts: how much of this device's own logs lies sealed in whose mailbox, so that
 * nothing is mailed twice; and to whom an answer is owed for what came that way.
 */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';

export interface Mailed {
  /** Up to which `seq` of our own log. */
  readonly seq: number;
  /** When the first of it that still counts was mailed: it lapses with the mailbox. Milliseconds since 1970. */
  readonly time: number;
  /** The device asked for it again, from the next `seq` on, whatever others of its user hold. */
  readonly wanted: boolean;
}

export interface Owed {
  readonly device: DeviceId;
  readonly username: Username;
  readonly conversation: ConversationId;
  /** Up to where the device's log is known to go: what is missing here is asked for again. */
  readonly seen: number;
}

export class MailboxMarks {
  private readonly statements: Record<'mailed' | 'setMailed' | 'owe' | 'paid', Statement>;

  constructor(private readonly db: Database) {
    this.statements = {
      mailed: db.prepare('SELECT seq, time, wanted FROM mailed WHERE conversation = ? AND device = ?'),
      setMailed: db.prepare(
        'INSERT OR REPLACE INTO mailed (conversation, device, seq, time, wanted) VALUES (?, ?, ?, ?, ?)',
      ),
      owe: db.prepare(
        `INSERT INTO mail_owed (device, conversation, username, seen) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen)`,
      ),
      paid: db.prepare('DELETE FROM mail_owed WHERE device = ? AND conversation = ?'),
    };
  }

  mailed(conversation: ConversationId, device: DeviceId): Mailed | undefined {
    const row = this.statements.mailed.get(conversation, device);
    return row && { seq: Number(row['seq']), time: Number(row['time']), wanted: Number(row['wanted']) === 1 };
  }

  setMailed(conversation: ConversationId, device: DeviceId, { seq, time, wanted }: Mailed): void {
    this.statements.setMailed.run(conversation, device, seq, time, wanted ? 1 : 0);
  }

  owed(): Owed[] {
    const rows = this.db.prepare('SELECT device, conversation, username, seen FROM mail_owed').all();
    return rows.map((row) => ({
      device: row['device'] as DeviceId,
      username: row['username'] as Username,
      conversation: row['conversation'] as ConversationId,
      seen: Number(row['seen']),
    }));
  }

  owe({ device, username, conversation, seen }: Owed): void {
    this.statements.owe.run(device, conversation, username, seen);
  }

  paid(device: DeviceId, conversation: ConversationId): void {
    this.statements.paid.run(device, conversation);
  }
}
