/**
 * Which entries of others are taken now, and which later (SPEC.md section 5, rates). A log that is ahead of its rate is
 * held: nothing of it is taken or asked for until a moment that is known, and whoever offers it is not blamed.
 */
import type { Entry } from '../../protocol/entry.js';
import { sameUser, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { keyOf, type Buckets } from './buckets.js';

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

export interface IntakeOptions {
  readonly self: Username;
  readonly buckets: Buckets;
  readonly now: () => number;
  /** Whether nothing of this device is taken, whatever its rate: who has chosen so says when that is over. */
  readonly closed: (device: DeviceId) => boolean;
  /** A log is held, or still; `first`: it kept to its rate until now. */
  readonly told: (log: HeldLog, first: boolean) => void;
}

export class Intake {
  private readonly held = new Map<string, Held>();

  constructor(private readonly options: IntakeOptions) {}

  /** Whether nothing of this log is taken now. */
  isHeld(conversation: ConversationId, device: DeviceId): boolean {
    if (this.options.closed(device)) return true;
    if (this.held.size === 0) return false;
    const until = this.held.get(keyOf({ device, conversation }))?.until;
    return until !== undefined && isAhead(until, this.options.now());
  }

  /** How far beyond its end a log is asked for: one piece at a time while it is ahead of its rate. */
  ahead(conversation: ConversationId, device: DeviceId): number {
    if (this.isHeld(conversation, device)) return 0;
    return this.held.has(keyOf({ device, conversation })) ? UNSIGNED_RUN_MAX : Infinity;
  }

  /** Whether any log waits for its time. */
  get waiting(): boolean {
    for (const { until } of this.held.values()) if (until !== undefined) return true;
    return false;
  }

  /** Logs whose time has come, each once. */
  due(): HeldLog[] {
    const now = this.options.now();
    const due: HeldLog[] = [];
    for (const held of this.held.values()) {
      if (held.until === undefined || isAhead(held.until, now)) continue;
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
    const { self, buckets, closed } = this.options;
    const [first] = entries;
    if (!first) return 0;
    if (closed(first.device)) return 0;
    if (sameUser(first.from, self)) return entries.length;
    const now = this.options.now();
    let [i, allowed, due] = [0, 0, -Infinity];
    for (const dueAt of buckets.due(entries)) {
      due = Math.max(due, dueAt);
      if (entries[i++]?.sig === undefined) continue;
      // By now `due` is that of the whole piece: looked at sooner, it would be sent for nothing.
      if (due > now) break;
      allowed = i;
    }
    if (allowed < entries.length) this.hold(first, Math.min(Math.max(due, now + LOOK_AT_LEAST_MS), now + LOOK_MS));
    return allowed;
  }

  /** Whether what an entry says, which came without it, is taken now: it counts then among what its author sends. */
  takesContent(entry: Entry): boolean {
    const { self, buckets, closed } = this.options;
    if (closed(entry.device)) return false;
    return sameUser(entry.from, self) || buckets.tookContent(entry);
  }

  /** Entries of one log are about to be written. */
  took(entries: readonly Entry[]): void {
    const [first] = entries;
    if (!first) return;
    const { buckets } = this.options;
    buckets.took(entries);
    const held = this.held.get(keyOf(first));
    if (held && held.until === undefined && buckets.isDrained(first)) this.held.delete(keyOf(first));
  }

  private hold({ conversation, device, from }: Entry, until: number): void {
    const known = this.held.get(keyOf({ device, conversation }));
    const held: Held = { conversation, device, from, until };
    this.held.set(keyOf(held), held);
    this.options.told(held, known === undefined);
  }
}

/** What lies further ahead than the next look was set before our clock was set back: it is due, and judged anew. */
function isAhead(until: number, now: number): boolean {
  return until > now && until <= now + LOOK_MS;
}
