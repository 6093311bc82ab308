/** What a cluster or a tracker alone has stored goes into a file, and from there into another one. Over a real NATS server. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportTracker, type Export } from '../export.js';
import type { ClusterConfig } from '../config.js';
import { systemClock } from '../clock.js';
import { openNatsStore } from '../store/nats/nats-store.js';
import { openSource } from '../store/source.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { Archive } from '../store/tracker-store.js';
import { TestNats } from '../testing/nats-servers.js';
import { makeDevice } from '../testing/device.js';
import { PASSWORD, silent, TestTrackers, type TestTracker, type TestUser } from '../testing/test-tracker.js';
import { givenServers } from './servers.js';
import { beginImport, importEnded } from './import-cluster.js';
import { natsProgram } from './nats-program.js';

const trackers = new TestTrackers();
let nats: TestNats;
beforeAll(async () => {
  nats = await TestNats.start(1);
});
afterEach(async () => {
  await trackers.clean();
  expect(trackers.errors.splice(0)).toEqual([]);
});
afterAll(() => nats.stop());

/** A NATS account without anything in it. */
function emptyCluster(): ClusterConfig & { nats: string } {
  const { servers, user = '', password = '' } = nats.newAccount()(0);
  return { nats: `nats://${user}:${password}@${servers[0] ?? ''}`, replicas: 1 };
}

interface Filled {
  readonly alice: TestUser;
  readonly device: string;
  readonly ca: unknown;
}

async function fill(at: TestTracker): Promise<Filled> {
  const alice = await at.register('alice');
  await alice.post('/add-list', { username: 'alice', channel: 'tech' });
  await alice.post('/add-list', { username: 'alice', channel: 'tea' });
  const device = makeDevice();
  await alice.submit({ device: device.device, csr: await device.csr('alice') });
  return { alice, device: device.device, ca: (await at.fetch('/ca')).body };
}

/** Whoever had signed in before is signed in there, in the same channels, with the same device of the same CA. */
async function expectAll(at: TestTracker, { alice, device, ca }: Filled): Promise<void> {
  const { body } = await at.fetch('/me', { headers: alice.headers });
  expect(body['channels']).toEqual(expect.arrayContaining(['tea', 'tech']));
  expect((await at.fetch('/devices', { headers: alice.headers })).body).toMatchObject({ devices: [{ device }] });
  expect((await at.fetch('/ca')).body).toEqual(ca);
  expect((await at.post('/login', { username: 'alice', password: PASSWORD })).status).toBe(200);
}

async function secretOf({ dataDir }: TestTracker): Promise<string> {
  return readFile(join(dataDir, 'cluster-secret'), 'utf8');
}

async function exported(options: Partial<Export> & Pick<Export, 'dataDir'>): Promise<{ file: string; kept: string }> {
  const file = join(await trackers.directory(), 'copy.db');
  return { file, kept: await exportTracker({ file, replicas: 1, ...options }, silent) };
}

test('a cluster goes on as another cluster, and as a tracker alone', async () => {
  const cluster = emptyCluster();
  const before = await trackers.start({ cluster });
  const filled = await fill(before);
  // What its admins have changed comes along.
  expect((await filled.alice.post('/admin/settings', { name: 'Chess', registration: 'closed' })).status).toBe(200);
  const named = async (at: TestTracker): Promise<void> => {
    await expectAll(at, filled);
    expect((await at.fetch('/admin/settings', { headers: filled.alice.headers })).body).toMatchObject({
      settings: { name: 'Chess', registration: 'closed' },
    });
  };
  const secret = await secretOf(before);
  const { file, kept } = await exported({ dataDir: before.dataDir, nats: cluster.nats });
  expect(kept).toBe(join(before.dataDir, 'cluster-secret'));
  await before.tracker.close();
  await named(await trackers.start({ cluster: { ...emptyCluster(), import: file, join: secret } }));
  const alone = await trackers.start({ imported: { import: file, join: secret } });
  await named(alone);
  await alone.tracker.close();
  await named(await trackers.start({ dataDir: alone.dataDir }));
});

test('a tracker alone is exported while it runs, and goes on as a cluster', async () => {
  const before = await trackers.start();
  const filled = await fill(before);
  const { file, kept } = await exported({ dataDir: before.dataDir });
  expect(kept).toBe(join(before.dataDir, 'ca-key.pem'));
  const directory = join(await trackers.directory(), 'moved');
  await mkdir(directory);
  await cp(file, join(directory, 'tracker.db'));
  for (const name of ['ca-key.pem', 'ca.pem']) await cp(join(before.dataDir, name), join(directory, name));
  await expectAll(await trackers.start({ cluster: { ...emptyCluster(), import: directory } }), filled);
});

test('an import that is cut short is refused as it is, and gone on with', async () => {
  const cluster = emptyCluster();
  const before = await trackers.start({ cluster });
  const filled = await fill(before);
  const secret = await secretOf(before);
  const { file } = await exported({ dataDir: before.dataDir, nats: cluster.nats });
  const dataDir = await trackers.directory();
  const imported = { import: file, join: secret };
  // The last of its files cannot be written: the database and the certificate are there.
  const obstacle = join(dataDir, 'ca-key.pem.new');
  await mkdir(obstacle);
  await expect(trackers.start({ dataDir, imported })).rejects.toThrow(/EISDIR/);
  expect(await readdir(dataDir)).toEqual(expect.arrayContaining(['ca.pem', 'tracker.db']));
  expect(await trackers.startError({ dataDir })).toMatch(/was cut short.*the same --import/);
  expect(await trackers.startError({ dataDir, cluster })).toMatch(/was cut short.*the same --import/);
  await rm(obstacle, { recursive: true });
  const alone = await trackers.start({ dataDir, imported });
  await expectAll(alone, filled);
  await alone.tracker.close();
  await expectAll(await trackers.start({ dataDir }), filled);
});

