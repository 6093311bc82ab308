import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of a test's own, outside the clone. Whatever of this process still writes into it when the test is done has to
 * have ended before it is removed: a file that comes into being meanwhile is an error of `rmdir`, on slow machines alone.
 * So what writes behind is given to `closing` when it is opened, and processes are awaited.
 */
export class TempDir {
  readonly path = mkdtempSync(join(tmpdir(), 'parley-test-'));
  readonly #ends: (() => Promise<unknown>)[] = [];

  /** `end`: done before the folder is removed, the last first. @returns what was given */
  closing<T>(opened: T, end: (opened: T) => Promise<unknown>): T {
    this.#ends.push(() => end(opened));
    return opened;
  }

  /** A new folder in it. */
  async sub(name: string): Promise<string> {
    // After `remove` it begins anew.
    await mkdir(this.path, { recursive: true });
    return mkdtemp(join(this.path, `${name}-`));
  }

  /** For `afterEach` and `afterAll`. Removed also when something cannot end, which is thrown then. */
  async remove(): Promise<void> {
    try {
      for (const end of this.#ends.splice(0).reverse()) await end();
    } finally {
      await rm(this.path, { recursive: true, force: true });
    }
  }

  /** The same where nothing writes behind. */
  removeNow(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
