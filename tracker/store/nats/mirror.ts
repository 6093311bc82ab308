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

/** A stream that was read from its beginning. */
export interface Reading<T> {
  entries: ReadonlyMap<string, Entry<T>>;
  /** Of the last message that was read. */
  position: number;
  /** Of the whole stream, as its leader had it after the reading had begun: what is read may be behind it. */
  end: number;
}

export class Mirror<T> {
  #entries = new Map<string, Entry<T>>();
  #size = 0;
  #position = 0;
  /** Since a reading began: what it brings may be older than that. */
  #learned: Map<string, Entry<T>> | undefined;
  readonly #listeners = new Set<(change: Change<T>) => void>();

  /** @param failed is told what a listener throws: it keeps nothing from the others, nor from what the mirror holds. */
  constructor(private readonly failed: (error: unknown) => void) {}

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
    this.#learned?.set(key, entry);
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

  /** The stream is about to be read from its beginning; `replace` takes what was read. Its end is to be asked for after this. */
  beginReading(): void {
    this.#learned = new Map();
  }

  /**
   * Everything anew: what is different is told. What the reading is behind of stays: what was learned since it began, and what the stream
   * has beyond it. What lies beyond the end of the stream is lost.
   */
  replace({ entries, position, end }: Reading<T>): void {
    const former = this.#entries;
    const all = new Map(entries);
    const keep = (key: string, entry: Entry<T>): void => {
      if (entry.revision > position && entry.revision > (all.get(key)?.revision ?? 0)) all.set(key, entry);
    };
    for (const [key, entry] of former) if (entry.revision <= end) keep(key, entry);
    for (const [key, entry] of this.#learned ?? []) keep(key, entry);
    this.#learned = undefined;
    for (const [key, { revision }] of former) if (!all.has(key)) this.#set(key, { value: undefined, revision });
    for (const [key, entry] of all) if (former.get(key)?.revision !== entry.revision) this.#set(key, entry);
    this.#entries = all;
    this.#position = position;
  }

  #set(key: string, entry: Entry<T>): void {
    const before = this.get(key);
    this.#entries.set(key, entry);
    this.#size += Number(entry.value !== undefined) - Number(before !== undefined);
    if (before === undefined && entry.value === undefined) return;
    const change = { key, before, after: entry.value, revision: entry.revision };
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.failed(error);
      }
    }
  }
}
