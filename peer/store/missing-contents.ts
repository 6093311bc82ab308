/**
 * Entries that came without their content, as their author had forgotten it: it may come from somebody else (SPEC.md section 5, pruning). What
 * was forgotten here is not among them, and never comes back.
 */
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { PRUNED_KIND } from '../../protocol/pruned.js';
import { relationOf } from '../../protocol/relations.js';
import type { EntryStore } from './entries.js';
import type { FileStore } from './files.js';
import type { Numbering } from './numbering.js';
import type { RelationStore } from './relations.js';
import type { Database, Statement } from './sqlite.js';
import type { Transactions } from './transactions.js';
import type { Words } from './words.js';

/** A step of the migrations. Of what came before it nobody knows whether it was forgotten here. */
export const MISSING_CONTENTS_STEP = `
  CREATE TABLE missing_contents (
    conversation INTEGER NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, edits INTEGER NOT NULL,
    PRIMARY KEY (conversation, device, seq)
  ) WITHOUT ROWID;
`;

/** So many are given up at a time. */
const GIVEN_UP = 500;

export interface MissingContentsParts {
  readonly entries: EntryStore;
  readonly relations: RelationStore;
  readonly files: Pick<FileStore, 'inserted'>;
  readonly words: Pick<Words, 'upto' | 'changed'>;
  readonly rowOf: (id: EntryId) => number | undefined;
}

interface MissingLog {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  /** The last that is missing, and the last edit of them; 0: none is. */
  last: number;
  edit: number;
}

