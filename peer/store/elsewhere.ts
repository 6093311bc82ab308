/**
 * What the user has read at their other devices, by their word: up to which entry of each log (SPEC.md section 4, `own_read`). Logs may
 * be named before anything of them is here, since the history of a new device comes after it.
 */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

/** Of all conversations together: another device of the user is not trusted with this disk. */
const LOGS_MAX = 65_536;

export interface Elsewhere {
  readonly logs: ReadonlyMap<DeviceId, number>;
  /** A device that knows has told: what it did not name is unread. */
  readonly isWhole: boolean;
}

export class ElsewhereStore {
  private readonly statements: Record<'logs' | 'state' | 'raise' | 'whole', Statement>;
  private count: number;

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.statements = {
      logs: db.prepare('SELECT device, seq FROM read_elsewhere WHERE conversation = ?'),
      state: db.prepare('SELECT told_read FROM conversations WHERE n = ?'),
      raise: db.prepare(
        `INSERT INTO read_elsewhere (conversation, device, seq) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)`,
      ),
      whole: db.prepare('UPDATE conversations SET told_read = 1, skip_n = 0 WHERE n = ? AND told_read = 0'),
    };
    this.count = Number(db.prepare('SELECT count(*) AS n FROM read_elsewhere').get()?.['n'] ?? 0);
  }

  of(id: ConversationId): Elsewhere {
    const n = this.numbers.conversationIfKnown(id);
    if (n === undefined) return { logs: new Map(), isWhole: false };
    const rows = this.statements.logs.all(n);
    return {
      logs: new Map(rows.map((row) => [row['device'] as DeviceId, Number(row['seq'])])),
      isWhole: Number(this.statements.state.get(n)?.['told_read'] ?? 0) === 1,
    };
  }

  /** To be called within a transaction. A mark never goes back. @returns whether anything is new */
  heard(id: ConversationId, logs: ReadonlyMap<DeviceId, number>, isWhole: boolean): boolean {
    const known = this.of(id);
    const risen = [...logs].filter(([device, seq]) => seq > (known.logs.get(device) ?? 0));
    const more = risen.filter(([device]) => !known.logs.has(device)).length;
    if (this.count + more > LOGS_MAX || (risen.length === 0 && (!isWhole || known.isWhole))) return false;
    const n = this.numbers.conversation(id);
    for (const [device, seq] of risen) this.statements.raise.run(n, device, seq);
    if (isWhole) this.statements.whole.run(n);
    this.count += more;
    return true;
  }
}
