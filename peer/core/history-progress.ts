/**
 * The history that a new device of the user fetches from the others, told while it comes: how much of it is here. Said no more often
 * than twice a second, and no longer once nothing comes, since a device may claim what it does not bring.
 */
import type { DeviceId } from '../../protocol/ids.js';
import type { HistoryView } from '../../protocol/local-api.js';
import type { Holdings } from '../mesh/catch-up.js';

export interface HistoryProgressOptions {
  readonly holdings: () => Holdings | undefined;
  readonly changed: (view: HistoryView | undefined) => void;
  /** It was taken from the user's devices: nothing comes from it any more. */
  readonly isRevoked: (device: DeviceId) => boolean;
  /** What the user calls it, once that is known. */
  readonly nameOf: (device: DeviceId) => string | undefined;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
  /** Milliseconds; never set back. */
  readonly now: () => number;
}

const LOOK_MS = 500;
/** What is fetched in a moment is not worth a line. Entries. */
export const TOLD_FROM = 100;
/** A linked device that has brought nothing for so long is not waited for. */
export const STALLED_MS = 30_000;

export class HistoryProgress {
  private shown: HistoryView | undefined;
  private timer: unknown;
  private looked = -Infinity;
  private closed = false;
  /** How much was here at the last step, and when that was. */
  private step = { held: -1, at: 0 };

  constructor(private readonly options: HistoryProgressOptions) {}

  /** Undefined while nothing, or little, is to be fetched. */
  view(): HistoryView | undefined {
    return this.shown;
  }

  /** Something has come, or a device has said what it holds, or has gone, or was revoked. */
  look(): void {
    if (this.timer !== undefined || this.closed) return;
    if (this.options.now() - this.looked >= LOOK_MS) return this.now();
    this.timer = this.options.timers.setTimeout(() => {
      this.timer = undefined;
      this.now();
    }, LOOK_MS);
  }

  close(): void {
    this.closed = true;
    this.options.timers.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private now(): void {
    const holdings = this.options.holdings();
    // Where no device has said anything yet, the first word of one is told at once.
    if (holdings) this.looked = this.options.now();
    const view = holdings && this.judge(holdings);
    const before = this.shown;
    this.shown = view;
    if (!equal(before, view)) this.options.changed(view);
    // To see that nothing comes any more.
    if (view?.state === 'coming') this.look();
  }

  private judge({ device, linked, held, total }: Holdings): HistoryView | undefined {
    const now = this.options.now();
    // While it is away nothing can come of it.
    if (held !== this.step.held || this.shown?.state === 'waiting') this.step = { held, at: now };
    const lacking = total - held;
    if (lacking <= 0 || (!this.shown && lacking < TOLD_FROM)) return undefined;
    if (linked && now - this.step.at >= STALLED_MS) return undefined;
    // A device that was never heard to bring anything may have named any number.
    if (!linked && (!this.shown || this.options.isRevoked(device))) return undefined;
    const name = this.options.nameOf(device);
    return { device, ...(name === undefined ? {} : { name }), state: linked ? 'coming' : 'waiting', held, total };
  }
}

function equal(a: HistoryView | undefined, b: HistoryView | undefined): boolean {
  return (
    a?.state === b?.state &&
    a?.held === b?.held &&
    a?.total === b?.total &&
    a?.device === b?.device &&
    a?.name === b?.name
  );
}
