/**
 * Work that must not stand in the way of a message: indexing and checkpoints, in small slices, when no commit came for a
 * moment, and in any case before too much has piled up.
 */
import { statSync } from 'node:fs';
import type { Database } from './sqlite.js';

const IDLE_MS = 100;
/** A checkpoint in a pause after so many commits; without any pause, once the WAL has this many bytes. */
const CHECKPOINT_COMMITS = 256;
const WAL_MAX = 256 * 1024 * 1024;
const WAL_LOOK_COMMITS = 256;

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

export class Maintenance {
  private timer: unknown;
  private commits = 0;
  private sinceCheckpoint = 0;
  private stopped = false;

  constructor(
    private readonly db: Database,
    private readonly walFile: string,
    private readonly behind: Behind,
    private readonly timers: Timers,
    private readonly failed: (error: unknown) => void,
  ) {
    this.schedule();
  }

  /** To be called after each commit. */
  committed(): void {
    this.commits++;
    this.sinceCheckpoint++;
    if (this.commits % WAL_LOOK_COMMITS === 0 && this.walSize() > WAL_MAX) this.run(() => this.checkpoint());
    this.run(() => this.behind.tooMuch() && void this.behind.step());
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.timers.clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timers.clearTimeout(this.timer);
    const timer = this.timers.setTimeout(() => this.run(() => this.slice()), IDLE_MS);
    timer.unref?.();
    this.timer = timer;
  }

  private slice(): void {
    if (this.behind.step()) {
      // The next slice waits for the next pause of the event loop, so that a message never waits for two of them.
      const timer = this.timers.setTimeout(() => this.run(() => this.slice()), 1);
      timer.unref?.();
      this.timer = timer;
      return;
    }
    if (this.sinceCheckpoint >= CHECKPOINT_COMMITS) this.checkpoint();
  }

  /** PASSIVE never waits; once everything is in the database file, the next commit starts the WAL at its beginning. */
  private checkpoint(): void {
    this.sinceCheckpoint = 0;
    this.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  private walSize(): number {
    return statSync(this.walFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  private run(work: () => void): void {
    if (this.stopped) return;
    try {
      work();
    } catch (error) {
      this.failed(error);
    }
  }
}
