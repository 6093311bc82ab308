/** One address for two real trackers, the second of which began as a copy of the first (SPEC.md section 2, "Several trackers"). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { expectFailure, PASSWORD, TestTracker, TestTrackers, type TestUser } from '../testing/test-tracker.js';
import { circuitsOpen, party, Side, tickets } from '../testing/circuit.js';
import { copyTracker } from '../testing/copied.js';
import { refusal } from '../testing/events-socket.js';
import { defaultProxyTimings } from './config.js';
import type { Proxy } from './proxy.js';
import { TestProxies, told } from './test-backend.js';

const trackers = new TestTrackers();
const proxies = new TestProxies();
/** Of the tests that leave them alone. */
let both: readonly [TestTracker, TestTracker];
let urls: readonly string[];
beforeAll(async () => {
  both = await two();
  urls = both.map(({ url }) => url);
});
afterEach(() => proxies.clean());
afterAll(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

/** Alice is an account of both. */
async function two(): Promise<[TestTracker, TestTracker]> {
  const first = await trackers.start();
  await first.register('alice');
  const copy = await trackers.directory();
  await copyTracker(first.dataDir, copy);
  return [first, await trackers.start({ dataDir: copy })];
}

const through = ({ url, port }: Proxy): TestTracker =>
  new TestTracker({ url, port, ca: '', registration: 'open', close: () => Promise.resolve() }, 'none of a proxy');

/** Which of them knows this session. */
async function homeOf(user: TestUser, all: readonly TestTracker[]): Promise<number[]> {
  const asked = await Promise.all(all.map((one) => one.fetch('/me', { headers: user.headers })));
  return asked.flatMap(({ status }, at) => (status === 200 ? [at] : []));
}

test('a session goes to the tracker that knows it, whichever is next', async () => {
  const at = through(await proxies.start(urls, { policy: 'round-robin' }));
  const users = [];
  for (let turn = 0; turn < 4; turn += 1) users.push(await at.login('alice'));
  const homes = await Promise.all(users.map((user) => homeOf(user, both)));
  expect(homes.flat().sort()).toEqual([0, 0, 1, 1]);
  for (const user of users) for (let turn = 0; turn < 3; turn += 1) expect((await user.get('/me')).status).toBe(200);
  // Nobody's session anywhere.
  expectFailure(await at.fetch('/me', { headers: { authorization: 'Bearer nobody' } }), 401, 'not_signed_in');
});

test('both sides of a circuit come to one tracker, whichever is next, and to the other one when it has gone', async () => {
  const [first, second] = await two();
  const [alice, bob] = [await party(first, 'anna'), await party(first, 'ben')];
  const at = await proxies.start([first.url, second.url], {
    policy: 'round-robin',
    timings: { ...defaultProxyTimings, healthEvery: 100 },
  });
  const meet = async (): Promise<void> => {
    const sides = await Promise.all((await tickets(alice, bob)).map((ticket) => Side.open(at, ticket)));
    await Promise.all(sides.map(({ joined }) => joined));
  };
  for (let turn = 0; turn < 24; turn += 1) await meet();
  const open = await Promise.all([first, second].map((one) => circuitsOpen(one)));
  expect(open[0] ?? 0).toBeGreaterThan(0);
  expect(open[1] ?? 0).toBeGreaterThan(0);
  expect((open[0] ?? 0) + (open[1] ?? 0)).toBe(24);
  await second.tracker.close();
  for (let turn = 0; turn < 6; turn += 1) await meet();
  // What shows no circuit leads somewhere too, and is refused there.
  const odd = ['Bearer a.b', `Bearer ${Buffer.from('null').toString('base64url')}.b`, 'Bearer', 'Basic YTpi'];
  for (const authorization of odd)
    expect(await refusal(`${at.url}/circuit`, { authorization })).toMatchObject([401, { code: 'bad_ticket' }]);
});

test('one tracker has all sessions as long as it lives, then the other', async () => {
  const [first, second] = await two();
  const at = through(await proxies.start([first.url, second.url]));
  const [alice, other] = [await at.login('alice'), await at.login('alice')];
  expect(await Promise.all([alice, other].map((user) => homeOf(user, [first, second])))).toEqual([[0], [0]]);
  await first.tracker.close();
  // The first request finds that nothing listens there, and goes to the other one.
  const after = await at.login('alice');
  expect(await homeOf(after, [second])).toEqual([0]);
  // Who has only a session of the one that is away is not told that it has ended.
  expectFailure(await alice.get('/me'), 401, 'session_elsewhere');
  const again = await trackers.start({ dataDir: first.dataDir, port: first.tracker.port });
  expect((await again.fetch('/me', { headers: alice.headers })).status).toBe(200);
});

test('with the fewest connections: who holds a WebSocket counts', async () => {
  const proxy = await proxies.start(urls, { policy: 'least-connections' });
  const at = through(proxy);
  const alice = await at.login('alice');
  const [home = 0] = await homeOf(alice, both);
  const socket = new WebSocket(`${at.url.replace('http', 'ws')}/events`, { headers: alice.headers });
  const [first] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(first.toString())).toMatchObject({ type: 'snapshot' });
  expect(proxy.backends.map(({ load }) => load)).toEqual(home === 0 ? [1, 0] : [0, 1]);
  expect(await homeOf(await at.login('alice'), both)).toEqual([1 - home]);
  // A stop lets nobody hang.
  const closed = once(socket, 'close');
  await proxy.close();
  await closed;
});

