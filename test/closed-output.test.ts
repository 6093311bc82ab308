/** Daemons whose output nobody reads (`parley tracker | head -1`) go on, and stop when they are asked to. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../scripts/daemon/free-ports.js';
import { TempDir } from './support/temp-dir.js';

const program = fileURLToPath(new URL('../dist/scripts/parley.js', import.meta.url));
let folder: TempDir;

beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

/** Until it answers; the test's own time limit ends the waiting. */
async function answers(url: string): Promise<number> {
  for (;;) {
    const status = await fetch(url).then(
      ({ status }) => status,
      () => undefined,
    );
    if (status !== undefined) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test.each(['tracker', 'peer'])('a %s goes on when its stdout and stderr are closed', async (command) => {
  const port = await freePort();
  const args = command === 'tracker' ? ['--port', String(port)] : ['--ui-port', String(port), '--peer-port', '0'];
  const child = spawn(
    process.execPath,
    [program, command, ...args, '--log-level', 'debug', '--data-dir', join(folder.path, command)],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const ended = once(child, 'exit');
  try {
    child.stdout.destroy();
    child.stderr.destroy();
    const url = `http://127.0.0.1:${String(port)}/${command === 'tracker' ? 'healthz' : 'api/session'}`;
    expect(await answers(url)).toBe(200);
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
});
