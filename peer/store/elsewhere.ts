/**
 * What the user has read at their other devices, by their word: up to which entry of each log (SPEC.md section 4, `own_read`). Logs may
 * be named before anything of them is here, since the history of a new device comes after it. What was read here of several logs
 * that came one after the other is kept in the same way (unread.ts).
 */
import type { Database, Statement } from './sqlite.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';

/** Logs of all conversations together, and conversations told to be whole: another device of the user is not trusted with this disk. */
const KEPT_MAX = 65_536;

export interface Elsewhere {
  readonly logs: ReadonlyMap<DeviceId, number>;
  /** A device that knows has told: what it did not name is unread. */
  readonly isWhole: boolean;
}

export class ElsewhereStore {
  private readonly statements: Record<'logs' | 'state' | 'raise' | 'whole' | 'beyond' | 'lower', Statement>;
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
      beyond: db.prepare(
        `SELECT * FROM (SELECT conversation, device, seq, coalesce((SELECT max(e.seq) FROM entries e
           WHERE e.conversation = r.conversation AND e.device = (SELECT n FROM devices WHERE id = r.device)), 0) AS here
         FROM read_elsewhere r) WHERE seq > here`,
      ),
      lower: db.prepare('UPDATE read_elsewhere SET seq = ? WHERE conversation = ? AND device = ?'),
    };
    const count = db.prepare(
      'SELECT (SELECT count(*) FROM read_elsewhere) + (SELECT count(*) FROM conversations WHERE told_read = 1) AS n',
    );
    this.count = Number(count.get()?.['n'] ?? 0);
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

  /**
   * To be called within a transaction. What was told beyond the entries that are here counts no more; devices of the user tell it again
   * with their next links. @returns where anything changed
   */
  doubt(): ConversationId[] {
    const beyond = this.statements.beyond.all();
    for (const { here, conversation, device } of beyond)
      this.statements.lower.run(Number(here), Number(conversation), device as DeviceId);
    const lowered = new Set(beyond.map(({ conversation }) => Number(conversation)));
    return [...lowered].flatMap((n) => this.numbers.conversationId(n) ?? []);
  }

  /** To be called within a transaction. A mark never goes back; beyond the bound only known ones rise. @returns whether anything is new */
  heard(id: ConversationId, logs: ReadonlyMap<DeviceId, number>, isWhole: boolean): boolean {
    const known = this.of(id);
    const risen = [...logs].filter(([device, seq]) => seq > (known.logs.get(device) ?? 0));
    const isMade = isWhole && !known.isWhole;
    const more = risen.filter(([device]) => !known.logs.has(device)).length + Number(isMade);
    const hasRoom = this.count + more <= KEPT_MAX;
    const kept = hasRoom ? risen : risen.filter(([device]) => known.logs.has(device));
    if (kept.length === 0 && !(hasRoom && isMade)) return false;
    const n = this.numbers.conversation(id);
    for (const [device, seq] of kept) this.statements.raise.run(n, device, seq);
    if (!hasRoom) return true;
    if (isMade) this.statements.whole.run(n);
    this.count += more;
    return true;
  }
}
