/** The sessions of guests who have left, with a real tracker that is away for a while. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import { InProcess } from '../../test/support/in-process.js';
import type { Tracker } from '../../tracker/main.js';
import { askTracker } from '../setup/sign-up.js';
import { Departures, type DeparturesParts } from './departures.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const calls = { clock: { now: () => Date.now() }, trackerCa: undefined };

let departures: Departures;
let attempts: string[];
/** The next attempt that was asked for: in how many milliseconds. */
let next: { readonly ms: number; readonly work: () => void } | undefined;

function open(logout: (token: string) => Promise<void>, more: Partial<DeparturesParts> = {}): void {
  [attempts, next] = [[], undefined];
  departures = new Departures({
    logout: (token) => {
      attempts.push(token);
      return logout(token);
    },
    after: (ms, work) => {
      next = { ms, work };
      return () => (next = undefined);
    },
    ...{ log: quiet, random: () => 1, ...more },
  });
}
afterEach(() => departures.close());

/** The time has come. Resolves once that was tried. */
async function again(): Promise<void> {
  next?.work();
  await departures.leave([]);
}

const away = (): Promise<void> => Promise.reject(new ParleyError('tracker_unreachable'));

describe('with a real tracker', () => {
  let world: InProcess;
  let tracker: Tracker;
  beforeEach(async () => {
    world = await InProcess.create();
    tracker = await world.tracker('tracker', { guests: true });
    open((token) => askTracker(calls, (api) => api.logout({ base: new URL(`${tracker.url}/`), token })));
  });
  afterEach(() => world.close());

  const guest = (name: string) => askTracker(calls, (api) => api.guest(new URL(`${tracker.url}/`), name));
  const status = async (token: string): Promise<number> =>
    (await fetch(`${tracker.url}/me`, { headers: { authorization: `Bearer ${token}` } })).status;

  test('one that could not be ended while it was away is ended when it is back', async () => {
    const [ali, sara] = [await guest('Ali'), await guest('Sara')];
    await departures.leave([ali.token]);
    expect([departures.waiting, await status(ali.token), await status(sara.token)]).toEqual([0, 401, 200]);
    const { port } = new URL(tracker.url);
    await tracker.close();
    await departures.leave([sara.token]);
    await again();
    expect([departures.waiting, attempts.length]).toEqual([1, 3]);
    tracker = await world.tracker('tracker', { guests: true, port: Number(port) });
    expect(await status(sara.token)).toBe(200);
    await again();
    expect([departures.waiting, await status(sara.token)]).toEqual([0, 401]);
  });
});

test('one that is over already, or that the tracker refuses, is tried once', async () => {
  open((token) => Promise.reject(new ParleyError(token === 'over' ? 'not_signed_in' : 'forbidden')));
  await departures.leave(['over', 'refused']);
  expect([departures.waiting, attempts]).toEqual([0, ['over', 'refused']]);
});

test('those who leave together are ended in one round, and one that fails keeps the others for the next', async () => {
  let isAway = true;
  open(() => (isAway ? away() : Promise.resolve()));
  await Promise.all([departures.leave(['a']), departures.leave(['b']), departures.leave(['c'])]);
  expect([departures.waiting, attempts]).toEqual([3, ['a']]);
  isAway = false;
  await again();
  expect(attempts).toEqual(['a', 'a', 'b', 'c']);
});

test('so many are remembered and no more, and after a stop nothing is tried', async () => {
  open(away, { max: 3 });
  for (const token of ['a', 'b', 'c', 'd', 'e']) await departures.leave([token]);
  expect(departures.waiting).toBe(3);
  const tried = attempts.length;
  await departures.close();
  expect(next).toBeUndefined();
  await departures.leave(['f']);
  expect(attempts).toHaveLength(tried);
});

test('the wait doubles up to five minutes, and is short again after one that was ended', async () => {
  let isAway = true;
  open(() => (isAway ? away() : Promise.resolve()));
  await departures.leave(['a']);
  const waits: number[] = [];
  for (let n = 0; n < 10; n++) {
    waits.push((next?.ms ?? 0) / 1000);
    await again();
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  isAway = false;
  await again();
  isAway = true;
  await departures.leave(['b']);
  expect(next?.ms).toBe(2_000);
});
