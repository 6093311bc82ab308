/**
 * Work that must not stand in the way of a message: indexing, in small slices, when no commit came for a moment, and checkpoints,
 * which move what was committed from the write-ahead log (WAL) into the database file. See docs/decisions/durability.md.
 */
import { statSync } from 'node:fs';
import type { Database, Statement } from './sqlite.js';

const IDLE_MS = 100;
/** How long after a commit it is looked at what lies behind: in a flood once for many commits, and never in the way of one. */
const LOOK_MS = 10;
/** The WAL has a frame of 4 KiB for each page that was written. So many are moved in a pause, and so many without any, as that holds messages up. */
const PAUSE_FRAMES = 256;
const BUSY_FRAMES = 2048;
/** A WAL of so many bytes is kept, since writing over it is quicker than growing it again; a larger one is emptied in a pause. */
const WAL_KEPT = 4 * 1024 * 1024;

/** What is written behind the commits. */
export interface Behind {
  /** Does at most one slice. Returns whether there is more. */
  step(): boolean;
  /** Whether it lies so far behind that it has to be done before the next pause. */
  tooMuch(): boolean;
}

export interface Timers {
  setTimeout(callback: () => void, ms: number): { unref?(): unknown };
  clearTimeout(timer: unknown): void;
}

export interface MaintenanceParts {
  readonly db: Database;
  readonly walFile: string;
  readonly behind: Behind;
  readonly timers: Timers;
  /** Runs what can wait where nobody waits for the disk. */
  readonly yieldTo: (run: () => void) => void;
  readonly failed: (error: unknown) => void;
}

export class Maintenance {
  private readonly frames: Statement;
  private timer: unknown;
  private looking = false;
  private moving = false;
  private stopped = false;

  constructor(private readonly parts: MaintenanceParts) {
    this.frames = parts.db.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.schedule();
  }

  /** To be called after each commit. */
  committed(): void {
    if (this.looking || this.stopped) return;
    this.looking = true;
    this.parts.timers.clearTimeout(this.timer);
    this.timer = this.later(() => this.look(), LOOK_MS);
  }

  private look(): void {
    this.looking = false;
    this.schedule();
    if (this.parts.behind.tooMuch()) this.parts.behind.step();
    if (this.pending() >= BUSY_FRAMES) this.moveSoon();
  }

  stop(): void {
    this.stopped = true;
    this.parts.timers.clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.parts.timers.clearTimeout(this.timer);
    this.timer = this.later(() => this.slice(), IDLE_MS);
  }

  private slice(): void {
    const more = this.parts.behind.step();
    const pending = this.pending();
    if (more) {
      // The next slice waits for the next pause of the event loop, so that a message never waits for two of them.
      this.timer = this.later(() => this.slice(), 1);
      if (pending >= BUSY_FRAMES) this.moveSoon();
    } else if (this.walSize() > WAL_KEPT) this.checkpoint('TRUNCATE');
    else if (pending >= PAUSE_FRAMES) this.checkpoint('PASSIVE');
  }

  /** Once those were told who wait for the sync of what was committed just now. */
  private moveSoon(): void {
    if (this.moving) return;
    this.moving = true;
    this.later(() => {
      this.parts.yieldTo(() => {
        this.moving = false;
        this.run(() => this.checkpoint('PASSIVE'));
      });
    }, 0);
  }

  /**
   * PASSIVE never waits; once everything is in the database file, the next commit starts the WAL at its beginning. TRUNCATE leaves
   * it without a byte as well, and does as PASSIVE where somebody else reads just now.
   */
  private checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): void {
    this.parts.db.exec(`PRAGMA wal_checkpoint(${mode})`);
  }

  /** Frames of the WAL that are not in the database file yet. Costs two microseconds. */
  private pending(): number {
    const row = this.frames.get();
    return Number(row?.['log'] ?? 0) - Number(row?.['checkpointed'] ?? 0);
  }

  private walSize(): number {
    return statSync(this.parts.walFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  private later(work: () => void, ms: number): unknown {
    const timer = this.parts.timers.setTimeout(() => this.run(work), ms);
    timer.unref?.();
    return timer;
  }

  private run(work: () => void): void {
    if (this.stopped) return;
    try {
      work();
    } catch (error) {
      this.parts.failed(error);
    }
  }
}
