/** One tracker of a cluster, with its server: real processes that are killed, stopped and started again. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterSecret } from '../../../tracker/cluster/cluster-secret.js';
import { parseMembers } from '../../../tracker/cluster/members.js';
import { NATS_USER } from '../../../tracker/cluster/servers.js';
import { connectNats } from '../../../tracker/store/nats/connection.js';
import { Daemon, type TrackerReady } from '../../daemon/daemon.js';
import { reflectPort } from './ports.js';

const READY_MS = 120_000;
const STOP_MS = 60_000;

export class Node {
  #tracker: Daemon<TrackerReady> | undefined;

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

  /** Errors: it does not get ready; with its last words, and how it ended. */
  async start(): Promise<void> {
    await mkdir(this.dataDir, { recursive: true, mode: 0o700 });
    // All of the load comes from one address.
    const most = {
      ...{ registrationsPerAddress: 1_000_000, loginsPerAddress: 1_000_000, requestsPerAddress: 1_000_000 },
      ...{ registrationsPerAddressADay: 1_000_000, registrationsPerDay: 1_000_000 },
    };
    await writeFile(join(this.dataDir, 'settings.json'), JSON.stringify({ version: 1, limits: most }), { mode: 0o600 });
    const flags = [
      '--port',
      String(this.port),
      '--reflect-port',
      String(reflectPort(this.port)),
      '--cluster',
      this.list,
      '--json',
    ];
    if (this.first) flags.push('--join', await this.first.#secret());
    const args = ['tracker', ...flags, '--data-dir', this.dataDir, '--log-level', 'warn'];
    const name = `the tracker at ${this.url}`;
    const onLog = (line: string): void => void (isError(line) && process.stderr.write(`${line}\n`));
    this.#tracker = await Daemon.start({ name, program: this.program, args, readyWithinMs: READY_MS, onLog });
  }

  async kill(): Promise<void> {
    await this.#tracker?.kill9();
  }

  async stop(): Promise<void> {
    this.signal('SIGCONT');
    await this.#tracker?.stop(STOP_MS);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#tracker?.running === true) process.kill(this.#tracker.pid, signal);
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
      named: '--cluster',
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
}

/** Of its log, and not for people. */
function isError(line: string): boolean {
  return /^\{"level":(50|60),/.test(line);
}
