/**
 * Small records of those who run the tracker: plain data by kind and id. Who reads one checks its form. They are few, so that all of
 * a kind can be looked through.
 */

/** `settings`: what the trackers of a cluster share of settings.json. `import`: that one is under way. */
export type RecordKind = 'invite' | 'reset' | 'audit' | 'settings' | 'import';

export interface RecordStore {
  find(kind: RecordKind, id: string): Promise<unknown>;
  /**
   * Writes what `change` makes of the value; undefined: nothing. Of two calls at once the second gets what the first has written;
   * `change` may be asked several times.
   * @returns the value that is there then
   */
  update(kind: RecordKind, id: string, change: (known: unknown) => unknown): Promise<unknown>;
  /** False when there was none. */
  remove(kind: RecordKind, id: string): Promise<boolean>;
  /** By id, the last first; with `before`, those whose id sorts before that one. */
  list(kind: RecordKind, query: { before?: string | undefined; limit: number }): Promise<readonly StoredRecord[]>;
  /** Removes all but so many of a kind, those with the last ids. */
  keepLast(kind: RecordKind, count: number): Promise<void>;
  /** Of each record that is written, at whichever node. */
  watch(listener: (kind: RecordKind, id: string) => void): () => void;
}

/** A record that is written together with something else. */
export interface RecordWrite {
  readonly kind: RecordKind;
  readonly id: string;
  readonly value: unknown;
}

export interface StoredRecord {
  id: string;
  value: unknown;
}
