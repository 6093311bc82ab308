/** `npm run fault -- cluster` in short: a cluster under all its load loses its leader, then all of its machines. */
import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { hasProgram } from '../scripts/bootstrap/debian.mjs';
import { hurts } from '../scripts/fault/cluster/hurts.js';
import { runCluster } from '../scripts/fault/cluster/run.js';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';

const folder = new TempDir();
afterAll(() => folder.remove());

const NAMES = ['kill the server that leads', 'kill all at once'];
const isHere = hasProgram('nats-server');
if (!isHere)
  process.stderr.write(
    'There is no nats-server here: that a cluster survives its machines is NOT tested. Install it.\n',
  );

(isHere ? test : test.skip)('nothing that was acknowledged is lost, and chat goes on', async () => {
  const { figures, faults } = await runCluster({
    ...{ folder: folder.path, seed: 1, rounds: NAMES.length, peers: 8, daemons: 2 },
    hurt: hurts.filter(({ name }) => NAMES.includes(name)),
    program: join(projectRoot, 'dist/scripts/daemon/entry.js'),
    say: () => undefined,
  });
  expect(Object.values(faults).flat()).toEqual([]);
  expect(figures.rounds).toBe(NAMES.length);
  const { accounts, sessions, memberships, letters, chats } = figures;
  expect(Math.min(accounts, sessions, memberships, letters, chats)).toBeGreaterThan(0);
});
