/** nats-server as a child of the tracker: started again when it ends, ended with the tracker. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { readIfThere } from '../data-dir.js';
import type { Log } from '../log.js';
import type { NatsFiles } from './nats-config.js';

const AGAIN_MS = 1_000;
const AGAIN_MAX_MS = 10_000;
/** One that has run so long did not end because of how it is started. */
const LASTED_MS = 60_000;
const STOP_MS = 10_000;
const LINE_MAX = 2_000;
const LOOK_MS = 100;

export class NatsProcess {
  #child: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #waitMs = AGAIN_MS;
  #isStopped = false;

  /** Starts it. One that was left is to be ended before. */
  constructor(
    private readonly program: string,
    private readonly files: NatsFiles,
    private readonly log: Log,
  ) {
    this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#again);
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  #run(): void {
    const started = performance.now();
    const child: ChildProcess = spawn(this.program, ['-c', this.files.config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let last = '';
    const ended = (why: string): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (this.#isStopped) return;
      if (performance.now() - started > LASTED_MS) this.#waitMs = AGAIN_MS;
      this.log.warn({ why, said: last, againMs: this.#waitMs }, 'nats-server ended, and is started again');
      this.#again = setTimeout(() => this.#run(), this.#waitMs);
      this.#waitMs = Math.min(2 * this.#waitMs, AGAIN_MAX_MS);
    };
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    child.once('error', (error) => ended(error.message));
    // Where the system has no file descriptors left there is no pipe, only an error that follows.
    if (!child.stderr) return;
    // Read to the end: a closed pipe would end it.
    createInterface({ input: child.stderr }).on('line', (line) => {
      const said = line.slice(0, LINE_MAX);
      if (/\[(ERR|FTL)\]/.test(said)) last = said;
      if (said.includes('[FTL]')) this.log.error({ said }, 'nats-server failed');
      else this.log.debug({ said }, 'nats-server');
    });
  }
}

/** Ends the one that a tracker has left which could not end it: it holds the ports. */
export async function endLeftOver({ pid: file, config }: NatsFiles, log: Log): Promise<void> {
  const pid = Number((await readIfThere(file))?.trim());
  if (!Number.isSafeInteger(pid) || pid <= 1 || !(await runs(pid, config))) return;
  log.warn({ pid }, 'a nats-server of a tracker that was killed still runs: it is ended, and started anew');
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; await runs(pid, config); waited += LOOK_MS) {
    if (waited === STOP_MS) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The number may have been given to another process since. */
async function runs(pid: number, config: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
    return stdout.includes(config);
  } catch {
    return false;
  }
}
