/** Files from one end to the other: by the programs of the command line, through the daemon, and what stays on the disk. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Username } from '../protocol/ids.js';
import { startPeer, type RunningPeer } from '../peer/main.js';
import get from '../scripts/commands/get.js';
import send from '../scripts/commands/send.js';
import { runCommandLine } from '../scripts/cli.js';
import { InProcess, PASSWORD } from './support/in-process.js';

const lasting = 120_000;
const ignore = (): void => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let world: InProcess;
let alice: RunningPeer | undefined;
let dataDir: string;

beforeAll(async () => {
  world = await InProcess.create();
  const { url } = await world.tracker();
  dataDir = world.path('alice');
  alice = await startPeer(
    {
      ...{ username: 'alice' as Username, trackers: [url], host: '127.0.0.1', peerPort: 0, uiHost: '127.0.0.1' },
      ...{ uiPort: 0, uiDir: '', dataDir, password: PASSWORD, register: true, allowedHosts: [], trackerCa: undefined },
      ...{ keylog: undefined, lan: false },
    },
    quiet,
  );
  await mkdir(world.path('out'));
}, lasting);
afterAll(async () => {
  await alice?.close();
  await world.close();
}, lasting);

/** What a command line ends with, and says where it fails. */
async function parley(...argv: string[]): Promise<{ code: number; problem: string }> {
  const problems: string[] = [];
  const code = await runCommandLine({
    commands: [
      { name: 'send', arguments: ['<conversation>'], describe: '', load: async () => send as never },
      { name: 'get', arguments: ['<file>'], describe: '', load: async () => get },
    ],
    argv: [...argv, '--data-dir', dataDir],
    ...{ env: {}, version: '0', print: ignore, printError: (text: string) => void problems.push(text) },
  });
  return { code, problem: problems.join('\n') };
}

describe('the command line', () => {
  const bytes = randomBytes(3 * 1024 * 1024 + 17);
  const path = (): string => world.path('plan.bin');

  test(
    'sends a file by the daemon that runs, and gets it back by its hash',
    async () => {
      await writeFile(path(), bytes);
      expect(await parley('send', '#general', '--file', path(), '--message', 'the plan')).toEqual({
        code: 0,
        problem: '',
      });
      const kept = await stat(join(dataDir, 'blobs', sha256(bytes).slice(0, 2), sha256(bytes)));
      expect([kept.size, kept.mode & 0o777]).toEqual([bytes.length, 0o600]);
      const target = world.path('out/saved.bin');
      expect(await parley('get', sha256(bytes), '-o', target)).toEqual({ code: 0, problem: '' });
      expect((await readFile(target)).equals(bytes)).toBe(true);
    },
    lasting,
  );

  test(
    'overwrites nothing, and leaves nothing beside it',
    async () => {
      const target = world.path('out/taken.bin');
      await writeFile(target, 'mine');
      const { code, problem } = await parley('get', sha256(bytes), '-o', target);
      expect([code, problem]).toEqual([1, expect.stringContaining('is there already')]);
      expect(await readFile(target, 'utf8')).toBe('mine');
      expect((await readdir(world.path('out'))).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
    lasting,
  );

  test.each([
    [['get', '0'.repeat(64)], 'No message shows that file'],
    [['get', 'nonsense'], 'no link'],
    [['send', '#nowhere', '--file', 'package.json'], 'not in this conversation'],
    [['send', '#general', '--file', '/nonexistent'], 'is not there'],
    [['send', '#general', '--file', '.'], 'is no file'],
  ])(
    '%j says what is wrong',
    async (argv, words) => {
      expect(await parley(...argv)).toEqual({ code: 1, problem: expect.stringContaining(words) });
    },
    lasting,
  );

  test(
    'an empty pipe is not taken for a message',
    async () => {
      const stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
      Object.defineProperty(process, 'stdin', { value: Readable.from([]), configurable: true });
      try {
        expect(await parley('send', '#general')).toEqual({
          code: 1,
          problem: expect.stringContaining('Nothing came in'),
        });
      } finally {
        Object.defineProperty(process, 'stdin', stdin ?? {});
      }
    },
    lasting,
  );

  test(
    'an empty file is sent, and saved',
    async () => {
      await writeFile(world.path('empty'), '');
      expect(await parley('send', '#general', '--file', world.path('empty'))).toEqual({ code: 0, problem: '' });
      expect(await parley('get', sha256(Buffer.of()), '-o', world.path('out/empty'))).toEqual({ code: 0, problem: '' });
      expect((await stat(world.path('out/empty'))).size).toBe(0);
    },
    lasting,
  );

  test('its key is for the owner alone', async () => {
    expect((await stat(join(dataDir, 'local.json'))).mode & 0o777).toBe(0o600);
  });
});
