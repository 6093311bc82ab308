import type { RecordKind, RecordStore, StoredRecord } from '../record-store.js';
import type { Bucket } from './bucket.js';

/** Under `<kind>.<id>`. */
export class NatsRecords implements RecordStore {
  constructor(private readonly records: Bucket<unknown>) {}

  find(kind: RecordKind, id: string): Promise<unknown> {
    return this.records.find(`${kind}.${id}`);
  }

  update(kind: RecordKind, id: string, change: (known: unknown) => unknown): Promise<unknown> {
    return this.records.update(`${kind}.${id}`, change);
  }

  remove(kind: RecordKind, id: string): Promise<boolean> {
    return this.records.remove(`${kind}.${id}`);
  }

  list(
    kind: RecordKind,
    { before, limit }: { before?: string | undefined; limit: number },
  ): Promise<readonly StoredRecord[]> {
    const found = this.#lastFirst(kind).filter(({ id }) => before === undefined || id < before);
    return Promise.resolve(found.slice(0, limit));
  }

  async keepLast(kind: RecordKind, count: number): Promise<void> {
    for (const { id } of this.#lastFirst(kind).slice(count)) await this.remove(kind, id);
  }

  watch(listener: (kind: RecordKind, id: string) => void): () => void {
    return this.records.watch(({ key, after }) => {
      const [kind, id] = partsOf(key);
      if (after !== undefined) listener(kind, id);
    });
  }

  #lastFirst(kind: RecordKind): StoredRecord[] {
    const found = [...this.records.mirror.values()].flatMap(([key, value]) => {
      const [of, id] = partsOf(key);
      return of === kind ? [{ id, value }] : [];
    });
    return found.sort((a, b) => (a.id < b.id ? 1 : -1));
  }
}

export function partsOf(key: string): [kind: RecordKind, id: string] {
  const at = key.indexOf('.');
  return [key.slice(0, at) as RecordKind, key.slice(at + 1)];
}
