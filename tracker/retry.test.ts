/** What a start of a tracker of a cluster waits for, and what ends it. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { ParleyError } from '../protocol/errors.js';
import { TempDir } from '../test/support/temp-dir.js';
import { Channels } from './channels.js';
import { NotYet, retryUntilThere, unlessStopped } from './retry.js';
import { StartError } from './start-error.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { FakeClock } from './testing/fake-clock.js';
import { silent } from './testing/test-tracker.js';

const folder = new TempDir();
afterEach(() => folder.remove());

function waiting(look?: () => Promise<string | undefined>, next?: string) {
  const clock = new FakeClock();
  const stopping = new AbortController();
  const said: { facts: object; text: string }[] = [];
  const log = { ...silent, warn: (facts: object, text: string) => void said.push({ facts, text }) };
  const passes = (error: unknown): boolean => error instanceof ParleyError && error.code === 'unavailable';
  const retry = retryUntilThere({ log, clock, signal: stopping.signal, passes, look, next });
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
    text: expect.stringContaining('Start the other trackers of the cluster'),
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

test('what is seen to be wrong with the others is said in place of a guess', async () => {
  const { retry, settled, said } = waiting(async () => 'b:10001: nothing listens there.');
  let tries = 0;
  const work = async (): Promise<void> => {
    if ((tries += 1) < 10) throw new ParleyError('unavailable');
  };
  await settled(retry('it', work));
  expect(said.map(({ text }) => text)).toEqual([
    'waiting for enough servers of the cluster. b:10001: nothing listens there.',
  ]);
});

test('where nothing wrong is seen it is said what to do, also at a stop', async () => {
  const { retry, settled, said, stopping } = waiting(async () => undefined, 'Start the other servers.');
  let tries = 0;
  const work = async (): Promise<void> => {
    if ((tries += 1) < 10) throw new ParleyError('unavailable');
  };
  await settled(retry('it', work));
  expect(said.map(({ text }) => text)).toEqual(['waiting for enough servers of the cluster. Start the other servers.']);
  stopping.abort();
  await expect(retry('it', work)).rejects.toThrow('Stopped before the cluster was there. Start the other servers.');
});

test('what does not pass is said at once, once, and ends the waiting when it has stood', async () => {
  const { retry, settled, said, clock } = waiting();
  const began = clock.steady();
  const work = () => Promise.reject(new NotYet('There is no host of that name. Check --nats.', 5_000));
  await expect(settled(retry('it', work))).rejects.toMatchObject({
    name: 'StartError',
    message: 'There is no host of that name. Check --nats.',
  });
  expect(clock.steady() - began).toBeGreaterThanOrEqual(5_000);
  expect(said.map(({ text }) => text)).toEqual([expect.stringMatching(/no host of that name/)]);
});

test('what passed in between has not stood', async () => {
  const { retry, settled, clock } = waiting();
  const began = clock.steady();
  const work = async (): Promise<string> => {
    const now = clock.steady() - began;
    if (now > 60_000) return 'there';
    throw now % 8_000 < 4_000
      ? new NotYet('It refuses. Check --nats.', 5_000)
      : new NotYet('Nothing listens. Start it.');
  };
  expect(await settled(retry('it', work))).toBe('there');
});

describe('who stops the tracker ends the waiting', () => {
  const stopped = {
    name: 'StartError',
    message: expect.stringMatching(/^Stopped before the cluster was there\. .*Start/),
  };

  test('between two tries, after which there is none', async () => {
    const { retry, settled, stopping, said } = waiting();
    let tries = 0;
    const work = async (): Promise<never> => {
      if ((tries += 1) === 5) stopping.abort();
      throw new ParleyError('unavailable');
    };
    await expect(settled(retry('it', work))).rejects.toMatchObject(stopped);
    expect(tries).toBe(5);
    expect(said.length).toBeLessThan(2);
  });

  test('during a try that does not end, and before the first one', async () => {
    const { retry, stopping } = waiting();
    const trying = retry('it', () => new Promise<never>(() => undefined));
    stopping.abort();
    await expect(trying).rejects.toMatchObject(stopped);
    await expect(retry('it', () => new Promise<never>(() => undefined))).rejects.toMatchObject(stopped);
    await expect(unlessStopped(stopping.signal, async () => 'never')).rejects.toBeInstanceOf(StartError);
  });

  test('and a try that fails after that is heard of by nobody', async () => {
    const { retry, stopping, said } = waiting();
    let fail: (why: Error) => void = () => undefined;
    const trying = retry('it', () => new Promise<never>((_resolve, reject) => (fail = reject)));
    stopping.abort();
    await expect(trying).rejects.toMatchObject(stopped);
    fail(new TypeError('a connection that was closed'));
    expect(said).toEqual([]);
  });
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
