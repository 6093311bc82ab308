/** The demo: one tracker and the peers of two users as child processes, started in order and stopped together. */
import { join, resolve } from 'node:path';
import { Daemon, type PeerReady, type TrackerReady } from '../daemon/daemon.js';
import { loadAccounts, register, type Account } from './accounts.js';
import type { DemoOptions } from './options.js';
import { findPort, lockDataDir } from './lock-and-ports.js';
import { readableLog, welcome } from './text.js';

export interface DemoSurroundings {
  /** The compiled `daemon/entry.js`. */
  readonly program: string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Resolves, with its reason, when the demo is to stop. */
  readonly stopped: Promise<string>;
}

export const DEMO_USERS = ['alice', 'bob'] as const;

/** Runs until it is told to stop (0) or one of its daemons ends by itself (1). Whatever happens, none is left behind. */
export async function runDemo(options: DemoOptions, around: DemoSurroundings): Promise<number> {
  const lock = lockDataDir(resolve(options.dataDir));
  const demo = new Demo(options, around);
  try {
    const ended = await Promise.race([
      around.stopped.then(() => undefined),
      demo.start().then(() => demo.firstToEnd()),
    ]);
    if (ended === undefined) {
      around.print('Stopping …');
      return 0;
    }
    around.printError(`${ended}; stopping the others.`);
    return 1;
  } finally {
    await demo.stop();
    lock.release();
  }
}

class Demo {
  readonly #options: DemoOptions;
  readonly #around: DemoSurroundings;
  readonly #dataDir: string;
  readonly #daemons: Daemon<unknown>[] = [];
  readonly #starting = new Set<Promise<unknown>>();
  #stopping = false;

  constructor(options: DemoOptions, around: DemoSurroundings) {
    this.#options = options;
    this.#around = around;
    this.#dataDir = resolve(options.dataDir);
  }

  async start(): Promise<void> {
    const { trackerPort, peerPort } = this.#options;
    const taken = new Set<number>();
    const accounts = await loadAccounts(this.#dataDir, DEMO_USERS);
    const port = await this.#port({ who: 'the tracker', flag: '--tracker-port', ...trackerPort, withUi: false }, taken);
    const tracker = await this.#daemon<TrackerReady>('tracker', ['tracker', '--port', String(port)]);
    const users = [];
    let wish = { who: '', flag: '--peer-port', ...peerPort, withUi: true };
    for (const account of accounts) {
      const free = await this.#port({ ...wish, who: account.username }, taken);
      users.push(await this.#peer(account, free, tracker.ready.url));
      // Only the first one's port can have been named by a person.
      wish = { ...wish, port: free + 1, insisted: false };
    }
    this.#around.print(welcome({ tracker: tracker.ready.url, users, dataDir: this.#dataDir }));
  }

  /** A sentence on the first daemon that ended without having been asked to. */
  async firstToEnd(): Promise<string> {
    return Promise.race(
      this.#daemons.map(async ({ name, exited, log }) => {
        const { code, signal } = await exited;
        const last = log.at(-1);
        const why = signal ? `was stopped by ${signal}` : `ended with exit code ${String(code)}`;
        return `${name} ${why}${code !== 0 && !signal && last ? ` (${readableLog(name, last, true) ?? last})` : ''}`;
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // One that is being started right now belongs to us as well.
    await Promise.allSettled(this.#starting);
    // Peers first: they say goodbye to the tracker.
    for (const daemon of this.#daemons.reverse()) await daemon.stop();
  }

  async #port(wish: Parameters<typeof findPort>[0], taken: Set<number>): Promise<number> {
    const port = await findPort(wish, taken);
    if (port !== wish.port) {
      this.#around.print(
        `Port ${wish.port} for ${wish.who} is in use; taking ${port}. (${wish.flag} chooses another one.)`,
      );
    }
    return port;
  }

  async #peer(account: Account, port: number, tracker: string): Promise<PeerReady> {
    await register(tracker, account);
    const args = ['peer', '--username', account.username, '--peer-port', String(port), '--tracker', tracker];
    const env = { PARLEY_PASSWORD: account.password };
    return (await this.#daemon<PeerReady>(account.username, [...args, '--host', '127.0.0.1'], env)).ready;
  }

  async #daemon<Ready>(
    name: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Daemon<Ready>> {
    if (this.#stopping) throw new Error(`${name} is not started any more: the demo is stopping`);
    const start = Daemon.start<Ready>({
      name,
      program: this.#around.program,
      args: [...args, '--json', '--data-dir', join(this.#dataDir, name)],
      env,
      onLog: (line) => {
        const text = readableLog(name, line, this.#options.verbose);
        if (text !== undefined && !this.#stopping) this.#around.printError(text);
      },
    }).then((daemon) => {
      this.#daemons.push(daemon);
      return daemon;
    });
    this.#starting.add(start);
    return start.finally(() => this.#starting.delete(start));
  }
}
