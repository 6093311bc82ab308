/** The log of one device: append, ingest, and what is durable (SPEC.md section 5). A machine: all effects are given. */
import { checkContent, type Entry } from '../../protocol/entry.js';
import { errorTable, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { RATES, type Rates } from '../../protocol/rates.js';
import { Buckets } from './buckets.js';
import { Committer } from './commit.js';
import { Contents } from './contents.js';
import { Inbound } from './inbound.js';
import { Intake, type HeldLog } from './intake.js';
import type { LogClock, LogEnd, LogKeys, LogOutput, LogStorage } from './ports.js';
import type { LinkToken } from './run.js';

/** Posts that wait for their commit; more are refused, so that a flood cannot eat the memory. */
const POSTS_MAX = 50_000;

/** So far may one's own log be ahead of what others take of it: whoever writes on is told to wait. Milliseconds. */
const AHEAD_MAX_MS = 3600_000;

export interface LogOptions {
  readonly username: Username;
  readonly device: DeviceId;
  readonly storage: LogStorage;
  readonly keys: LogKeys;
  readonly clock: LogClock;
  readonly out: LogOutput;
  /** A link sent something wrong. */
  readonly refuse: (link: LinkToken, code: ErrorCode) => void;
  /** Those of the protocol unless given. */
  readonly rates?: Rates | undefined;
  /** Why nothing is written now, by what is known of the clocks; undefined: it is. */
  readonly refusal?: () => ErrorCode | undefined;
  /** A link has brought a proven piece of a log that ends with this entry. `isNews`: no other link had brought all of it before. */
  readonly brought?: (link: LinkToken, last: Entry, isNews: boolean) => void;
  /** A log is ahead of its rate: the rest of it is taken later. */
  readonly held?: (log: HeldLog) => void;
  /** Whether nothing more of somebody is taken for now; when that changes, `reconsider` of the mesh. */
  readonly declines?: (author: Username) => boolean;
}

export interface AppendRequest {
  readonly conversation: ConversationId;
  readonly kind: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly client?: string;
}

export class Log {
  private readonly committer: Committer;
  private readonly inbound: Inbound;
  private readonly intake: Intake;
  private readonly buckets: Buckets;
  private readonly contents: Contents;
  /** Posts under way by their `client`, so that a repeated one joins the first. */
  private readonly pending = new Map<string, Promise<Entry>>();
  /** Conversations in which others hold more of our own log than we do. */
  private readonly lost = new Map<ConversationId, number>();

  constructor(private readonly options: LogOptions) {
    const { storage, keys, clock, out, refuse, device, username } = options;
    const isProvable = (time: number): boolean => keys.author(device, time).username !== undefined;
    const author = { username, device, sign: keys.sign.bind(keys), isProvable };
    const now = (): number => clock.now();
    this.buckets = new Buckets({ self: username, rates: options.rates ?? RATES, now, stored: storage.buckets?.() });
    const { buckets } = this;
    this.committer = new Committer(author, storage, clock, out, buckets, (c, d) => this.inbound.forget(c, d));
    this.intake = new Intake({
      ...{ self: username, buckets, now },
      closed: (author) => {
        // What we have lost of our own log is taken always: without it we would write its places twice.
        const owner = options.declines && author !== device ? keys.owner(author) : undefined;
        return owner !== undefined && options.declines?.(owner) === true;
      },
      told: (log, first) => {
        out.setBack?.(log.conversation, log.device);
        if (first) options.held?.(log);
      },
    });
    this.inbound = new Inbound(
      keys,
      storage,
      (c, d) => this.committer.ends.get(c, d),
      {
        proven: (entries, link) => {
          const fresh = entries.filter(({ conversation: c, device: d, seq }) => seq > this.seq(c, d));
          this.intake.took(fresh);
          this.committer.accept(entries);
          const last = entries.at(-1);
          if (last) options.brought?.(link, last, fresh.length > 0);
        },
        refuse,
        forked: (...fork) => out.forked(...fork),
        unproven: (link, author) => out.unproven?.(link, author),
        again: (entry) => this.contents.take(entry),
      },
      this.intake,
    );
    this.contents = new Contents({
      ...{ missing: storage.contents, intake: this.intake, clock },
      filled: (conversations) => out.filled?.(conversations),
      isOver: () => this.committer.failure !== undefined,
    });
  }

  /**
   * Of others' entries that are to be written as soon as they can be: links are paused above a bound. What waits for a signed
   * entry to come does not count, since it may never come, and nothing would be read any more. Bytes, as `runCost` counts.
   */
  get backlog(): number {
    return this.inbound.backlog + this.committer.backlog;
  }

  /**
   * Resolves when the entry is durable here. `refusal`: why it is not written any more; what this `client` has written before is answered.
   * Rejects with ParleyError bad_entry, too_large, clock_wrong (and its like), recovering, unavailable, ahead_of_rate,
   * storage_full, storage_failed; or with the refusal.
   */
  append(request: AppendRequest, refusal?: ParleyError): Promise<Entry> {
    const { client } = request;
    const known = client === undefined ? undefined : this.pending.get(client);
    if (known) return known;
    const { failure } = this.committer;
    if (failure) return Promise.reject(failure);
    const stored = client === undefined ? undefined : this.options.storage.posted(client);
    if (stored) return Promise.resolve(stored);
    if (refusal) return Promise.reject(refusal);
    if (client === undefined) return this.write(request);
    const written = this.write(request).finally(() => this.pending.delete(client));
    this.pending.set(client, written);
    return written;
  }

  /** Our clock was set: what was written while it was ahead may stand elsewhere, which `added` tells without entries. */
  clockSet(): void {
    this.committer.clockSet();
  }

  /** Before the storage is closed: posts that are not written yet are refused as `unavailable`, and so is any later one. */
  close(): void {
    this.committer.close();
  }

  receive(link: LinkToken, entries: readonly Entry[]): void {
    this.inbound.receive(link, entries);
  }

  linkDown(link: LinkToken): void {
    this.inbound.drop(link);
  }

  /** The end of a log with what is about to be written; 0 for none. */
  seq(conversation: ConversationId, device: DeviceId): number {
    return this.end(conversation, device)?.seq ?? 0;
  }

  end(conversation: ConversationId, device: DeviceId): LogEnd | undefined {
    return this.committer.ends.get(conversation, device);
  }

  /** Whether a log waits for the time when more of it is taken. */
  get holding(): boolean {
    return this.intake.waiting;
  }

  /** Logs of which more may be taken from now on; each is told once. */
  due(): HeldLog[] {
    return this.intake.due();
  }

  /** How long others wait until they take what is written there now; 0: they take it at once. Milliseconds. */
  ahead(conversation: ConversationId): number {
    return this.buckets.wait({ conversation, device: this.options.device });
  }

  /** No entry of this log is taken beyond it now: its device was revoked, or it is ahead of its rate. */
  limit(conversation: ConversationId, device: DeviceId): number {
    return this.inbound.limit(conversation, device);
  }

  /** Others hold our own log up to `seq`: nothing is appended before that is back. `undefined`: nobody claims so any more. */
  ownTail(conversation: ConversationId, seq: number | undefined): void {
    if (seq === undefined) this.lost.delete(conversation);
    else this.lost.set(conversation, seq);
  }

  private write({ conversation, kind, message, data, client }: AppendRequest): Promise<Entry> {
    return new Promise((resolve, reject) => {
      checkContent(kind, message, data);
      const { device, clock, keys } = this.options;
      if (this.committer.size >= POSTS_MAX) throw new ParleyError('unavailable');
      if ((this.lost.get(conversation) ?? 0) > this.seq(conversation, device)) throw new ParleyError('recovering');
      const ahead = this.ahead(conversation) - AHEAD_MAX_MS;
      if (ahead > 0) throw new ParleyError('ahead_of_rate', aheadText(ahead));
      const author = keys.author(device, clock.now());
      const why = 'revoked' in author ? 'device_revoked' : this.options.refusal?.();
      if (why ?? author.username === undefined) throw new ParleyError(why ?? 'certificate_ended');
      this.committer.post({
        conversation,
        kind,
        message,
        data,
        resolve,
        reject,
        ...(client === undefined ? {} : { client }),
      });
    });
  }
}

function aheadText(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return `${errorTable.ahead_of_rate.message} It goes on in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}
