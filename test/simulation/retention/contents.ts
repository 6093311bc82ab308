/**
 * What a simulated disk says of the content of its entries, in place of the tables of the real store (peer/store/pruning.ts and
 * missing-contents.ts): what was forgotten here, what came without it, and by when each row was here.
 */
import { pruned, type Entry } from '../../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../../protocol/ids.js';
import type { MissingContents } from '../../../peer/log/ports.js';
import type { PruneCursor, PruneStep, PruneTarget } from '../../../peer/store/pruning.js';

/** The rows beneath. */
export interface Rows {
  all(conversation: ConversationId): Entry[];
  at(conversation: ConversationId, device: DeviceId, seq: number): Entry | undefined;
  put(entry: Entry): void;
  byId(id: EntryId): Entry | undefined;
}

export interface ContentsImage {
  readonly forgotten: ReadonlySet<EntryId>;
  readonly missing: ReadonlyMap<EntryId, Entry>;
}

/** Rows that one step looks at: few, so that a walk is often cut. */
const STEP = 10;
const DAY_MS = 24 * 3600_000;

export class SimulatedContents implements MissingContents {
  readonly forgotten = new Set<EntryId>();
  readonly missing = new Map<EntryId, Entry>();
  /** Told of each row that comes. */
  arrives: (entry: Entry) => void = () => {};
  /** Told of content that has come after all. */
  filled: () => void = () => {};
  /** Told before anything is forgotten. */
  forgets: (entry: Entry, target: PruneTarget) => void = () => {};
  /** In which order rows came. */
  private readonly numbers = new Map<EntryId, number>();
  private marks: { readonly time: number; readonly n: number }[] = [];
  private count = 0;

  constructor(private readonly rows: Rows) {}

  inserted(entry: Entry): void {
    this.numbers.set(entry.id, ++this.count);
    if (entry.pruned) this.missing.set(entry.id, entry);
    this.arrives(entry);
  }

  removed({ id }: Entry): void {
    for (const each of [this.numbers, this.missing, this.forgotten]) each.delete(id);
  }

  clear(): void {
    for (const each of [this.numbers, this.missing, this.forgotten]) each.clear();
    this.marks = [];
  }

  image(): ContentsImage {
    return { forgotten: new Set(this.forgotten), missing: new Map(this.missing) };
  }

  /** After all rows were put back. */
  restore({ forgotten, missing }: ContentsImage): void {
    this.missing.clear();
    for (const id of forgotten) this.forgotten.add(id);
    for (const [id, entry] of missing) this.missing.set(id, entry);
  }

  get size(): number {
    return this.missing.size;
  }

  logs(): Iterable<Entry> {
    return new Map(
      [...this.missing.values()].map((entry) => [`${entry.device} ${entry.conversation}`, entry]),
    ).values();
  }

  next(conversation: ConversationId, device: DeviceId, from: number): number | undefined {
    const seqs = [...this.missing.values()]
      .filter((entry) => entry.conversation === conversation && entry.device === device && entry.seq >= from)
      .map(({ seq }) => seq);
    return seqs.length > 0 ? Math.min(...seqs) : undefined;
  }

  /** Nobody edits there. */
  edit(): number {
    return 0;
  }

  takes({ id }: Entry): boolean {
    return this.missing.has(id);
  }

  fill(entries: readonly Entry[]): void {
    for (const { id, conversation, device, seq, kind, message, data } of entries) {
      const row = this.rows.at(conversation, device, seq);
      if (row?.id !== id || !this.missing.delete(id)) continue;
      const { pruned: _, ...rest } = row;
      this.rows.put({ ...rest, kind, message, data });
      this.filled();
    }
  }

  /** Up to this `seq` a log is here without the content of entries. */
  upTo(conversation: ConversationId, device: DeviceId): number {
    if (this.missing.size + this.forgotten.size === 0) return 0;
    return this.rows.all(conversation).findLast((entry) => entry.device === device && entry.pruned)?.seq ?? 0;
  }

  /** For planted bugs: waits for the content of a row, and puts another one into its place. */
  wait(id: EntryId): void {
    const entry = this.rows.byId(id);
    if (entry) this.missing.set(id, entry);
  }

  put(entry: Entry): void {
    this.rows.put(entry);
  }

  came(now: number): void {
    const since = now - (this.marks.at(-1)?.time ?? 0);
    if (since >= 0 && since < DAY_MS) return;
    this.marks = [...this.marks.filter(({ time }) => time <= now), { time: now, n: this.count }];
  }

  arrivedBy(time: number): number {
    return this.marks.findLast((mark) => mark.time <= time)?.n ?? 0;
  }

  step(target: PruneTarget, cursor?: PruneCursor): PruneStep {
    const { conversation, before, arrivedBy } = target;
    const isOld = (entry: Entry): boolean =>
      Date.parse(entry.at ?? entry.time) < before && this.numberOf(entry) <= arrivedBy;
    for (const [id, entry] of this.missing) {
      if (entry.conversation !== conversation || !isOld(entry)) continue;
      this.missing.delete(id);
      this.forgotten.add(id);
    }
    const after = cursor?.after[0] ?? 0;
    const rows = this.rows.all(conversation).filter((entry) => entry.kind === 'text' && this.numberOf(entry) > after);
    const slice = rows.sort((a, b) => this.numberOf(a) - this.numberOf(b)).slice(0, STEP);
    const old = slice.filter((entry) => isOld(entry) && (entry.device !== target.self || entry.seq <= target.ownUpTo));
    for (const entry of old) {
      this.forgets(entry, target);
      this.forgotten.add(entry.id);
      this.rows.put(pruned(entry));
    }
    const last = slice.at(-1);
    const next = last && slice.length === STEP ? this.numberOf(last) : undefined;
    return {
      next: next === undefined ? undefined : { edits: false, after: [next, 0, 0] },
      pruned: old.length,
      files: [],
    };
  }

  private numberOf({ id }: Entry): number {
    return this.numbers.get(id) ?? Infinity;
  }
}
