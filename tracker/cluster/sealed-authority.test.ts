/** Which tracker makes the CA of a cluster, and which one waits for it. A real store of secrets, and real files. */
import { afterEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { TempDir } from '../../test/support/temp-dir.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { FakeClock } from '../testing/fake-clock.js';
import { silent } from '../testing/test-tracker.js';
import { loadClusterSecret } from './cluster-secret.js';
import { clusterAuthority } from './sealed-authority.js';

const folder = new TempDir();
afterEach(() => folder.remove());

async function trackerOf(path: string, secret?: string) {
  return loadClusterSecret({ file: (name) => join(path, name) }, secret);
}

async function cluster() {
  const clock = new FakeClock();
  const store = openSqliteStore(join(await folder.sub('store'), 'tracker.db'), clock);
  return { clock, store, parts: { store: store.secrets, clock, log: silent } };
}

test('the first tracker makes it, also when it is started again; the others wait for it', async () => {
  const { clock, store, parts } = await cluster();
  const home = await folder.sub('first');
  await trackerOf(home);
  const first = await trackerOf(home);
  const away = await folder.sub('other');
  await trackerOf(away, first.text);
  // Started again, without --join.
  const other = await trackerOf(away);
  expect([first.isFounder, other.isFounder]).toEqual([true, false]);
  const waiting = clusterAuthority({ ...parts, secret: other });
  const made = await clusterAuthority({ ...parts, secret: first });
  expect(await clock.settled(waiting)).toEqual(made);
  await store.close();
});

test('without the first one the others wait, say what to do, and make none when they are stopped', async () => {
  const { clock, store, parts } = await cluster();
  const first = await trackerOf(await folder.sub('first'));
  const secret = await trackerOf(await folder.sub('other'), first.text);
  const stopping = new AbortController();
  const said: string[] = [];
  const log = {
    ...silent,
    warn: (_facts: object, text: string) => {
      said.push(text);
      if (clock.steady() - begun > 10 * 60_000) stopping.abort();
    },
  };
  const begun = clock.steady();
  const waiting = clusterAuthority({ ...parts, log, secret, signal: stopping.signal });
  await expect(clock.settled(waiting)).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('start its first tracker'),
  });
  expect(said.length).toBeGreaterThan(10);
  expect(new Set(said)).toEqual(
    new Set([expect.stringContaining('start its first tracker, which was started without --join')]),
  );
  expect(await store.secrets.get('authority')).toBeUndefined();
  await store.close();
});

test('one that is imported is that of the cluster, and never another one in its place', async () => {
  const [old, fresh] = [await cluster(), await cluster()];
  const secret = await trackerOf(await folder.sub('first'));
  const imported = await clusterAuthority({ ...old.parts, secret });
  expect(await clusterAuthority({ ...fresh.parts, secret, imported })).toEqual(imported);
  const another = await cluster();
  await clusterAuthority({ ...another.parts, secret });
  await expect(clusterAuthority({ ...another.parts, secret, imported })).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('Leave --import out'),
  });
  for (const { store } of [old, fresh, another]) await store.close();
});
