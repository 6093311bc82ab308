/** Looks words up in the word index, newest first: ranking by bm25 over a common word would read all of its rows. */
import type { Database, Statement } from './sqlite.js';

/** A place in the index: the hour, then the row of the entry. */
export interface WordPlace {
  readonly hour: number;
  readonly n: number;
}

export class SearchIndex {
  private readonly match: Statement;

  constructor(db: Database) {
    this.match = db.prepare(
      `SELECT rowid >> 31 AS hour, rowid & 2147483647 AS n FROM entry_words
         WHERE entry_words MATCH ?1 AND rowid < ((?2 << 31) | ?3) AND rowid >= (?4 << 31) ORDER BY rowid DESC LIMIT ?5`,
    );
  }

  /** At most `limit` places before `before` that match an FTS5 expression, none of an hour before `from`. */
  places(expression: string, before: WordPlace, from: number, limit: number): WordPlace[] {
    const rows = this.match.all(expression, before.hour, before.n, from, limit);
    return rows.map((row) => ({ hour: Number(row['hour']), n: Number(row['n']) }));
  }
}
