/**
 * Which entries are rows of a timeline, as SQL: in the very words of the indexes `entries_rows` and `entries_hidden`, since
 * SQLite uses a partial index only where it finds its condition again. Not `IN`: of that, each insert would build a table.
 */
import { PRUNED_KIND } from '../../protocol/pruned.js';

const HIDDEN = ['edit', 'delete', 'reaction', 'profile'] as const;

/** Entries without their content are neither: see pruning.ts. */
const NO_ROWS = [...HIDDEN, PRUNED_KIND] as const;

/** @param entry the name of the table, where there are several */
export const isRowSql = (entry = ''): string =>
  NO_ROWS.map((kind) => `${entry && `${entry}.`}kind <> '${kind}'`).join(' AND ');

/** Of the others. */
export const IS_HIDDEN_SQL = HIDDEN.map((kind) => `kind = '${kind}'`).join(' OR ');
