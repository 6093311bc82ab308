/**
 * Keeps some of the disk free for what is this user's own: while less is left, nothing more of others is taken, and of the last of
 * it nothing of the user's other devices either. Looked at a
 * moment after something of theirs was written, and again and again while it is too little.
 */
export interface DiskSpace {
  /** What is free to this process, and all that the disk has. Bytes. */
  readonly free: number;
  readonly size: number;
}

export interface FreeSpaceOptions {
  readonly look: () => Promise<DiskSpace>;
  /** There is too little from now on (with what there is, and what there should be), or enough again. */
  readonly changed: (low: { readonly free: number; readonly floor: number } | undefined) => void;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

const LOOK_MS = 2_000;
const FLOOR_MAX = 1024 ** 3;
const FLOOR_PART = 0.05;
/** Of that, what is kept from the user's other devices too: one that was stolen could fill the disk. */
const LAST_PART = 0.25;
/** So much more than the floor has to be free before others' entries are taken again: else each one would end it anew. */
const ENOUGH = 1.25;

/** A gigabyte, or a twentieth of a smaller disk. */
export function floorOf(size: number): number {
  return Math.min(FLOOR_MAX, size * FLOOR_PART);
}

export class FreeSpace {
  isLow = false;
  /** Too little also for what the user's other devices write: the rest is for this device alone. */
  isLast = false;
  private waits = false;
  private looking = false;
  private closed = false;
  private timer: unknown;

  constructor(private readonly options: FreeSpaceOptions) {}

  /** Something of others was written, or is to be. */
  wrote(): void {
    this.waits = true;
    this.next();
  }

  /** Looks now. Never rejects: a system that cannot tell says so when a write fails. */
  async look(): Promise<void> {
    if (this.looking || this.closed) return;
    this.looking = true;
    this.waits = false;
    try {
      const { free, size } = await this.options.look();
      this.judge(free, floorOf(size));
    } catch {
      this.judge(Infinity, 0);
    }
    this.looking = false;
    this.next();
  }

  close(): void {
    this.closed = true;
    this.options.timers.clearTimeout(this.timer);
  }

  private judge(free: number, floor: number): void {
    if (this.closed) return;
    const low = free < (this.isLow ? floor * ENOUGH : floor);
    const last = free < (this.isLast ? floor * LAST_PART * ENOUGH : floor * LAST_PART);
    if (low === this.isLow && last === this.isLast) return;
    this.isLow = low;
    this.isLast = last;
    this.options.changed(low ? { free, floor: floor * ENOUGH } : undefined);
  }

  private next(): void {
    if (this.timer !== undefined || this.looking || this.closed || !(this.waits || this.isLow)) return;
    this.timer = this.options.timers.setTimeout(() => {
      this.timer = undefined;
      void this.look();
    }, LOOK_MS);
  }
}
