/**
 * What entries say that came here without it, since their author had forgotten it (SPEC.md section 5, pruning). Their places are proven: what
 * has the same id has the same content, whoever brings it, and needs no signature.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import type { Intake } from './intake.js';
import type { LogClock, LogOutput, MissingContents } from './ports.js';

export interface ContentsOptions {
  readonly missing: MissingContents | undefined;
  readonly intake: Pick<Intake, 'takesContent'>;
  readonly clock: Pick<LogClock, 'soon'>;
  readonly filled: LogOutput['filled'];
  /** Nothing is written by this process any more. */
  readonly isOver: () => boolean;
}

export class Contents {
  private waiting = new Map<EntryId, Entry>();

  constructor(private readonly options: ContentsOptions) {}

  /** @param entry checked by `fromWire`, and with the id of the one that is here in its place */
  take(entry: Entry): void {
    const { missing, intake, clock } = this.options;
    if (entry.pruned || !missing || missing.size === 0) return;
    // What is sent twice counts once: else anybody could use up what its author may send.
    if (this.waiting.has(entry.id) || !missing.takes(entry) || !intake.takesContent(entry)) return;
    this.waiting.set(entry.id, entry);
    if (this.waiting.size === 1) clock.soon(() => this.flush());
  }

  /** What one turn brought, in one transaction. No sync: what a power failure takes is missing again, and asked for again. */
  private flush(): void {
    const { missing, filled, isOver } = this.options;
    const entries = [...this.waiting.values()];
    this.waiting.clear();
    if (isOver()) return;
    try {
      missing?.fill(entries);
    } catch {
      return; // The disk is full, perhaps: who posts is told. It stays missing, and is asked for again.
    }
    filled?.(new Set<ConversationId>(entries.map(({ conversation }) => conversation)));
  }
}
