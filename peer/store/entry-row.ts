/** An entry as a row of the table, and back. */
import { prunedText, PRUNED_KIND, readPruned } from '../../protocol/pruned.js';
import type { Entry } from '../../protocol/entry.js';
import type { EntryId } from '../../protocol/ids.js';
import { msOf } from '../../protocol/time.js';
import type { Numbering } from './numbering.js';
import type { Row, SqlValue } from './sqlite.js';

/** All but `prev`, which is the id of the row before in the same log. */
export const columns = 'e.n, e.conversation, e.device, e.seq, e.time, e.id, e.kind, e.message, e.data, e.sig, e.at';

/** The beginning of a statement that gives whole rows, for `fromRow` and `checked` of `EntryStore`. */
export const withPrev = (
  indexed = '',
): string => `SELECT ${columns}, p.id AS prev FROM entries e ${indexed} LEFT JOIN entries p
  ON p.conversation = e.conversation AND p.device = e.device AND p.seq = e.seq - 1`;

/** The columns in the order of `insertSql`. */
export function valuesOf(
  numbers: Numbering,
  { conversation, device, from, seq, time, id, kind, message, data, sig, at, pruned }: Entry,
): SqlValue[] {
  return [
    numbers.conversation(conversation),
    numbers.device(device, from),
    seq,
    msOf(time),
    id,
    kind,
    pruned ? prunedText(pruned) : message,
    Object.keys(data).length === 0 ? '{}' : JSON.stringify(data),
    sig ?? null,
    at === undefined ? null : Date.parse(at),
  ];
}

export const insertSql = (rows: number): string =>
  `INSERT INTO entries (conversation, device, seq, time, id, kind, message, data, sig, at) VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join()}`;

/** Undefined, or an error, where the row makes no sense. */
export function entryOf(numbers: Numbering, row: Row): Entry | undefined {
  const device = numbers.deviceRow(Number(row['device']));
  const conversation = numbers.conversationId(Number(row['conversation']));
  if (!device || !conversation) return undefined;
  const kind = row['kind'] as string;
  const content =
    kind === PRUNED_KIND
      ? { kind, message: '', data: {}, pruned: readPruned(row['message'] as string) }
      : { kind, message: row['message'] as string, data: dataOf(row['data'] as string) };
  return {
    conversation,
    from: device.username,
    device: device.id,
    seq: Number(row['seq']),
    prev: (row['prev'] ?? '') as EntryId | '',
    time: new Date(Number(row['time'])).toISOString(),
    ...content,
    id: row['id'] as EntryId,
    ...(row['sig'] === null ? {} : { sig: row['sig'] as string }),
    ...(typeof row['at'] === 'number' ? { at: new Date(row['at']).toISOString() } : {}),
  };
}

function dataOf(text: string): Record<string, unknown> {
  return text === '{}' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
