/** A tracker behind a reverse proxy and a path, or on the same host as another tracker (SPEC.md section 2). */
import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { PASSWORD, TestTrackers, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
const proxies: http.Server[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) {
    proxy.closeAllConnections();
    proxy.close();
  }
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

/** A proxy like nginx with `location /chat/ { proxy_pass http://tracker/; }` and the headers of the README. Its URL with the path. */
async function proxyTo(tracker: TestTracker, headers: Record<string, string> = {}): Promise<string> {
  const { port } = tracker.tracker;
  const asked = (request: http.IncomingMessage) => ({
    path: (request.url ?? '').slice('/chat'.length),
    headers: {
      ...request.headers,
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': request.headers.host,
      'x-forwarded-prefix': '/chat',
      host: `127.0.0.1:${port}`,
      ...headers,
    },
  });
  const proxy = http.createServer((request, response) => {
    if (request.url?.startsWith('/chat/') !== true) return void response.writeHead(404).end('outside the path');
    const { method = 'GET' } = request;
    const onward = http.request({ host: '127.0.0.1', port, method, ...asked(request) }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  proxy.on('upgrade', (request, stream) => {
    const { path, headers: sent } = asked(request);
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${String(value)}`);
    const onward = connect(port, '127.0.0.1', () => {
      onward.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      stream.pipe(onward).pipe(stream);
    });
    for (const end of [stream, onward]) end.on('error', () => undefined);
  });
  proxies.push(proxy.listen(0, '127.0.0.1'));
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/chat`;
}

const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers });
const jar = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

describe('behind a proxy path', () => {
  test('every link, form and redirect stays under it', async () => {
    const tracker = await trackers.start({ trustedProxies: ['127.0.0.1'], registration: 'open' });
    const base = await proxyTo(tracker);
    await tracker.register('alice');
    const { origin } = new URL(base);
    const login = await form(`${base}/login`, { username: 'alice', password: PASSWORD }, { origin });
    expect(login.status).toBe(303);
    expect(new URL(login.headers.get('location') ?? '', login.url).href).toBe(`${base}/`);
    for (const cookie of login.headers.getSetCookie()) expect(cookie).toContain('; Path=/chat/;');
    const headers = { cookie: jar(login) };
    for (const page of ['/', '/login.html', '/register.html', '/join', '/docs']) {
      const answer = await fetch(base + page, { headers });
      expect([page, answer.status]).toEqual([page, 200]);
      const text = await answer.text();
      const links = [...text.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(
        ([, link = '']) => new URL(link, answer.url),
      );
      expect(links.length).toBeGreaterThan(3);
      for (const link of links) expect(link.href).toContain(`${base}/`);
      const followed = links.filter(({ pathname }) => !/\/(login|register|logout|revoke)$/.test(pathname));
      for (const { href } of followed) expect([href, (await fetch(href, { headers })).status]).toEqual([href, 200]);
    }
    const dashboard = await (await fetch(`${base}/`, { headers })).text();
    expect(dashboard).toContain(`--tracker ${base}<`);
    const out = await form(`${base}/logout`, {}, headers);
    expect(new URL(out.headers.get('location') ?? '', out.url).href).toBe(`${base}/login.html`);
    expect((await fetch(`${base}/`, { headers })).status).toBe(401);
  });

  test('the events socket works, and a peer is listed with the address that the proxy saw', async () => {
    const tracker = await trackers.start({ trustedProxies: ['127.0.0.1'], registration: 'open' });
    const base = await proxyTo(tracker);
    const alice = await tracker.register('alice');
    const headers = { ...alice.headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ username: 'alice', port: 9101 });
    expect((await fetch(`${base}/submit-info`, { method: 'POST', headers, body })).status).toBe(200);
    const { body: list } = await alice.get('/get-list');
    expect(list).toMatchObject({ peers: [{ username: 'alice', ip: '203.0.113.9' }] });
    const socket = new WebSocket(`${base.replace('http', 'ws')}/events`, { headers: alice.headers });
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({ type: 'snapshot' });
    socket.close();
    await once(socket, 'close');
  });
});

describe('forwarded headers', () => {
  const forged = { 'x-forwarded-for': '198.51.100.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', 'x-forwarded-prefix': '/evil' }; // prettier-ignore

  test('are ignored without trust, also from this machine', async () => {
    const tracker = await trackers.start();
    const alice = await tracker.register('alice');
    const login = await tracker.form('/login', { username: 'alice', password: PASSWORD }, forged);
    const cookies = login.headers.getSetCookie();
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/;(?!.*Secure)/);
    const page = String((await tracker.fetch('/', { headers: { ...alice.headers, ...forged } })).body['text']);
    expect(page).toContain(`--tracker ${tracker.url}<`);
    await tracker.post('/submit-info', { username: 'alice', port: 9101 }, { ...alice.headers, ...forged });
    expect((await alice.get('/get-list')).body).toMatchObject({ peers: [{ ip: '127.0.0.1' }] });
    const foreign = await tracker.post('/login', {}, { ...forged, origin: 'http://evil.example' });
    expect([foreign.status, foreign.body]).toEqual([403, expect.objectContaining({ code: 'foreign_origin' })]);
  });

  test('do not avoid the limits; clients of a trusted proxy are limited one by one', async () => {
    const limits = { loginsPerAddress: 2 };
    const login = (at: TestTracker, address: string) =>
      at.post('/login', { username: 'alice', password: PASSWORD }, { 'x-forwarded-for': address });
    for (const [trustedProxies, last] of [
      [[], 429],
      [['loopback'], 401],
    ] as const) {
      const tracker = await trackers.start({ limits, trustedProxies, registration: 'open' });
      const answers = [];
      for (const at of [1, 2, 3]) answers.push((await login(tracker, `198.51.100.${at}`)).status);
      expect(answers).toEqual([401, 401, last]);
    }
  });

  test('with https make the cookie Secure; an invalid path is ignored', async () => {
    const tracker = await trackers.start({ trustedProxies: ['127.0.0.0/8'], registration: 'open' });
    await tracker.register('alice');
    for (const prefix of ['/a; Domain=evil', '//evil.example', '/..', 'evil', '/"><b>']) {
      const headers = { ...forged, 'x-forwarded-prefix': prefix };
      const login = await tracker.form('/login', { username: 'alice', password: PASSWORD }, headers);
      for (const cookie of login.headers.getSetCookie()) expect(cookie).toMatch(/; Path=\/;.*Secure/);
    }
  });

  test.each(['proxy.example', '10.0.0.0/40', '', '1.2.3'])(
    'are not trusted from %j, which is an invalid address',
    async (wrong) => {
      await expect(trackers.start({ trustedProxies: [wrong] })).rejects.toThrow(/is no proxy to trust/);
    },
  );
});

test('two trackers on one host have separate sessions', async () => {
  const both = [await trackers.start(), await trackers.start()];
  const cookies = new Map<string, string>();
  /** Like a browser: the same cookies for all ports of the host. */
  const browse = async (tracker: TestTracker, path: string, fields?: Record<string, string>) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await (fields
      ? tracker.form(path, fields, { cookie })
      : tracker.fetch(path, { headers: { cookie } }));
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer.status;
  };
  for (const tracker of both) {
    await tracker.register('alice');
    expect(await browse(tracker, '/login', { username: 'alice', password: PASSWORD })).toBe(303);
  }
  const [first, second] = both as [TestTracker, TestTracker];
  expect([await browse(first, '/'), await browse(second, '/')]).toEqual([200, 200]);
  // Whichever token the original cookie name has, a sign-out at one tracker leaves the other session.
  expect(await browse(first, '/logout', {})).toBe(303);
  expect([await browse(first, '/'), await browse(second, '/')]).toEqual([401, 200]);
  // The original cookie name alone is still accepted.
  const { token } = await second.login('alice');
  expect((await second.fetch('/', { headers: { cookie: `session_token=${token}` } })).status).toBe(200);
});
