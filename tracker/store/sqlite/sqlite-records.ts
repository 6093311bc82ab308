import type { RecordKind, RecordStore, RecordWrite, StoredRecord } from '../record-store.js';
import { toPromise, type Database } from './database.js';

interface Row {
  id: string;
  value: string;
}

/** Nothing else happens between reading and writing, as all of it is synchronous. */
export class SqliteRecords implements RecordStore {
  readonly #find;
  readonly #put;
  readonly #remove;
  readonly #list;
  readonly #keepLast;
  readonly #listeners = new Set<(kind: RecordKind, id: string) => void>();

  constructor(db: Database) {
    this.#find = db.prepare('SELECT id, value FROM records WHERE kind = ? AND id = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO records (kind, id, value) VALUES (?, ?, ?)');
    this.#remove = db.prepare('DELETE FROM records WHERE kind = ? AND id = ?');
    this.#list = db.prepare(
      'SELECT id, value FROM records WHERE kind = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3',
    );
    this.#keepLast = db.prepare(
      `DELETE FROM records WHERE kind = ?1
       AND id <= (SELECT id FROM records WHERE kind = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
    );
  }

  find(kind: RecordKind, id: string): Promise<unknown> {
    return toPromise(() => this.#value(kind, id));
  }

  update(kind: RecordKind, id: string, change: (known: unknown) => unknown): Promise<unknown> {
    return toPromise(() => {
      const known = this.#value(kind, id);
      const next = change(known);
      if (next === undefined) return known;
      this.write([{ kind, id, value: next }]);
      this.tell([{ kind, id }]);
      return next;
    });
  }

  /** At once, as a part of what the caller writes; `tell` comes when that is durable. */
  write(records: readonly RecordWrite[]): void {
    for (const { kind, id, value } of records) this.#put.run(kind, id, JSON.stringify(value));
  }

  tell(records: readonly Pick<RecordWrite, 'kind' | 'id'>[]): void {
    for (const { kind, id } of records) for (const listener of this.#listeners) listener(kind, id);
  }

  remove(kind: RecordKind, id: string): Promise<boolean> {
    return toPromise(() => this.#remove.run(kind, id).changes > 0);
  }

  list(
    kind: RecordKind,
    { before, limit }: { before?: string | undefined; limit: number },
  ): Promise<readonly StoredRecord[]> {
    return toPromise(() =>
      (this.#list.all(kind, before ?? null, limit) as unknown as Row[]).map(({ id, value }) => ({
        id,
        value: JSON.parse(value) as unknown,
      })),
    );
  }

  keepLast(kind: RecordKind, count: number): Promise<void> {
    return toPromise(() => {
      this.#keepLast.run(kind, count);
    });
  }

  watch(listener: (kind: RecordKind, id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #value(kind: RecordKind, id: string): unknown {
    const row = this.#find.get(kind, id) as Row | undefined;
    return row && (JSON.parse(row.value) as unknown);
  }
}
