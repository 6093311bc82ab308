/** `parley peer` as somebody starts it who has said nothing yet: it prints a link first, and is ready later. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PeerReady } from '../../scripts/daemon/daemon.js';
import { projectRoot } from './project.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');

export interface SetupLine {
  readonly ui: string;
  /** Opens the page that may set up, once. */
  readonly link: string;
}

export class FreshPeer {
  readonly #child: ChildProcess;
  readonly #lines: Record<string, unknown>[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #log: string[] = [];
  readonly #exited: Promise<void>;
  #over = false;

  private constructor(args: readonly string[]) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_OPTIONS'),
    );
    // The channel: were this process to die, the peer would stop too.
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
    const child = spawn(process.execPath, [PROGRAM, 'peer', '--json', '--host', '127.0.0.1', ...args], {
      ...{ env, stdio: [...stdio] },
    });
    this.#child = child;
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error('the output of a peer is not piped');
    createInterface({ input: stdout }).on('line', (line) => {
      this.#lines.push(JSON.parse(line) as Record<string, unknown>);
      this.#wake();
    });
    createInterface({ input: stderr }).on('line', (line) => this.#log.push(line));
    this.#exited = new Promise((resolve) =>
      child.once('close', () => {
        this.#over = true;
        this.#wake();
        resolve();
      }),
    );
  }

  /** Ports that are free, unless the flags name some. */
  static start(...flags: readonly string[]): FreshPeer {
    return new FreshPeer(flags.includes('--peer-port') ? flags : ['--peer-port', '0', '--ui-port', '0', ...flags]);
  }

  /** Rejects, with its last words, when it ends before. */
  get setup(): Promise<SetupLine> {
    return this.#line('setup') as Promise<object> as Promise<SetupLine>;
  }

  get ready(): Promise<PeerReady> {
    return this.#line('ready') as Promise<object> as Promise<PeerReady>;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  /** As a power cut would. */
  async kill9(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #line(event: string): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const line = this.#lines.find((known) => known['event'] === event);
        if (line) resolve(line);
        else if (this.#over) reject(new Error(`ended without "${event}":\n${this.#log.slice(-20).join('\n')}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
