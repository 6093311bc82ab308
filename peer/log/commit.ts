/**
 * The only writer of history. Posts and proven entries of one turn become one transaction; one sync makes it durable, and
 * what comes meanwhile waits for the next one (group commit).
 */
import { ParleyError } from '../../protocol/errors.js';
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { compareShown } from '../../protocol/order.js';
import { msOf } from '../../protocol/time.js';
import type { Buckets } from './buckets.js';
import { chainPosts, type Author, type Post } from './chain.js';
import { Ends } from './ends.js';
import { pieceEnds, Places } from './places.js';
import type { LogClock, LogEnd, LogOutput, LogStorage } from './ports.js';
import { Waiting } from './waiting.js';

export interface PendingPost extends Post {
  readonly conversation: ConversationId;
  readonly client?: string;
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: Error) => void;
}

export interface CertifiedAuthor extends Author {
  /** Whether others believe an entry of that time, milliseconds since 1970. */
  readonly isProvable: (time: number) => boolean;
}

/** Entries in one transaction, and bytes: more would hold the event loop for longer than a message should wait. */
const TRANSACTION_MAX = 1_000;
const TRANSACTION_BYTES = 4 * 1024 * 1024;

export class Committer {
  /** What is stored and what is about to be: what the next entry has to follow. */
  readonly ends = new Ends();
  private readonly stored = new Ends();
  private readonly places: Places;
  private readonly posts = new Waiting<PendingPost>();
  private readonly proven = new Waiting<Entry>();
  private scheduled = false;
  private syncing = false;
  private failing = false;
  private broken: Error | undefined;

  constructor(
    private readonly author: CertifiedAuthor,
    private readonly storage: LogStorage,
    private readonly clock: LogClock,
    private readonly out: LogOutput,
    private readonly buckets: Pick<Buckets, 'took' | 'unsaved' | 'saved'>,
    /** Told when proven entries had to be thrown away again: what was built on them is void. */
    private readonly reset: (conversation: ConversationId, device: DeviceId) => void,
  ) {
    this.places = new Places(author.device, author.isProvable, storage, clock);
    for (const end of storage.ends()) {
      this.ends.set(end.conversation, end.device, end);
      this.stored.set(end.conversation, end.device, end);
    }
  }

  /** Posts and proven entries that wait to be written. */
  get size(): number {
    return this.posts.length + this.proven.length;
  }

  /** Of proven entries that wait to be written. Bytes, as `runCost` counts. */
  get backlog(): number {
    return this.proven.bytes;
  }

  /**
   * Why nothing is written by this process any more: it is closed, or a sync failed. What was written, and not told of by then,
   * is not vouched for.
   */
  get failure(): Error | undefined {
    return this.broken;
  }

  /** Our clock was set. */
  clockSet(): void {
    for (const conversation of this.places.clockSet()) this.out.added(conversation, [], false, new Map());
  }

  post(post: PendingPost): void {
    if (this.broken) throw this.broken;
    this.posts.push(post);
    this.schedule();
  }

