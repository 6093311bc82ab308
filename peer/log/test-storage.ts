/** Test support: the log's storage in memory, with a disk that keeps only what was synced when the power fails. */
import { pruned, type Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { compareShown, Moves, settle, SETTLE_REACH } from '../../protocol/order.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { Newest } from '../../protocol/time.js';
import { keyOf, type BucketRows, type LogBucket, type UserBucket } from './buckets.js';
import type { LogEnd, LogStorage, Lowered, MissingContents } from './ports.js';

export class MemoryStorage implements LogStorage {
  private readonly logs = new Map<string, Entry[]>();
  private readonly marks = new Map<string, EntryId>();
  private readonly arrivals = new Map<EntryId, number>();
  private readonly moves = new Moves();
  private written = 0;
  private readonly filled = { logs: new Map<string, LogBucket>(), users: new Map<string, UserBucket>() };
  /** Refuses writes, as a full disk does. */
  full = false;
  transactions = 0;

  /** @param later performs a sync some time later; each call must call back once */
  constructor(private readonly later: (callback: () => void) => void = setImmediate) {}

  ends(): (LogEnd & { conversation: ConversationId; device: DeviceId })[] {
    return [...this.logs.values()].flatMap((log) => {
      const last = log.at(-1);
      return last ? [{ conversation: last.conversation, device: last.device, seq: last.seq, id: last.id }] : [];
    });
  }

  newest(conversation: ConversationId, atMost: number, but?: DeviceId): Newest | undefined {
    const place = ({ at, time }: Entry): number => Date.parse(at ?? time);
    const last = this.timeline(conversation).findLast((entry) => entry.device !== but && place(entry) <= atMost);
    return last && { time: place(last), device: last.device };
  }

  replacing(conversation: ConversationId, device: DeviceId): number | undefined {
    const said = (this.logs.get(`${device} ${conversation}`) ?? []).filter((entry) => !isMessage(entry));
    return said.length > 0 ? Math.max(...said.map(({ time }) => Date.parse(time))) : undefined;
  }

  lastPlace(conversation: ConversationId, device: DeviceId): number | undefined {
    const last = this.logs.get(`${device} ${conversation}`)?.at(-1);
    return last && Date.parse(last.at ?? last.time);
  }

  ahead(): ConversationId[] {
    return [...new Set([...this.logs.values()].flatMap((log) => log.slice(0, 1)).map(({ conversation: c }) => c))];
  }

  lower(conversation: ConversationId, self: DeviceId, limit: number): Lowered {
    const rows = this.timeline(conversation)
      .slice(-SETTLE_REACH)
      .sort((a, b) => (this.arrivals.get(a.id) ?? 0) - (this.arrivals.get(b.id) ?? 0))
      .map((entry) => ({
        ...{ entry, device: entry.device, seq: entry.seq, moved: entry.at !== undefined },
        ...{ time: Date.parse(entry.time), place: Date.parse(entry.at ?? entry.time) },
      }));
    const { moves, ahead } = settle(rows, self, limit);
    for (const [{ entry }, place] of moves) {
      const log = this.logs.get(`${entry.device} ${conversation}`);
      if (log) log[entry.seq - 1] = { ...entry, at: new Date(place).toISOString() };
    }
    return { moved: moves.size > 0, ahead };
  }

  idAt(conversation: ConversationId, device: DeviceId, seq: number): EntryId | undefined {
    return this.logs.get(`${device} ${conversation}`)?.[seq - 1]?.id;
  }

  buckets(): BucketRows {
    return { logs: [...this.filled.logs.values()], users: [...this.filled.users.values()] };
  }

  write(entries: readonly Entry[], posted: ReadonlyMap<string, EntryId>, buckets?: BucketRows): void {
    if (this.full) throw new ParleyError('storage_full');
    this.transactions++;
    for (const entry of entries) {
      const key = `${entry.device} ${entry.conversation}`;
      const log = this.logs.get(key) ?? [];
      if (log.length + 1 !== entry.seq || (log.at(-1)?.id ?? '') !== entry.prev)
        throw new Error('bug: a gap was written');
      this.moves.entry(key, (atMost) => moveBefore(log, entry, atMost));
      log.push(entry);
      if (entry.pruned) this.missing.set(entry.id, entry);
      this.arrivals.set(entry.id, this.arrivals.size);
      this.logs.set(key, log);
    }
    for (const [client, id] of posted) this.marks.set(client, id);
    for (const log of buckets?.logs ?? []) this.filled.logs.set(keyOf(log), log);
    for (const user of buckets?.users ?? []) this.filled.users.set(user.user, user);
    this.written += entries.length;
  }

  /** What was written without its content. */
  private readonly missing = new Map<EntryId, Entry>();
  readonly contents: MissingContents = this.missingContents();

  private missingContents(): MissingContents {
    const { missing, logs } = this;
    const of = (conversation: ConversationId, device: DeviceId): Entry[] =>
      [...missing.values()]
        .filter((entry) => entry.conversation === conversation && entry.device === device)
        .sort((a, b) => a.seq - b.seq);
    const isEdit = ({ pruned: content }: Entry): boolean => content?.kind === 'edit';
    return {
      get size() {
        return missing.size;
      },
      logs: () =>
        new Map([...missing.values()].map((entry) => [`${entry.device} ${entry.conversation}`, entry])).values(),
      next(conversation, device, from) {
        const rest = of(conversation, device).filter(({ seq }) => seq >= from);
        const edit = rest.filter(isEdit).at(-1);
        return (edit ?? rest[0])?.seq;
      },
      edit: (conversation, device) => of(conversation, device).filter(isEdit).at(-1)?.seq ?? 0,
      takes: ({ id, conversation, device, seq }) =>
        missing.has(id) && !of(conversation, device).some((other) => other.seq > seq && isEdit(other)),
      fill: (entries) => {
        if (this.full) throw new ParleyError('storage_full');
        for (const { id, device, conversation, seq, kind, message, data } of entries) {
          const log = logs.get(`${device} ${conversation}`);
          const hollow = log?.[seq - 1];
          if (!log || !hollow || !missing.delete(id)) continue;
          const { pruned: _, ...rest } = hollow;
          log[seq - 1] = { ...rest, kind, message, data };
        }
      },
    };
  }

  sync(done: () => void): void {
    this.later(done);
  }

  posted(client: string): Entry | undefined {
    const id = this.marks.get(client);
    return id && [...this.logs.values()].flat().find((entry) => entry.id === id);
  }

  range(conversation: ConversationId, device: DeviceId, from: number, limit: number): Entry[] {
    return (this.logs.get(`${device} ${conversation}`) ?? []).slice(from - 1, from - 1 + limit);
  }

  timeline(conversation: ConversationId): Entry[] {
    return [...this.logs.values()]
      .flat()
      .filter((entry) => entry.conversation === conversation)
      .sort(compareShown);
  }

  /** Forgets what the entries of a log say, up to this `seq`. */
  prune(conversation: ConversationId, device: DeviceId, upTo: number): void {
    const log = this.logs.get(`${device} ${conversation}`) ?? [];
    for (const [i, entry] of log.entries()) if (entry.seq <= upTo) log[i] = pruned(entry);
  }

  prunedUpTo(conversation: ConversationId, device: DeviceId): number {
    return (this.logs.get(`${device} ${conversation}`) ?? []).findLast((entry) => entry.pruned)?.seq ?? 0;
  }

  /** Takes the last entries of a log away, as a power failure before the sync does. */
  lose(conversation: ConversationId, device: DeviceId, count: number): void {
    this.logs.get(`${device} ${conversation}`)?.splice(-count);
  }
}

/** The nearest before it in its log stand no later than an entry that comes. @returns how many were moved */
export function moveBefore(log: Entry[], { at, time }: Entry, atMost: number): number {
  const place = at ?? time;
  let moved = 0;
  for (let before = log.at(-1); before && moved < atMost; before = log[log.length - 1 - moved]) {
    if ((before.at ?? before.time) <= place) break;
    log[log.length - 1 - moved++] = { ...before, at: place };
  }
  return moved;
}
