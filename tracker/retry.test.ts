/** What a start of a tracker of a cluster waits for, and what ends it. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { ParleyError } from '../protocol/errors.js';
import { TempDir } from '../test/support/temp-dir.js';
import { Channels } from './channels.js';
import { retryUntilThere } from './retry.js';
import { StartError } from './start-error.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { FakeClock } from './testing/fake-clock.js';
import { silent } from './testing/test-tracker.js';

const folder = new TempDir();
afterEach(() => folder.remove());

function waiting() {
  const clock = new FakeClock();
  const stopping = new AbortController();
  const said: { facts: object; text: string }[] = [];
  const log = { ...silent, warn: (facts: object, text: string) => void said.push({ facts, text }) };
  const passes = (error: unknown): boolean => error instanceof ParleyError && error.code === 'unavailable';
  const retry = retryUntilThere({ log, clock, signal: stopping.signal, passes });
  const settled = <T>(work: Promise<T>): Promise<T> => clock.settled(work);
  return { clock, stopping, said, retry, settled };
}

test('what is not there yet is tried again, and what is waited for is said now and then', async () => {
  const { retry, settled, said } = waiting();
  let tries = 0;
  const work = async (): Promise<string> => {
    if ((tries += 1) < 60) throw new ParleyError('unavailable');
    return 'there';
  };
  expect(await settled(retry('its authority', work))).toBe('there');
  expect(tries).toBe(60);
  expect(said.length).toBeGreaterThan(2);
  expect(said.length).toBeLessThan(10);
  expect(said[0]).toMatchObject({
    facts: { what: 'its authority' },
    text: expect.stringContaining('start the other trackers of the cluster'),
  });
});

test('what is there soon is waited for without a word', async () => {
  const { retry, settled, said } = waiting();
  let tries = 0;
  const work = async (): Promise<number> => {
    if ((tries += 1) < 3) throw new ParleyError('unavailable');
    return tries;
  };
  expect(await settled(retry('its channels', work))).toBe(3);
  expect(said).toEqual([]);
});

test('what no waiting mends ends it at once', async () => {
  const { retry } = waiting();
  const failures = [new StartError('Check --join.'), new ParleyError('storage_full'), new TypeError('a bug')];
  for (const error of failures) await expect(retry('it', () => Promise.reject(error))).rejects.toBe(error);
});

test('who stops the tracker ends the waiting', async () => {
  const { retry, settled, stopping } = waiting();
  let tries = 0;
  const work = async (): Promise<never> => {
    if ((tries += 1) === 5) stopping.abort();
    throw new ParleyError('unavailable');
  };
  await expect(settled(retry('it', work))).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('Stopped before enough trackers'),
  });
  expect(tries).toBe(5);
});

test('channels that a cluster cannot write yet are made once it can, all of them', async () => {
  const { clock, retry, settled } = waiting();
  const store = openSqliteStore(join(await folder.sub('store'), 'tracker.db'), clock);
  let calls = 0;
  const create = store.channels.create.bind(store.channels);
  jest.spyOn(store.channels, 'create').mockImplementation(async (channel) => {
    if ((calls += 1) % 3 > 0) throw new ParleyError('unavailable');
    return create(channel);
  });
  const limits = { maxCreated: 1, maxCreatedADay: 1, maxJoinedADay: 1, daily: { take: async () => 0 } };
  const authority = {
    channelWord: () => {
      throw new Error('nothing is changed here');
    },
  };
  const options = { store: store.channels, clock, isGuest: async () => false, authority, ...limits };
  const opened = await settled(Channels.open(options, ['tech', 'music'], retry));
  expect(opened.all().map(({ name }) => name)).toEqual(['broadcast', 'general', 'music', 'tech']);
  await store.close();
});
