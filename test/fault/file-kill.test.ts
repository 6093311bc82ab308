/** Peers that die while a file goes from one to the other, or comes in from a browser. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FileDoor } from '../../scripts/fault/file-door.js';
import { runFileKills } from '../../scripts/fault/file-kills.js';
import { Fleet } from '../../scripts/fault/fleet.js';
import { Window } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/file-kill');
const MIB = 1024 * 1024;

let folder: TempDir;
beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

// A few kills of a small file; many, of a large one: `npm run fault -- files`.
test('kill -9 of both ends while a file comes: it goes on each time, and is right', async () => {
  const seed = Number(process.env['PARLEY_FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const report = await runFileKills({
    ...{ folder: folder.path, program: PROGRAM, size: 24 * MIB, kills: 2, seed, logs: LOGS },
  });
  // The seed stands in the failure: PARLEY_FAULT_SEED repeats the choice of victims and moments.
  expect(report).toMatchObject({ seed, isRight: true, kills: { source: 1, receiver: 1 }, problems: [] });
}, 240_000);

test('kill -9 while a browser brings a file: nothing of it counts, and nothing of it is left', async () => {
  const fleet = new Fleet(join(folder.path, 'upload'), PROGRAM);
  try {
    await fleet.tracker.start();
    const alice = await fleet.addPeer('alice');
    const before = new FileDoor(await Window.open(alice.ready), alice.ready.ui);
    const { sending, answered } = before.post('half.bin', '#general', { 'content-length': 8 * MIB });
    for (let sent = 0; sent < 4; sent++) if (!sending.write(Buffer.alloc(MIB, sent))) await once(sending, 'drain');
    // What was written may lie in the system's buffers still; no event tells that the peer has begun to keep it.
    for (let n = 0; n < 600 && blobs(fleet).length === 0; n++) await pause(100);
    expect(blobs(fleet)).toHaveLength(1);
    await alice.kill9();
    await expect(answered).rejects.toThrow();
    before.window.close();

    await alice.start();
    const after = await Window.open(alice.ready);
    expect(blobs(fleet)).toEqual([]);
    expect(await after.command('file.list', {})).toMatchObject({ ok: true, files: [] });
    expect(await after.command('file.usage', {})).toMatchObject({ ok: true, used: 0 });
    expect(await after.history('#general')).toEqual([]);
    after.close();
  } finally {
    await fleet.close(LOGS);
  }
}, 120_000);

/** Files in the store, whole or not. */
function blobs(fleet: Fleet): string[] {
  const entries = readdirSync(join(fleet.dataDir('alice'), 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
