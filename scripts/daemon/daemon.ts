/** A Parley daemon as a child process: started, ready when it says so, read, stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface DaemonOptions {
  /** For messages: `tracker`, `alice`. */
  readonly name: string;
  /** The compiled program, usually `dist/scripts/daemon/entry.js`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the surroundings, of which no `PARLEY_…` variable is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Each line of its log (stderr). */
  readonly onLog?: (line: string) => void;
  /** How long it may take until it is ready. */
  readonly readyWithinMs?: number;
  /** A program that replaces itself by the daemon, in surroundings of its own: `ip netns exec blue`. */
  readonly under?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LOG_LINES_KEPT = 1000;

export class Daemon<Ready> {
  readonly name: string;
  readonly exited: Promise<Exit>;
  /** The latest lines that it wrote, stdout and stderr, oldest first. */
  readonly log: string[] = [];
  readonly #child: ChildProcess;
  readonly #onLog: DaemonOptions['onLog'];
  #ready: Ready | undefined;
  #hasExited = false;

  private constructor({ name, program, args, env, onLog, under = [] }: DaemonOptions) {
    this.name = name;
    this.#onLog = onLog;
    const [command = process.execPath, ...rest] = [...under, process.execPath, program, ...args];
    this.#child = spawn(command, rest, {
      env: { ...surroundings(), ...env },
      // A terminal's Ctrl-C goes to its whole process group: only the parent decides when its daemons stop.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#keep(error.message);
        resolve({ code: null, signal: null });
      });
      // `close`, not `exit`: its last words have been read.
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
    void this.exited.then(() => {
      this.#hasExited = true;
    });
  }

  /** Resolves once the daemon printed its `{"event":"ready",…}` line; rejects, with its last words, if it does not. */
  static async start<Ready>(options: DaemonOptions): Promise<Daemon<Ready>> {
    const daemon = new Daemon<Ready>(options);
    try {
      daemon.#ready = await daemon.#firstReadyLine(options.readyWithinMs ?? 30_000);
    } catch (error) {
      await daemon.kill9();
      throw error;
    }
    return daemon;
  }

  /** What the daemon said of itself when it was ready. */
  get ready(): Ready {
    if (this.#ready === undefined) throw new Error(`bug: ${this.name} was used before it was ready`);
    return this.#ready;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks it to stop; kills it if it has not within `graceMs`. */
  async stop(graceMs = 10_000): Promise<Exit> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** As a power cut would. */
  kill9(): Promise<Exit> {
    this.#child.kill('SIGKILL');
    return this.exited;
  }

  get running(): boolean {
    return !this.#hasExited;
  }

  #firstReadyLine(withinMs: number): Promise<Ready> {
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('bug: the output of a daemon is not piped');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#failure(`was not ready within ${withinMs / 1000} s`)), withinMs);
      createInterface({ input: stderr }).on('line', (line) => {
        this.#keep(line);
        this.#onLog?.(line);
      });
      createInterface({ input: stdout }).on('line', (line) => {
        this.#keep(line);
        const ready = readyLine(line);
        if (!ready) return;
        clearTimeout(timer);
        resolve(ready as Ready);
      });
      void this.exited.then(({ code, signal }) => {
        clearTimeout(timer);
        reject(this.#failure(`stopped before it was ready (${signal ?? `exit code ${String(code)}`})`));
      });
    });
  }

  #keep(line: string): void {
    this.log.push(line);
    if (this.log.length > LOG_LINES_KEPT) this.log.splice(0, this.log.length - LOG_LINES_KEPT);
  }

  #failure(what: string): Error {
    return new Error([`${this.name} ${what}.`, ...this.log.slice(-20)].join('\n  '));
  }
}

function readyLine(line: string): object | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value && value.event === 'ready'
      ? value
      : undefined;
  } catch {
    return undefined; // Something else that begins with a brace: it stands in the log.
  }
}

/** The variables around us, without those that would configure or instrument the daemon. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_OPTIONS'),
  );
}

/** `{"event":"ready",…}` of `parley tracker --json`. */
export interface TrackerReady {
  readonly url: string;
}

/** `{"event":"ready",…}` of `parley peer --json`. */
export interface PeerReady {
  readonly username: string;
  readonly ui: string;
  /** Opens the UI signed in, once. */
  readonly login: string;
  readonly p2p: { readonly host: string; readonly port: number };
}
