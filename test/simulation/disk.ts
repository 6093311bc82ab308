/**
 * A device's disk behind the log's port: a write is in the system's memory, a sync makes it durable some time later, and a
 * power failure takes any number of the last transactions that no sync covered.
 */
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { compareShown, Moves } from '../../protocol/order.js';
import type { Newest } from '../../protocol/time.js';
import { keyOf, type BucketRows } from '../../peer/log/buckets.js';
import type { LogEnd, LogStorage } from '../../peer/log/ports.js';
import { moveBefore } from '../../peer/log/test-storage.js';
import type { RunMark } from '../../peer/identity/lineage.js';
import type { Fork } from '../../peer/store/rewrites.js';
import type { DiskImage, DiskWorld, FilledBuckets, StoredLog, Transaction } from './disk-image.js';
import { FileIndex } from './files/file-index.js';
import { SimulatedContents } from './retention/contents.js';
import { RewriteShelf } from './rewrites.js';

export class Disk implements LogStorage {
  /** The lineage's mark in the history. */
  runMark: RunMark | undefined;
  rewrites = new RewriteShelf();
  readonly files = new FileIndex();
  readonly contents = new SimulatedContents({
    all: (conversation) => this.all(conversation),
    at: (...place) => this.at(...place),
    byId: (id) => [...this.logs.keys()].flatMap((conversation) => this.all(conversation)).find((row) => row.id === id),
    put: (entry) => void this.log(entry.conversation, entry.device)?.entries.splice(entry.seq - 1, 1, entry),
  });
  full = false;
  /** Transactions for which there was no room. */
  refused = 0;
  /** The next sync fails: what it should have covered may be gone. */
  failing = false;
  count = 0;
  private readonly logs = new Map<ConversationId, Map<DeviceId, StoredLog>>();
  private readonly marks = new Map<string, Entry>();
  private readonly moves = new Moves();
  private readonly tops = new Map<ConversationId, Entry>();
  /** Buckets that are durable. */
  private readonly filled: FilledBuckets = { logs: new Map(), users: new Map() };
  private unsynced: Transaction[] = [];

  constructor(private readonly world: DiskWorld) {}

  *ends(): Generator<LogEnd & { conversation: ConversationId; device: DeviceId }> {
    for (const [conversation, logs] of this.logs) {
      for (const [device, { entries }] of logs) {
        const last = entries.at(-1);
        if (last) yield { conversation, device, seq: last.seq, id: last.id };
      }
    }
  }

  newest(conversation: ConversationId, atMost = Infinity, but?: DeviceId): Newest | undefined {
    let top = this.top(conversation);
    if (top && (top.device === but || placeOf(top) > atMost)) {
      const all = this.all(conversation).filter((entry) => entry.device !== but && placeOf(entry) <= atMost);
      top = all.sort(compareShown).at(-1);
    }
    return top && { time: placeOf(top), device: top.device };
  }

  replacing(conversation: ConversationId, device: DeviceId): number | undefined {
    const said = (this.log(conversation, device)?.entries ?? []).filter((entry) => !isMessage(entry));
    return said.length > 0 ? Math.max(...said.map(({ time }) => Date.parse(time))) : undefined;
  }

  lastPlace(conversation: ConversationId, device: DeviceId): number | undefined {
    const last = this.log(conversation, device)?.entries.at(-1);
    return last && placeOf(last);
  }

  top(conversation: ConversationId): Entry | undefined {
    return this.tops.get(conversation);
  }

  at(conversation: ConversationId, device: DeviceId, seq: number): Entry | undefined {
    return this.log(conversation, device)?.entries[seq - 1];
  }

  idAt(conversation: ConversationId, device: DeviceId, seq: number): EntryId | undefined {
    return this.at(conversation, device, seq)?.id;
  }

  buckets(): BucketRows {
    return { logs: [...this.filled.logs.values()], users: [...this.filled.users.values()] };
  }

