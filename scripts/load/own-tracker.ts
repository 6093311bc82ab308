/** The tracker that `npm run load` starts where none is named: the real program, in a folder of its own, without limits for one address, since all peers come from one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processorMs } from '../bench/parley-daemons.js';
import { Restartable } from '../daemon/restartable.js';
import type { TrackerReady } from '../daemon/daemon.js';

const program = fileURLToPath(new URL('../daemon/entry.js', import.meta.url));
const UNLIMITED = 1_000_000;
/** By address, and by account, of which each has many devices here. */
const LIMITS = [
  ...['loginsPerAddress', 'registrationsPerAddress', 'deviceSignInsPerAddress', 'requestsPerAddress'],
  ...[
    'registrationsPerAddressADay',
    'registrationsPerDay',
    'certificatesPerAccount',
    'connections',
    'socketsPerAccount',
  ],
];

export class OwnTracker {
  readonly #tracker: Restartable<TrackerReady>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    const args = ['tracker', '--json', '--log-level', 'warn', '--data-dir', folder];
    this.#tracker = new Restartable<TrackerReady>({
      name: 'tracker',
      program,
      ports: ['--port'],
      args: () => args,
      env,
    });
  }

  /** @param env added to its surroundings */
  static async start(folder: string, env: Readonly<Record<string, string>> = {}): Promise<OwnTracker> {
    const limits = Object.fromEntries(LIMITS.map((name) => [name, UNLIMITED]));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'settings.json'), JSON.stringify({ limits }), { mode: 0o600 });
    const own = new OwnTracker(folder, env);
    await own.#tracker.start();
    return own;
  }

  get url(): string {
    return this.#tracker.ready.url;
  }

  get pid(): number {
    return this.#tracker.pid;
  }

  /** That it has taken since its start, ms; undefined where the system does not tell. */
  get processorMs(): number | undefined {
    return processorMs(this.pid);
  }

  /** As a power cut would, and started again at once. */
  async restart(): Promise<void> {
    await this.#tracker.kill9();
    await this.#tracker.start();
  }

  async stop(): Promise<void> {
    await this.#tracker.stop();
  }
}
