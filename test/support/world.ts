/** Real daemons, built and started as a person would start them, in a folder and on ports of their own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { Restartable, type RestartableOptions } from '../../scripts/daemon/restartable.js';
import { projectRoot } from './project.js';
import { TempDir } from './temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
/** What the daemons of a test file said, its latest run: dist/test-logs/<world>/<daemon>.log */
const LOGS = join(projectRoot, 'dist/test-logs');

export type { Restartable };

export interface PeerOptions {
  readonly username: string;
  /** Of its data, where it is not called as its user. */
  readonly folder?: string;
  readonly tracker: Restartable<TrackerReady>;
  /** Without one, the user signs in or registers in the browser. */
  readonly password?: string;
  readonly register?: boolean;
  readonly deviceName?: string;
  /** Where it listens for others; this machine alone, if absent. */
  readonly host?: string;
}

export class World {
  readonly #name: string;
  readonly #folder: TempDir;
  readonly #all: Pick<Restartable<unknown>, 'name' | 'log' | 'stop'>[] = [];

  private constructor(name: string, folder: TempDir) {
    this.#name = name;
    this.#folder = folder;
  }

  /** `name`: of its logs. */
  static async create(name: string): Promise<World> {
    return new World(name, new TempDir());
  }

  get folder(): string {
    return this.#folder.path;
  }

  async startTracker(): Promise<Restartable<TrackerReady>> {
    return this.#start<TrackerReady>({
      name: 'tracker',
      ports: ['--port'],
      args: () => ['tracker', '--json', '--data-dir', join(this.folder, 'tracker')],
      env: {},
    });
  }

  async startPeer({
    username,
    folder = username,
    tracker,
    password,
    register,
    deviceName,
    host = '127.0.0.1',
  }: PeerOptions): Promise<Restartable<PeerReady>> {
    return this.#start<PeerReady>({
      name: folder,
      ports: ['--peer-port', '--ui-port'],
      args: (isFirst) => [
        ...['peer', '--json', '--username', username, '--host', host],
        ...['--data-dir', join(this.folder, folder), '--tracker', tracker.ready.url],
        ...(register && isFirst ? ['--register'] : []),
        ...(deviceName === undefined ? [] : ['--device-name', deviceName]),
      ],
      env: password === undefined ? {} : { PARLEY_PASSWORD: password },
    });
  }

  /** Stops everything, keeps the logs, removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((daemon) => daemon.stop()));
    const logs = join(LOGS, this.#name);
    await mkdir(logs, { recursive: true });
    for (const { name, log } of this.#all) await writeFile(join(logs, `${name}.log`), `${log.join('\n')}\n`);
    await this.#folder.remove();
  }

  async #start<Ready>(options: Omit<RestartableOptions, 'program'>): Promise<Restartable<Ready>> {
    const daemon = new Restartable<Ready>({ ...options, program: PROGRAM });
    this.#all.push(daemon);
    await daemon.start();
    return daemon;
  }
}