test('nobody uses a cluster into which only a half was put', async () => {
  const before = await trackers.start();
  const filled = await fill(before);
  await before.tracker.close();
  const source = openSource(join(before.dataDir, 'tracker.db'), join(await trackers.directory(), 'copy'), systemClock);
  const cluster = emptyCluster();
  const servers = givenServers(cluster.nats);
  const store = await openNatsStore({ servers, replicas: 1, log: silent, clock: systemClock, name: 'test' });
  const half: Archive = {
    ...source.archive,
    async *records() {
      for await (const record of source.archive.records()) {
        if (record.noun === 'device') throw new Error('planted');
        yield record;
      }
    },
  };
  const run = await beginImport(store);
  await expect(run(half)).rejects.toThrow(/planted/);
  expect(await store.accounts.count()).toBe(1);
  // The others wait for its end.
  const signal = AbortSignal.abort();
  await expect(importEnded({ store, clock: systemClock, log: silent, signal })).rejects.toThrow(
    /Stopped while an import.*in the same way again/,
  );
  await source.close();
  await store.close();
  await expectAll(await trackers.start({ cluster: { ...cluster, import: before.dataDir } }), filled);
  expect(await trackers.startError({ cluster: { ...cluster, import: before.dataDir } })).toMatch(
    /accounts in this cluster/,
  );
});

describe('is refused, with what to do:', () => {
  const other = randomBytes(32).toString('base64url');

  test('a copy without the secret of its cluster, or into what is not empty', async () => {
    const cluster = emptyCluster();
    const before = await trackers.start({ cluster });
    await fill(before);
    const secret = await secretOf(before);
    const { file } = await exported({ dataDir: before.dataDir, nats: cluster.nats });
    const refusal = (config: Parameters<TestTrackers['startError']>[0]) => trackers.startError(config);
    expect(await refusal({ imported: { import: file } })).toMatch(/Give the secret of its cluster with --join/);
    expect(await refusal({ imported: { import: file, join: other } })).toMatch(/sealed with another secret/);
    expect(await refusal({ cluster: { ...emptyCluster(), import: file } })).toMatch(/sealed with another secret/);
    // A tracker with another secret cannot join either.
    expect(await refusal({ cluster: { ...cluster, join: other } })).toMatch(/sealed with another secret/);
    const used = await trackers.start();
    await used.tracker.close();
    const imported = { import: file, join: secret };
    expect(await refusal({ dataDir: used.dataDir, imported })).toMatch(/Import into an empty --data-dir/);
    expect(await refusal({ imported: { import: used.dataDir, join: secret } })).toMatch(
      /Start that one with --data-dir/,
    );
  });

  test('what is no copy', async () => {
    const folder = await trackers.directory();
    const [noise, empty] = [join(folder, 'noise.db'), join(folder, 'empty.db')];
    await writeFile(noise, randomBytes(10_000));
    await openSqliteStore(empty, systemClock).close();
    for (const [file, why] of [
      [noise, /is no copy of what a tracker stores/],
      [empty, /holds no authority: it is of a tracker that ran alone/],
      [join(folder, 'nothing'), /There is no .*nothing/],
      [folder, /There is no tracker\.db in/],
    ] as const) {
      expect(await trackers.startError({ imported: { import: file, join: other } })).toMatch(why);
      expect(await trackers.startError({ cluster: { ...emptyCluster(), import: file, join: other } })).toMatch(why);
    }
  });

  test('an export over a file, from nothing, or of a cluster that is not named', async () => {
    const folder = await trackers.directory();
    const there = join(folder, 'there.db');
    await writeFile(there, 'mine');
    await expect(exported({ dataDir: folder, file: there })).rejects.toThrow(/nothing is overwritten/);
    expect(await readFile(there, 'utf8')).toBe('mine');
    await expect(exported({ dataDir: folder })).rejects.toThrow(/There is no tracker\.db in/);
    await expect(exported({ dataDir: folder, nats: 'nats://127.0.0.1:1' })).rejects.toThrow(/Give it with --join/);
    await writeFile(join(folder, 'cluster-secret'), other);
    await expect(exported({ dataDir: folder })).rejects.toThrow(/Name its trackers with --cluster/);
  });

  test('two machines, no nats-server, and a directory that cannot be written', async () => {
    expect(await trackers.startError({ cluster: { members: '127.0.0.1:8001,127.0.0.2:8001' } })).toMatch(
      /two trackers stands still as soon as one of them does.*Name three/,
    );
    const folder = await trackers.directory();
    await expect(natsProgram({ PATH: folder }, [])).rejects.toThrow(/Get it from https:\/\/nats\.io\/download/);
    const file = join(folder, 'file');
    await writeFile(file, '');
    const dataDir = join(file, 'inside');
    expect(await trackers.startError({ dataDir, cluster: emptyCluster() })).toMatch(/Choose another --data-dir/);
  });
});
