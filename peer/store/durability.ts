/**
 * Makes commits durable off the event loop. In WAL mode with `synchronous = NORMAL` a commit hands its frames to the
 * system; syncing the WAL file afterwards makes it, and all before it, survive a power failure: what FULL does within the
 * commit, done by the thread pool, once for many commits. See docs/decisions/durability.md.
 */
import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';

export class Durability {
  private readonly fd: number;
  private closed = false;

  constructor(walFile: string) {
    // SQLite keeps the same WAL file as long as the database is open: it is rewritten from its start, never replaced.
    this.fd = openSync(walFile, 'r+');
    // A process that was killed may have left commits that no sync covered: what is read from now on is durable.
    fsyncSync(this.fd);
  }

  /** Calls back when everything committed before this call is durable, or with the error of the disk. */
  sync(done: (error?: Error) => void): void {
    fdatasync(this.fd, (error) => {
      if (!this.closed) done(error ?? undefined);
    });
  }

  close(): void {
    this.closed = true;
    closeSync(this.fd);
  }
}
