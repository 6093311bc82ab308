/** What one node knows of a bucket, in memory: a pure machine, fed with what it has written itself and what the stream tells. */

export interface Entry<T> {
  /** Undefined: removed. */
  value: T | undefined;
  revision: number;
}

export interface Change<T> {
  key: string;
  before: T | undefined;
  after: T | undefined;
  revision: number;
}

export class Mirror<T> {
  #entries = new Map<string, Entry<T>>();
  #size = 0;
  #position = 0;
  readonly #listeners = new Set<(change: Change<T>) => void>();

  /** All messages of the stream up to this one are in it. */
  get position(): number {
    return this.#position;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** 0: nothing is known of the key. */
  revision(key: string): number {
    return this.#entries.get(key)?.revision ?? 0;
  }

  *values(): IterableIterator<[key: string, value: T, revision: number]> {
    for (const [key, { value, revision }] of this.#entries) if (value !== undefined) yield [key, value, revision];
  }

  /** Removed ones, by the revision that removed them. */
  *removed(): IterableIterator<[key: string, revision: number]> {
    for (const [key, { value, revision }] of this.#entries) if (value === undefined) yield [key, revision];
  }

  /** Called for each change, in the turn in which it becomes known. */
  watch(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Of a write of this node, or read from the leader: it may be ahead of the stream. */
  learn(key: string, entry: Entry<T>): void {
    if (entry.revision === this.#position + 1) this.#position = entry.revision;
    if (entry.revision > this.revision(key)) this.#set(key, entry);
  }

  /** The next message of the stream. What is known already changes nothing. */
  follow(key: string, entry: Entry<T>): void {
    this.#position = Math.max(this.#position, entry.revision);
    if (entry.revision > this.revision(key)) this.#set(key, entry);
  }

  /** The stream has nothing more of it: its time was over, or its last trace was cleared away. */
  forget(key: string, revision: number): void {
    if (this.revision(key) !== revision) return;
    this.#set(key, { value: undefined, revision });
    this.#entries.delete(key);
  }

  /** Everything anew, from the beginning of the stream: what is different is told. */
  replace(entries: ReadonlyMap<string, Entry<T>>, position: number): void {
    const former = this.#entries;
    for (const [key, { revision, value }] of former) {
      if (value !== undefined && !entries.has(key)) this.#set(key, { value: undefined, revision });
    }
    for (const [key, entry] of entries) {
      if (former.get(key)?.revision !== entry.revision) this.#set(key, entry);
    }
    this.#entries = new Map(entries);
    this.#position = position;
  }

  #set(key: string, entry: Entry<T>): void {
    const before = this.get(key);
    this.#entries.set(key, entry);
    this.#size += Number(entry.value !== undefined) - Number(before !== undefined);
    if (before === undefined && entry.value === undefined) return;
    const change = { key, before, after: entry.value, revision: entry.revision };
    for (const listener of this.#listeners) listener(change);
  }
}
