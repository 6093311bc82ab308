/** What the user of a device is told of it: name, platform, last use (SPEC.md section 2). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeviceRecord } from '../protocol/tracker-api.js';
import { LAST_SEEN_STEP_MS } from '../protocol/limits.js';
import { makeDevice, type TestDevice } from './testing/device.js';
import { expectFailure, type TestTracker, TestTrackers, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let alice: TestUser;
let bob: TestUser;
let laptop: TestDevice;

beforeAll(async () => {
  tracker = await trackers.start();
  [alice, bob] = await tracker.registerAll('Alice', 'bob');
});
afterAll(() => trackers.clean());
beforeEach(async () => {
  laptop = makeDevice();
  await alice.submit({ device: laptop.device, csr: await laptop.csr('Alice') });
});

async function told(by = alice, of = 'Alice'): Promise<Partial<DeviceRecord> | undefined> {
  const { body } = await by.get(`/devices?username=${of}`);
  return (body['devices'] as DeviceRecord[]).find(({ device }) => device === laptop.device);
}

const rename = (by: TestUser, name: unknown, device = laptop.device) => by.post(`/devices/${device}/rename`, { name });

describe('a device', () => {
  test('says how it is to be called, once, and what it runs on, always', async () => {
    expect(await told()).not.toHaveProperty('name');
    await alice.submit({ device: laptop.device, name: 'lena-thinkpad', platform: 'Linux' });
    expect(await told()).toMatchObject({ name: 'lena-thinkpad', platform: 'Linux' });
    await alice.submit({ device: laptop.device, name: 'another', platform: 'macOS' });
    expect(await told()).toMatchObject({ name: 'lena-thinkpad', platform: 'macOS' });
  });

  test('has the name that its user gives it, whatever it says afterwards', async () => {
    const answer = await rename(alice, "  Lena's \u202elaptop\n ");
    expect(answer.body).toEqual({ status: 'success', device: laptop.device, name: "Lena's laptop" });
    await alice.submit({ device: laptop.device, name: 'lena-thinkpad' });
    await alice.submit({ device: laptop.device, csr: await laptop.csr('Alice') });
    expect(await told()).toMatchObject({ name: "Lena's laptop" });
  });

  test('is no secret, but its name, platform and last use are told to nobody but its user', async () => {
    await alice.submit({ device: laptop.device, name: 'lena-thinkpad', platform: 'Linux' });
    expect(Object.keys((await told(bob)) ?? {}).sort()).toEqual([
      ...['certificate', 'created', 'device', 'revoked', 'username'],
    ]);
    const { body } = await bob.get('/get-list');
    expect(JSON.stringify(body)).not.toMatch(/lena-thinkpad|Linux/);
  });

  test('was last used now while it is online, in steps, and keeps that when it has gone and the tracker was started anew', async () => {
    const own = await trackers.start();
    const carol = await own.register('carol');
    const device = makeDevice();
    await carol.submit({ device: device.device, csr: await device.csr('carol') });
    const seen = async (by: TestUser) => {
      const { body } = await by.get('/devices');
      return Date.parse((body['devices'] as DeviceRecord[])[0]?.seen ?? '');
    };
    const online = await seen(carol);
    expect(online % LAST_SEEN_STEP_MS).toBe(0);
    expect(online).toBeLessThanOrEqual(Date.now());
    await own.tracker.close();
    const again = await trackers.start({ dataDir: own.dataDir });
    expect(await seen(await again.login('carol'))).toBeGreaterThanOrEqual(online);
  });

  test('that is not one’s own, or is none, has no other name by anybody', async () => {
    await rename(alice, 'mine');
    expectFailure(await rename(bob, 'his'), 404, 'not_found');
    expectFailure(await rename(alice, 'nothing', 'x'.repeat(22)), 404, 'not_found');
    // The same words for both: nobody learns by it which devices there are.
    expect((await rename(bob, 'his')).body).toEqual((await rename(bob, 'his', 'x'.repeat(22))).body);
    expectFailure(await tracker.post(`/devices/${laptop.device}/rename`, { name: 'x' }), 401, 'not_signed_in');
    expectFailure(await bob.submit({ device: laptop.device, name: 'his' }), 409, 'device_taken');
    expect(await told()).toMatchObject({ name: 'mine' });
  });

  test.each([undefined, '', ' ', '\u200b\u2066', 'x'.repeat(65), 7, ['x'], { text: 'x' }])(
    'gets no name that is none: %j',
    async (name) => {
      await rename(alice, 'mine');
      expectFailure(await rename(alice, name), 400, 'bad_request');
      expect(await told()).toMatchObject({ name: 'mine' });
    },
  );

  test('is online although nothing can be seen of the name that it says', async () => {
    const answer = await alice.submit({ device: laptop.device, name: '\u200b', platform: '\u2066 ' });
    expect(answer.status).toBe(200);
    expect(await told()).not.toHaveProperty('name');
    expect(await told()).not.toHaveProperty('platform');
    expectFailure(await alice.submit({ device: laptop.device, name: 'x'.repeat(65) }), 400, 'bad_request');
    expectFailure(await alice.submit({ device: laptop.device, platform: 7 }), 400, 'bad_request');
  });

  test('is named on the pages of its user and of admins, as text', async () => {
    await rename(alice, '<b>Lena</b>');
    for (const path of ['/', '/admin-account.html?name=Alice']) {
      const { body } = await alice.get(path);
      expect(body['text']).toContain('&lt;b&gt;Lena&lt;/b&gt;');
      expect(body['text']).not.toContain('<b>Lena');
    }
    const { body } = await alice.get('/admin/accounts/Alice');
    expect(body['devices']).toContainEqual(expect.objectContaining({ name: '<b>Lena</b>' }));
  });
});
