/** The package that `npm run pack` makes, installed in an empty folder, far from the clone: a tracker and a peer run from it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PeerReady, TrackerReady } from '../scripts/daemon/daemon.js';
import { Restartable } from '../scripts/daemon/restartable.js';
import { runProgram } from './support/programs.js';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';

const lasting = 120_000;
const folder = new TempDir();
const path = (name: string): string => join(folder.path, name);
const installed = path('prefix/lib/node_modules/parley');
const program = join(installed, 'scripts/parley.mjs');

const tracker = new Restartable<TrackerReady>({
  ...{ name: 'tracker', program },
  ports: ['--port'],
  args: () => ['tracker', '--json', '--data-dir', path('tracker')],
});
const peer = new Restartable<PeerReady>({
  ...{ name: 'tess', program, env: { PARLEY_PASSWORD: 'correct-horse-battery' } },
  ports: ['--peer-port', '--ui-port'],
  args: () => [
    ...['peer', '--username', 'tess', '--register', '--tracker', tracker.ready.url, '--json', '--no-lan'],
    ...['--data-dir', path('tess'), '--host', '127.0.0.1'],
  ],
});

beforeAll(async () => {
  const packed = await runProgram(process.execPath, [join(projectRoot, 'scripts/pack.mjs')], lasting);
  expect(packed).toMatchObject({ code: 0 });
  const [, tarball = ''] = /^(dist\/parley-\S+\.tgz) /m.exec(packed.stdout) ?? [];
  const install = ['install', '--global', '--prefix', path('prefix'), join(projectRoot, tarball)];
  expect(await runProgram('npm', install, lasting)).toMatchObject({ code: 0 });
}, 2 * lasting);

afterAll(async () => {
  await Promise.all([peer.stop(), tracker.stop()]);
  await folder.remove();
});

test('holds no sources, no tests, and no packages that are built in', async () => {
  expect((await readdir(installed)).sort()).toEqual(['README.md', 'dist', 'node_modules', 'package.json', 'scripts']);
  expect((await readdir(join(installed, 'dist'))).sort()).toEqual(['scripts', 'ui']);
  expect(await readdir(join(installed, 'node_modules'))).not.toContain('fastify');
});

test('its command says its version and its help', async () => {
  const command = path('prefix/bin/parley');
  const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  expect(await runProgram(command, ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect((await runProgram(command, ['--help'])).stdout).toContain('parley tracker');
});

test(
  'a tracker and a peer start from it, with the page and the history',
  async () => {
    await tracker.start();
    await peer.start();
    const page = await fetch(peer.ready.ui);
    expect(await page.text()).toContain('<title>Parley');
    expect((await fetch(new URL('/healthz', tracker.ready.url))).status).toBe(200);
    const command = path('prefix/bin/parley');
    const file = join(installed, 'README.md');
    const sent = await runProgram(command, ['send', '#general', '--file', file, '--data-dir', path('tess')]);
    expect(sent).toMatchObject({ code: 0 });
    const history = await runProgram(command, ['history', '#general', '--json', '--data-dir', path('tess')]);
    expect(history.stdout).toContain('"name":"README.md"');
  },
  lasting,
);
