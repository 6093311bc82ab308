/**
 * Forgets what messages said, and keeps what proves that they were said: the row of the log with its id, its signature and the hash of
 * its content (docs/decisions/retention.md). In small steps, each a transaction of its own.
 */
import { pruned, type Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { isForgettable, prunedText, PRUNED_KIND } from '../../protocol/pruned.js';
import { relationOf } from '../../protocol/relations.js';
import type { EntryStore } from './entries.js';
import type { FileStore } from './files.js';
import { MissingContents } from './missing-contents.js';
import type { Numbering } from './numbering.js';
import type { RelationStore } from './relations.js';
import { IS_HIDDEN_SQL, isRowSql } from './rows.js';
import type { Database, Row, Statement } from './sqlite.js';
import type { Transactions } from './transactions.js';
import type { Words } from './words.js';

/** A step of the migrations. */
export const PRUNING_STEP = `
  -- how far a log was pruned; what was kept before that place stands in entries all the same
  CREATE TABLE pruned_logs (
    conversation INTEGER NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (conversation, device)
  ) WITHOUT ROWID;
  -- up to which row entries were here at a time; of what came before the first mark only its own time is known
  CREATE TABLE arrival_marks (time INTEGER PRIMARY KEY, n INTEGER NOT NULL);
  INSERT INTO arrival_marks (time, n) SELECT 0, coalesce(max(n), 0) FROM entries;
  -- an entry without its content is no row of a timeline
  DROP INDEX entries_rows;
  CREATE INDEX entries_rows ON entries (conversation, place, device, seq) WHERE ${isRowSql()};
`;

/** Rows that are looked at in one step: some milliseconds. */
const STEP = 50;
const DAY_MS = 24 * 3600_000;

export interface PruneTarget {
  readonly conversation: ConversationId;
  /** What stands before it is old. Milliseconds since 1970. */
  readonly before: number;
  /** What was here by then is old as well: see `arrivedBy`. A row number. */
  readonly arrivedBy: number;
  /** This device, and up to which `seq` its own log is held by all for whom it was written. */
  readonly self: DeviceId;
  readonly ownUpTo: number;
}

/** Where the next step goes on: behind a place, among rows of the timeline and then among edits. */
export interface PruneCursor {
  readonly edits: boolean;
  readonly after: readonly [place: number, device: number, seq: number];
}

export interface PruneStep {
  /** Undefined: that was all. */
  readonly next: PruneCursor | undefined;
  readonly pruned: number;
  /** Of them those that showed files. */
  readonly files: readonly EntryId[];
}

const FIRST: PruneCursor['after'] = [-Number.MAX_SAFE_INTEGER, 0, 0];

export interface PruningParts {
  readonly entries: EntryStore;
  readonly relations: RelationStore;
  readonly files: Pick<FileStore, 'inserted' | 'blobs'>;
  readonly words: Pick<Words, 'upto' | 'remove' | 'changed'>;
  readonly rowOf: (id: EntryId) => number | undefined;
}

export class Pruning {
  /** What came without its content. */
  readonly missing: MissingContents;
  private ends = new Map<string, number>();
  private readonly statements: Record<
    'rows' | 'edits' | 'kind' | 'prune' | 'takeBack' | 'raise' | 'mark' | 'marked' | 'arrived' | 'unmark' | 'ahead',
    Statement
  >;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
    private readonly transactions: Transactions,
    private readonly parts: PruningParts,
  ) {
    const slice = `conversation = ?1 AND (place, device, seq) > (?2, ?3, ?4) AND place < ?5
      ORDER BY place, device, seq LIMIT ${STEP}`;
    const columns = 'n, kind, device, seq, place';
    this.statements = {
      rows: db.prepare(`SELECT ${columns} FROM entries INDEXED BY entries_rows WHERE ${isRowSql()} AND ${slice}`),
      edits: db.prepare(
        `SELECT ${columns} FROM entries INDEXED BY entries_hidden WHERE (${IS_HIDDEN_SQL}) AND ${slice}`,
      ),
      kind: db.prepare('SELECT kind FROM entries WHERE n = ?'),
      prune: db.prepare(`UPDATE entries SET kind = '${PRUNED_KIND}', message = ?, data = '{}' WHERE n = ?`),
      // The bytes of files go as those of what was taken back: see files.ts.
      takeBack: db.prepare('INSERT OR IGNORE INTO deleted (n) SELECT n FROM file_entries WHERE n = ?'),
      raise: db.prepare(
        `INSERT INTO pruned_logs (conversation, device, seq) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)`,
      ),
      mark: db.prepare('INSERT OR IGNORE INTO arrival_marks (time, n) SELECT ?, coalesce(max(n), 0) FROM entries'),
      marked: db.prepare('SELECT max(time) AS time FROM arrival_marks'),
      arrived: db.prepare('SELECT n FROM arrival_marks WHERE time <= ? ORDER BY time DESC LIMIT 1'),
      ahead: db.prepare('DELETE FROM arrival_marks WHERE time > ?'),
      unmark: db.prepare(
        `DELETE FROM arrival_marks WHERE time < (SELECT max(time) FROM arrival_marks WHERE time <= ?)`,
      ),
    };
    this.missing = new MissingContents(db, numbers, transactions, parts);
    this.load();
  }

  /** Up to this `seq` a log is here without the content of entries; 0: that of all is here. */
  upTo(conversation: ConversationId, device: DeviceId): number {
    const forgotten = this.ends.size === 0 ? 0 : (this.ends.get(`${device} ${conversation}`) ?? 0);
    return Math.max(forgotten, this.missing.last(conversation, device));
  }

  /** To be called for each row that is inserted, within its transaction. */
  inserted(entry: Entry): void {
    if (entry.pruned) this.missing.inserted(entry);
  }

  undone(): void {
    this.load();
    this.missing.undone();
  }

  /**
   * Notes, once a day, what is here by now. What was noted for later was by a clock that was ahead, and is noted anew.
   * @param now no earlier than it is, milliseconds since 1970
   * @param kept how long marks are of use, milliseconds
   */
  came(now: number, kept: number): void {
    const { mark, marked, unmark, ahead } = this.statements;
    const since = now - Number(marked.get()?.['time'] ?? 0);
    if (since >= 0 && since < DAY_MS) return;
    this.transactions.run(() => {
      ahead.run(now);
      mark.run(now);
      unmark.run(now - kept);
    });
  }

  /** The last row that is known to have been here at a time. */
  arrivedBy(time: number): number {
    return Number(this.statements.arrived.get(time)?.['n'] ?? 0);
  }

  /**
   * Looks at some rows, and forgets what of them is old. Kept are what is pinned, files that the user keeps, and what an edit changes that
   * is kept itself.
   * @throws ParleyError as the store; nothing of the step was kept then
   */
  step(target: PruneTarget, { edits, after }: PruneCursor = { edits: false, after: FIRST }): PruneStep {
    const c = this.numbers.conversationIfKnown(target.conversation);
    const { statements } = this;
    const start: PruneCursor = { edits, after };
    if (!edits && after === FIRST && this.giveUp(target)) return { next: start, pruned: 0, files: [] };
    const rows = c === undefined ? [] : (edits ? statements.edits : statements.rows).all(c, ...after, target.before);
    const old = rows.filter((row) => this.isOld(row, target)).flatMap((row) => this.forgettable(row));
    if (old.length > 0) this.forget(old);
    const last = rows.at(-1);
    const next: PruneCursor | undefined =
      last && rows.length === STEP
        ? { edits, after: [Number(last['place']), Number(last['device']), Number(last['seq'])] }
        : edits
          ? undefined
          : { edits: true, after: FIRST };
    const files = old.flatMap(({ entry }) => (entry.kind === 'file' ? entry.id : []));
    return { next, pruned: old.length, files };
  }

  /** What came without its content, and would be forgotten by now, is not waited for any more. @returns whether there may be more */
  private giveUp({ conversation, before, arrivedBy }: PruneTarget): boolean {
    if (this.missing.size === 0) return false;
    let given: ReturnType<MissingContents['giveUp']> = [];
    this.transactions.run(() => {
      given = this.missing.giveUp(conversation, before, arrivedBy);
      for (const log of given) this.raise(log);
    });
    return given.length > 0;
  }

  /** Not what came lately, is not in the index of words yet, or is of our own and still awaited by somebody. */
  private isOld({ n, device, seq }: Row, { arrivedBy, self, ownUpTo }: PruneTarget): boolean {
    if (Number(n) > Math.min(arrivedBy, this.parts.words.upto) || this.parts.entries.isCut(Number(n))) return false;
    return Number(device) !== this.numbers.deviceIfKnown(self) || Number(seq) <= ownUpTo;
  }

  private forgettable({ n, kind }: Row): { n: number; entry: Entry }[] {
    const { entries, relations, rowOf, files } = this.parts;
    if (!isForgettable(kind as string)) return [];
    const entry = entries.byRow(Number(n));
    if (!entry) return [];
    if (kind === 'edit') {
      const target = relationOf(entry)?.target;
      const row = target === undefined ? undefined : rowOf(target);
      // Its target may still come, or be kept: then it counts.
      if (row === undefined || this.statements.kind.get(row)?.['kind'] !== PRUNED_KIND) return [];
    } else if (relations.of(entry)?.pinned || files.blobs.get(fileFacts(entry)?.sha256 ?? '')?.pinned) return [];
    return [{ n: Number(n), entry }];
  }

  private forget(old: readonly { n: number; entry: Entry }[]): void {
    // What is freed within the file is written over, so that the text is not only out of sight.
    this.db.exec('PRAGMA secure_delete = ON');
    try {
      this.transactions.run(() => {
        for (const { n, entry } of old) this.forgetOne(n, entry);
      });
    } finally {
      this.db.exec('PRAGMA secure_delete = OFF');
    }
  }

  private forgetOne(n: number, entry: Entry): void {
    const { prune, takeBack } = this.statements;
    const content = pruned(entry).pruned;
    if (!content) return;
    this.parts.words.remove(entry, n);
    if (entry.kind === 'file') takeBack.run(n);
    prune.run(prunedText(content), n);
    this.raise(entry);
  }

  private raise({ conversation, device, seq }: Pick<Entry, 'conversation' | 'device' | 'seq'>): void {
    const [c, d] = [this.numbers.conversationIfKnown(conversation), this.numbers.deviceIfKnown(device)];
    this.statements.raise.run(c ?? 0, d ?? 0, seq);
    const key = `${device} ${conversation}`;
    this.ends.set(key, Math.max(seq, this.ends.get(key) ?? 0));
  }

  private load(): void {
    this.ends = new Map();
    for (const row of this.db.prepare('SELECT conversation, device, seq FROM pruned_logs').all()) {
      const [device, conversation] = [
        this.numbers.deviceRow(Number(row['device']))?.id,
        this.numbers.conversationId(Number(row['conversation'])),
      ];
      if (device && conversation) this.ends.set(`${device} ${conversation}`, Number(row['seq']));
    }
  }
}
