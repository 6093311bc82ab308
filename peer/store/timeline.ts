/** Pages of a conversation as people see it: its rows alone, so that what only shows in them costs a page nothing. */
import type { Database, Row, SqlValue, Statement } from './sqlite.js';
import { ParleyError } from '../../protocol/errors.js';
import { isRow } from '../../protocol/entry-kinds.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import { isRowSql } from './rows.js';
import { withPrev, type EntryStore } from './entries.js';
import type { Numbering } from './numbering.js';

/** At most one of the three; without any, the newest. */
export interface Place {
  readonly before?: EntryId | undefined;
  readonly after?: EntryId | undefined;
  readonly around?: EntryId | undefined;
}

/** Oldest first. `more`: there are older rows; `newer`: there are newer ones. */
export interface Page {
  readonly entries: Entry[];
  readonly more: boolean;
  readonly newer: boolean;
}

const shown = `${withPrev('INDEXED BY entries_rows')}
  WHERE e.conversation = ? AND ${isRowSql('e')}`;
const backwards = 'ORDER BY e.time DESC, e.device DESC, e.seq DESC LIMIT ?';

export class Timeline {
  private readonly statements: Record<'latest' | 'before' | 'after', Statement>;

  /** @param entry an entry by its id */
  constructor(
    db: Database,
    private readonly numbers: Numbering,
    private readonly entries: EntryStore,
    private readonly entry: (id: EntryId) => Entry | undefined,
  ) {
    this.statements = {
      latest: db.prepare(`${shown} ${backwards}`),
      before: db.prepare(`${shown} AND (e.time, e.device, e.seq) < (?, ?, ?) ${backwards}`),
      after: db.prepare(`${shown} AND (e.time, e.device, e.seq) > (?, ?, ?) ORDER BY e.time, e.device, e.seq LIMIT ?`),
    };
  }

  /** @throws ParleyError not_found when the place is no row of this conversation */
  page(conversation: ConversationId, { before, after, around }: Place, limit: number): Page {
    if (before !== undefined) {
      return { ...this.older(conversation, this.mark(conversation, before), limit), newer: true };
    }
    if (after !== undefined) {
      return { ...this.newer(conversation, this.mark(conversation, after), limit), more: true };
    }
    if (around === undefined) return { ...this.older(conversation, undefined, limit), newer: false };
    const middle = this.mark(conversation, around);
    const { entries, more } = this.older(conversation, middle, Math.floor((limit - 1) / 2));
    const rest = this.newer(conversation, middle, limit - 1 - entries.length);
    return { entries: [...entries, middle, ...rest.entries], more, newer: rest.newer };
  }

  latest(conversation: ConversationId): Entry | undefined {
    return this.older(conversation, undefined, 1).entries[0];
  }

  private older(conversation: ConversationId, mark: Entry | undefined, limit: number): Omit<Page, 'newer'> {
    const { latest, before } = this.statements;
    const entries = mark
      ? this.read(before, conversation, ...this.place(mark), limit + 1)
      : this.read(latest, conversation, limit + 1);
    const more = entries.length > limit;
    return { entries: (more ? entries.slice(0, limit) : entries).reverse(), more };
  }

  private newer(conversation: ConversationId, mark: Entry, limit: number): Omit<Page, 'more'> {
    const entries = this.read(this.statements.after, conversation, ...this.place(mark), limit + 1);
    const newer = entries.length > limit;
    return { entries: newer ? entries.slice(0, limit) : entries, newer };
  }

  private read(statement: Statement, conversation: ConversationId, ...parameters: SqlValue[]): Entry[] {
    const c = this.numbers.conversationIfKnown(conversation);
    const rows: Row[] = c === undefined ? [] : statement.all(c, ...parameters);
    return rows.map((row) => this.entries.checked(row));
  }

  private place({ time, device, seq }: Entry): [number, number, number] {
    return [Date.parse(time), this.numbers.deviceIfKnown(device) ?? 0, seq];
  }

  private mark(conversation: ConversationId, id: EntryId): Entry {
    const entry = this.entry(id);
    if (entry?.conversation === conversation && isRow(entry)) return entry;
    throw new ParleyError(
      'not_found',
      'That message is not in this conversation here. Load its newest messages instead.',
    );
  }
}
