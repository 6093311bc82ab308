/** Full-text search over the word index, newest first: ranking by bm25 over a common word would read all of its rows. */
import type { Database, Statement } from './sqlite.js';

/** The words of a query as an FTS5 expression in which no character has a meaning; the last word matches by prefix. */
export function matchExpression(query: string): string | undefined {
  const words = query.normalize('NFC').match(/[\p{L}\p{N}\p{M}_]+/gu);
  if (!words) return undefined;
  return words.map((word, i) => `"${word}"${i === words.length - 1 ? '*' : ''}`).join(' AND ');
}

export class SearchIndex {
  private readonly match: Statement;

  constructor(db: Database) {
    this.match = db.prepare('SELECT rowid AS n FROM entry_words WHERE entry_words MATCH ? ORDER BY rowid DESC LIMIT ?');
  }

  /** Row numbers, newest arrival first. */
  rows(query: string, limit: number): number[] {
    const expression = matchExpression(query);
    return expression === undefined ? [] : this.match.all(expression, limit).map((row) => Number(row['n']));
  }
}
