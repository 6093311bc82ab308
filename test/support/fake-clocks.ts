/** Clocks of real processes, wrong by as much as a test says and set while they run: libfaketime, of Debian's `faketime`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAKETIME_MISSING } from '../../scripts/bootstrap/debian.mjs';
import { runProgram } from './programs.js';

export class FakeClocks {
  private constructor(
    private readonly folder: string,
    private readonly library: string,
  ) {}

  /** @throws when it is not installed */
  static async open(folder: string): Promise<FakeClocks> {
    // Its own program knows where its library is. It is not used itself, since a signal to it would not reach the daemon.
    const ran = await runProgram('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD']).catch(() => undefined);
    if (ran?.code !== 0) throw new Error(FAKETIME_MISSING);
    return new FakeClocks(folder, ran.stdout.trim());
  }

  /** What a daemon is to be run under. Only its wall clock is another one; it is as `set` says, from the first moment on. */
  under(name: string, aheadMs = 0): readonly string[] {
    this.set(name, aheadMs);
    return [
      ...['env', `LD_PRELOAD=${this.library}`, `FAKETIME_TIMESTAMP_FILE=${this.file(name)}`],
      ...['FAKETIME_CACHE_DURATION=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1', 'NO_FAKE_STAT=1'],
    ];
  }

  /** Within a second, also of a daemon that runs. */
  set(name: string, aheadMs: number): void {
    const seconds = aheadMs / 1000;
    writeFileSync(this.file(name), `${seconds < 0 ? '' : '+'}${String(seconds)}\n`);
  }

  private file(name: string): string {
    return join(this.folder, `clock-${name}`);
  }
}
