/** `npm start`, once built: the demo as a person runs it, from its first start to its end. */
import { readFile } from 'node:fs/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';

const PATIENCE_MS = 60_000;

class Demo {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  output = '';

  constructor(command: string, ...args: string[]) {
    const { PATH, HOME } = process.env;
    this.#child = spawn(command, args, {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (part) => (this.output += String(part)));
    }
    this.#exited = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves once the output matches; rejects if the demo ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const ended = this.#exited.then((code) => {
      throw new Error(`the demo ended (${String(code)}) without ${String(pattern)}:\n${this.output}`);
    });
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      await Promise.race([ended, this.#child.stdout ? once(this.#child.stdout, 'data') : ended]);
    }
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.#child.kill(signal);
    return this.#exited;
  }
}

/** Whether anybody answers at `http://host:port/`. */
async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // `once` rejects when the socket fails.
  const answered = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return answered;
}

describe('the demo', () => {
  let folder: TempDir;
  const running = new Set<Demo>();
  const demo = (...args: string[]): Demo => {
    const program = join(projectRoot, 'dist/scripts/demo.js');
    const started = new Demo(process.execPath, program, '--data-dir', folder.path, ...args);
    running.add(started);
    return started;
  };
  beforeEach(() => {
    folder = new TempDir();
  });
  afterEach(async () => {
    await Promise.all([...running].map((each) => each.end('SIGTERM')));
    running.clear();
    await folder.remove();
  }, PATIENCE_MS);

  test(
    'starts, gives each user a link that works once, and leaves nothing behind',
    async () => {
      const first = demo();
      await first.says(/Stop with Ctrl-C/);
      const urls = [...first.output.matchAll(/http:\/\/\S+/g)].map(([url]) => url);
      const links = urls.filter((url) => url.includes('/enter/'));
      expect(links).toHaveLength(2);
      for (const link of links) {
        const open = await fetch(link, { redirect: 'manual' });
        expect([open.status, open.headers.getSetCookie().length]).toEqual([303, 1]);
        expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
      }
      const second = demo();
      expect(await second.end()).toBe(1);
      expect(second.output).toMatch(/already running on .*--data-dir/);
      expect(await first.end('SIGINT')).toBe(0);
      expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => false));
    },
    2 * PATIENCE_MS,
  );

  test(
    'finds everything again at its second start',
    async () => {
      const passwords = (): Promise<string> => readFile(join(folder.path, 'passwords.json'), 'utf8');
      const first = demo();
      await first.says(/Stop with Ctrl-C/);
      const before = await passwords();
      expect(await first.end('SIGHUP')).toBe(0);
      const second = demo();
      await second.says(/Stop with Ctrl-C/);
      expect(await passwords()).toBe(before);
      expect(second.output).not.toMatch(/error:/);
      expect(await second.end('SIGTERM')).toBe(0);
    },
    2 * PATIENCE_MS,
  );

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves nothing behind when a script that called npm gets %s, alone',
    async (signal) => {
      const script = 'npm start --silent -- --data-dir "$0"; echo over';
      const wrapped = new Demo('bash', '-c', script, folder.path);
      running.add(wrapped);
      await wrapped.says(/Stop with Ctrl-C/);
      const urls = [...wrapped.output.matchAll(/http:\/\/\S+/g)].map(([url]) => url);
      // It ends when the last process that holds its output has.
      await wrapped.end(signal);
      expect(wrapped.output).toMatch(/Stopping/);
      expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => false));
    },
    2 * PATIENCE_MS,
  );

  test(
    'refuses a port in use that was asked for, with its flag',
    async () => {
      const holder = createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as AddressInfo;
      const refused = demo('--tracker-port', String(port));
      expect(await refused.end()).toBe(1);
      expect(refused.output.trim()).toBe(
        `Port ${port} for the tracker is in use. Choose another one with --tracker-port.`,
      );
      holder.close();
    },
    PATIENCE_MS,
  );
});
