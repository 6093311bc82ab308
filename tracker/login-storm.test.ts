/** Hundreds of passwords at one moment: what it costs to check them is bounded, and others are served meanwhile. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { networkOf } from './plugins/seen.js';
import { PASSWORD, TestTrackers, type Answer, type TestTracker, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let alice: TestUser;
let names = 0;

beforeAll(async () => {
  tracker = await trackers.start({ trustedProxies: ['127.0.0.1'], registration: 'open' });
  alice = await tracker.register('alice');
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

const login = (from: string, username: string, password = 'a guess'): Promise<Answer> =>
  tracker.post('/login', { username, password }, { 'x-forwarded-for': from });
/** Each for another account, so that none of those is protected by its own limit. */
const guesses = (from: string, count: number): Promise<Answer>[] =>
  Array.from({ length: count }, () => login(from, `nobody${(names += 1)}`));

describe('while passwords are guessed', () => {
  test('from many addresses, those for whom there is no room are told when to come again, and all else is answered', async () => {
    const done: string[] = [];
    const storm = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].flatMap((from) => guesses(from, 110));
    const guessed = storm.map((one) => one.then((answer) => (done.push('guess'), answer)));
    // The first of them was refused: the queue is full.
    const first = await Promise.race(
      storm.map((one) => one.then(({ status }) => (status === 503 ? one : new Promise<never>(() => undefined)))),
    );
    expect([first.body['code'], Number(first.headers.get('retry-after'))]).toEqual(['unavailable', 5]);
    const others = [alice.get('/get-list'), alice.submit(), tracker.fetch('/healthz')];
    const served = await Promise.all(others.map((one) => one.then((answer) => (done.push('other'), answer))));
    expect(served.map(({ status }) => status)).toEqual([200, 200, 200]);
    const answers = await Promise.all(guessed);
    expect(done.lastIndexOf('other')).toBeLessThan(done.lastIndexOf('guess'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]));
  });

  test('from one address, somebody else signs in before all of those are done', async () => {
    const done: string[] = [];
    const guessed = guesses('192.0.2.9', 115).map((one) => one.then(({ status }) => void done.push(String(status))));
    await Promise.race(guessed);
    const { status } = await login('192.0.2.10', 'alice', PASSWORD);
    done.push('alice');
    await Promise.all(guessed);
    expect(status).toBe(200);
    expect(done.filter((what) => what === '503').length).toBeGreaterThan(0);
    expect(done.indexOf('alice')).toBeLessThan(done.lastIndexOf('401'));
  });
});

test('of IPv6 a network counts as one caller, in each way of writing', () => {
  const one = [
    '2001:db8:0:7::1',
    '2001:0db8:0000:0007:ffff:ffff:ffff:ffff',
    '2001:db8:0:7:0::',
    '2001:DB8:0:7:1:2:3:4',
  ];
  expect(new Set(one.map(networkOf))).toEqual(new Set(['2001:db8:0:7']));
  expect(['::1', '::', '2001:db8::1', '::ffff:192.0.2.1', '192.0.2.1', '?'].map(networkOf)).toEqual([
    ...['0:0:0:0', '0:0:0:0', '2001:db8:0:0', '192.0.2.1', '192.0.2.1', '?'],
  ]);
});

test('of IPv6 a network makes no more accounts in a day than an address', async () => {
  const dataDir = await trackers.directory();
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ limits: { registrationsPerAddressADay: 3 } }), {
    mode: 0o600,
  });
  const strict = await trackers.start({ dataDir, trustedProxies: ['127.0.0.1'], registration: 'open' });
  const statuses = [];
  for (let n = 1; n <= 4; n += 1) {
    const headers = { 'x-forwarded-for': `2001:db8:1:2::${n}` };
    statuses.push((await strict.post('/register', { username: `visitor${n}`, password: PASSWORD }, headers)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
});
