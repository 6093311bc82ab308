/**
 * The word index (FTS5), filled behind the commits. It holds what is to be found: of an edited message its latest text, of
 * one that was taken back nothing. A row is numbered by the hour and then by its entry's row, so that the newest comes first
 * whenever it arrived, and a span of time is a span of rows. Beside the words stand marks for the filters, so that a
 * selective one is intersected by FTS5 itself, however common the words are.
 */
import type { Database, Statement } from './sqlite.js';
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { FOLDING, indexTokens } from '../../protocol/folding.js';
import { userKey, type EntryId, type UserKey } from '../../protocol/ids.js';
import { relationOf } from '../../protocol/relations.js';
import type { EntryStore } from './entries.js';
import type { Numbering } from './numbering.js';
import type { RelationStore } from './relations.js';

/** A slice has so many rows at most, and ends with the one that brings its text beyond so many bytes: some ten milliseconds. */
const SLICE = 250;
const SLICE_BYTES = 32 * 1024;
/** So many rows are read at once. */
const PORTION = 25;
const HOUR_MS = 3600_000;
const LINK = /\bhttps?:\/\/\S/i;

/** The first part of a row's number. Times before 1970 count as 1970. */
export function hourOf(time: number): number {
  return Math.max(0, Math.floor(time / HOUR_MS));
}

/** What stands for a filter in the index; letters and digits alone, so that it is one token. */
export const marks = {
  conversation: (n: number): string => `c${n}`,
  user: (user: UserKey): string => `u${Buffer.from(user).toString('hex')}`,
  file: 'hasfile',
  link: 'haslink',
};

interface Found {
  readonly n: number;
  readonly entry: Entry;
  /** It was indexed before, with what it said then. */
  readonly again: boolean;
}

export class Words {
  private indexed: number;
  private readonly statements: Record<'add' | 'remove' | 'setWords', Statement>;

  constructor(
    private readonly db: Database,
    private readonly numbers: Numbering,
    private readonly entries: EntryStore,
    private readonly relations: RelationStore,
    private readonly rowOf: (id: EntryId) => number | undefined,
  ) {
    if (Number(db.prepare('SELECT folding FROM index_state').get()?.['folding'] ?? 0) !== FOLDING) anew(db);
    mergeByRows(db);
    this.indexed = Number(db.prepare('SELECT words FROM index_state').get()?.['words'] ?? 0);
    this.statements = {
      add: db.prepare('INSERT INTO entry_words (rowid, message, place) VALUES ((?1 << 31) | ?2, ?3, ?4)'),
      remove: db.prepare('DELETE FROM entry_words WHERE rowid = (?1 << 31) | ?2'),
      setWords: db.prepare('UPDATE index_state SET words = ?'),
    };
  }

  /** The row up to which the index is whole. */
  get upto(): number {
    return this.indexed;
  }

  /** Indexes at most one slice, in a transaction of its own. Returns whether there is more. */
  step(): boolean {
    const { rows, more } = this.slice();
    const last = rows.at(-1);
    if (!last) return false;
    this.db.exec('BEGIN IMMEDIATE');
    try {
      // In the order of the index: FTS5 writes a piece of it whenever a row comes before the last one.
      for (const found of this.touched(rows).sort(compareRows)) this.write(found);
      this.statements.setWords.run(last.n);
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    this.indexed = last.n;
    return more;
  }

  /** What an entry of before that row says is another now; within its transaction. */
  changed(entry: Entry, n: number): void {
    this.write({ n, entry, again: true });
  }

  /** Of an entry whose text is to be forgotten, within its transaction. */
  remove(entry: Entry, n: number): void {
    this.statements.remove.run(hourOf(Date.parse(entry.time)), n);
  }

  private slice(): { rows: { n: number; entry: Entry }[]; more: boolean } {
    const rows: { n: number; entry: Entry }[] = [];
    let bytes = 0;
    while (rows.length < SLICE) {
      const read = this.entries.after(rows.at(-1)?.n ?? this.indexed, PORTION);
      for (const row of read) {
        rows.push(row);
        bytes += Buffer.byteLength(row.entry.message);
        if (bytes > SLICE_BYTES) return { rows, more: true };
      }
      if (read.length < PORTION) return { rows, more: false };
    }
    return { rows, more: true };
  }

  /** The messages of a slice, and those before it that it changes. */
  private touched(rows: readonly { n: number; entry: Entry }[]): Found[] {
    const touched = new Map<number, Found>();
    for (const { n, entry } of rows) {
      if (isMessage(entry)) touched.set(n, { n, entry, again: false });
      if (entry.kind !== 'edit' && entry.kind !== 'delete') continue;
      const target = relationOf(entry)?.target;
      const row = target === undefined ? undefined : this.rowOf(target);
      if (row === undefined || row > this.indexed || touched.has(row)) continue;
      const before = this.entries.byRow(row);
      if (before && isMessage(before)) touched.set(row, { n: row, entry: before, again: true });
    }
    return [...touched.values()];
  }

  private write({ n, entry, again }: Found): void {
    const hour = hourOf(Date.parse(entry.time));
    if (again) this.statements.remove.run(hour, n);
    const said = this.relations.of(entry);
    if (said?.deleted) return;
    const text = said?.edit ? (this.entries.byRow(said.edit.n)?.message ?? '') : entry.message;
    const name = entry.data['name'];
    const words = entry.kind === 'file' && typeof name === 'string' ? `${text}\n${name}` : text;
    this.statements.add.run(hour, n, indexTokens(words), this.place(entry, text));
  }

  private place({ conversation, from, kind }: Entry, text: string): string {
    const place = [marks.conversation(this.numbers.conversation(conversation)), marks.user(userKey(from))];
    if (kind === 'file') place.push(marks.file);
    if (LINK.test(text)) place.push(marks.link);
    return place.join(' ');
  }
}

/** An empty index, to be filled behind from the first row on: the one that is here was made by another folding. */
function anew(db: Database): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    // What is given to it are tokens already, with blanks between: `ascii` leaves every other character as it is.
    db.exec(`DROP TABLE IF EXISTS entry_words;
      CREATE VIRTUAL TABLE entry_words USING fts5 (
        message, place, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3'
      );
      UPDATE index_state SET words = 0, folding = ${FOLDING};
      COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * What is taken out of the index is only marked, and goes when that part of it is merged. FTS5 would merge it all at once where a tenth
 * is marked, which can hold everything up for a second when many old messages are forgotten: here it goes with what is added.
 */
function mergeByRows(db: Database): void {
  const set = db.prepare(`SELECT 1 FROM entry_words_config WHERE k = 'deletemerge' AND v = 0`).get();
  if (!set) db.exec(`INSERT INTO entry_words (entry_words, rank) VALUES ('deletemerge', 0)`);
}

function compareRows(a: Found, b: Found): number {
  return hourOf(Date.parse(a.entry.time)) - hourOf(Date.parse(b.entry.time)) || a.n - b.n;
}
