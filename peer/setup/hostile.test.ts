/** Who may not set up: everybody but the browser that came by the one-time link. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rawAnswer, requestText } from '../local/test-socket.js';
import { PASSWORD, StandInTracker, TestSetup } from './test-setup.js';

let tracker: StandInTracker;
let setup: TestSetup;
beforeEach(async () => {
  tracker = await StandInTracker.start();
  setup = await TestSetup.start({ address: 'http://192.168.1.5:8001', perMinute: { checks: 5, setUps: 3 } });
});
afterEach(async () => {
  await setup.stop();
  await tracker.close();
});

const wanted = (more: object = {}) => ({
  ...{ address: tracker.url, ca: tracker.fingerprint, username: 'alice', password: PASSWORD, register: true },
  ...more,
});
const code = async (response: Response) => ((await response.json()) as { code: string }).code;
const untouched = (): void => {
  expect(tracker.accounts.size).toBe(0);
  expect(existsSync(join(setup.folder, 'alice'))).toBe(false);
};

describe('a stranger', () => {
  test.each(['/api/setup', '/api/setup/check'])('is not let in at %s', async (path) => {
    const claims: Record<string, string>[] = [
      {},
      { cookie: 'parley_1=x' },
      { authorization: `Bearer ${'A'.repeat(43)}` },
    ];
    for (const headers of claims) {
      const response = await setup.post(path, wanted(), headers);
      expect([response.status, await code(response)]).toEqual([401, 'not_signed_in']);
    }
    expect(tracker.calls).toEqual([]);
    untouched();
  });

  test('learns nothing but that nobody has set it up', async () => {
    const session = (await (await setup.get('/api/session')).json()) as object;
    expect(session).toMatchObject({ username: '', signedIn: false, setup: { authorised: false } });
    expect(JSON.stringify(session)).not.toContain('192.168.1.5');
    const cookie = await setup.enter();
    expect(await (await setup.get('/api/session', { cookie })).json()).toMatchObject({
      setup: { authorised: true, address: 'http://192.168.1.5:8001' },
    });
  });

  test('cannot use the link again, nor guess one', async () => {
    await setup.enter();
    for (const link of [setup.setup.link, `${setup.setup.ui}enter/${'A'.repeat(43)}`]) {
      const response = await fetch(link, { redirect: 'manual' });
      expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
      expect(await response.text()).toContain('start it again');
    }
  });

  test('that only looks at the link does not use it up', async () => {
    expect((await fetch(setup.setup.link, { method: 'HEAD' })).status).toBe(404);
    expect(await setup.enter()).toMatch(/^parley_\d+=/);
  });
});

describe('a foreign page', () => {
  test.each(['http://evil.example', 'null', 'http://localhost:1'])(
    'of %s cannot post, even with the cookie',
    async (origin) => {
      const cookie = await setup.enter();
      for (const path of ['/api/setup', '/api/setup/check']) {
        const response = await setup.post(path, wanted(), { cookie, origin });
        expect([response.status, await code(response)]).toEqual([403, 'foreign_origin']);
      }
      untouched();
    },
  );

  test('cannot send a form', async () => {
    const cookie = await setup.enter();
    const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await setup.post('/api/setup', wanted(), form)).status).toBe(400);
    untouched();
  });

  test.each(['evil.example', 'localhost', ''])('that calls this machine %j is refused', async (host) => {
    expect(await rawAnswer(setup.setup.port, requestText('GET /api/session', { host }))).toMatch(/^HTTP\/1.1 403 /);
    const link = new URL(setup.setup.link).pathname;
    expect(await rawAnswer(setup.setup.port, requestText(`GET ${link}`, { host }))).toMatch(/^HTTP\/1.1 403 /);
  });

  test('is given no script, frame or request by our headers', async () => {
    const policy = (await setup.get('/api/session')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });
});

describe('what is too much', () => {
  test('of bytes is refused unread', async () => {
    const cookie = await setup.enter();
    const response = await setup.post('/api/setup', wanted({ password: 'x'.repeat(70_000) }), { cookie });
    expect([response.status, await code(response)]).toEqual([413, 'too_large']);
  });

  test.each([
    ['nothing', '/api/setup', {}],
    ['other types', '/api/setup', { address: 1, ca: [], username: {}, password: null }],
    ['a long address', '/api/setup/check', { address: 'x'.repeat(5000) }],
    ['no address', '/api/setup/check', { address: '' }],
    ['a list', '/api/setup/check', []],
  ])('or wrong is refused: %s', async (_what, path, body) => {
    const response = await setup.post(path, body, { cookie: await setup.enter() });
    expect([response.status, await code(response)]).toEqual([400, 'bad_request']);
  });

  test('of attempts has to wait', async () => {
    const cookie = await setup.enter();
    const codes: string[] = [];
    for (let i = 0; i < 4; i++)
      codes.push(
        await code(await setup.post('/api/setup', wanted({ register: false, password: `guess ${i}` }), { cookie })),
      );
    expect(codes).toEqual([...Array<string>(3).fill('invalid_credentials'), 'rate_limited']);
    expect(tracker.calls.filter((path) => path === '/login')).toHaveLength(3);
    for (let i = 0; i < 5; i++) await setup.post('/api/setup/check', { address: 'nonsense here' }, { cookie });
    expect(await code(await setup.post('/api/setup/check', { address: tracker.url }, { cookie }))).toBe('rate_limited');
  });

  test('at once: one set-up is under way, and the other is told so', async () => {
    const cookie = await setup.enter();
    let arrived = (): void => undefined;
    let letGo = (): void => undefined;
    const there = new Promise<void>((resolve) => (arrived = resolve));
    tracker.beforeLogin = () => {
      arrived();
      return new Promise((resolve) => (letGo = resolve));
    };
    const first = setup.post('/api/setup', wanted(), { cookie });
    await there;
    const second = await setup.post('/api/setup', wanted({ username: 'mallory' }), { cookie });
    expect([second.status, await code(second)]).toEqual([503, 'unavailable']);
    letGo();
    expect((await first).status).toBe(200);
    expect((await setup.setup.done).username).toBe('alice');
    expect([...tracker.accounts.keys()]).toEqual(['alice']);
  });

  test('a second set-up after the first is refused while the door closes', async () => {
    const cookie = await setup.enter();
    expect((await setup.post('/api/setup', wanted(), { cookie })).status).toBe(200);
    const second = await setup.post('/api/setup', wanted({ username: 'mallory' }), { cookie });
    expect([second.status, await code(second)]).toEqual([503, 'unavailable']);
    expect((await setup.setup.done).username).toBe('alice');
  });

  test('a reader that goes away right after asking does not keep the peer from starting', async () => {
    const cookie = await setup.enter();
    const abort = new AbortController();
    let letGo = (): void => undefined;
    tracker.beforeLogin = () => {
      abort.abort();
      return new Promise((resolve) => (letGo = resolve));
    };
    const asked = fetch(new URL('/api/setup', setup.setup.ui), {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(wanted()),
      signal: abort.signal,
    });
    await expect(asked).rejects.toThrow(/abort/i);
    letGo();
    expect((await setup.setup.done).username).toBe('alice');
  });
});