  /** @param entries one piece of one log that follows `ends` or overlaps with it */
  accept(entries: readonly Entry[]): void {
    const first = entries[0];
    if (!first) return;
    const end = this.ends.get(first.conversation, first.device);
    const fresh = end ? entries.filter(({ seq }) => seq > end.seq) : entries;
    const last = fresh.at(-1);
    if (!last) return;
    if (fresh[0]?.prev !== (end?.id ?? '')) {
      this.out.forked(first.conversation, first.device, first.seq);
      return;
    }
    for (const entry of fresh) this.proven.push(entry);
    this.ends.set(last.conversation, last.device, { seq: last.seq, id: last.id });
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.syncing) return;
    this.scheduled = true;
    this.clock.soon(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** From now on the storage is left alone: what waits to be written is refused, and what others sent comes again by `want`. */
  close(): void {
    this.end(new ParleyError('unavailable'));
  }

  private end(failure: Error): void {
    this.broken ??= failure;
    this.proven.take();
    for (const { reject } of this.posts.take()) reject(this.broken);
  }

  private flush(): void {
    if (this.broken) return;
    const proven = this.proven.take(TRANSACTION_MAX, TRANSACTION_BYTES);
    // Our own lost tail, fetched back from others, is written before anything is chained to it.
    const blocked = this.proven.some(({ device }) => device === this.author.device);
    const posts = blocked ? [] : this.posts.take(TRANSACTION_MAX, TRANSACTION_BYTES);
    if (posts.length + proven.length === 0) return;
    let own: readonly OwnBurst[];
    let others: readonly Entry[];
    let entries: readonly Entry[];
    try {
      // It reads as well, and the disk may refuse that, too.
      others = this.places.placed(proven);
      own = this.chain(posts);
      const written = own.flatMap((burst) => burst.entries);
      entries = written.length === 0 ? others : [...others, ...written];
      for (const { entries: burst } of own) this.buckets.took(burst);
      this.storage.write(entries, clientsOf(own), this.buckets.unsaved());
    } catch (error) {
      this.failed(error, posts, proven);
      return;
    }
    this.buckets.saved();
    if (this.failing) this.out.storage(undefined);
    this.failing = false;
    const ends = pieceEnds(entries);
    this.advance(entries, ends);
    for (const [conversation, added] of byConversation(others)) this.out.added(conversation, added, false, new Map());
    this.syncing = true;
    const isOwn = posts.length > 0;
    const sync = (): void => {
      if (!this.broken) this.storage.sync((error) => this.synced(error, own, ends), isOwn);
    };
    // What others wrote is shown before it is durable: a window is told first, since beginning a sync takes as long as telling it.
    if (isOwn) sync();
    else this.clock.soon(sync);
  }

  private synced(error: Error | undefined, own: readonly OwnBurst[], ends: readonly Entry[]): void {
    if (this.broken) return;
    if (error) {
      // The system may have dropped the very pages that failed: nothing after this can be promised by this process.
      const failure = new ParleyError('storage_failed', undefined, { cause: error });
      for (const { posts } of own) for (const { reject } of posts) reject(failure);
      this.end(failure);
      this.out.storage(failure);
      return;
    }
    this.syncing = false;
    for (const { conversation, posts, entries: added } of own) {
      this.out.added(conversation, added, true, clientMarks(posts, added));
      posts.forEach(({ resolve }, i) => {
        const entry = added[i];
        if (entry) resolve(entry);
      });
    }
    this.out.durable(headsOf(ends));
    if (this.size > 0) this.schedule();
  }

  /**
   * The next entries of our own logs, one burst a conversation. Since a post was let in the clock may have been set, or the machine have
   * slept: an entry of a time that nobody believes would hold up all of the log behind it, and is refused instead.
   */
  private chain(posts: readonly PendingPost[]): OwnBurst[] {
    const groups = new Map<ConversationId, PendingPost[]>();
    for (const post of posts) {
      const group = groups.get(post.conversation);
      if (group) group.push(post);
      else groups.set(post.conversation, [post]);
    }
    return [...groups].flatMap(([conversation, group]) => {
      const end = this.ends.get(conversation, this.author.device);
      const { newest, now } = this.places.before(conversation);
      const replacing = group.every(isMessage) ? undefined : this.places.replacing(conversation);
      const entries = chainPosts(conversation, group, this.author, end, newest, now, replacing);
      if (entries.every(({ time }) => this.author.isProvable(msOf(time))))
        return [{ conversation, posts: group, entries }];
      for (const { reject } of group) reject(new ParleyError('certificate_ended'));
      return [];
    });
  }

  private failed(error: unknown, posts: readonly PendingPost[], others: readonly Entry[]): void {
    const failure = error instanceof Error ? error : new ParleyError('storage_failed', undefined, { cause: error });
    for (const { reject } of posts) reject(failure);
    // What was proven and queued is fetched again by `have` and `want` once storage works.
    const lost = new Map(
      [...others, ...this.proven.take()].map((entry) => [`${entry.device} ${entry.conversation}`, entry]),
    );
    for (const { conversation, device } of lost.values()) {
      this.ends.set(conversation, device, this.stored.get(conversation, device));
      this.reset(conversation, device);
    }
    this.failing = true;
    this.out.storage(failure);
    for (const { conversation, device } of lost.values()) this.out.setBack?.(conversation, device);
    if (this.posts.length > 0) this.schedule();
  }

  private advance(entries: readonly Entry[], ends: readonly Entry[]): void {
    for (const { conversation, device, seq, id } of ends) {
      const end: LogEnd = { seq, id };
      this.stored.set(conversation, device, end);
      const known = this.ends.get(conversation, device);
      if (!known || known.seq < seq) this.ends.set(conversation, device, end);
    }
    this.places.advance(entries, ends);
  }
}

interface OwnBurst {
  readonly conversation: ConversationId;
  readonly posts: readonly PendingPost[];
  readonly entries: readonly Entry[];
}

function clientsOf(bursts: readonly OwnBurst[]): Map<string, EntryId> {
  const marks = new Map<string, EntryId>();
  for (const { posts, entries } of bursts) {
    posts.forEach(({ client }, i) => {
      const entry = entries[i];
      if (client !== undefined && entry) marks.set(client, entry.id);
    });
  }
  return marks;
}

function clientMarks(posts: readonly PendingPost[], entries: readonly Entry[]): Map<EntryId, string> {
  const marks = new Map<EntryId, string>();
  posts.forEach(({ client }, i) => {
    const entry = entries[i];
    if (client !== undefined && entry) marks.set(entry.id, client);
  });
  return marks;
}

function headsOf(ends: readonly Entry[]): Map<ConversationId, Map<DeviceId, number>> {
  const heads = new Map<ConversationId, Map<DeviceId, number>>();
  for (const { conversation, device, seq } of ends) {
    let logs = heads.get(conversation);
    if (!logs) heads.set(conversation, (logs = new Map<DeviceId, number>()));
    logs.set(device, seq);
  }
  return heads;
}

function byConversation(entries: readonly Entry[]): Map<ConversationId, Entry[]> {
  const groups = new Map<ConversationId, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.conversation);
    if (group) group.push(entry);
    else groups.set(entry.conversation, [entry]);
  }
  for (const group of groups.values()) group.sort(compareShown);
  return groups;
}
