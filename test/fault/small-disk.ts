/** A disk of a few MiB that can be filled to its last byte: a tmpfs. Needs root. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Undefined where this machine does not permit it. */
  static mount(path: string, mebibytes: number): SmallDisk | undefined {
    mkdirSync(path, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'parley-test', path], { stdio: 'ignore' });
      return new SmallDisk(path);
    } catch {
      return undefined; // Not root, or not Linux.
    }
  }

  /** Takes all the room that is left. @param but so many bytes */
  fill(but = 0): void {
    const file = openSync(join(this.path, 'ballast'), 'a');
    try {
      const { bavail, bsize } = statfsSync(this.path);
      if (but > 0) writeSync(file, Buffer.alloc(Math.max(0, bavail * bsize - but)));
      else for (let size = 65_536; size >= 1; size = size >> 1) this.#write(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(join(this.path, 'ballast'), { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.path]);
  }

  #write(file: number, piece: Buffer): void {
    try {
      for (;;) if (writeSync(file, piece) < piece.length) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
