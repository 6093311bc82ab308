/** What one account may do in a day, over HTTP; and what a limit must not break. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, dayWait } from './daily-limits.js';
import type { Limits } from './settings.js';
import { makeDevice, type TestDevice } from './testing/device.js';
import { expectFailure, TestTrackers, type Answer, type TestTracker, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(async () => {
  jest.restoreAllMocks();
  await trackers.clean();
});

/** Refused until some time within the next day, with a sentence that says when. */
function expectWait(answer: Answer): void {
  expectFailure(answer, 429, 'rate_limited');
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(DAY_MS / 1000);
  expect(answer.body['message']).toMatch(/ in (a minute|\d+ (minutes|hours))\.$/);
}

async function start(limits: Partial<Limits>): Promise<{ tracker: TestTracker; alice: TestUser }> {
  const tracker = await trackers.start({ limits });
  return { tracker, alice: await tracker.register('alice') };
}

/** The same data directory in a new process. */
async function restarted({ tracker, dataDir }: TestTracker, limits: Partial<Limits>): Promise<TestUser> {
  await tracker.close();
  return (await trackers.start({ dataDir, limits })).login('alice');
}

const join = (user: TestUser, channel: string) => user.post('/add-list', { username: user.username, channel });
const leave = (user: TestUser, channel: string) => user.post(`/channels/${channel}/leave`, {});
const certify = async (user: TestUser, device: TestDevice) =>
  user.submit({ device: device.device, csr: await device.csr(user.username) });

async function channelsOnList(user: TestUser): Promise<unknown> {
  const { body } = await user.get('/get-list');
  return (body['peers'] as { channels: string[] }[]).map(({ channels }) => channels);
}

describe('beyond the limit of a day, also after a restart', () => {
  test('no channel is made; existing ones are joined, and a heart-beat that names it is taken', async () => {
    const limits = { channelsPerDay: 2 };
    const { tracker, alice } = await start(limits);
    for (const channel of ['one', 'two']) expect((await join(alice, channel)).status).toBe(200);
    expectWait(await join(alice, 'three'));
    const again = await restarted(tracker, limits);
    expectWait(await join(again, 'three'));
    expect((await join(again, 'tech')).status).toBe(200);
    for (let beat = 0; beat < 2; beat++) expect((await again.submit({ channels: ['three', 'game'] })).status).toBe(200);
    expect(await channelsOnList(again)).toEqual([['broadcast', 'game', 'general', 'one', 'tech', 'two']]);
  });

  test('no channel is joined, however often others are left; a heart-beat that names one is taken', async () => {
    const limits = { joinsPerDay: 3 };
    const { tracker, alice } = await start(limits);
    for (let at = 0; at < 3; at++) {
      expect((await join(alice, 'tech')).status).toBe(200);
      // Being in it already is no joining.
      expect((await join(alice, 'tech')).status).toBe(200);
      expect((await leave(alice, 'tech')).status).toBe(200);
    }
    expectWait(await join(alice, 'game'));
    const again = await restarted(tracker, limits);
    expectWait(await join(again, 'game'));
    expect((await again.submit({ channels: ['game'] })).status).toBe(200);
    expect(await channelsOnList(again)).toEqual([['broadcast', 'general']]);
    expect(
      (await (await again.at.register('bob')).post('/add-list', { username: 'bob', channel: 'game' })).status,
    ).toBe(200);
  });

  test('no device is added; those that there are renew their certificates', async () => {
    const limits = { devicesPerDay: 1 };
    const { tracker, alice } = await start(limits);
    const [first, second] = [makeDevice(), makeDevice()];
    expect((await certify(alice, first)).status).toBe(200);
    expectWait(await certify(alice, second));
    const again = await restarted(tracker, limits);
    expectWait(await certify(again, second));
    expect((await certify(again, first)).status).toBe(200);
  });

  test('no certificate is issued: a device gets the one that it has, and is online', async () => {
    const limits = { certificatesPerDay: 2 };
    const { tracker, alice } = await start(limits);
    const device = makeDevice();
    const issued = [];
    for (let at = 0; at < 2; at++) issued.push((await certify(alice, device)).body['certificate']);
    expect(new Set(issued).size).toBe(2);
    expect((await certify(alice, device)).body['certificate']).toBe(issued[1]);
    const again = await restarted(tracker, limits);
    const { status, body } = await certify(again, device);
    expect([status, body['certificate'], body['total_peers']]).toEqual([200, issued[1], 1]);
    expectWait(await certify(again, makeDevice()));
    expect((await again.submit({ device: device.device })).status).toBe(200);
  });
});

