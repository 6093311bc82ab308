/**
 * Entries that an earlier version stored up to their first NUL (docs/decisions/text.md). Their text is lost, but nothing else
 * is: the chain and a signature after them still prove their id, and so the rest of the log. They are no damage of this disk.
 * And entries that it stored whole, which others refuse.
 */
import { checkContent, entryId, type EntryData } from '../../protocol/entry.js';
import { isParleyError } from '../../protocol/errors.js';
import { DATA_DEPTH_MAX } from '../../protocol/text.js';
import type { DeviceId } from '../../protocol/ids.js';
import { EntryStore } from './entries.js';
import { Numbering } from './numbering.js';
import { addPlace } from './old-relations.js';
import { Proof } from './proof.js';
import { columnsOf, smallTable } from './corrupt-rows.js';
import type { Database, Row } from './sqlite.js';
import { Transactions } from './transactions.js';

const PIECE = 500;

/** A step of the migrations, within its transaction: whatever is written from now on is whole. */
export function findCutRows(db: Database): void {
  db.exec('CREATE TABLE cut_rows (n INTEGER PRIMARY KEY)');
  addPlace(db);
  const numbers = new Numbering(db);
  const entries = new EntryStore(db, numbers, new Transactions(db, numbers));
  const pems = db.prepare('SELECT pem FROM certificates WHERE device = ? ORDER BY not_after DESC');
  const proof = new Proof((device) => pems.all(numbers.deviceIfKnown(device) ?? -1).map(({ pem }) => pem as string));
  const found = db.prepare('INSERT INTO cut_rows (n) VALUES (?)');
  const rows = db.prepare(
    `SELECT * FROM entries WHERE (conversation, device, seq) > (?, ?, ?) ORDER BY conversation, device, seq LIMIT ?`,
  );
  let log = '';
  let end = { seq: 0, id: '' };
  // Rows of the log whose hash is not their id, until a signature proves what follows them.
  let waiting: number[] = [];
  for (let at: [number, number, number] = [0, 0, 0]; ;) {
    const piece = rows.all(...at, PIECE);
    for (const row of piece) {
      at = [Number(row['conversation']), Number(row['device']), Number(row['seq'])];
      if (log !== `${at[0]} ${at[1]}`) [log, end, waiting] = [`${at[0]} ${at[1]}`, { seq: 0, id: '' }, []];
      const entry = entries.fromRow({ ...row, prev: end.id });
      // What makes no sense, or is missing, is found and repaired by whoever reads it.
      if (entry?.seq !== end.seq + 1) continue;
      end = entry;
      if (entryId(entry) !== entry.id) waiting.push(Number(row['n']));
      if (waiting.length === 0 || !proof.isSigned(entry)) continue;
      for (const n of waiting.splice(0)) found.run(n);
    }
    if (piece.length < PIECE) return;
  }
}

/**
 * A step of the migrations: entries that an earlier version wrote and stored, though nobody takes them now (`checkContent`):
 * their data is nested too deeply, or is no plain JSON. They are read as before; like those that were cut they are served to
 * nobody, since the reader would refuse them and all that follows in their log.
 */
export function findRefusedRows(db: Database): void {
  const found = db.prepare('INSERT OR IGNORE INTO cut_rows (n) VALUES (?)');
  // Data that could be refused is rare: brackets enough for that depth, the key, or an escaped half of a character.
  const rows = db.prepare(
    `SELECT n, kind, message, data FROM entries WHERE n > ? AND length(data) > ${DATA_DEPTH_MAX} AND (
       length(data) - length(replace(replace(data, '{', ''), '[', '')) > ${DATA_DEPTH_MAX}
       OR instr(data, '__proto__') > 0 OR instr(data, '\\ud') > 0) ORDER BY n LIMIT ${PIECE}`,
  );
  for (let at = 0; ;) {
    const piece = rows.all(at);
    for (const row of piece) {
      at = Number(row['n']);
      if (isRefused(row)) found.run(at);
    }
    if (piece.length < PIECE) return;
  }
}

function isRefused({ kind, message, data }: Row): boolean {
  try {
    checkContent(String(kind), String(message), JSON.parse(String(data)) as EntryData);
    return false;
  } catch (error) {
    // What is no JSON is found and repaired by whoever reads it.
    return isParleyError(error);
  }
}

/** The rows that are cut, of this, of an earlier or of a damaged database. */
export function cutRows(db: Database): Set<number> {
  if (columnsOf(db, 'cut_rows').length === 0) return new Set();
  return new Set(smallTable(db, 'cut_rows', ['n']).map(({ n }) => Number(n)));
}

/** Whether one of them is a device's own: nobody can be given its log beyond it, so it has to go on under a new key. */
export function hasCutRows(db: Database, device: DeviceId): boolean {
  return (
    db
      .prepare(
        `SELECT 1 FROM cut_rows c JOIN entries e ON e.n = c.n JOIN devices d ON d.n = e.device WHERE d.id = ? LIMIT 1`,
      )
      .get(device) !== undefined
  );
}
