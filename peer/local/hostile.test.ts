import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLocalServer } from './server.js';
import { LocalSessions } from './sessions.js';
import { PASSWORD, TestPeer } from './test-services.js';
import { rawAnswer, requestText, TestDoor } from './test-socket.js';

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

const raw = (bytes: string, port = local.server.port): Promise<string> => rawAnswer(port, bytes);

describe('strangers', () => {
  const own = (): string => `127.0.0.1:${local.server.port}`;

  test.each(['evil.example', 'localhost', '127.0.0.1:1', 'localhost.evil.example:80', ''])(
    'Host %j is refused',
    async (host) => {
      const answer = await raw(requestText('GET /api/session', { host }));
      expect(answer).toMatch(/^HTTP\/1.1 403 /);
      expect(answer).toContain('"code":"foreign_origin"');
      const upgrade = { host, connection: 'Upgrade', upgrade: 'websocket', authorization: `Bearer ${local.token}` };
      const socket = { ...upgrade, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-version': '13' };
      expect(await raw(requestText('GET /ws', socket))).toMatch(/^HTTP\/1.1 403 [^]*foreign_origin/);
    },
  );

  test('each of its own names is answered', async () => {
    const { port } = local.server;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      expect(await raw(requestText('GET /healthz', { host }))).toMatch(/^HTTP\/1.1 200 /);
    }
  });

  test('names that were allowed are answered, with the port or with one of their own', async () => {
    const peer = new TestPeer();
    const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
    const allowedHosts = ['192.168.7.7', 'chat.example:443'];
    const server = await startLocalServer({
      services: peer,
      sessions,
      host: '127.0.0.1',
      port: 0,
      uiDir: '/nonexistent',
      allowedHosts,
    });
    const { port } = server;
    for (const host of [`192.168.7.7:${port}`, 'chat.example:443']) {
      expect(await raw(requestText('GET /healthz', { host }), port)).toMatch(/^HTTP\/1.1 200 /);
    }
    expect(await raw(requestText('GET /healthz', { host: '192.168.7.8' }), port)).toMatch(/^HTTP\/1.1 403 /);
    await server.close();
  });

  test('a page of another origin can neither post nor open a WebSocket', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      `https://${own()}`,
      `http://localhost:${local.server.port + 1}`,
    ]) {
      const response = await local.post('/api/login', { password: PASSWORD }, { origin });
      expect(response.status).toBe(403);
      expect((await response.json()) as object).toMatchObject({ status: 'failed', code: 'foreign_origin' });
      const socket = local.open({ authorization: `Bearer ${local.token}`, origin });
      await socket.closed;
      expect(socket.frames).toEqual([]);
    }
    expect(local.peer.logins).toBe(0);
    expect((await local.post('/api/login', { password: PASSWORD }, { origin: `http://${own()}` })).status).toBe(200);
    const socket = local.open({ authorization: `Bearer ${local.token}`, origin: `http://${own()}` });
    await socket.type('snapshot');
  });

  test('a form cannot post: bodies are JSON by name', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const response = await local.fetch('/api/login', {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"password":"x"}',
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad_request' });
    }
    expect((await local.fetch('/api/logout', { method: 'POST' })).status).toBe(400);
  });
});

describe('bad input', () => {
  test.each([
    ['cut short', '{"password":', 400, 'bad_json'],
    ['empty', '', 400, 'bad_json'],
    ['a list', '[]', 400, 'bad_request'],
    ['a number for a password', '{"password":7}', 400, 'bad_request'],
    ['a prototype', '{"__proto__":{"x":1},"password":"x"}', 400, 'bad_json'],
    ['a password too long', JSON.stringify({ password: 'x'.repeat(2000) }), 400, 'bad_request'],
    ['too large', JSON.stringify({ password: 'x'.repeat(70_000) }), 413, 'too_large'],
  ])('a login body that is %s is refused', async (_what, body, status, code) => {
    const response = await local.fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(local.peer.logins).toBe(0);
  });

  test.each([
    ['GET', '/api/nothing', 404],
    ['DELETE', '/api/session', 404],
    ['GET', '/api', 404],
    ['GET', '/api/%zz', 400],
    ['GET', '//', 404],
    ['GET', '/../../etc/passwd', 404],
    ['GET', '/%2e%2e/%2e%2e/etc/passwd', 404],
  ])('%s %s is a failure in JSON', async (method, path, status) => {
    const answer = await raw(requestText(`${method} ${path}`, { host: `localhost:${local.server.port}` }));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('{"status":"failed","code":');
  });

  test('what is not HTTP, or has endless headers, is told so and closed', async () => {
    expect(await raw('\x16\x03\x01garbage\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*"status":"failed"/);
    const answer = await raw(requestText('GET /', { host: 'localhost', cookie: 'x'.repeat(100_000) }));
    expect(answer).toMatch(/^HTTP\/1.1 431 [^]*"code":"too_large"/);
  });

  test('whoever sends headers or a body too slowly is told so and closed; others notice nothing', async () => {
    const slow = await TestDoor.start({ limits: { headersMs: 60, requestMs: 120 } });
    const host = `localhost:${slow.server.port}`;
    const half = raw('GET /healthz HTTP/1.1\r\nHost: ', slow.server.port);
    const headers = { host, 'content-type': 'application/json', 'content-length': '100' };
    const body = raw(requestText('POST /api/login', headers, '{"password'), slow.server.port);
    // Where the machine stands still for that long, this one is too slow as well, and asks again.
    let other = await slow.fetch('/healthz');
    while (other.status === 408) other = await slow.fetch('/healthz');
    expect(other.status).toBe(200);
    expect(await half).toMatch(/^HTTP\/1.1 408 [^]*"status":"failed"/);
    expect(await body).toMatch(/^HTTP\/1.1 408 /);
    expect(slow.peer.logins).toBe(0);
    await slow.stop();
  });

  test('an upgrade elsewhere or by half is refused', async () => {
    const host = `localhost:${local.server.port}`;
    const upgrade = { host, connection: 'Upgrade', upgrade: 'websocket' };
    expect(await raw(requestText('GET /elsewhere', upgrade))).toMatch(/^HTTP\/1.1 404 /);
    expect(await raw(requestText('GET /ws', upgrade))).toMatch(/^HTTP\/1.1 400 /);
  });

  test('an unforeseen error is logged, and shown without its insides', async () => {
    local.peer.history.search = () => {
      throw new Error('SELECT secret');
    };
    const response = await local.fetch('/api/search?q=x', { headers: { authorization: `Bearer ${local.token}` } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('SELECT');
    expect(local.peer.errors).toHaveLength(1);
  });
});
