/**
 * Which entries of others are taken now, and which later (SPEC.md section 5, rates). A log that is ahead of its rate is
 * held: nothing of it is taken or asked for until a moment that is known, and whoever offers it is not blamed.
 */
import type { Entry } from '../../protocol/entry.js';
import { userKey, type ConversationId, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { dueAt, entryCost, nextMark, type RateMark, type Rates } from '../../protocol/rates.js';

/** A held log is looked at this often: what has become due meanwhile is taken. Milliseconds. */
const LOOK_MS = 30_000;
const LOOK_AT_LEAST_MS = 1_000;

export interface HeldLog {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly from: Username;
}

interface Held extends HeldLog {
  /** When it is looked at again; `undefined` once that was told. */
  until: number | undefined;
}

export class Intake {
  /** Of logs that grew in this life of the process; what came before it is taken to have flowed off. */
  private readonly marks = new Map<string, RateMark & { readonly seq: number }>();
  /** When what was taken of a user has flowed off, by our clock. */
  private readonly users = new Map<UserKey, number>();
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly self: Username,
    private readonly rates: Rates,
    private readonly now: () => number,
    /** A log is held, or still; `first`: it kept to its rate until now. */
    private readonly told: (log: HeldLog, first: boolean) => void,
  ) {}

  /** Whether nothing of this log is taken now. */
  isHeld(conversation: ConversationId, device: DeviceId): boolean {
    const until = this.held.get(keyOf({ device, conversation }))?.until;
    return until !== undefined && until > this.now();
  }

  /** How far beyond its end a log is asked for: one piece at a time while it is ahead of its rate. */
  ahead(conversation: ConversationId, device: DeviceId): number {
    if (!this.held.has(keyOf({ device, conversation }))) return Infinity;
    return this.isHeld(conversation, device) ? 0 : UNSIGNED_RUN_MAX;
  }

  /** Whether any log waits for its time. */
  get waiting(): boolean {
    for (const { until } of this.held.values()) if (until !== undefined) return true;
    return false;
  }

  /** Logs whose time has come, each once. */
  due(): HeldLog[] {
    const now = this.now();
    const due: HeldLog[] = [];
    for (const held of this.held.values()) {
      if (held.until === undefined || held.until > now) continue;
      held.until = undefined;
      due.push(held);
    }
    return due;
  }

  /**
   * @param entries of one log, proven, following its end
   * @returns how many of them, up to a signed one, may be taken now; the log is held when that is not all
   */
  allowed(entries: readonly Entry[]): number {
    const [first] = entries;
    if (!first || userKey(first.from) === userKey(this.self)) return entries.length;
    const now = this.now();
    let mark: RateMark | undefined = this.marks.get(keyOf(first));
    let user = this.userDrained(first.from, now);
    let allowed = 0;
    let due = -Infinity;
    for (const [i, entry] of entries.entries()) {
      mark = nextMark(mark, entry, this.rates);
      user += entryCost(entry, this.rates) / this.rates.userPerMs;
      due = Math.max(dueAt(mark, this.rates), user - this.rates.userBurst / this.rates.userPerMs);
      if (due > now) break;
      if (entry.sig !== undefined) allowed = i + 1;
    }
    if (allowed < entries.length) this.hold(first, Math.min(Math.max(due, now + LOOK_AT_LEAST_MS), now + LOOK_MS));
    return allowed;
  }

  /** Entries of one log are about to be written. */
  took(entries: readonly Entry[]): void {
    const [first] = entries;
    const last = entries.at(-1);
    if (!first || !last || userKey(first.from) === userKey(this.self)) return;
    const now = this.now();
    const known = this.marks.get(keyOf(first));
    let mark: RateMark | undefined = known;
    let user = this.userDrained(first.from, now);
    for (const entry of entries) {
      // Counted already, and fetched again because it could not be written.
      if (known !== undefined && entry.seq <= known.seq) continue;
      mark = nextMark(mark, entry, this.rates);
      user += entryCost(entry, this.rates) / this.rates.userPerMs;
    }
    if (!mark) return;
    this.marks.set(keyOf(first), { ...mark, seq: Math.max(known?.seq ?? 0, last.seq) });
    this.users.set(userKey(first.from), user);
    const held = this.held.get(keyOf(first));
    if (held?.until === undefined && mark.drained <= now && user <= now) this.held.delete(keyOf(first));
  }

  /** Never further ahead than a whole burst, whatever our clock has shown meanwhile. */
  private userDrained(user: Username, now: number): number {
    const { userBurst, userPerMs } = this.rates;
    return Math.min(Math.max(this.users.get(userKey(user)) ?? now, now), now + userBurst / userPerMs);
  }

  private hold({ conversation, device, from }: Entry, until: number): void {
    const known = this.held.get(keyOf({ device, conversation }));
    const held: Held = { conversation, device, from, until };
    this.held.set(keyOf(held), held);
    this.told(held, known === undefined);
  }
}

function keyOf({ device, conversation }: Pick<HeldLog, 'device' | 'conversation'>): string {
  return `${device} ${conversation}`;
}
