/** Virtual peers at a real tracker: they come, hear of each other, and come back by themselves. */
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import type { ChannelName, Username } from '../../protocol/ids.js';
import { deviceIdOfKey } from '../../peer/identity/certificate.js';
import { certificateRequest } from '../../peer/identity/identity.js';
import { TrackerApi } from '../../peer/tracker-client/api.js';
import { TrackerRefusal } from '../../peer/tracker-client/failures.js';
import { TrackerHttp } from '../../peer/tracker-client/http.js';
import { TestTrackers } from '../../tracker/testing/test-tracker.js';
import { systemClock } from '../../tracker/clock.js';
import { Caller, PORT, signUp } from './caller.js';
import { patiently } from './calls.js';
import { countOf, Figures, quantileOf, sum } from './figures.js';
import { VirtualPeer } from './virtual-peer.js';

const trackers = new TestTrackers();
afterEach(() => trackers.clean());

async function until(done: () => boolean): Promise<void> {
  while (!done()) await wait(10);
}

test('they come, hear of others, and come back to a tracker that was started again', async () => {
  const dataDir = await trackers.directory();
  const { tracker, url } = await trackers.start({ dataDir });
  const http = new TrackerHttp({
    ...{ clock: systemClock, timers: systemClock, timeoutMs: 10_000 },
    dated: () => undefined,
  });
  const entry = { base: new URL(url), http };
  const username = 'load-a' as Username;
  const session = await signUp(entry, username);
  const figures = new Figures();
  const events: string[] = [];
  const peers = await Promise.all(
    [0, 1, 2].map(async () => {
      const { privateKey: key, publicKey } = generateKeyPairSync('ed25519');
      const device = deviceIdOfKey(publicKey);
      const csr = await certificateRequest(username, key);
      await new TrackerApi(http).submitInfo(session, { username, device, port: PORT, csr });
      const heard = (event: Buffer): void => void events.push(event.toString());
      const channels = ['general' as ChannelName];
      return new VirtualPeer({ ...entry, figures, heard, whole: false, ...{ username, device, key, channels } });
    }),
  );
  for (const peer of peers) peer.start();
  await until(() => peers.every(({ isOnline }) => isOnline));
  const caller = await Caller.register(http, await signUp(entry, 'load-b' as Username), 'load-b' as Username);
  await caller.moveTo('192.0.2.7');
  await until(() => events.filter((event) => event.includes('"192.0.2.7"')).length === peers.length);
  const first = figures.take();
  expect(first.online).toBe(3);
  expect([countOf(first.times['sign-in']), countOf(first.times.snapshot)]).toEqual([3, 3]);

  const port = Number(new URL(url).port);
  await tracker.close();
  await until(() => peers.every(({ isOnline }) => !isOnline));
  await trackers.start({ dataDir, port });
  await until(() => peers.every(({ isOnline }) => isOnline));
  expect(figures.take().failures).toMatchObject({ tracker_unreachable: expect.any(Number) });
  await Promise.all(peers.map((peer) => peer.stop()));
  expect(figures.take().online).toBe(0);
  http.close();
});

test('times are counted in steps, within an eighth of what they were', () => {
  const [one, other] = [new Figures(), new Figures()];
  for (let ms = 1; ms <= 50; ms += 1) one.took('list', ms);
  for (let ms = 51; ms <= 100; ms += 1) other.took('list', ms);
  const { times } = sum([one.take(), other.take()]);
  expect(countOf(times.list)).toBe(100);
  expect(quantileOf(times.list, 0.5)).toBeGreaterThanOrEqual(50);
  expect(quantileOf(times.list, 0.5)).toBeLessThan(50 * 1.13);
  expect(quantileOf(times.list, 0.99)).toBeGreaterThanOrEqual(99);
  expect(quantileOf(times.list, 0.99)).toBeLessThan(99 * 1.13);
  expect(quantileOf(times.snapshot, 0.5)).toBeNaN();
});

test('a tracker that is full is asked again for a while, not for ever; one that limits, for as long as it says when to come again', async () => {
  let time = 0;
  const patience = { now: () => time, wait: async (ms: number) => void (time += ms) };
  const full = (): Promise<never> => Promise.reject(new ParleyError('unavailable'));
  await expect(patiently(full, patience)).rejects.toMatchObject({ code: 'unavailable' });
  expect(time).toBeGreaterThan(120_000);
  expect(time).toBeLessThan(125_000);
  const until = time + 600_000;
  const limited = async (): Promise<string> => {
    if (time < until) throw new TrackerRefusal('rate_limited', undefined, 60_000);
    return 'done';
  };
  expect(await patiently(limited, patience)).toBe('done');
  await expect(patiently(() => Promise.reject(new ParleyError('forbidden')), patience)).rejects.toThrow();
});