test('being in as many channels as one may be fails no heart-beat', async () => {
  const { alice } = await start({ channelsPerAccount: 1 });
  const { status } = await alice.submit({ channels: ['one', 'two', 'tech'] });
  expect([status, await channelsOnList(alice)]).toEqual([200, [['broadcast', 'general', 'one', 'tech']]]);
});

describe('a join that a heart-beat was refused is tried again while the peer stays online', () => {
  const later = (ms: number): void => {
    // Time passes for both clocks: limits of a day are dated, waits are measured.
    for (const clock of [Date, performance]) {
      const now = clock.now.bind(clock);
      jest.spyOn(clock, 'now').mockImplementation(() => now() + ms);
    }
  };

  test('once the limit of the day is over, and not before; what was left meanwhile is not joined again', async () => {
    const { alice } = await start({ joinsPerDay: 1 });
    const beat = async (): Promise<unknown> => {
      expect((await alice.submit({ channels: ['tech', 'game'] })).status).toBe(200);
      return channelsOnList(alice);
    };
    expect(await beat()).toEqual([['broadcast', 'general', 'tech']]);
    expect(await beat()).toEqual([['broadcast', 'general', 'tech']]);
    await leave(alice, 'tech');
    later(DAY_MS);
    for (let at = 0; at < 2; at++) expect(await beat()).toEqual([['broadcast', 'game', 'general']]);
  });

  test('within an hour after the account has room; a submission with more than its channels changes nothing in that', async () => {
    const { alice } = await start({ channelsPerAccount: 1 });
    const device = makeDevice();
    const channels = ['one', 'two'];
    const beat = async (more = {}): Promise<unknown> => {
      expect((await alice.submit({ device: device.device, channels, ...more })).status).toBe(200);
      return channelsOnList(alice);
    };
    expect(await beat({ csr: await device.csr('alice') })).toEqual([['broadcast', 'general', 'one']]);
    await (await alice.at.register('bob')).post('/add-list', { username: 'bob', channel: 'two' });
    expect(await beat({ csr: await device.csr('alice') })).toEqual([['broadcast', 'general', 'one']]);
    later(3600_000);
    expect(await beat()).toEqual([['broadcast', 'general', 'one', 'two']]);
  });

  test('within an hour after no other channel is called so any more', async () => {
    // The first account of a tracker is an admin.
    const { alice } = await start({});
    const called = async (title: string) =>
      expect((await alice.post('/admin/channels/tech/rename', { title })).status).toBe(200);
    const beat = async (): Promise<unknown> => {
      expect((await alice.submit({ channels: ['lab'] })).status).toBe(200);
      return channelsOnList(alice);
    };
    await called('lab');
    expect(await beat()).toEqual([['broadcast', 'general']]);
    await called('machines');
    expect(await beat()).toEqual([['broadcast', 'general']]);
    later(3600_000);
    expect(await beat()).toEqual([['broadcast', 'general', 'lab']]);
  });
});

test('each refusal for too many of something says when to come again', async () => {
  const { alice } = await start({ certificatesPerAccount: 1, peersPerAccount: 1, userReadsPerAccount: 1 });
  const device = makeDevice();
  await certify(alice, device);
  await alice.get('/users');
  for (const answer of [await certify(alice, device), await alice.submit(), await alice.get('/users')]) {
    expectFailure(answer, 429, 'rate_limited');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
});

describe('the wait of a day', () => {
  const NOW = Date.UTC(2026, 10, 20);
  const times = fc.array(fc.integer({ min: NOW - 3 * DAY_MS, max: NOW }), { maxLength: 30 });

  test('ends just when fewer than the limit lie within 24 hours', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 10 }), (all, max) => {
        const within = (now: number): number => all.filter((time) => time > now - DAY_MS && time <= now).length;
        const wait = dayWait(all, max, NOW);
        expect(within(NOW + wait)).toBeLessThan(max);
        if (wait > 0) expect(within(NOW + wait - 1)).toBeGreaterThanOrEqual(max);
        expect(wait).toBeLessThanOrEqual(DAY_MS);
      }),
    );
  });

  test('is none for what a clock that was ahead has dated: else nothing could be made until then', () => {
    const ahead = Array.from({ length: 10 }, (_, i) => NOW + (400 + i) * DAY_MS);
    expect(dayWait(ahead, 1, NOW)).toBe(0);
  });
});
