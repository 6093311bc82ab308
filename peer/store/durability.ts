/**
 * Makes commits durable. In WAL mode with `synchronous = NORMAL` a commit hands its frames to the system; syncing the WAL
 * file afterwards makes it, and all before it, survive a power failure: what FULL does within the commit, once for many
 * commits, and on the thread pool wherever it would hold up the event loop. See docs/decisions/durability.md.
 */
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';

/** A disk is quick after so many syncs in a row that took no longer than this. */
const QUICK_RUN = 16;
const QUICK_MS = 0.5;

export class Durability {
  private readonly fd: number;
  private closed = false;
  private quickInARow = 0;
  /** When something was committed last, by the clock that it was given. */
  committedAt = -Infinity;
  /** Syncs that are under way on the thread pool. */
  private running = 0;
  private yielding: (() => void)[] = [];

  /** @param elapsed a clock that only goes forward, in milliseconds */
  constructor(
    walFile: string,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    // SQLite keeps the same WAL file as long as the database is open: it is rewritten from its start, never replaced.
    this.fd = openSync(walFile, 'r+');
    // A process that was killed may have left commits that no sync covered: what is read from now on is durable.
    fsyncSync(this.fd);
  }

  /**
   * Calls back when everything committed before this call is durable, or with the error of the disk.
   * @param urgent somebody waits for it. On a quick disk it is then done at once, within this call: the way to the thread
   *   pool and back takes longer than the sync. The first slow one ends that, so the event loop is never held up twice.
   */
  sync(done: (error?: Error) => void, urgent = false): void {
    const started = this.elapsed();
    this.committedAt = started;
    if (urgent && this.quickInARow >= QUICK_RUN) {
      const error = syncNow(this.fd);
      this.judge(started);
      done(error);
      return;
    }
    this.running += 1;
    fdatasync(this.fd, (error) => {
      this.judge(started);
      this.running -= 1;
      if (!this.closed) done(error ?? undefined);
      for (const run of this.yielding.splice(0)) run();
    });
  }

  /**
   * For work that can wait: runs it at once where nobody waits for the disk, else when the next sync has ended. So what is written
   * without end gives way to each commit, and no flood of commits holds it up for longer than one.
   */
  yieldTo(run: () => void): void {
    if (this.running === 0) run();
    else this.yielding.push(run);
  }

  close(): void {
    this.closed = true;
    closeSync(this.fd);
  }

  private judge(started: number): void {
    this.quickInARow = this.elapsed() - started <= QUICK_MS ? this.quickInARow + 1 : 0;
  }
}

function syncNow(fd: number): Error | undefined {
  try {
    fdatasyncSync(fd);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
