/** How a copy of a device is recognised (SPEC.md section 2): its lineage does not contain the latest mark that the tracker knows. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { makeDevice, type TestDevice } from './testing/device.js';
import { TestTrackers, type TestTracker, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let alice: TestUser;
let device: TestDevice;

beforeAll(async () => {
  tracker = await trackers.start();
  alice = await tracker.register('Alice');
});
afterAll(() => trackers.clean());

const mark = (): string => randomBytes(12).toString('base64url');

async function submit(more: object): Promise<Record<string, unknown>> {
  const { status, body } = await alice.submit({ device: device.device, ...more });
  expect(status).toBe(200);
  return body;
}

async function online(): Promise<unknown[]> {
  const { body } = await alice.get('/get-list');
  return (body['peers'] as { device?: string }[]).filter((peer) => peer.device === device.device);
}

describe('a device', () => {
  test('continues after any number of starts that the tracker did not see', async () => {
    device = makeDevice();
    const [first, second, third, fourth] = [mark(), mark(), mark(), mark()];
    expect(await submit({ csr: await device.csr('Alice'), lineage: [first] })).toMatchObject({ lineage: 'continues' });
    expect(await submit({ lineage: [first] })).toMatchObject({ lineage: 'continues' });
    expect(await submit({ lineage: [fourth, third, second, first] })).toMatchObject({ lineage: 'continues' });
    expect(await submit({})).not.toHaveProperty('lineage');
    expect(await online()).toHaveLength(1);
  });

  test('restored from a backup is told so and not listed, and the original stays as it was', async () => {
    device = makeDevice();
    const [backup, later, restored] = [mark(), mark(), mark()];
    await submit({ csr: await device.csr('Alice'), lineage: [backup], port: 4001 });
    await submit({ lineage: [later, backup], port: 4001 });
    const answer = await submit({ lineage: [restored, backup], port: 4002 });
    expect(answer).toMatchObject({ lineage: 'diverged' });
    expect(answer).not.toHaveProperty('copied');
    expect(await online()).toMatchObject([{ port: 4001 }]);
    // The copy is told every time, the original only once.
    expect(await submit({ lineage: [restored, backup] })).toMatchObject({ lineage: 'diverged' });
    expect(await submit({ port: 4001 })).toMatchObject({ copied: true });
    expect(await submit({ port: 4001 })).not.toHaveProperty('copied');
    expect(await submit({ lineage: [mark(), later, backup] })).toMatchObject({ lineage: 'continues' });
  });

  test('is listed with the epoch that it submits, and listed anew when that changes', async () => {
    device = makeDevice();
    const [before, after] = [mark(), mark()];
    await submit({ csr: await device.csr('Alice') });
    expect((await online())[0]).not.toHaveProperty('epoch');
    for (const epoch of [before, before, after]) {
      await submit({ epoch });
      expect(await online()).toMatchObject([{ epoch }]);
    }
    expect((await alice.submit({ device: device.device, epoch: 'x'.repeat(17) })).status).toBe(400);
  });

  test('is told of its copy also after a restart of the tracker', async () => {
    device = makeDevice();
    const [backup, later] = [mark(), mark()];
    await submit({ csr: await device.csr('Alice'), lineage: [later, backup] });
    expect(await submit({ lineage: [mark(), backup] })).toMatchObject({ lineage: 'diverged' });
    await tracker.tracker.close();
    const { dataDir } = tracker;
    tracker = await trackers.start({ dataDir });
    alice = await tracker.login('Alice');
    expect(await submit({ lineage: [later, backup] })).toMatchObject({ lineage: 'continues', copied: true });
  });

  test.each([{ lineage: [] }, { lineage: ['x'] }, { lineage: Array.from({ length: 33 }, mark) }, { lineage: 7 }])(
    'with an invalid lineage is refused: %j',
    async (more) => {
      device = makeDevice();
      expect(await alice.submit({ device: device.device, ...more })).toMatchObject({ status: 400 });
    },
  );
});