  write(entries: readonly Entry[], posted: ReadonlyMap<string, EntryId>, buckets?: BucketRows): void {
    if (this.full) {
      this.refused++;
      throw new ParleyError('storage_full');
    }
    this.world.writing(entries);
    for (const entry of entries) this.insert(entry);
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    for (const [client, id] of posted) {
      const entry = byId.get(id);
      if (entry) this.marks.set(client, entry);
    }
    this.unsynced.push({ entries, marks: posted, buckets });
  }

  sync(done: (error?: Error) => void): void {
    const covered = this.unsynced.length;
    const last = this.unsynced.at(-1);
    this.world.later(() => {
      if (this.failing) {
        done(new Error('EIO: simulated'));
        return;
      }
      // A crash in between has emptied the list.
      if (last !== this.unsynced[covered - 1]) return;
      this.settle(this.unsynced.splice(0, covered));
      this.rewrites.settle();
      done();
    });
  }

  posted(client: string): Entry | undefined {
    return this.marks.get(client);
  }

  range(conversation: ConversationId, device: DeviceId, from: number, limit: number): Entry[] {
    return limit > 0 ? (this.log(conversation, device)?.entries.slice(from - 1, from - 1 + limit) ?? []) : [];
  }

  durable(conversation: ConversationId, device: DeviceId): number {
    return this.log(conversation, device)?.durable ?? 0;
  }

  length(conversation: ConversationId, device: DeviceId): number {
    return this.log(conversation, device)?.entries.length ?? 0;
  }

  devices(conversation: ConversationId): Iterable<DeviceId> {
    return this.logs.get(conversation)?.keys() ?? [];
  }

  conversations(): Iterable<ConversationId> {
    return this.logs.keys();
  }

  /** All of a conversation, log after log. */
  all(conversation: ConversationId): Entry[] {
    return [...(this.logs.get(conversation)?.values() ?? [])].flatMap(({ entries }) => entries);
  }

  /** A new process on a running system: what was written is there, and opening the store makes it durable. */
  reopen(): void {
    this.settle(this.unsynced.splice(0));
    this.rewrites.settle();
    this.failing = false;
  }

  /** Keeps the first `kept(n)` of the `n` transactions that no sync covered. */
  powerFails(kept: (transactions: number) => number): void {
    const lost = this.unsynced.splice(kept(this.unsynced.length));
    for (const { entries, marks } of lost.reverse()) this.remove(entries, marks);
    this.rewrites.powerFails();
    this.reopen();
  }

  /** Puts one log back to its first `length` entries, as an old backup does. @returns what is gone */
  rollBack(conversation: ConversationId, device: DeviceId, length: number): readonly Entry[] {
    this.reopen();
    const lost = this.log(conversation, device)?.entries.slice(length) ?? [];
    const ids = new Set(lost.map(({ id }) => id));
    this.remove(lost, new Map([...this.marks].flatMap(([mark, { id }]) => (ids.has(id) ? [[mark, id]] : []))));
    return lost;
  }

  image(): DiskImage {
    const durable = ({ entries, durable: end }: StoredLog): readonly Entry[] => entries.slice(0, end);
    const logs = new Map(
      [...this.logs].map(([conversation, devices]) => [
        conversation,
        new Map([...devices].map(([device, log]) => [device, durable(log)])),
      ]),
    );
    const isThere = ({ conversation, device, seq }: Entry): boolean => this.durable(conversation, device) >= seq;
    const marks = new Map([...this.marks].filter(([, entry]) => isThere(entry)));
    return {
      logs,
      marks,
      buckets: this.buckets(),
      rewrites: this.rewrites.copy(),
      runMark: this.runMark,
      contents: this.contents.image(),
    };
  }

