/** One daemon that is stopped, killed and started again: its data directory and its ports stay the same. */
import { Daemon, type Exit } from './daemon.js';
import { freePorts } from './free-ports.js';

export interface RestartableOptions {
  readonly name: string;
  /** The compiled program, `dist/scripts/daemon/entry.js`. */
  readonly program: string;
  /** The flags that name its ports, like `--port`: each gets a free one, which it keeps over restarts. */
  readonly ports: readonly string[];
  /** All others, and of its first start also those that it needs once. */
  readonly args: (isFirst: boolean) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What runs the program in surroundings of its own: `ip netns exec …`. */
  readonly under?: readonly string[];
}

export class Restartable<Ready> {
  /** Everything that it ever logged. */
  readonly log: string[] = [];
  readonly #waiting = new Set<(line: string) => void>();
  #ports: readonly string[] | undefined;
  #daemon: Daemon<Ready> | undefined;
  #ready: Ready | undefined;

  constructor(private readonly options: RestartableOptions) {}

  get name(): string {
    return this.options.name;
  }

  get ready(): Ready {
    if (this.#ready === undefined) throw new Error(`${this.name} has not been started`);
    return this.#ready;
  }

  get running(): boolean {
    return this.#daemon?.running ?? false;
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  async start(): Promise<Ready> {
    if (this.running) throw new Error(`${this.name} is running`);
    const { name, program, ports, args, env, under } = this.options;
    this.#ports ??= (await freePorts(ports.length)).flatMap((port, n) => [ports[n] ?? '', String(port)]);
    this.#hear(`── start ${new Date().toISOString()}`);
    this.#daemon = await Daemon.start<Ready>({
      name,
      program,
      args: [...args(this.#ready === undefined), ...this.#ports],
      onLog: (line) => this.#hear(line),
      readyWithinMs: 60_000,
      ...(env ? { env } : {}),
      ...(under ? { under } : {}),
    });
    this.#ready = this.#daemon.ready;
    return this.#ready;
  }

  /** As a power cut would. */
  async kill9(): Promise<void> {
    await this.#daemon?.kill9();
  }

  async stop(): Promise<Exit | undefined> {
    this.#signal('SIGCONT');
    return this.#daemon?.stop();
  }

  /** Suspends all its threads, as a sleeping laptop does; its sockets stay open. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** Resolves with the first line of its log that holds the text, now or later. */
  says(text: string, withinMs: number): Promise<string> {
    const said = this.log.find((line) => line.includes(text));
    if (said !== undefined) return Promise.resolve(said);
    return new Promise((resolve, reject) => {
      const hear = (line: string): void => {
        if (!line.includes(text)) return;
        clearTimeout(timer);
        this.#waiting.delete(hear);
        resolve(line);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(hear);
        reject(new Error(`${this.name} did not say "${text}" within ${withinMs} ms`));
      }, withinMs);
      this.#waiting.add(hear);
    });
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#daemon?.running) process.kill(this.#daemon.pid, signal);
  }

  #hear(line: string): void {
    this.log.push(line);
    for (const hear of [...this.#waiting]) hear(line);
  }
}
