/**
 * Entries of all conversations in the order in which they came to be here, as far as they are durable: whoever reads them in this order
 * goes on from where they were, over restarts and power failures, and misses nothing.
 */
import { ParleyError } from '../../protocol/errors.js';
import type { Arrived } from '../services.js';
import type { EntryStore } from './entries.js';
import { withPrev } from './entry-row.js';
import type { Database, Statement } from './sqlite.js';

const BEGINNING = '0';
/** Characters of an id in a place: rows that were taken out, when a history was mended, may have given their numbers to others. */
const ID_PART = 10;

export class Arrivals {
  private readonly statements: Record<'last' | 'id' | 'after', Statement>;
  /** The number of the last row that is durable: all before it are. */
  private durable: number;
  /** The number of the last row; undefined: it is to be looked up. */
  private latest: number | undefined;

  constructor(
    db: Database,
    private readonly entries: Pick<EntryStore, 'checked'>,
  ) {
    this.statements = {
      last: db.prepare('SELECT max(n) AS n FROM entries'),
      id: db.prepare('SELECT id FROM entries WHERE n = ?'),
      after: db.prepare(`${withPrev()} WHERE e.n > ? AND e.n <= ? ORDER BY e.n LIMIT ?`),
    };
    // What there is at the opening is durable: see durability.ts.
    this.durable = this.last();
  }

  /** To be called for each row that is inserted, within its transaction. */
  inserted(n: number): void {
    this.latest = n;
  }

  /** A transaction came to nothing, and its rows with it. */
  undone(): void {
    this.latest = undefined;
  }

  /** To be called when a sync begins, for what is to be called once it has succeeded. */
  syncing(): () => void {
    const upTo = this.last();
    return () => {
      this.durable = upTo;
    };
  }

  /**
   * @param after a place that was given before; `0` is the beginning. Without it, no entries, and where the order ends now
   * @throws ParleyError not_found where what stood there is not in this history
   */
  page(after: string | undefined, limit: number): Arrived {
    const from = after === undefined ? this.durable : this.row(after);
    const rows = this.statements.after.all(from, this.durable, limit + 1);
    const arrivals = rows.slice(0, limit).map((row) => {
      const entry = this.entries.checked(row);
      return { entry, place: placeOf(Number(row['n']), entry.id) };
    });
    const place = arrivals.at(-1)?.place ?? after ?? this.end();
    return { arrivals, place, more: rows.length > limit };
  }

  private end(): string {
    const id = this.idAt(this.durable);
    return id === undefined ? BEGINNING : placeOf(this.durable, id);
  }

  private row(place: string): number {
    if (place === BEGINNING) return 0;
    const n = Number(/^([1-9]\d{0,14})\./.exec(place)?.[1] ?? NaN);
    const id = Number.isNaN(n) || n > this.durable ? undefined : this.idAt(n);
    if (id !== undefined && placeOf(n, id) === place) return n;
    throw new ParleyError(
      'not_found',
      'That cursor is none of this history. Read what you lack with History, then begin without a cursor.',
    );
  }

  private idAt(n: number): string | undefined {
    return this.statements.id.get(n)?.['id'] as string | undefined;
  }

  private last(): number {
    return (this.latest ??= Number(this.statements.last.get()?.['n'] ?? 0));
  }
}

function placeOf(n: number, id: string): string {
  return `${n}.${id.slice(0, ID_PART)}`;
}
