/**
 * Tells of each transfer at most so often, the last state always. What was told is what a snapshot shows, so that a snapshot and the
 * events since agree.
 */
import type { TransferView } from '../../protocol/local-api.js';

/** Four a second. */
const PACE_MS = 250;

export interface PaceParts {
  readonly told: (view: TransferView) => void;
  readonly removed: (id: string) => void;
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

interface Known {
  told: TransferView | undefined;
  at: number;
  waiting: TransferView | undefined;
  timer: unknown;
}

export class Pace {
  private readonly known = new Map<string, Known>();

  constructor(private readonly parts: PaceParts) {}

  /** What was told, and is not over. */
  views(): TransferView[] {
    return [...this.known.values()].flatMap(({ told }) => (told && told.state !== 'done' ? [told] : []));
  }

  knows(id: string): boolean {
    return this.known.has(id);
  }

  tell(view: TransferView): void {
    const known = this.known.get(view.id) ?? { told: undefined, at: -Infinity, waiting: undefined, timer: undefined };
    this.known.set(view.id, known);
    known.waiting = view;
    if (known.timer !== undefined) return;
    const wait = known.at + PACE_MS - this.parts.now();
    if (wait <= 0) this.next(view.id, known);
    else known.timer = this.parts.timers.setTimeout(() => this.next(view.id, known), wait);
  }

  /** It is not on its way any more. Nothing is told of what nobody was told of. */
  remove(id: string): void {
    const known = this.known.get(id);
    if (!known) return;
    this.parts.timers.clearTimeout(known.timer);
    this.known.delete(id);
    if (known.told && known.told.state !== 'done') this.parts.removed(id);
  }

  close(): void {
    for (const { timer } of this.known.values()) this.parts.timers.clearTimeout(timer);
    this.known.clear();
  }

  private next(id: string, known: Known): void {
    const { waiting } = known;
    known.timer = undefined;
    known.waiting = undefined;
    if (!waiting) {
      // It was told long enough ago that the next one need not wait.
      if (known.told?.state === 'done') this.known.delete(id);
      return;
    }
    known.told = waiting;
    known.at = this.parts.now();
    this.parts.told(waiting);
    if (waiting.state === 'done') known.timer = this.parts.timers.setTimeout(() => this.next(id, known), PACE_MS);
  }
}
