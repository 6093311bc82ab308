import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import { startLocalServer } from './server.js';
import { LocalSessions } from './sessions.js';
import { PASSWORD, TestPeer, username } from './test-services.js';
import { TestDoor } from './test-socket.js';

const alice = username('alice');

let door: TestDoor;
beforeEach(async () => {
  door = await TestDoor.start();
});
afterEach(() => door.stop());

function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** Sends bytes as they are and reads until the other side ends. */
async function raw(bytes: string, port = door.server.port): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

function request(line: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries({ connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

async function signedIn(headers: Record<string, string>): Promise<boolean> {
  const response = await door.fetch('/api/session', { headers });
  return ((await response.json()) as { signedIn: boolean }).signedIn;
}

describe('signing in', () => {
  test('the password opens a session whose cookie is out of reach of scripts and other sites', async () => {
    const response = await door.post('/api/login', { password: PASSWORD });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'success', username: 'alice' });
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      new RegExp(`^parley_${door.server.port}=[A-Za-z0-9_-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(await signedIn({ cookie: cookieOf(response) })).toBe(true);
  });

  test('of a session only its hash is kept', async () => {
    const token = cookieOf(await door.post('/api/login', { password: PASSWORD })).split('=')[1] ?? '';
    expect(JSON.stringify(door.stored)).not.toContain(token);
    expect(JSON.stringify(door.stored)).not.toContain(door.token);
    expect(door.stored).toHaveLength(2);
  });

  test('what the sign-in page needs is open; nothing else is', async () => {
    const session = await door.fetch('/api/session');
    expect(await session.json()).toEqual({
      username: 'alice',
      signedIn: false,
      tracker: { url: 'http://127.0.0.1:8001', state: 'connected' },
    });
    for (const path of ['/api/history?conversation=%23general', '/api/search?q=x']) {
      const response = await door.fetch(path);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ status: 'failed', code: 'not_signed_in' });
    }
    expect(await signedIn({ authorization: `Bearer ${door.token}` })).toBe(true);
    expect(await signedIn({ authorization: `Bearer ${'A'.repeat(43)}` })).toBe(false);
    expect(await signedIn({ cookie: `parley_1=${door.token}` })).toBe(false);
    expect(await signedIn({ cookie: `parley_${door.server.port}=${'x'.repeat(300)}` })).toBe(false);
  });

  test('a session does not open a peer that nobody has signed in yet', async () => {
    door.peer.ready = false;
    expect(await signedIn({ authorization: `Bearer ${door.token}` })).toBe(false);
    await door.post('/api/login', { password: PASSWORD });
    expect(await signedIn({ authorization: `Bearer ${door.token}` })).toBe(true);
  });

  test('wrong passwords are told apart, then slowed down; the right one does not count', async () => {
    for (let at = 0; at < 12; at += 1) expect((await door.post('/api/login', { password: PASSWORD })).status).toBe(200);
    const codes: number[] = [];
    for (let at = 0; at < 11; at += 1) codes.push((await door.post('/api/login', { password: 'guess' })).status);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect(door.peer.logins).toBe(22);
    const refused = await door.post('/api/login', { password: PASSWORD });
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
    door.peer.nowMs += 60_000;
    expect((await door.post('/api/login', { password: PASSWORD })).status).toBe(200);
  });

  test('guesses at once are counted at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => door.post('/api/login', { password: 'guess' })));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(door.peer.logins).toBe(10);
  });

  test('an unreachable tracker is no wrong password', async () => {
    door.peer.account.login = () => Promise.reject(new ParleyError('tracker_unreachable'));
    for (let at = 0; at < 12; at += 1) {
      const response = await door.post('/api/login', { password: PASSWORD });
      expect([response.status, await response.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'tracker_unreachable' }),
      ]);
    }
  });

  test('a one-time link opens once', async () => {
    const path = new URL(door.server.loginLink()).pathname;
    expect(door.server.loginLink()).toMatch(
      new RegExp(`^http://localhost:${door.server.port}/enter/[A-Za-z0-9_-]{43}$`),
    );
    await door.fetch(path, { method: 'HEAD' });
    const entered = await door.fetch(path);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    expect(await signedIn({ cookie: cookieOf(entered) })).toBe(true);
    const again = await door.fetch(path);
    expect(again.status).toBe(401);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect(await again.text()).toContain('href="/"');
    expect((await door.fetch('/enter/unknown')).status).toBe(401);
  });

  test('of many links the newest sixteen work', async () => {
    const links = Array.from({ length: 17 }, () => new URL(door.server.loginLink()).pathname);
    expect((await door.fetch(links[0] ?? '')).status).toBe(401);
    expect((await door.fetch(links[1] ?? '')).status).toBe(303);
    expect((await door.fetch(links[16] ?? '')).status).toBe(303);
  });

  test('signing out ends the session, its windows and its cookie', async () => {
    const cookie = cookieOf(await door.post('/api/login', { password: PASSWORD }));
    const window = door.open({ cookie });
    await window.type('snapshot');
    const other = await door.window();
    const out = await door.post('/api/logout', {}, { cookie });
    expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(await window.type('signed_out')).toMatchObject({ reason: expect.any(String) });
    expect((await window.closed).code).toBe(1008);
    expect(await signedIn({ cookie })).toBe(false);
    expect(await other.command(1, 'people.list')).toMatchObject({ ok: true });
  });

  test('a restart of the daemon keeps one signed in, until the session is over', async () => {
    const { stored, token } = door;
    const peer = new TestPeer();
    const open = (): LocalSessions =>
      new LocalSessions({ storage: { load: () => stored, save: () => undefined }, clock: peer.clock });
    expect(open().check(token)).toBeDefined();
    peer.nowMs += 30 * 24 * 3600_000;
    expect(open().check(token)).toBeUndefined();
  });

  test('a session in use lives on, and its cookie with it', async () => {
    const cookie = cookieOf(await door.post('/api/login', { password: PASSWORD }));
    expect((await door.fetch('/api/session', { headers: { cookie } })).headers.getSetCookie()).toEqual([]);
    for (let week = 0; week < 6; week += 1) {
      door.peer.nowMs += 7 * 24 * 3600_000;
      const response = await door.fetch('/api/session', { headers: { cookie } });
      expect(await response.json()).toMatchObject({ signedIn: true });
      expect(cookieOf(response)).toBe(cookie);
    }
  });

  test('a window of a session that ran out is told so', async () => {
    const short = await TestDoor.start({ limits: { pingMs: 20 } });
    const window = await short.window();
    short.peer.nowMs += 31 * 24 * 3600_000;
    await window.type('signed_out');
    expect((await window.closed).code).toBe(1008);
    await short.stop();
  });

  test('at most 32 sessions are kept; the one that would end first goes', async () => {
    for (let at = 0; at < 32; at += 1) {
      door.peer.nowMs += 1000;
      await door.post('/api/login', { password: PASSWORD });
    }
    expect(door.stored).toHaveLength(32);
    expect(await signedIn({ authorization: `Bearer ${door.token}` })).toBe(false);
  });
});

describe('strangers', () => {
  const own = (): string => `127.0.0.1:${door.server.port}`;

  test.each(['evil.example', 'localhost', '127.0.0.1:1', 'localhost.evil.example:80', ''])(
    'Host %j is refused',
    async (host) => {
      const answer = await raw(request('GET /api/session', { host }));
      expect(answer).toMatch(/^HTTP\/1.1 403 /);
      expect(answer).toContain('"code":"foreign_origin"');
      const upgrade = { host, connection: 'Upgrade', upgrade: 'websocket', authorization: `Bearer ${door.token}` };
      const socket = { ...upgrade, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-version': '13' };
      expect(await raw(request('GET /ws', socket))).toMatch(/^HTTP\/1.1 403 [^]*foreign_origin/);
    },
  );

  test('each of its own names is answered', async () => {
    const { port } = door.server;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      expect(await raw(request('GET /healthz', { host }))).toMatch(/^HTTP\/1.1 200 /);
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
      expect(await raw(request('GET /healthz', { host }), port)).toMatch(/^HTTP\/1.1 200 /);
    }
    expect(await raw(request('GET /healthz', { host: '192.168.7.8' }), port)).toMatch(/^HTTP\/1.1 403 /);
    await server.close();
  });

  test('a page of another origin can neither post nor open a WebSocket', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      `https://${own()}`,
      `http://localhost:${door.server.port + 1}`,
    ]) {
      const response = await door.post('/api/login', { password: PASSWORD }, { origin });
      expect(response.status).toBe(403);
      expect((await response.json()) as object).toMatchObject({ status: 'failed', code: 'foreign_origin' });
      const socket = door.open({ authorization: `Bearer ${door.token}`, origin });
      await socket.closed;
      expect(socket.frames).toEqual([]);
    }
    expect(door.peer.logins).toBe(0);
    expect((await door.post('/api/login', { password: PASSWORD }, { origin: `http://${own()}` })).status).toBe(200);
    const socket = door.open({ authorization: `Bearer ${door.token}`, origin: `http://${own()}` });
    await socket.type('snapshot');
  });

  test('a form cannot post: bodies are JSON by name', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const response = await door.fetch('/api/login', {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"password":"x"}',
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad_request' });
    }
    expect((await door.fetch('/api/logout', { method: 'POST' })).status).toBe(400);
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
    const response = await door.fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(door.peer.logins).toBe(0);
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
    const answer = await raw(request(`${method} ${path}`, { host: `localhost:${door.server.port}` }));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('{"status":"failed","code":');
  });

  test('what is not HTTP, or has endless headers, is told so and closed', async () => {
    expect(await raw('\x16\x03\x01garbage\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*"status":"failed"/);
    const answer = await raw(request('GET /', { host: 'localhost', cookie: 'x'.repeat(100_000) }));
    expect(answer).toMatch(/^HTTP\/1.1 431 [^]*"code":"too_large"/);
  });

  test('whoever sends headers or a body too slowly is told so and closed; others notice nothing', async () => {
    const slow = await TestDoor.start({ limits: { headersMs: 60, requestMs: 120 } });
    const host = `localhost:${slow.server.port}`;
    const half = raw('GET /healthz HTTP/1.1\r\nHost: ', slow.server.port);
    const headers = { host, 'content-type': 'application/json', 'content-length': '100' };
    const body = raw(request('POST /api/login', headers, '{"password'), slow.server.port);
    expect((await slow.fetch('/healthz')).status).toBe(200);
    expect(await half).toMatch(/^HTTP\/1.1 408 [^]*"status":"failed"/);
    expect(await body).toMatch(/^HTTP\/1.1 408 /);
    expect(slow.peer.logins).toBe(0);
    await slow.stop();
  });

  test('an upgrade elsewhere or by half is refused', async () => {
    const host = `localhost:${door.server.port}`;
    const upgrade = { host, connection: 'Upgrade', upgrade: 'websocket' };
    expect(await raw(request('GET /elsewhere', upgrade))).toMatch(/^HTTP\/1.1 404 /);
    expect(await raw(request('GET /ws', upgrade))).toMatch(/^HTTP\/1.1 400 /);
  });

  test('an unforeseen error is logged, and shown without its insides', async () => {
    door.peer.history.search = () => {
      throw new Error('SELECT secret');
    };
    const response = await door.fetch('/api/search?q=x', { headers: { authorization: `Bearer ${door.token}` } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('SELECT');
    expect(door.peer.errors).toHaveLength(1);
  });
});

describe('history and search', () => {
  const get = (path: string): Promise<Response> =>
    door.fetch(path, { headers: { authorization: `Bearer ${door.token}` } });

  test('pages backwards, oldest first, with the state of each entry', async () => {
    const id = door.peer.conversations.openDirect(username('bob'));
    for (let at = 0; at < 70; at += 1) {
      door.peer.nowMs += 1;
      door.peer.add(id, at % 2 ? alice : username('Bob'), [`message ${at}`]);
    }
    const query = `/api/history?conversation=${encodeURIComponent(id)}`;
    const newest = (await (await get(query)).json()) as {
      entries: { id: string; message: string; state: string }[];
      more: boolean;
    };
    expect(newest.more).toBe(true);
    expect(newest.entries).toHaveLength(50);
    expect(newest.entries.at(-1)).toMatchObject({
      type: 'chat',
      channel: 'direct',
      to: 'bob',
      from: 'alice',
      conversation: id,
      state: 'sent',
    });
    const rest = await get(`${query}&limit=30&before=${newest.entries[0]?.id ?? ''}`);
    const { entries, more } = (await rest.json()) as typeof newest;
    expect(entries.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, at) => `message ${at}`));
    expect(more).toBe(false);
    expect(rest.headers.get('cache-control')).toBe('no-store');
  });

  test('finds messages', async () => {
    door.peer.receive(door.peer.join('tech' as Parameters<TestPeer['join']>[0]), 'the needle');
    const response = await get('/api/search?q=needle&limit=5');
    expect(await response.json()).toMatchObject({
      entries: [{ message: 'the needle', conversation: '#tech', state: 'delivered' }],
    });
  });

  test.each([
    ['/api/history', 400, 'conversation'],
    ['/api/history?conversation=general', 400, 'conversation'],
    ['/api/history?conversation=%23general&conversation=%23tech', 400, 'conversation'],
    ['/api/history?conversation=%23general&limit=0', 400, 'limit'],
    ['/api/history?conversation=%23general&limit=1e3', 400, 'limit'],
    ['/api/history?conversation=%23general&before=x', 400, 'before'],
    [`/api/history?conversation=%23general&before=${'A'.repeat(43)}`, 404, 'nothing here'],
    ['/api/history?conversation=%23nowhere', 403, 'not in this conversation'],
    ['/api/history?conversation=%40bob%2Bcarol', 403, 'not in this conversation'],
    ['/api/search', 400, 'q'],
    ['/api/search?q=', 400, 'q'],
    [`/api/search?q=${'x'.repeat(300)}`, 400, 'q'],
  ])('%s → %i naming %s', async (path, status, words) => {
    const response = await get(path);
    const { message } = (await response.json()) as { message: string };
    expect([response.status, message]).toEqual([status, expect.stringContaining(words)]);
  });
});

