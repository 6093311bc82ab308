/**
 * Entries that stand elsewhere than when they came (protocol/order.ts): those that stood later than one that follows them in
 * their log, since a clock that was ahead was set right in between, and those ahead that others came after.
 */
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { LOG_REACH, Moves, settle, SETTLE_REACH } from '../../protocol/order.js';
import type { Numbering } from './numbering.js';
import type { Effects } from './relations.js';
import { isRowSql } from './rows.js';
import type { Database, Statement } from './sqlite.js';

type Four = [number, number, number, number];

/** Logs of which it is remembered where their last entry stands. */
const REMEMBERED_MAX = 50_000;

export class Placement {
  private readonly statements: Record<
    'end' | 'last' | 'later' | 'move' | 'moved' | 'newest' | 'replacing' | 'top',
    Statement
  >;
  private readonly lasts = new Map<string, number>();
  private readonly moves = new Moves();
  /** The last one that was named: rows of one log come one after the other. */
  private log = { conversation: NaN, device: NaN, name: '' };
  private readonly ids = new Map<ConversationId, Set<EntryId>>();

  constructor(
    db: Database,
    private readonly numbers: Numbering,
  ) {
    this.statements = {
      end: db.prepare('SELECT place FROM entries WHERE conversation = ? AND device = ? ORDER BY seq DESC LIMIT 1'),
      last: db.prepare('SELECT place FROM entries WHERE conversation = ? AND device = ? AND seq = ?'),
      later: db.prepare(
        `SELECT n, id, ${isRowSql()} AS shown FROM entries INDEXED BY entries_log
           WHERE conversation = ?1 AND device = ?2 AND seq < ?3 AND seq > coalesce((
             SELECT seq FROM entries INDEXED BY entries_log WHERE conversation = ?1 AND device = ?2 AND seq < ?3
               AND seq >= ?4 AND place <= ?5 ORDER BY seq DESC LIMIT 1), ?4 - 1)`,
      ),
      move: db.prepare('UPDATE entries SET at = ? WHERE n = ?'),
      moved: db.prepare(
        'SELECT DISTINCT conversation FROM entries INDEXED BY entries_moved WHERE at IS NOT NULL AND time > ?',
      ),
      newest: db.prepare(
        `SELECT n, id, device, seq, time, place, at IS NOT NULL AS moved FROM entries INDEXED BY entries_rows
           WHERE conversation = ? AND ${isRowSql()} ORDER BY place DESC, device DESC, seq DESC LIMIT ${SETTLE_REACH}`,
      ),
      replacing: db.prepare(
        `SELECT max(time) AS time FROM (SELECT time, kind FROM entries WHERE conversation = ? AND device = ?
           ORDER BY seq DESC LIMIT ${LOG_REACH}) WHERE kind <> 'text' AND kind <> 'file'`,
      ),
      top: db.prepare(
        `SELECT c.n FROM conversations c WHERE (SELECT max(place) FROM entries INDEXED BY entries_rows
           WHERE conversation = c.n AND ${isRowSql()}) > ?`,
      ),
    };
  }

  /** Within the transaction, once for each row in the order of its log. @param place where it stands, milliseconds since 1970 */
  inserted(conversation: number, device: number, seq: number, place: number): void {
    const key = this.logOf(conversation, device);
    const last = this.lasts.get(key) ?? this.stored(conversation, device, seq - 1);
    this.lasts.set(key, place);
    if (this.lasts.size > REMEMBERED_MAX) {
      const [oldest = key] = this.lasts.keys();
      this.lasts.delete(oldest);
    }
    const falls = last !== undefined && last > place;
    this.moves.entry(key, falls ? (atMost) => this.moveBefore(conversation, device, seq, place, atMost) : undefined);
  }

  private logOf(conversation: number, device: number): string {
    if (this.log.conversation !== conversation || this.log.device !== device)
      this.log = { conversation, device, name: `${String(device)} ${String(conversation)}` };
    return this.log.name;
  }