export class MissingContents {
  private byLog = new Map<string, MissingLog>();
  private readonly statements: Record<
    'add' | 'next' | 'ends' | 'isMissing' | 'remove' | 'row' | 'fill' | 'old',
    Statement
  >;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
    private readonly transactions: Transactions,
    private readonly parts: MissingContentsParts,
  ) {
    const one = 'conversation = ? AND device = ?';
    this.statements = {
      add: db.prepare('INSERT OR IGNORE INTO missing_contents (conversation, device, seq, edits) VALUES (?, ?, ?, ?)'),
      next: db.prepare(`SELECT seq FROM missing_contents WHERE ${one} AND seq >= ? ORDER BY seq LIMIT 1`),
      isMissing: db.prepare(`SELECT 1 FROM missing_contents WHERE ${one} AND seq = ?`),
      ends: db.prepare(`SELECT max(seq) AS last, max(seq * edits) AS edit FROM missing_contents WHERE ${one}`),
      remove: db.prepare(`DELETE FROM missing_contents WHERE ${one} AND seq = ?`),
      row: db.prepare(`SELECT n, kind FROM entries WHERE ${one} AND seq = ? AND id = ?`),
      fill: db.prepare('UPDATE entries SET kind = ?, message = ?, data = ? WHERE n = ?'),
      old: db.prepare(
        `SELECT m.device, m.seq FROM missing_contents m JOIN entries e
           ON e.conversation = m.conversation AND e.device = m.device AND e.seq = m.seq
           WHERE m.conversation = ? AND e.time < ? AND e.n <= ? LIMIT ${GIVEN_UP}`,
      ),
    };
    this.load();
  }

  /** How many logs have any. */
  get size(): number {
    return this.byLog.size;
  }

  logs(): Iterable<{ readonly conversation: ConversationId; readonly device: DeviceId }> {
    return this.byLog.values();
  }

  /** The last of a log; 0: none is missing. */
  last(conversation: ConversationId, device: DeviceId): number {
    return this.log(conversation, device)?.last ?? 0;
  }

  /** As `MissingContents` of peer/log/ports.ts. */
  next(conversation: ConversationId, device: DeviceId, from: number): number | undefined {
    const log = this.log(conversation, device);
    if (!log || from > log.last) return undefined;
    // Nothing before the last one is taken.
    if (from <= log.edit) return log.edit;
    const row = this.statements.next.get(...this.place(conversation, device), from);
    return row && Number(row['seq']);
  }

  /** As `MissingContents` of peer/log/ports.ts. */
  edit(conversation: ConversationId, device: DeviceId): number {
    return this.log(conversation, device)?.edit ?? 0;
  }

  /** As `MissingContents` of peer/log/ports.ts. */
  takes({ conversation, device, seq }: Entry): boolean {
    const log = this.log(conversation, device);
    if (!log || seq > log.last || seq < log.edit) return false;
    return this.statements.isMissing.get(...this.place(conversation, device), seq) !== undefined;
  }

  /** Within the transaction that inserts it. */
  inserted({ conversation, device, from, seq, pruned }: Entry): void {
    const edits = pruned?.kind === 'edit' ? 1 : 0;
    this.statements.add.run(this.numbers.conversation(conversation), this.numbers.device(device, from), seq, edits);
    this.note(conversation, device, seq, edits * seq);
  }

  undone(): void {
    this.load();
  }

  /** As `MissingContents` of peer/log/ports.ts. */
  fill(entries: readonly Entry[]): void {
    this.transactions.run(() => {
      for (const entry of entries) this.fillOne(entry);
    });
  }

  /**
   * What would be forgotten by now if it had come whole is not waited for any more, some of it at a time. Within a transaction.
   * @returns of each log the last that was given up; nothing once that was all
   */
  giveUp(
    conversation: ConversationId,
    before: number,
    arrivedBy: number,
  ): { readonly conversation: ConversationId; readonly device: DeviceId; readonly seq: number }[] {
    const c = this.numbers.conversationIfKnown(conversation);
    if (c === undefined || this.byLog.size === 0) return [];
    const lasts = new Map<DeviceId, number>();
    for (const row of this.statements.old.all(c, before, arrivedBy)) {
      this.statements.remove.run(c, Number(row['device']), Number(row['seq']));
      const device = this.numbers.deviceRow(Number(row['device']))?.id;
      if (device) lasts.set(device, Math.max(Number(row['seq']), lasts.get(device) ?? 0));
    }
    for (const device of lasts.keys()) this.shorten(conversation, device);
    return [...lasts].map(([device, seq]) => ({ conversation, device, seq }));
  }

  private fillOne(entry: Entry): void {
    const { conversation, device, seq, kind, message, data, id } = entry;
    const { relations, files } = this.parts;
    const place = this.place(conversation, device);
    const row = this.statements.row.get(...place, seq, id);
    if (!row || row['kind'] !== PRUNED_KIND || !this.statements.isMissing.get(...place, seq)) return;
    this.statements.remove.run(...place, seq);
    const n = Number(row['n']);
    this.statements.fill.run(kind, message, JSON.stringify(data), n);
    relations.filled(entry, n);
    files.inserted(entry, n);
    this.index(entry, n);
    // That reads all that is missing of the log.
    const log = this.log(conversation, device);
    if (seq === log?.last || seq === log?.edit) this.shorten(conversation, device);
  }

  /** Its words, or those of what it changes; what is not indexed yet is by and by. */
  private index(entry: Entry, n: number): void {
    const { entries, words, rowOf } = this.parts;
    const target = entry.kind === 'edit' ? relationOf(entry)?.target : undefined;
    const row = isMessage(entry) ? n : target && rowOf(target);
    if (row === undefined || Math.max(n, row) > words.upto) return;
    const about = row === n ? entry : entries.byRow(row);
    if (about && isMessage(about)) words.changed(about, row);
  }

  private shorten(conversation: ConversationId, device: DeviceId): void {
    const row = this.statements.ends.get(...this.place(conversation, device));
    this.byLog.delete(keyOf(conversation, device));
    if (typeof row?.['last'] === 'number') this.note(conversation, device, row['last'], Number(row['edit']));
  }

  private note(conversation: ConversationId, device: DeviceId, last: number, edit: number): void {
    const log = this.log(conversation, device) ?? { conversation, device, last, edit };
    this.byLog.set(keyOf(conversation, device), log);
    log.last = Math.max(log.last, last);
    log.edit = Math.max(log.edit, edit);
  }

  private log(conversation: ConversationId, device: DeviceId): MissingLog | undefined {
    return this.byLog.size === 0 ? undefined : this.byLog.get(keyOf(conversation, device));
  }

  /** No number stands for what is not known. */
  private place(conversation: ConversationId, device: DeviceId): [number, number] {
    return [this.numbers.conversationIfKnown(conversation) ?? 0, this.numbers.deviceIfKnown(device) ?? 0];
  }

  private load(): void {
    this.byLog = new Map();
    const rows = this.db.prepare(
      'SELECT conversation, device, max(seq) AS last, max(seq * edits) AS edit FROM missing_contents GROUP BY 1, 2',
    );
    for (const row of rows.all()) {
      const conversation = this.numbers.conversationId(Number(row['conversation']));
      const device = this.numbers.deviceRow(Number(row['device']))?.id;
      if (conversation && device) this.note(conversation, device, Number(row['last']), Number(row['edit']));
    }
  }
}

function keyOf(conversation: ConversationId, device: DeviceId): string {
  return `${device} ${conversation}`;
}
