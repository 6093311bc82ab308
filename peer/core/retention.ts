/**
 * When this device forgets what old messages say (docs/decisions/retention.md): looks now and then, in each conversation for which the
 * user has chosen so, and takes small steps with pauses between them. After a restart it begins again; nothing need be remembered.
 */
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { RETENTION_DAYS } from '../../protocol/limits.js';
import type { PruneCursor, PruneStep, PruneTarget } from '../store/pruning.js';

/** How often it is looked, and how long after the start or a choice: what else there is to do then comes first. */
const LOOK_MS = 3600_000;
const SOON_MS = 30_000;
/** Between steps of some milliseconds, so that nobody notices. */
const STEP_MS = 30;
const DAY_MS = 24 * 3600_000;
const MARKS_KEPT_MS = (Math.max(...RETENTION_DAYS) + 1) * DAY_MS;

export interface RetentionParts {
  readonly device: DeviceId;
  readonly pruning: {
    came(now: number, kept: number): void;
    arrivedBy(time: number): number;
    step(target: PruneTarget, cursor?: PruneCursor): PruneStep;
  };
  readonly conversations: () => readonly ConversationId[];
  /** After how many days a conversation forgets; 0: never. */
  readonly days: (id: ConversationId) => number;
  /** Up to which `seq` our own log there is held by all for whom it was written; undefined: nobody can say, and nothing is forgotten. */
  readonly heldByAll: (id: ConversationId) => number | undefined;
  /** Milliseconds since 1970 by clocks that can be relied upon; undefined: by none, and nothing is forgotten now. */
  readonly now: () => number | undefined;
  /**
   * The later one of these clocks: what is here by now counts as having come then. By one that is behind it would count as old at once when
   * that one is set right.
   */
  readonly latest: () => number;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  /** After a step: `files` are entries whose bytes are shown there no more. */
  readonly stepped: (files: readonly EntryId[]) => void;
  /** What messages of these say is another now: a walk is over that has forgotten some, or content has come after all. */
  readonly forgot: (ids: ReadonlySet<ConversationId>) => void;
  readonly failed: (error: unknown) => void;
}

/** Content comes in many pieces: it is told once for those of so long. */
const FILLED_MS = 1_000;

interface Walk {
  /** Still to be walked through. */
  readonly waiting: ConversationId[];
  readonly touched: Set<ConversationId>;
  now: { readonly target: PruneTarget; cursor: PruneCursor | undefined } | undefined;
}

export class Retention {
  private timer: unknown;
  private walk: Walk | undefined;
  private isClosed = false;
  private filledTimer: unknown;
  private filledIds = new Set<ConversationId>();

  constructor(private readonly parts: RetentionParts) {}

  start(): void {
    this.later(SOON_MS);
  }

  /** The user has chosen anew. */
  chosen(): void {
    // One that is under way does not know of it.
    this.end();
    this.later(SOON_MS);
  }

  /** What messages there say has come, which was missing. */
  filled(ids: Iterable<ConversationId>): void {
    if (this.isClosed) return;
    for (const id of ids) this.filledIds.add(id);
    this.filledTimer ??= this.parts.timers.setTimeout(() => {
      const all = this.filledIds;
      this.filledIds = new Set();
      this.filledTimer = undefined;
      this.parts.forgot(all);
    }, FILLED_MS);
  }

  close(): void {
    this.isClosed = true;
    this.parts.timers.clearTimeout(this.timer);
    this.parts.timers.clearTimeout(this.filledTimer);
  }

  private later(ms: number): void {
    if (this.isClosed) return;
    this.parts.timers.clearTimeout(this.timer);
    this.timer = this.parts.timers.setTimeout(() => this.next(), ms);
  }

  private next(): void {
    if (this.isClosed) return;
    try {
      this.walk ??= this.begin();
      if (this.walk && this.step(this.walk)) return this.later(STEP_MS);
    } catch (error) {
      this.parts.failed(error);
    }
    this.end();
    this.later(LOOK_MS);
  }

  private begin(): Walk | undefined {
    const { now, latest, pruning, conversations, days } = this.parts;
    const time = now();
    if (time === undefined) return undefined;
    pruning.came(latest(), MARKS_KEPT_MS);
    return { waiting: conversations().filter((id) => days(id) > 0), touched: new Set(), now: undefined };
  }

  private end(): void {
    const { walk } = this;
    this.walk = undefined;
    if (walk && walk.touched.size > 0) this.parts.forgot(walk.touched);
  }

  /** @returns whether there is more */
  private step(walk: Walk): boolean {
    walk.now ??= this.target(walk.waiting.shift());
    if (!walk.now) return walk.waiting.length > 0;
    const { target, cursor } = walk.now;
    const { next, pruned, files } = this.parts.pruning.step(target, cursor);
    if (pruned > 0) walk.touched.add(target.conversation);
    if (pruned > 0) this.parts.stepped(files);
    walk.now = next && { target, cursor: next };
    return next !== undefined || walk.waiting.length > 0;
  }

  private target(conversation: ConversationId | undefined): Walk['now'] {
    const { days, heldByAll, now, pruning, device } = this.parts;
    const time = now();
    const ownUpTo = conversation && heldByAll(conversation);
    if (conversation === undefined || ownUpTo === undefined || time === undefined) return undefined;
    const before = time - days(conversation) * DAY_MS;
    const arrivedBy = pruning.arrivedBy(before);
    return { target: { conversation, before, arrivedBy, self: device, ownUpTo }, cursor: undefined };
  }
}
