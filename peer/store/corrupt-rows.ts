/** Reads what can still be read of a damaged database: row by row where a whole piece cannot be had. */
import type { Database, Row } from './sqlite.js';
import { IS_HIDDEN_SQL, isRowSql } from './rows.js';
import { isDamage } from './failure.js';

const PIECE = 256;

/** The rows of a small table; none where any of them cannot be read. */
export function smallTable(db: Database, table: string, columns: readonly string[]): Row[] {
  return unlessDamaged(() => db.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).all()) ?? [];
}

/** Names of the columns of a table; none where there is no such table. */
export function columnsOf(db: Database, table: string): string[] {
  const rows = unlessDamaged(() => db.prepare(`PRAGMA table_info(${table})`).all()) ?? [];
  return rows.map((row) => row['name'] as string);
}

/** All readable rows of `entries` in the order of n. What lies in an unreadable page is passed over. */
export function* entryRows(db: Database): Generator<Row> {
  const last = Math.max(...lastRows(db).map((n) => n ?? 0));
  const piece = unlessDamaged(() => db.prepare('SELECT * FROM entries WHERE n > ? AND n <= ? ORDER BY n'));
  const one = unlessDamaged(() => db.prepare('SELECT * FROM entries WHERE n = ?'));
  if (!piece || !one) return;
  for (let n = 0; n < last; n += PIECE) {
    const rows = unlessDamaged(() => piece.all(n, n + PIECE));
    if (rows) {
      yield* rows;
      continue;
    }
    for (let i = n + 1; i <= Math.min(last, n + PIECE); i++) {
      const row = unlessDamaged(() => one.get(i));
      if (row) yield row;
    }
  }
}

/** Indexes that hold every entry, of this version and of earlier ones; with a condition, those that hold a part of them. */
const INDEXES: Readonly<Record<string, string>> = {
  entries_log: '',
  entries_timeline: '',
  entries_rows: `WHERE ${isRowSql()}`,
  entries_hidden: `WHERE ${IS_HIDDEN_SQL}`,
};

/** The highest n that the table (first) and each of its indexes knows of; undefined where that cannot be read. */
export function lastRows(db: Database): readonly (number | undefined)[] {
  const names = unlessDamaged(() => db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index'`).all()) ?? [];
  const asked = names.flatMap(({ name }) => {
    const condition = INDEXES[name as string];
    return condition === undefined ? [] : [`SELECT max(n) AS n FROM entries INDEXED BY ${String(name)} ${condition}`];
  });
  return ['SELECT max(n) AS n FROM entries NOT INDEXED', ...asked].map((sql) => {
    const row = unlessDamaged(() => db.prepare(sql).get());
    return row && Number(row['n'] ?? 0);
  });
}

export interface LogEvidence {
  readonly conversation: number;
  readonly device: number;
  readonly seq: number;
}

/**
 * What the index of logs says that there is: how long each log is, and how many rows there are. The index lies in pages
 * of its own. Undefined where it is damaged itself.
 */
export function indexEvidence(db: Database): { logs: LogEvidence[]; count: number } | undefined {
  const rows = unlessDamaged(() =>
    db
      .prepare(
        `SELECT conversation, device, max(seq) AS seq, count(*) AS count
           FROM entries INDEXED BY entries_log GROUP BY conversation, device`,
      )
      .all(),
  );
  if (!rows) return undefined;
  const number = (row: Row, column: string): number => Number(row[column]);
  return {
    logs: rows.map((row) => ({
      conversation: number(row, 'conversation'),
      device: number(row, 'device'),
      seq: number(row, 'seq'),
    })),
    count: rows.reduce((sum, row) => sum + number(row, 'count'), 0),
  };
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
