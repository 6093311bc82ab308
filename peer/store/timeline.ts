/** Pages of a conversation as people see it: its rows alone, so that what only shows in them costs a page nothing. */
import type { Database, Row, SqlValue, Statement } from './sqlite.js';
import { ParleyError } from '../../protocol/errors.js';
import { isRow } from '../../protocol/entry-kinds.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId, UserKey } from '../../protocol/ids.js';
import { isRowSql } from './rows.js';
import type { EntryStore } from './entries.js';
import { withPrev } from './entry-row.js';
import type { Numbering } from './numbering.js';

/** At most one of them; without any, the newest. */
export interface Place {
  /** The oldest. */
  readonly first?: true | undefined;
  readonly before?: EntryId | undefined;
  readonly after?: EntryId | undefined;
  readonly around?: EntryId | undefined;
  /** What came here after this entry had come, wherever it stands, in the order of arrival: for who follows a conversation. */
  readonly since?: EntryId | undefined;
}

/** Oldest first. `more`: there are older rows; `newer`: there are newer ones. */
export interface Page {
  readonly entries: Entry[];
  readonly more: boolean;
  readonly newer: boolean;
}

// Who is left out is known from the index alone: what they wrote is passed over unread.
const shown = (index: string): string => `${withPrev(`INDEXED BY ${index}`)}
  WHERE e.conversation = ? AND e.device NOT IN (SELECT value FROM json_each(?)) AND ${isRowSql('e')}`;
const backwards = 'ORDER BY e.place DESC, e.device DESC, e.seq DESC LIMIT ?';

/** The number of a conversation, and the devices that are left out of it, as JSON; undefined where nothing is stored. */
type Part = readonly [number, string] | undefined;

export class Timeline {
  private readonly statements: Record<'latest' | 'before' | 'after' | 'since', Statement>;

  /**
   * @param entry an entry by its id
   * @param rowOf the number of its row: rows are numbered in the order of arrival
   */
  constructor(
    db: Database,
    private readonly numbers: Numbering,
    private readonly entries: EntryStore,
    private readonly entry: (id: EntryId) => Entry | undefined,
    private readonly rowOf: (id: EntryId) => number | undefined,
  ) {
    const rows = shown('entries_rows');
    this.statements = {
      latest: db.prepare(`${rows} ${backwards}`),
      before: db.prepare(`${rows} AND (e.place, e.device, e.seq) < (?, ?, ?) ${backwards}`),
      after: db.prepare(`${rows} AND (e.place, e.device, e.seq) > (?, ?, ?) ORDER BY e.place, e.device, e.seq LIMIT ?`),
      since: db.prepare(`${shown('entries_arrival')} AND e.n > ? ORDER BY e.n LIMIT ?`),
    };
  }

  /**
   * @param but users whose rows are left out; one of theirs may be a place all the same, but `around` shows it
   * @throws ParleyError not_found when the place is no row of this conversation
   */
  page(
    conversation: ConversationId,
    { first, before, after, around, since }: Place,
    limit: number,
    but: readonly UserKey[] = [],
  ): Page {
    const part = this.part(conversation, but);
    if (first) return { ...this.newer(part, undefined, limit), more: false };
    if (before !== undefined) return { ...this.older(part, this.mark(conversation, before), limit), newer: true };
    if (after !== undefined) return { ...this.newer(part, this.mark(conversation, after), limit), more: true };
    if (since !== undefined) return { ...this.arrived(part, this.mark(conversation, since), limit), more: true };
    if (around === undefined) return { ...this.older(part, undefined, limit), newer: false };
    const middle = this.mark(conversation, around);
    const { entries, more } = this.older(part, middle, Math.floor((limit - 1) / 2));
    const rest = this.newer(part, middle, limit - 1 - entries.length);
    return { entries: [...entries, middle, ...rest.entries], more, newer: rest.newer };
  }

  latest(conversation: ConversationId, but: readonly UserKey[] = []): Entry | undefined {
    return this.older(this.part(conversation, but), undefined, 1).entries[0];
  }

  /** The last row that stands before a time, ms. */
  lastBefore(conversation: ConversationId, time: number, but: readonly UserKey[] = []): Entry | undefined {
    return this.read(this.statements.before, this.part(conversation, but), time, 0, 0, 1)[0];
  }

  private part(conversation: ConversationId, but: readonly UserKey[]): Part {
    const n = this.numbers.conversationIfKnown(conversation);
    return n === undefined ? undefined : [n, JSON.stringify(this.numbers.devicesOf(but))];
  }

  private older(part: Part, mark: Entry | undefined, limit: number): Omit<Page, 'newer'> {
    const { latest, before } = this.statements;
    const entries = mark ? this.read(before, part, ...this.place(mark), limit + 1) : this.read(latest, part, limit + 1);
    const more = entries.length > limit;
    return { entries: (more ? entries.slice(0, limit) : entries).reverse(), more };
  }

  private newer(part: Part, mark: Entry | undefined, limit: number): Omit<Page, 'more'> {
    const place = mark ? this.place(mark) : ([-Number.MAX_SAFE_INTEGER, 0, 0] as const);
    return newerOf(this.read(this.statements.after, part, ...place, limit + 1), limit);
  }

  private arrived(part: Part, { id }: Entry, limit: number): Omit<Page, 'more'> {
    return newerOf(this.read(this.statements.since, part, this.rowOf(id) ?? 0, limit + 1), limit);
  }

  private read(statement: Statement, part: Part, ...parameters: SqlValue[]): Entry[] {
    const rows: Row[] = part ? statement.all(...part, ...parameters) : [];
    return rows.map((row) => this.entries.checked(row));
  }

  private place({ time, at, device, seq }: Entry): [number, number, number] {
    return [Date.parse(at ?? time), this.numbers.deviceIfKnown(device) ?? 0, seq];
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

function newerOf(entries: Entry[], limit: number): Omit<Page, 'more'> {
  const newer = entries.length > limit;
  return { entries: newer ? entries.slice(0, limit) : entries, newer };
}
