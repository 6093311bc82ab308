/**
 * How full the buckets of logs and users stand (SPEC.md section 5, rates). What is far from drained is written along with the
 * entries that filled it, so that a restart gives nobody a new burst.
 */
import type { Entry } from '../../protocol/entry.js';
import {
  conversationParts,
  userKey,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import { dueAt, entryCost, nextMark, type RateMark, type Rates } from '../../protocol/rates.js';

export interface LogBucket extends RateMark {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  /** Entries up to it are counted. */
  readonly seq: number;
}

export interface UserBucket {
  readonly user: UserKey;
  /** When what was taken of the user has flowed off, by our clock. Milliseconds since 1970. */
  readonly drained: number;
}

export interface BucketRows {
  readonly logs: readonly LogBucket[];
  readonly users: readonly UserBucket[];
}

/** What drains sooner is not worth a row. Milliseconds. */
const KEPT_AHEAD_MS = 60_000;
/** Of one that has a row, a restart may forget so much: it is not written with each commit of a flood. Milliseconds. */
const FORGOTTEN_MS = 5_000;
/** In memory, of logs and of users; drained ones go first. */
const BUCKETS_MAX = 16_384;

/** How far ahead of what others take of this user is counted: their own devices take it at once. Milliseconds. */
const OWN_AHEAD_MS = 2 * 3600_000;

export interface BucketsOptions {
  readonly self: Username;
  readonly rates: Rates;
  readonly now: () => number;
  /** What earlier lives of this process have written. */
  readonly stored?: BucketRows | undefined;
}

type LogName = Pick<LogBucket, 'conversation' | 'device'>;

export class Buckets {
  private readonly logs = new Map<string, LogBucket>();
  private readonly users = new Map<UserKey, number>();
  private unsavedLogs = new Set<string>();
  private unsavedUsers = new Set<UserKey>();
  /** Until when each log and user drains by what was written of it, by the same keys. */
  private readonly written = new Map<string, number>();

  private readonly rates: Rates;
  private readonly clock: () => number;
  private readonly self: UserKey;
  /** What our clock showed when it was last looked at. */
  private latest = -Infinity;

  constructor({ self, rates, now, stored }: BucketsOptions) {
    this.self = userKey(self);
    this.rates = rates;
    this.clock = now;
    for (const log of stored?.logs ?? []) this.logs.set(keyOf(log), log);
    this.logsNotAhead(this.now());
    const { userBurst, userPerMs } = rates;
    for (const { user, drained } of stored?.users ?? []) {
      // Beyond what can be: our clock was ahead then, and was set right while no process ran.
      const isPossible = drained <= this.furthest(user);
      this.users.set(user, isPossible ? drained : this.now() + userBurst / userPerMs);
    }
  }

  /** From when on each entry may be taken, one after the other; -Infinity for at once. @param entries of one log */
  *due(entries: readonly Entry[]): Generator<number> {
    const [first] = entries;
    if (!first) return;
    const now = this.now();
    let mark: RateMark | undefined = this.logs.get(keyOf(first));
    let user = this.userDrained(first.from);
    // What one signature covers comes as a whole: where it is more than a burst it would never be due by a clock that goes on.
    let isWaived = user <= now;
    for (const entry of entries) {
      const cost = entryCost(entry, this.rates);
      mark = nextMark(mark, entry, this.rates, now, cost);
      user += cost / this.rates.userPerMs;
      const userDue = this.userDue(user);
      yield Math.max(dueAt(mark, this.rates), isWaived || userDue <= now ? -Infinity : userDue);
      if (entry.sig !== undefined) isWaived = false;
    }
  }

  /** Entries of one log are about to be written. */
  took(entries: readonly Entry[]): void {
    const [first] = entries;
    const last = entries.at(-1);
    if (!first || !last || isNotes(first.conversation)) return;
    const now = this.now();
    const key = keyOf(first);
    const known = this.logs.get(key);
    let mark: RateMark | undefined = known;
    let user = this.userDrained(first.from);
    for (const entry of entries) {
      // Counted already, and here again because it could not be written.
      if (known !== undefined && entry.seq <= known.seq) continue;
      const cost = entryCost(entry, this.rates);
      mark = nextMark(mark, entry, this.rates, now, cost);
      user += cost / this.rates.userPerMs;
    }
    if (!mark) return;
    const { conversation, device, from } = first;
    const { clock, drained } = mark;
    this.logs.delete(key); // The one that grew last stands last.
    this.logs.set(key, { conversation, device, clock, drained, seq: Math.max(known?.seq ?? 0, last.seq) });
    this.users.set(userKey(from), user);
    if (this.isWorthARow(key, drained, now)) this.unsavedLogs.add(key);
    if (this.isWorthARow(userKey(from), user, now)) this.unsavedUsers.add(userKey(from));
    this.forgetDrained();
  }

  /**
   * The content of an entry that was counted without it. The log's own bucket is left as it is: where such entries are given, it has drained
   * for days. @returns whether it may be taken now, and is counted
   */
  tookContent(entry: Entry): boolean {
    const user = this.userDrained(entry.from) + entryCost(entry, this.rates) / this.rates.userPerMs;
    if (this.userDue(user) > this.now()) return false;
    this.users.set(userKey(entry.from), user);
    if (this.isWorthARow(userKey(entry.from), user, this.now())) this.unsavedUsers.add(userKey(entry.from));
    return true;
  }

  /** Whether all that was taken of a log and of its author has flowed off. */
  isDrained(log: LogName & { readonly from: Username }): boolean {
    const now = this.now();
    return (this.logs.get(keyOf(log))?.drained ?? now) <= now && this.userDrained(log.from) <= now;
  }

  /** How long others wait until they take what is written now into a log of this user. Milliseconds; 0 for not at all. */
  wait(log: LogName): number {
    const now = this.now();
    const mark = this.logs.get(keyOf(log));
    const due = mark ? dueAt({ clock: Math.max(mark.clock, now), drained: mark.drained }, this.rates) : -Infinity;
    return Math.max(0, due - now, this.userDue(this.userDrained(this.self)) - now);
  }

  /** What is to be written with the next transaction; `saved` once it was. */
  unsaved(): BucketRows | undefined {
    if (this.unsavedLogs.size + this.unsavedUsers.size === 0) return undefined;
    return {
      logs: [...this.unsavedLogs].flatMap((key) => this.logs.get(key) ?? []),
      users: [...this.unsavedUsers].map((user) => ({ user, drained: this.users.get(user) ?? 0 })),
    };
  }

  saved(): void {
    for (const key of this.unsavedLogs) this.written.set(key, this.logs.get(key)?.drained ?? 0);
    for (const user of this.unsavedUsers) this.written.set(user, this.users.get(user) ?? 0);
    this.unsavedLogs = new Set();
    this.unsavedUsers = new Set();
  }

  private isWorthARow(key: string, drained: number, now: number): boolean {
    return drained > now + KEPT_AHEAD_MS && drained > (this.written.get(key) ?? 0) + FORGOTTEN_MS;
  }

  private userDue(drained: number): number {
    return drained - this.rates.userBurst / this.rates.userPerMs;
  }

  /** A clock that is set back leaves the buckets as full as they are: else all would be held until it shows that time again. */
  private now(): number {
    const now = this.clock();
    const back = this.latest - now;
    this.latest = now;
    if (back > 0) {
      for (const [user, drained] of this.users) this.users.set(user, drained - back);
      this.logsNotAhead(now);
      this.written.clear();
    }
    return now;
  }

  /** As full as they are, but none until a time that our clock has shown by mistake, or believed while it was ahead. */
  private logsNotAhead(now: number): void {
    for (const [key, log] of this.logs) {
      if (log.clock > now) this.logs.set(key, { ...log, clock: now, drained: log.drained - (log.clock - now) });
    }
  }

  private userDrained(user: Username | UserKey): number {
    const now = this.now();
    const key = userKey(user);
    return Math.min(Math.max(this.users.get(key) ?? now, now), this.furthest(key));
  }

  /** Never further ahead than a whole burst, whatever our clock has shown in an earlier life. */
  private furthest(user: UserKey): number {
    const { userBurst, userPerMs } = this.rates;
    return this.now() + userBurst / userPerMs + (user === this.self ? OWN_AHEAD_MS : 0);
  }

  private forgetDrained(): void {
    if (this.logs.size + this.users.size <= BUCKETS_MAX && this.written.size <= BUCKETS_MAX) return;
    const now = this.now();
    for (const [key, drained] of this.written) if (drained <= now) this.written.delete(key);
    for (const [user, drained] of this.users) if (drained <= now) this.users.delete(user);
    for (const [key, { drained }] of this.logs) if (drained <= now) this.logs.delete(key);
    for (const key of this.logs.keys()) {
      if (this.logs.size <= BUCKETS_MAX / 2) break;
      this.logs.delete(key);
    }
  }
}

/** What one writes to oneself, nobody else takes. */
function isNotes(conversation: ConversationId): boolean {
  const parts = conversationParts(conversation);
  return parts?.kind === 'direct' && parts.users[0] === parts.users[1];
}

export function keyOf({ device, conversation }: LogName): string {
  return `${device} ${conversation}`;
}
