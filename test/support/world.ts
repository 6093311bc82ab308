/** Real daemons, built and started as a person would start them, in a folder and on ports of their own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Daemon, type PeerReady, type TrackerReady } from '../../scripts/daemon/daemon.js';
import { projectRoot } from './project.js';
import { tempDir } from './temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
/** What the daemons of a test file said, its latest run: dist/test-logs/<world>/<daemon>.log */
const LOGS = join(projectRoot, 'dist/test-logs');

interface Life<Ready> {
  readonly name: string;
  /** Of its first start, and of a later one, which has to find the same ports. */
  readonly args: (before: Ready | undefined) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One daemon through its starts and deaths; its data folder stays. */
export class Restartable<Ready> {
  readonly #life: Life<Ready>;
  #daemon: Daemon<Ready> | undefined;
  #ready: Ready | undefined;
  readonly #log: string[] = [];

  constructor(life: Life<Ready>) {
    this.#life = life;
  }

  get name(): string {
    return this.#life.name;
  }

  get ready(): Ready {
    if (this.#ready === undefined) throw new Error(`${this.name} has not been started`);
    return this.#ready;
  }

  get log(): readonly string[] {
    return this.#log;
  }

  /** For the first time, or again on the same data and ports. */
  async start(): Promise<this> {
    if (this.#daemon?.running) throw new Error(`${this.name} is running`);
    const { name, args, env } = this.#life;
    this.#log.push(`── start ${new Date().toISOString()}`);
    const onLog = (line: string): void => void this.#log.push(line);
    this.#daemon = await Daemon.start<Ready>({ name, program: PROGRAM, args: args(this.#ready), env, onLog });
    this.#ready = this.#daemon.ready;
    return this;
  }

  /** As a power cut would. */
  async kill9(): Promise<void> {
    await this.#daemon?.kill9();
  }

  async stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null } | undefined> {
    return this.#daemon?.stop();
  }
}

export interface PeerOptions {
  readonly username: string;
  readonly tracker: Restartable<TrackerReady>;
  /** Without one, the user signs in or registers in the browser. */
  readonly password?: string;
  readonly register?: boolean;
}

export class World {
  readonly #name: string;
  readonly #folder: Awaited<ReturnType<typeof tempDir>>;
  readonly #all: Pick<Restartable<unknown>, 'name' | 'log' | 'stop'>[] = [];

  private constructor(name: string, folder: Awaited<ReturnType<typeof tempDir>>) {
    this.#name = name;
    this.#folder = folder;
  }

  /** `name`: of its logs. */
  static async create(name: string): Promise<World> {
    return new World(name, await tempDir());
  }

  get folder(): string {
    return this.#folder.path;
  }

  async startTracker(): Promise<Restartable<TrackerReady>> {
    return this.#start<TrackerReady>({
      name: 'tracker',
      args: (before) => [
        ...['tracker', '--json', '--data-dir', join(this.folder, 'tracker')],
        ...['--port', before ? new URL(before.url).port : '0'],
      ],
      env: {},
    });
  }

  async startPeer({ username, tracker, password, register }: PeerOptions): Promise<Restartable<PeerReady>> {
    return this.#start<PeerReady>({
      name: username,
      args: (before) => [
        ...['peer', '--json', '--username', username, '--host', '127.0.0.1'],
        ...['--data-dir', join(this.folder, username), '--tracker', tracker.ready.url],
        ...['--peer-port', String(before?.p2p.port ?? 0), '--ui-port', before ? new URL(before.ui).port : '0'],
        ...(register && !before ? ['--register'] : []),
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

  async #start<Ready>(life: Life<Ready>): Promise<Restartable<Ready>> {
    const daemon = new Restartable<Ready>(life);
    this.#all.push(daemon);
    return daemon.start();
  }
}
