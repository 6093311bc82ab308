/** Accounts and sessions (SPEC.md section 2): sign-in, permissions of a session, and limits. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { expectFailure, PASSWORD, type TestTracker, TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let count = 0;
const fresh = () => `user${(count += 1)}`;

beforeAll(async () => {
  tracker = await trackers.start();
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

describe('accounts', () => {
  test('register answers with the name, which is then taken in upper and lower case', async () => {
    const answer = await tracker.post('/register', { username: 'Alice', password: PASSWORD });
    expect([answer.status, answer.body]).toEqual([200, { status: 'success', username: 'Alice' }]);
    expectFailure(await tracker.post('/register', { username: 'aLICE', password: PASSWORD }), 409, 'name_taken');
  });

  test('of a password only a slow hash is stored: on the disk are neither it nor the token of a session', async () => {
    const own = await trackers.start();
    const password = 'a password that nobody else has';
    await own.post('/register', { username: 'nadia', password });
    const { body } = await own.post('/login', { username: 'nadia', password });
    const { token } = body as { token: string };
    const files = await readdir(own.dataDir, { recursive: true, withFileTypes: true });
    const bytes = await Promise.all(
      files.flatMap((file) => (file.isFile() ? [readFile(join(file.parentPath, file.name))] : [])),
    );
    const has = (text: string): boolean => bytes.some((content) => content.includes(text));
    expect([has('nadia'), has('$argon2id$v=19$m=19456'), has(password), has(token)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('when two register the same name at once, one succeeds', async () => {
    const username = fresh();
    const both = await Promise.all([1, 2].map(() => tracker.post('/register', { username, password: PASSWORD })));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  test.each([
    [{ username: 'a b', password: PASSWORD }, 'bad_name'],
    [{ username: '', password: PASSWORD }, 'bad_name'],
    [{ username: 'x'.repeat(33), password: PASSWORD }, 'bad_name'],
    [{ username: '<script>', password: PASSWORD }, 'bad_name'],
    [{ username: 'dave', password: 'short' }, 'bad_password'],
    [{ username: 'dave', password: 'é'.repeat(129) }, 'bad_password'],
    [{ username: 'dave' }, 'bad_request'],
    [{ username: ['dave'], password: PASSWORD }, 'bad_request'],
    [[], 'bad_request'],
    ['"text"', 'bad_request'],
    ['null', 'bad_request'],
  ])('%j cannot be registered: %s', async (body, code) => {
    expectFailure(await tracker.post('/register', body), 400, code);
  });

  test('a password has 8 to 256 bytes of any characters', async () => {
    for (const password of ['12345678', 'é'.repeat(128), ' spaces  count ']) {
      const username = fresh();
      expect((await tracker.post('/register', { username, password })).status).toBe(200);
      expect((await tracker.post('/login', { username, password })).status).toBe(200);
    }
  });

  test('login gives a token of 256 bits in the body and as a cookie, and both are accepted', async () => {
    const username = fresh();
    await tracker.register(username);
    const { status, body, headers } = await tracker.post('/login', {
      username: username.toUpperCase(),
      password: PASSWORD,
    });
    expect([status, body]).toEqual([200, { status: 'success', username, token: expect.stringMatching(/^[\w-]{43}$/) }]);
    const [cookie = '', original] = headers.getSetCookie();
    const value = `${String(body['token'])}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax`;
    expect([cookie, original]).toEqual([`session_token_${tracker.tracker.port}=${value}`, `session_token=${value}`]);
    const me = {
      ...{ status: 'success', username, channels: ['broadcast', 'general'] },
      ...{ admin: false, registration: 'open' },
    };
    expect((await tracker.fetch('/me', { headers: { cookie: cookie.split(';')[0] ?? '' } })).body).toEqual(me);
    expect(
      (await tracker.fetch('/me', { headers: { authorization: `Bearer ${String(body['token'])}` } })).body,
    ).toEqual(me);
  });

  test('a wrong password and an unknown name get the same answer', async () => {
    const username = fresh();
    await tracker.register(username);
    const wrong = await tracker.post('/login', { username, password: 'wrong horse' });
    const unknown = await tracker.post('/login', { username: fresh(), password: 'wrong horse' });
    expectFailure(wrong, 401, 'invalid_credentials');
    expect(unknown.body).toEqual(wrong.body);
    expect([...unknown.headers.keys()]).toEqual([...wrong.headers.keys()]);
    expectFailure(await tracker.post('/login', { username, password: 'x'.repeat(1000) }), 401, 'invalid_credentials');
  });

  test('logout ends the session at once, and clears the cookie', async () => {
    const user = await tracker.register(fresh());
    const other = await tracker.login(user.username);
    const answer = await user.post('/logout', '');
    expect([answer.status, answer.body]).toEqual([200, { status: 'success' }]);
    expect(answer.headers.get('set-cookie')).toContain(`session_token_${tracker.tracker.port}=; Max-Age=0`);
    expectFailure(await user.get('/me'), 401, 'not_signed_in');
    expect((await other.get('/me')).status).toBe(200);
  });

  test('a new password ends every session and gives a new one', async () => {
    const user = await tracker.register(fresh());
    const other = await tracker.login(user.username);
    expectFailure(
      await user.post('/password', { old: 'wrong horse', new: 'battery staple' }),
      401,
      'invalid_credentials',
    );
    expectFailure(await user.post('/password', { old: PASSWORD, new: 'short' }), 400, 'bad_password');
    const answer = await user.post('/password', { old: PASSWORD, new: 'battery staple' });
    expect(answer.body).toMatchObject({ status: 'success', token: expect.any(String) });
    expectFailure(await user.get('/me'), 401, 'not_signed_in');
    expectFailure(await other.get('/me'), 401, 'not_signed_in');
    expectFailure(
      await tracker.post('/login', { username: user.username, password: PASSWORD }),
      401,
      'invalid_credentials',
    );
    expect((await tracker.login(user.username, 'battery staple')).token).not.toBe(user.token);
  });
});

describe('authorization', () => {
  const routes: [string, string, unknown][] = [
    ['GET', '/me', undefined],
    ['POST', '/logout', {}],
    ['POST', '/password', { old: PASSWORD, new: PASSWORD }],
    ['POST', '/submit-info', { username: 'alice', port: 1 }],
    ['POST', '/add-list', { username: 'alice', channel: 'tech' }],
    ['GET', '/get-list', undefined],
    ['POST', '/get-list', {}],
    ['GET', '/channels', undefined],
    ['POST', '/channels/tech/leave', {}],
    ['POST', '/channels/tech/topic', { topic: '' }],
    ['GET', '/devices', undefined],
    ['POST', `/devices/${'A'.repeat(22)}/revoke`, {}],
  ];
  test.each(routes)('%s %s needs a session', async (method, path, body) => {
    const call = (headers: Record<string, string>) =>
      method === 'GET' ? tracker.fetch(path, { headers }) : tracker.post(path, body, headers);
    for (const headers of [
      {},
      { authorization: 'Bearer ' },
      { authorization: `Bearer ${'A'.repeat(43)}` },
      { cookie: 'session_token=%00' },
    ]) {
      expectFailure(await call(headers as Record<string, string>), 401, 'not_signed_in');
    }
  });

  test('a session acts only for its own name, in upper or lower case', async () => {
    const [user, other] = await tracker.registerAll(fresh(), fresh());
    expectFailure(await user.submit({ username: other.username }), 403, 'forbidden');
    expectFailure(await user.post('/add-list', { username: other.username, channel: 'tech' }), 403, 'forbidden');
    expect((await user.submit({ username: user.username.toUpperCase() })).status).toBe(200);
  });

  test('a request from a page of another site is refused', async () => {
    const user = await tracker.register(fresh());
    const login = { username: user.username, password: PASSWORD };
    for (const origin of ['https://evil.example', 'null', `${tracker.url}.evil.example`, 'nonsense']) {
      expectFailure(await tracker.post('/login', login, { origin }), 403, 'foreign_origin');
      expectFailure(await tracker.post('/logout', {}, { origin, ...user.headers }), 403, 'foreign_origin');
      expect((await tracker.form('/login', login, { origin })).status).toBe(403);
      expect((await tracker.form('/register', login, { origin })).status).toBe(403);
    }
    expect((await tracker.post('/login', login, { origin: tracker.url })).status).toBe(200);
  });
});

describe('limits', () => {
  test('an account has a limited number of channels that it made, of peers and of sessions', async () => {
    const small = await trackers.start({
      limits: { channelsPerAccount: 1, peersPerAccount: 1, sessionsPerAccount: 2 },
    });
    const user = await small.register('alice');
    const join = (channel: string) => user.post('/add-list', { username: 'alice', channel });
    expect((await join('one')).status).toBe(200);
    expectFailure(await join('two'), 403, 'forbidden');
    expect((await join('tech')).status).toBe(200);
    await user.submit({ device: 'A'.repeat(22) });
    expectFailure(await user.submit({ device: 'B'.repeat(22) }), 429, 'rate_limited');
    await small.login('alice');
    await small.login('alice');
    expectFailure(await user.get('/me'), 401, 'not_signed_in');
  });

  test('failed sign-ins are limited for each account, also for one that does not exist; successful ones do not count', async () => {
    const small = await trackers.start({ limits: { failedLoginsPerAccount: 2 } });
    await small.register('alice');
    const attempt = (username: string, password: string) => small.post('/login', { username, password });
    for (let at = 0; at < 5; at += 1) expect((await attempt('alice', PASSWORD)).status).toBe(200);
    for (const username of ['alice', 'nobody']) {
      await attempt(username, 'wrong horse');
      await attempt(username.toUpperCase(), 'wrong horse');
      expectFailure(await attempt(username, PASSWORD), 429, 'rate_limited');
    }
  });

  test('sign-ins and registrations are limited for each address; heart-beats and lists are not', async () => {
    const limits = { loginsPerAddress: 2, registrationsPerAddress: 1, requestsPerAddress: 3 };
    const small = await trackers.start({ limits });
    const user = await small.register('alice');
    expectFailure(await small.post('/register', { username: 'bob', password: PASSWORD }), 429, 'rate_limited');
    await small.post('/login', {});
    const limited = await small.post('/login', { username: 'alice', password: PASSWORD });
    expectFailure(limited, 429, 'rate_limited');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let at = 0; at < 20; at += 1) {
      expect((await user.submit()).status).toBe(200);
      expect((await user.get('/get-list')).status).toBe(200);
    }
    const statuses = [];
    for (let at = 0; at < 4; at += 1) statuses.push((await user.get('/me')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('passwords wait in a bounded queue', async () => {
    const busy = await trackers.start({ limits: { loginsPerAddress: 1000 } });
    const calls = Array.from({ length: 150 }, (_, at) =>
      busy.post('/login', { username: `u${at}`, password: PASSWORD }),
    );
    const statuses = new Set((await Promise.all(calls)).map((answer) => answer.status));
    expect(statuses).toEqual(new Set([401, 503]));
    expect((await busy.post('/login', { username: 'u', password: PASSWORD })).status).toBe(401);
  });
});