test('a WebSocket without a session is refused as by the tracker itself', async () => {
  const at = through(await proxies.start(urls));
  const [status, body] = await refusal(`${at.url}/events`, {});
  expect([status, body]).toMatchObject([401, { code: 'not_signed_in' }]);
});

test('the pages work, and a form of another origin is refused', async () => {
  const at = through(await proxies.start(urls));
  const login = await at.form('/login', { username: 'alice', password: PASSWORD }, { origin: at.url });
  expect(login.status).toBe(303);
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const page = await at.fetch('/', { headers: { cookie } });
  expect([page.status, String(page.body['text'])]).toEqual([200, expect.stringContaining('alice')]);
  const foreign = await at.form('/login', { username: 'alice', password: PASSWORD }, { origin: 'http://evil.test' });
  expect(foreign.status).toBe(403);
});

test('a tracker of another network is not used, however well it is', async () => {
  const own = await trackers.start();
  const stranger = await trackers.start();
  const { backends, ...proxy } = await proxies.start([own.url, stranger.url], { policy: 'round-robin' });
  expect(backends.map(({ isUp }) => isUp)).toEqual([true, false]);
  expect(backends[1]?.reason).toContain('another CA');
  await through({ backends, ...proxy }).register('alice');
  expectFailure(await stranger.post('/login', { username: 'alice', password: PASSWORD }), 401, 'invalid_credentials');
});

describe('who asked, how and for which host', () => {
  const asked = async (headers: Record<string, string>, trustedProxies: readonly string[] = []) => {
    const backend = await proxies.http(({ headers: got }, response) => void response.end(JSON.stringify(got)));
    const { url } = await proxies.start([backend], { trustedProxies });
    return { url, got: (await (await fetch(url, { headers })).json()) as Record<string, string> };
  };

  test('is said by the proxy, and by nobody else', async () => {
    const lies = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' };
    const more = { forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9', 'x-forwarded-prefix': '/evil' };
    const { url, got } = await asked({ ...lies, ...more });
    const host = new URL(url).host;
    expect(got).toMatchObject({
      host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
    });
    expect(JSON.stringify(got)).not.toMatch(/evil|203\.0/);
  });

  test('is handed on from a proxy before it that is trusted', async () => {
    const said = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'chat.test', 'x-forwarded-proto': 'https' };
    const { got } = await asked({ ...said, 'x-forwarded-prefix': '/chat' }, ['loopback']);
    expect(got).toMatchObject({ ...said, 'x-forwarded-for': '203.0.113.9, 127.0.0.1', 'x-forwarded-prefix': '/chat' });
  });
});

test('the metrics have a port of their own', async () => {
  const proxy = await proxies.start(urls, { metrics: { host: '127.0.0.1', port: 0 } });
  await fetch(`${proxy.url}/login.html`);
  const text = await (await fetch(String(proxy.metricsUrl))).text();
  expect(text).toContain(`parley_proxy_backend_up{backend="${both[0].url}"} 1`);
  expect(text).toContain(`route="${both[0].url}",status="200"`);
  // The path on the proxy itself is the tracker's.
  expect(await (await fetch(`${proxy.url}/metrics`)).text()).toContain('parley_peers_online');
});

test('what is asked while no tracker answers says which ones and why, to programs and to people', async () => {
  const gone = await proxies.http(() => undefined);
  await proxies.clean();
  const { url } = await proxies.start([gone]);
  const failure = await told(`${url}/users`);
  expect(failure).toMatchObject({ status: 503, code: 'unavailable' });
  expect(failure.message).toContain(`${gone}: nothing listens there`);
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(503);
  expect(page.headers.get('retry-after')).toBe('2');
  expect(await page.text()).toContain(gone);
});
