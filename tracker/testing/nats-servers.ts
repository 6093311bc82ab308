/** Real nats-server processes on free ports of this machine, with many separate accounts: each has streams of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../scripts/daemon/free-ports.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { natsProgram } from '../cluster/nats-program.js';
import type { NatsServers } from '../store/nats/packages.js';

const ACCOUNTS = 64;

interface Server {
  name: string;
  client: number;
  route: number;
  child?: ChildProcess;
}

export class TestNats {
  readonly #folder = new TempDir();
  readonly #servers: Server[] = [];
  #used = 0;

  private constructor(private readonly more: string) {}

  /**
   * @param size how many servers: 1 stands alone, 3 are a cluster
   * @param more of their configuration
   */
  static async start(size: 1 | 3, more = ''): Promise<TestNats> {
    const nats = new TestNats(more);
    for (let at = 0; at < size; at += 1) {
      nats.#servers.push({ name: `s${at}`, client: await freePort(), route: await freePort() });
    }
    await Promise.all(nats.#servers.map((_, at) => nats.startServer(at)));
    return nats;
  }

  /** Where an account without any streams is, each time another one; the servers in this order. */
  newAccount(): (...order: readonly number[]) => NatsServers {
    const account = `a${(this.#used += 1)}`;
    if (this.#used >= ACCOUNTS) throw new Error('the test servers have no more accounts');
    return (...order) => ({
      named: '--nats',
      servers: order.map((at) => `127.0.0.1:${this.#at(at).client}`),
      user: account,
      password: account,
    });
  }

  async startServer(at: number): Promise<void> {
    const server = this.#at(at);
    const file = join(this.#folder.path, `${server.name}.conf`);
    await writeFile(file, this.#config(server));
    const child = spawn(await natsProgram(), ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    server.child = child;
    // It says so once it takes connections; JetStream may need longer, for which the store waits. What it says is read to the
    // end: a closed pipe would end it.
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk) => {
        said = (said + String(chunk)).slice(-10_000);
        if (said.includes('Server is ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`nats-server stopped: ${said}`)));
    });
  }

  signal(at: number, signal: NodeJS.Signals): void {
    this.#at(at).child?.kill(signal);
  }

  async kill(at: number): Promise<void> {
    const { child } = this.#at(at);
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    for (const at of this.#servers.keys()) await this.kill(at);
    await this.#folder.remove();
  }

  #at(at: number): Server {
    const server = this.#servers[at];
    if (!server) throw new Error(`there is no server ${at}`);
    return server;
  }

  #config({ name, client, route }: Server): string {
    const accounts = Array.from(
      { length: ACCOUNTS },
      (_, at) => `a${at}: {jetstream: enabled, users: [{user: a${at}, password: a${at}}]}`,
    );
    const others = this.#servers.filter((one) => one.name !== name).map((one) => `"nats://127.0.0.1:${one.route}"`);
    const cluster =
      others.length === 0 ? '' : `cluster { name: test, listen: "127.0.0.1:${route}", routes: [${others.join(', ')}] }`;
    return `server_name: ${name}
listen: "127.0.0.1:${client}"
jetstream { store_dir: "${join(this.#folder.path, name)}" }
accounts { ${accounts.join('\n')} }
${this.more}
${cluster}
`;
  }
}