  restore({ logs, marks, buckets, rewrites, runMark, contents }: DiskImage): void {
    this.unsynced = [];
    this.failing = false;
    this.count = 0;
    for (const each of [
      this.logs,
      this.marks,
      this.tops,
      this.filled.logs,
      this.filled.users,
      this.files,
      this.contents,
    ])
      each.clear();
    this.fill(buckets);
    for (const devices of logs.values())
      for (const entries of devices.values()) for (const entry of entries) this.insert(entry);
    for (const devices of this.logs.values()) for (const log of devices.values()) log.durable = log.entries.length;
    for (const [mark, entry] of marks) this.marks.set(mark, entry);
    this.rewrites = rewrites.copy();
    this.runMark = runMark;
    this.contents.restore(contents);
  }

  /** As `mend`: own entries from there on lose their place, and wait to be written again. */
  takeOut(fork: Fork): void {
    const { conversation, device, seq } = fork;
    this.reopen();
    this.rewrites.tookOut(fork);
    const taken = this.log(conversation, device)?.entries.slice(seq - 1) ?? [];
    const clients = new Map([...this.marks].map(([client, { id }]) => [id, client]));
    for (const entry of taken) this.rewrites.put(entry, clients.get(entry.id));
    this.remove(taken, new Map(taken.flatMap(({ id }) => (clients.has(id) ? [[clients.get(id) ?? '', id]] : []))));
  }

  private log(conversation: ConversationId, device: DeviceId): StoredLog | undefined {
    return this.logs.get(conversation)?.get(device);
  }

  private insert(entry: Entry): void {
    const { conversation, device, seq, prev } = entry;
    let logs = this.logs.get(conversation);
    if (!logs) this.logs.set(conversation, (logs = new Map<DeviceId, StoredLog>()));
    let log = logs.get(device);
    if (!log) logs.set(device, (log = { entries: [], durable: 0 }));
    const last = log.entries.at(-1);
    if (seq !== log.entries.length + 1) this.world.wrong(`a gap was written: ${conversation} ${device} ${seq}`);
    if (prev !== (last?.id ?? '')) this.world.wrong(`a broken chain was written: ${conversation} ${device} ${seq}`);
    const before = log.entries;
    let moved = 0;
    this.moves.entry(`${device} ${conversation}`, (atMost) => (moved = moveBefore(before, entry, atMost)));
    before.push(entry);
    this.count++;
    this.contents.inserted(entry);
    if (entry.kind !== 'text') this.files.add(entry);
    if (moved > 0) this.findTop(conversation);
    const top = this.tops.get(conversation);
    if (!top || compareShown(entry, top) > 0) this.tops.set(conversation, entry);
  }

  private settle(transactions: readonly Transaction[]): void {
    for (const { entries, buckets } of transactions) {
      this.fill(buckets);
      for (const { conversation, device, seq } of entries) {
        const log = this.log(conversation, device);
        if (log && log.durable < seq) log.durable = seq;
      }
    }
  }

  private fill(buckets: BucketRows | undefined): void {
    for (const log of buckets?.logs ?? []) this.filled.logs.set(keyOf(log), log);
    for (const user of buckets?.users ?? []) this.filled.users.set(user.user, user);
  }

  private remove(entries: readonly Entry[], marks: ReadonlyMap<string, EntryId>): void {
    for (const client of marks.keys()) this.marks.delete(client);
    const touched = new Set<ConversationId>();
    for (const { conversation, device, seq } of entries) {
      const log = this.log(conversation, device);
      if (!log || log.entries.length < seq) continue;
      const gone = log.entries.splice(seq - 1);
      for (const entry of gone) this.contents.removed(entry);
      this.count -= this.files.removed(gone);
      log.durable = Math.min(log.durable, log.entries.length);
      touched.add(conversation);
    }
    for (const conversation of touched) this.findTop(conversation);
  }

  private findTop(conversation: ConversationId): void {
    this.tops.delete(conversation);
    for (const entry of this.all(conversation)) {
      const top = this.tops.get(conversation);
      if (!top || compareShown(entry, top) > 0) this.tops.set(conversation, entry);
    }
  }
}

function placeOf({ at, time }: Entry): number {
  return Date.parse(at ?? time);
}
