/** The line door with clients that nobody of this project wrote: nc, openssl, and the three examples of the docs. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startLineServer, type LineServer } from '../peer/doors/lines/server.js';
import { TestHost } from '../peer/doors/test-host.js';
import { makeCertificate } from '../peer/gateway/self-made.js';
import { PASSWORD } from '../peer/local/test-services.js';
import { projectRoot } from './support/project.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const run = promisify(execFile);

let host: TestHost;
let server: LineServer;
let programs: ChildProcess[];

beforeEach(async () => {
  host = new TestHost();
  programs = [];
  const tls = await makeCertificate(['127.0.0.1'], Date.now());
  server = await startLineServer({
    ...{ host, address: { host: '127.0.0.1', port: 0 }, plain: true, web: undefined, log: quiet, tls },
  });
});
afterEach(async () => {
  for (const program of programs) program.kill();
  await server.close();
});

/** Types at a program, and resolves once it has printed this. */
class Typed {
  private said = '';
  private look: () => void = () => undefined;
  private readonly program: ChildProcess;

  constructor(name: string, args: readonly string[]) {
    this.program = spawn(name, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    programs.push(this.program);
    this.program.stdout?.on('data', (chunk: Buffer) => {
      this.said += chunk.toString();
      this.look();
    });
  }

  type(line: string): this {
    this.program.stdin?.write(`${line}\n`);
    return this;
  }

  says(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.program.once('close', () => reject(new Error(`it ended, and had said ${this.said}`)));
      this.look = () => {
        if (this.said.includes(text)) resolve();
      };
      this.look();
    });
  }
}

test.each([
  ['nc', (port: string) => ['127.0.0.1', port]],
  ['openssl', (port: string) => ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`]],
])('%s: register, say, list, quit', async (name, args) => {
  const typed = new Typed(name, args(String(server.port)));
  typed.type(`/register Ali ${PASSWORD}`);
  await typed.says('{"type":"registered","user_id":"Ali"}');
  await typed.type('hello from a terminal').says('"text":"hello from a terminal"');
  await typed.type('/list').says('{"type":"list","users":["Ali","Bob"]}');
  await typed.type('/quit').says('{"type":"bye"}');
});

test.each([
  ['sh', 'say.sh'],
  ['python3', 'say.py'],
  ['node', 'say.js'],
])('%s docs/lines/%s says its text, hears it, and ends; with a wrong password it fails', async (name, file) => {
  const path = join(projectRoot, 'docs/lines', file);
  const at = ['127.0.0.1', String(server.port), 'Ali'];
  const { stdout } = await run(name, [path, ...at, PASSWORD, 'general', 'said by a script']);
  expect(stdout).toContain('"text":"said by a script"');
  const texts = host
    .peer('Ali')
    .history.page('#general' as never, undefined, 10)
    .entries.map(({ message }) => message);
  expect(texts).toEqual(['said by a script']);
  await expect(run(name, [path, ...at, 'not that one', 'general', 'no'])).rejects.toMatchObject({ code: 1 });
});
