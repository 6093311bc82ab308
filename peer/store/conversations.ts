/** What is kept of a conversation besides its entries: whether it is open, who holds what of ours. */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

export interface Receipt {
  readonly device: DeviceId;
  readonly username: Username;
  readonly seq: number;
  readonly lacks: boolean;
  readonly epoch?: string | undefined;
}

type Statements = Record<'open' | 'receipts' | 'setReceipt', Statement>;

export class ConversationStore {
  private readonly statements: Statements;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
  ) {
    this.statements = {
      open: db.prepare('UPDATE conversations SET open = ? WHERE n = ?'),
      receipts: db.prepare('SELECT device, seq, epoch, lacks FROM receipts WHERE conversation = ?'),
      setReceipt: db.prepare(
        `INSERT INTO receipts (conversation, device, seq, epoch, lacks) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch, lacks = excluded.lacks`,
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

  receipts(id: ConversationId): Receipt[] {
    const n = this.numbers.conversationIfKnown(id);
    if (n === undefined) return [];
    return this.statements.receipts.all(n).flatMap((row) => {
      const device = this.numbers.deviceRow(Number(row['device']));
      if (!device) return [];
      const epoch = typeof row['epoch'] === 'string' ? row['epoch'] : undefined;
      const lacks = Number(row['lacks']) !== 0;
      return [{ device: device.id, username: device.username, seq: Number(row['seq']), epoch, lacks }];
    });
  }

  saveReceipt(id: ConversationId, { device, username, seq, epoch, lacks }: Receipt): void {
    const [conversation, holder] = [this.numbers.conversation(id), this.numbers.device(device, username)];
    this.statements.setReceipt.run(conversation, holder, seq, epoch ?? null, Number(lacks));
  }
}
