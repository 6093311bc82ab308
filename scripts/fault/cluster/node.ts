/** One tracker of a cluster, with its server: real processes that are killed, stopped and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterSecret } from '../../../tracker/cluster/cluster-secret.js';
import { parseMembers } from '../../../tracker/cluster/members.js';
import { NATS_USER } from '../../../tracker/cluster/nats-config.js';
import { connectNats } from '../../../tracker/store/nats/connection.js';

const READY_MS = 120_000;

export class Node {
  #child: ChildProcess | undefined;

  constructor(
    readonly port: number,
    private readonly dataDir: string,
    private readonly list: string,
    /** Undefined: the first of the cluster, which makes the secret. */
    private readonly first: Node | undefined,
    private readonly program: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    await mkdir(this.dataDir, { recursive: true, mode: 0o700 });
    // All of the load comes from one address.
    const most = {
      ...{ registrationsPerAddress: 1_000_000, loginsPerAddress: 1_000_000, requestsPerAddress: 1_000_000 },
      ...{ registrationsPerAddressADay: 1_000_000, registrationsPerDay: 1_000_000 },
    };
    await writeFile(join(this.dataDir, 'settings.json'), JSON.stringify({ version: 1, limits: most }), { mode: 0o600 });
    const flags = ['--port', String(this.port), '--cluster', this.list, '--json'];
    if (this.first) flags.push('--join', await this.first.#secret());
    const args = [this.program, 'tracker', ...flags, '--data-dir', this.dataDir, '--log-level', 'error'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.includes('"ready"')) continue;
      clearTimeout(late);
      child.stdout.resume();
      return;
    }
    throw new Error(`the tracker at ${this.url} did not get ready`);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    this.signal('SIGCONT');
    await this.#end('SIGTERM');
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Does nothing where there is no server at the moment. */
  async signalServer(signal: NodeJS.Signals): Promise<void> {
    const pid = Number(await readFile(join(this.dataDir, 'cluster', 'nats.pid'), 'utf8').catch(() => ''));
    try {
      if (pid > 1) process.kill(pid, signal);
    } catch {
      // It has ended, and its tracker is about to start it again.
    }
  }

  /** As its machine would go, with all that runs on it. */
  async killMachine(): Promise<void> {
    await this.kill();
    await this.signalServer('SIGKILL');
  }

  /** How its server is called, and who leads a stream by its word. Undefined: nobody does now. */
  async leaderOf(stream: string): Promise<string | undefined> {
    const [own] = parseMembers(this.list).filter(({ port }) => port === this.port);
    const secret = new ClusterSecret((await this.#secret()).trim(), false);
    const { connection, manager } = await connectNats({
      servers: [`${own?.host ?? ''}:${own?.clientPort ?? 0}`],
      ...{ user: NATS_USER, password: secret.password },
      ca: await readFile(join(this.dataDir, 'cluster', 'authority.pem'), 'utf8'),
    });
    try {
      return (await manager.streams.info(stream)).cluster?.leader;
    } finally {
      await connection.close();
    }
  }

  /** Made in the first moments of the first one. Errors: it is not there within READY_MS. */
  async #secret(): Promise<string> {
    const file = join(this.dataDir, 'cluster-secret');
    for (const end = Date.now() + READY_MS; ;) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined) return text;
      if (Date.now() > end) throw new Error(`the tracker at ${this.url} made no secret`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
