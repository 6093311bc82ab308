/** Processes that die at any moment: peers, the tracker, and a second daemon that must not come between. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { runKills } from '../../scripts/fault/kills.js';
import { Window } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { runProgram } from '../support/programs.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/kill');

let folder: TempDir;
beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

// A few kills; many: `npm run fault`.
test('kill -9 of peers and tracker while all write: nothing acknowledged is lost, nothing is there twice, one order', async () => {
  const seed = Number(process.env['PARLEY_FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const report = await runKills({
    ...{ folder: folder.path, program: PROGRAM, peers: 3, kills: 4, trackerEvery: 4, seed, logs: LOGS },
  });
  // The seed stands in the failure: PARLEY_FAULT_SEED repeats the choice of victims and moments.
  expect(report).toMatchObject({ seed, kills: 4, lost: [], doubled: [], differing: [], problems: [] });
  expect(report.trackerKills).toBeGreaterThan(0);
  expect(report.acknowledged).toBeGreaterThan(10);
}, 240_000);

test('a second daemon on a data directory is refused in one line, and the first goes on unharmed', async () => {
  const fleet = new Fleet(join(folder.path, 'two'), PROGRAM);
  try {
    await fleet.tracker.start();
    const alice = await fleet.addPeer('alice');
    const window = await Window.open(alice.ready);
    await expect(window.post('#general', 'before')).resolves.toMatchObject({ ok: true });

    const args = [
      'peer',
      '--username',
      'alice',
      '--data-dir',
      fleet.dataDir('alice'),
      '--tracker',
      fleet.tracker.ready.url,
    ];
    const second = await runProgram(process.execPath, [PROGRAM, ...args, '--peer-port', '0', '--json'], 60_000);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/Another peer is running on .*--data-dir/),
    ]);

    await expect(window.post('#general', 'after')).resolves.toMatchObject({ ok: true });
    const texts = (await window.history('#general')).map(({ message }) => message);
    expect(texts).toEqual(['before', 'after']);
    // Not even its key was touched.
    expect(await readFile(join(fleet.dataDir('alice'), 'identity/device-key.pem'), 'utf8')).toMatch(/PRIVATE KEY/);
  } finally {
    await fleet.close(LOGS);
  }
}, 120_000);
