/**
 * Own entries that lost their place: others hold another one there (docs/decisions/restored-backup.md). They are kept apart until
 * they have been written again, and after that for what they became, since later ones may be about them.
 */
import type { Database, Statement } from './sqlite.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';

/** From this place on, others hold another log than we do. */
export interface Fork {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly seq: number;
}

export interface Rewrite extends Pick<Entry, 'id' | 'kind' | 'message' | 'data'> {
  readonly conversation: ConversationId;
  /** The caller's mark of the post: who repeats it must find what it became. */
  readonly client: string | undefined;
}

export class RewriteStore {
  private readonly add: Statement;
  private readonly due: Statement;
  private readonly one: Statement;
  private readonly settle: Statement;
  private readonly heal: Statement;
  private readonly from: Statement;

  constructor(db: Database) {
    this.add = db.prepare(
      'INSERT OR IGNORE INTO rewrites (id, conversation, kind, message, data, client) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.due = db.prepare('SELECT * FROM rewrites WHERE became IS NULL ORDER BY n');
    this.one = db.prepare('SELECT became FROM rewrites WHERE id = ?');
    this.settle = db.prepare('UPDATE rewrites SET became = ? WHERE id = ?');
    this.heal = db.prepare(
      `INSERT INTO healed (conversation, device, seq) VALUES (?, ?, ?)
         ON CONFLICT (conversation, device) DO UPDATE SET seq = min(seq, excluded.seq)`,
    );
    this.from = db.prepare('SELECT seq FROM healed WHERE conversation = ? AND device = ?');
  }

  /** From there on a log of ours was taken out. What comes into its place is what others hold. */
  tookOut({ conversation, device, seq }: Fork): void {
    this.heal.run(conversation, device, seq);
  }

  healed(conversation: ConversationId, device: DeviceId): number | undefined {
    return this.from.get(conversation, device)?.['seq'] as number | undefined;
  }

  put({ id, conversation, kind, message, data, client }: Rewrite): void {
    this.add.run(id, conversation, kind, message, JSON.stringify(data), client ?? null);
  }

  /** In the order in which they were written. */
  waiting(): Rewrite[] {
    return this.due.all().map((row) => ({
      id: row['id'] as EntryId,
      conversation: row['conversation'] as ConversationId,
      kind: row['kind'] as string,
      message: row['message'] as string,
      data: JSON.parse(row['data'] as string) as Record<string, unknown>,
      client: (row['client'] ?? undefined) as string | undefined,
    }));
  }

  /** What an entry became, if it is one of these and was written again. */
  became(id: string): EntryId | undefined {
    return (this.one.get(id)?.['became'] ?? undefined) as EntryId | undefined;
  }

  /** @param became its own id where it cannot be written again */
  done(id: EntryId, became: EntryId): void {
    this.settle.run(became, id);
  }
}
