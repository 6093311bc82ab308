/** What the log needs from outside: storage, keys, time. A simulator gives it others. */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { Newest } from '../../protocol/time.js';
import type { BucketRows } from './buckets.js';

export interface LogEnd {
  readonly seq: number;
  readonly id: EntryId;
}

/** Whether rows were moved, and whether any is ahead, so that what comes next may move it. */
export interface Lowered {
  readonly moved: boolean;
  readonly ahead: boolean;
}

export interface LogStorage {
  ends(): Iterable<LogEnd & { conversation: ConversationId; device: DeviceId }>;
  /**
   * The newest entry by where entries stand (protocol/order.ts), of those at most at `atMost` (milliseconds since 1970) and not
   * of the device `but`.
   */
  newest(conversation: ConversationId, atMost: number, but?: DeviceId): Newest | undefined;
  /** The latest signed time of what is no message among the last `LOG_REACH` entries of a log. */
  replacing(conversation: ConversationId, device: DeviceId): number | undefined;
  /** Where the last entry of a log stands. Milliseconds since 1970. */
  lastPlace(conversation: ConversationId, device: DeviceId): number | undefined;
  /** Conversations that may hold rows later than `limit`, of which `lower` can move some: see `settle` in protocol/order.ts. */
  ahead?(limit: number): ConversationId[];
  /** Moves them, in one transaction. @throws ParleyError as `write` */
  lower?(conversation: ConversationId, self: DeviceId, limit: number): Lowered;
  idAt(conversation: ConversationId, device: DeviceId, seq: number): EntryId | undefined;
  /**
   * One transaction; on an error nothing of it is kept. `buckets` take the place of those that were written before. What stands
   * later in a log than an entry that follows it stands where that one does from then on, as far back as `Moves` says.
   * @throws ParleyError storage_full, storage_failed
   */
  write(entries: readonly Entry[], posted: ReadonlyMap<string, EntryId>, buckets?: BucketRows): void;
  /** Those written that have not drained since. Absent: they are not kept. */
  buckets?(): BucketRows;
  /**
   * Calls back once everything written before this call is durable, or with the disk's error; perhaps within this call
   * when somebody waits for it (`urgent`).
   */
  sync(done: (error?: Error) => void, urgent: boolean): void;
  /** The entry of an earlier post with the same mark. */
  posted(client: string): Entry | undefined;
  /** Absent: what came without its content stays so. */
  readonly contents?: MissingContents;
}

/** Entries that came without their content, as their author had forgotten it (SPEC.md section 5, pruning); never what was forgotten here. */
export interface MissingContents {
  /** How many logs have any. */
  readonly size: number;
  logs(): Iterable<{ readonly conversation: ConversationId; readonly device: DeviceId }>;
  /** The last such edit of a log where it is at `from` or after it, else the first such entry from `from` on: its `seq`. */
  next(conversation: ConversationId, device: DeviceId, from: number): number | undefined;
  /** The last such edit of a log: its `seq`; 0: there is none. */
  edit(conversation: ConversationId, device: DeviceId): number;
  /** Whether the content of that entry is missing, and that of no edit after it in its log: else an old text would be shown as the last one. */
  takes(entry: Entry): boolean;
  /**
   * Puts contents into the place of what is missing, in one transaction; passes over what is not missing, or has another id.
   * @throws ParleyError storage_full, storage_failed; nothing of it is kept then
   */
  fill(entries: readonly Entry[]): void;
}

export interface LogKeys {
  /** Signs the 32 bytes of an id with this device's key; base64url. */
  sign(id: EntryId): string;
  /** The user that the device's certificates name, unless all of them are over by the time (milliseconds); `revoked` before it. */
  author(
    device: DeviceId,
    time: number,
  ): { username: Username; known: true } | { known: boolean; username?: undefined; revoked?: true };
  /** Whose device it is, whatever its certificates cover; undefined for a device without one. */
  owner(device: DeviceId): Username | undefined;
  verify(device: DeviceId, id: EntryId, sig: string, done: (valid: boolean) => void): void;
}

export interface LogClock {
  now(): number;
  /** The later of it and the tracker's, where that is known. */
  latest?(): number;
  /** Calls back soon, after what is under way: one flush for all that one turn of the event loop brought. */
  soon(callback: () => void): void;
}

/** Heads that became durable, by conversation and device. */
export type Advance = ReadonlyMap<ConversationId, ReadonlyMap<DeviceId, number>>;

export interface LogOutput {
  /** Committed: others' entries after the transaction, own ones after the sync; none where only some stand elsewhere. `clients`: the posts' marks by id. */
  added(
    conversation: ConversationId,
    entries: readonly Entry[],
    own: boolean,
    clients: ReadonlyMap<EntryId, string>,
  ): void;
  /** Durable: may be acknowledged, and served to others. */
  durable(advance: Advance): void;
  /** Two different entries for one place, both signed by the device. `link` brought the other one; `exact`: see inbound.ts. */
  forked(conversation: ConversationId, device: DeviceId, seq: number, link?: number, exact?: boolean): void;
  /** Entries that had been proven were not taken (no room, or not due yet): the log ends before them, they are fetched anew. */
  setBack?(conversation: ConversationId, device: DeviceId): void;
  /** A link brought entries of an author whom no certificate here proves. They are passed over. */
  unproven?(link: number, device: DeviceId): void;
  /** What entries of these conversations said has come later than they did. */
  filled?(conversations: ReadonlySet<ConversationId>): void;
  /** Storage refused; the text is for the user. `undefined`: it works again. */
  storage(error: Error | undefined): void;
}