describe('the pages', () => {
  test('without a build, / says what to run', async () => {
    const response = await door.fetch('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
  });

  test('the built UI is served with a strict policy; hashed assets are kept, the shell is not', async () => {
    const uiDir = await mkdtemp(join(tmpdir(), 'parley-ui-'));
    await mkdir(join(uiDir, 'assets'));
    await writeFile(join(uiDir, 'index.html'), '<!doctype html><title>Parley</title>');
    await writeFile(join(uiDir, 'assets', 'index-abc123.js'), 'export {}');
    const peer = new TestPeer();
    const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
    const server = await startLocalServer({ services: peer, sessions, host: '127.0.0.1', port: 0, uiDir });
    const base = `http://127.0.0.1:${server.port}`;
    const shell = await fetch(`${base}/`);
    expect(await shell.text()).toContain('<title>Parley</title>');
    const headers = Object.fromEntries(shell.headers);
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' blob: data:;connect-src 'self';font-src 'self';" +
        "manifest-src 'self';worker-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    const asset = await fetch(`${base}/assets/index-abc123.js`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${base}/assets/gone.js`)).status).toBe(404);
    await server.close();
    await rm(uiDir, { recursive: true });
  });

  test('a port in use is told as it is', async () => {
    const { peer, server } = door;
    const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
    const second = startLocalServer({
      services: peer,
      sessions,
      host: '127.0.0.1',
      port: server.port,
      uiDir: '/nonexistent',
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('closing says goodbye to open windows and waits for none that hang', async () => {
    const window = await door.window();
    const hanging = await door.window();
    hanging.socket.pause();
    const silent = connect(door.server.port, '127.0.0.1');
    await once(silent, 'connect');
    await door.server.close();
    expect((await window.closed).code).toBe(1001);
    await expect(door.fetch('/healthz')).rejects.toThrow();
    silent.destroy();
  });
});