  /** Conversations with rows later than `limit`, be it by their time alone. Milliseconds since 1970. */
  ahead(limit: number): ConversationId[] {
    const { moved, top } = this.statements;
    const numbers = new Set([
      ...moved.all(limit).map((row) => Number(row['conversation'])),
      ...top.all(limit).map((row) => Number(row['n'])),
    ]);
    return [...numbers].flatMap((n) => this.numbers.conversationId(n) ?? []);
  }

  /** As `LogStorage` says. */
  replacing(conversation: ConversationId, device: DeviceId): number | undefined {
    const [c, d] = [this.numbers.conversationIfKnown(conversation), this.numbers.deviceIfKnown(device)];
    const row = c === undefined || d === undefined ? undefined : this.statements.replacing.get(c, d);
    return typeof row?.['time'] === 'number' ? row['time'] : undefined;
  }

  /** As `LogStorage` says. */
  lastPlace(conversation: ConversationId, device: DeviceId): number | undefined {
    const [c, d] = [this.numbers.conversationIfKnown(conversation), this.numbers.deviceIfKnown(device)];
    const row = c === undefined || d === undefined ? undefined : this.statements.end.get(c, d);
    return row === undefined ? undefined : Number(row['place']);
  }

  /** Within a transaction: moves what is ahead among the newest rows. Answers as `LogStorage.lower` does. */
  settle(
    conversation: ConversationId,
    self: DeviceId,
    limit: number,
  ): { readonly moved: boolean; readonly ahead: boolean } {
    const c = this.numbers.conversationIfKnown(conversation);
    if (c === undefined) return { moved: false, ahead: false };
    const rows = this.statements.newest.all(c).flatMap((row) => {
      const device = this.numbers.deviceRow(Number(row['device']))?.id;
      if (!device) return [];
      const [n, seq, time, place] = ['n', 'seq', 'time', 'place'].map((column) => Number(row[column])) as Four;
      return [{ n, id: row['id'] as EntryId, device, seq, time, place, moved: Number(row['moved']) === 1 }];
    });
    const { moves, ahead } = settle(
      rows.sort((a, b) => a.n - b.n),
      self,
      limit,
    );
    for (const [{ n, id }, place] of moves) {
      this.statements.move.run(place, n);
      this.note(conversation, id);
    }
    if (moves.size > 0) this.lasts.clear();
    return { moved: moves.size > 0, ahead };
  }

  /** The effects of what was committed, and those rows that were moved since this was asked last. */
  among(conversation: ConversationId, effects: Effects): Effects {
    const moved = this.ids.get(conversation);
    if (!moved) return effects;
    this.ids.delete(conversation);
    return { ...effects, changed: [...new Set([...effects.changed, ...moved])], moved: true };
  }

  /** A transaction came to nothing. Of a row that was not moved after all it does no harm to be told of. */
  undone(): void {
    this.lasts.clear();
    this.moves.forget();
  }

  /** Of those that stand later, the nearest. In a log, what is before one that does not stand later does not either. */
  private moveBefore(conversation: number, device: number, seq: number, place: number, atMost: number): number {
    const { later, move } = this.statements;
    const id = this.numbers.conversationId(conversation);
    const rows = later.all(conversation, device, seq, Math.max(1, seq - atMost), place);
    for (const row of rows) {
      move.run(place, Number(row['n']));
      if (id !== undefined && Number(row['shown']) === 1) this.note(id, row['id'] as EntryId);
    }
    return rows.length;
  }

  private note(conversation: ConversationId, id: EntryId): void {
    let moved = this.ids.get(conversation);
    if (!moved) this.ids.set(conversation, (moved = new Set()));
    moved.add(id);
  }

  private stored(conversation: number, device: number, seq: number): number | undefined {
    const row = seq < 1 ? undefined : this.statements.last.get(conversation, device, seq);
    return row === undefined ? undefined : Number(row['place']);
  }
}
