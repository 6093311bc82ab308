import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import { LocalSessions } from './sessions.js';
import { PASSWORD, TestPeer, conversation } from './test-services.js';
import { TestDoor } from './test-socket.js';

const general = conversation('#general');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

async function signedIn(headers: Record<string, string>): Promise<boolean> {
  const response = await local.fetch('/api/session', { headers });
  return ((await response.json()) as { signedIn: boolean }).signedIn;
}

async function restarted(limits: Parameters<typeof TestDoor.start>[0]): Promise<void> {
  await local.stop();
  local = await TestDoor.start(limits);
}

describe('signing in', () => {
  test('the password opens a session whose cookie is out of reach of scripts and other sites', async () => {
    const response = await local.post('/api/login', { password: PASSWORD });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'success', username: 'alice' });
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      new RegExp(`^parley_${local.server.port}=[A-Za-z0-9_-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(await signedIn({ cookie: cookieOf(response) })).toBe(true);
  });

  test('of a session only its hash is kept', async () => {
    const token = cookieOf(await local.post('/api/login', { password: PASSWORD })).split('=')[1] ?? '';
    expect(JSON.stringify(local.stored)).not.toContain(token);
    expect(JSON.stringify(local.stored)).not.toContain(local.token);
    expect(local.stored).toHaveLength(2);
  });

  test('what the sign-in page needs is open; nothing else is', async () => {
    const session = await local.fetch('/api/session');
    expect(await session.json()).toEqual({
      username: 'alice',
      signedIn: false,
      tracker: { url: 'http://127.0.0.1:8001', state: 'connected' },
    });
    for (const path of ['/api/history?conversation=%23general', '/api/search?q=x']) {
      const response = await local.fetch(path);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ status: 'failed', code: 'not_signed_in' });
    }
    expect(await signedIn({ authorization: `Bearer ${local.token}` })).toBe(true);
    expect(await signedIn({ authorization: `Bearer ${'A'.repeat(43)}` })).toBe(false);
    expect(await signedIn({ cookie: `parley_1=${local.token}` })).toBe(false);
    expect(await signedIn({ cookie: `parley_${local.server.port}=${'x'.repeat(300)}` })).toBe(false);
  });

  test('a session does not open a peer that nobody has signed in yet', async () => {
    local.peer.ready = false;
    expect(await signedIn({ authorization: `Bearer ${local.token}` })).toBe(false);
    await local.post('/api/login', { password: PASSWORD });
    expect(await signedIn({ authorization: `Bearer ${local.token}` })).toBe(true);
  });

  test('wrong passwords are told apart, then slowed down; the right one does not count', async () => {
    for (let at = 0; at < 12; at += 1)
      expect((await local.post('/api/login', { password: PASSWORD })).status).toBe(200);
    const codes: number[] = [];
    for (let at = 0; at < 11; at += 1) codes.push((await local.post('/api/login', { password: 'guess' })).status);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect(local.peer.logins).toBe(22);
    const refused = await local.post('/api/login', { password: PASSWORD });
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
    local.peer.nowMs += 60_000;
    expect((await local.post('/api/login', { password: PASSWORD })).status).toBe(200);
  });

  test('guesses at once are counted at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => local.post('/api/login', { password: 'guess' })),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(local.peer.logins).toBe(10);
  });

  test('an unreachable tracker is no wrong password', async () => {
    local.peer.account.login = () => Promise.reject(new ParleyError('tracker_unreachable'));
    for (let at = 0; at < 12; at += 1) {
      const response = await local.post('/api/login', { password: PASSWORD });
      expect([response.status, await response.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'tracker_unreachable' }),
      ]);
    }
  });

  test('a one-time link opens once', async () => {
    const path = new URL(local.server.loginLink()).pathname;
    expect(local.server.loginLink()).toMatch(
      new RegExp(`^http://localhost:${local.server.port}/enter/[A-Za-z0-9_-]{43}$`),
    );
    await local.fetch(path, { method: 'HEAD' });
    const entered = await local.fetch(path);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    expect(await signedIn({ cookie: cookieOf(entered) })).toBe(true);
    const again = await local.fetch(path);
    expect(again.status).toBe(401);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect(await again.text()).toContain('href="/"');
    expect((await local.fetch('/enter/unknown')).status).toBe(401);
  });

  test('of many links the newest sixteen work', async () => {
    const links = Array.from({ length: 17 }, () => new URL(local.server.loginLink()).pathname);
    expect((await local.fetch(links[0] ?? '')).status).toBe(401);
    expect((await local.fetch(links[1] ?? '')).status).toBe(303);
    expect((await local.fetch(links[16] ?? '')).status).toBe(303);
  });

  test('signing out ends the session, its windows and its cookie', async () => {
    const cookie = cookieOf(await local.post('/api/login', { password: PASSWORD }));
    const window = local.open({ cookie });
    await window.type('snapshot');
    const other = await local.window();
    const out = await local.post('/api/logout', {}, { cookie });
    expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(await window.type('signed_out')).toMatchObject({ reason: expect.any(String) });
    expect((await window.closed).code).toBe(1008);
    expect(await signedIn({ cookie })).toBe(false);
    expect(await other.command(1, 'people.list')).toMatchObject({ ok: true });
  });

  test('a new password ends all other sessions and windows, and wrong ones count as attempts', async () => {
    const cookie = cookieOf(await local.post('/api/login', { password: PASSWORD }));
    const window = local.open({ cookie });
    await window.type('snapshot');
    const own = await local.window();
    const change = { old: PASSWORD, new: 'another password', devices: 'stay' };
    const wrong = await own.command(1, 'account.password', { ...change, old: 'a guess' });
    expect(wrong).toMatchObject({ ok: false, code: 'invalid_credentials' });
    expect(await signedIn({ cookie })).toBe(true);
    expect(await own.command(2, 'account.password', change)).toMatchObject({ ok: true });
    expect((await window.closed).code).toBe(1008);
    expect(await signedIn({ cookie })).toBe(false);
    expect(await own.command(3, 'people.list')).toMatchObject({ ok: true });
    expect(local.peer.changedPasswords).toEqual([{ next: 'another password', devices: 'stay' }]);
    for (let id = 4; id < 13; id += 1) await own.command(id, 'account.password', { ...change, old: 'a guess' });
    expect(await own.command(13, 'account.password', change)).toMatchObject({ ok: false, code: 'rate_limited' });
  });

  test('whoever signs out everywhere is signed out in every window here', async () => {
    const cookie = cookieOf(await local.post('/api/login', { password: PASSWORD }));
    const [window, own] = [local.open({ cookie }), await local.window()];
    await window.type('snapshot');
    expect((await own.command(1, 'account.sign_out')).ok).toBe(true);
    for (const each of [window, own]) expect((await each.closed).code).toBe(1008);
    expect(await signedIn({ cookie })).toBe(false);
    expect(await signedIn({ authorization: `Bearer ${local.token}` })).toBe(false);
  });

  test('a restart of the daemon keeps one signed in, until the session is over', async () => {
    const { stored, token } = local;
    const peer = new TestPeer();
    const open = (): LocalSessions =>
      new LocalSessions({ storage: { load: () => stored, save: () => undefined }, clock: peer.clock });
    expect(open().check(token)).toBeDefined();
    peer.nowMs += 30 * 24 * 3600_000;
    expect(open().check(token)).toBeUndefined();
  });

  test('a session in use lives on, and its cookie with it', async () => {
    const cookie = cookieOf(await local.post('/api/login', { password: PASSWORD }));
    expect((await local.fetch('/api/session', { headers: { cookie } })).headers.getSetCookie()).toEqual([]);
    for (let week = 0; week < 6; week += 1) {
      local.peer.nowMs += 7 * 24 * 3600_000;
      const response = await local.fetch('/api/session', { headers: { cookie } });
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
      local.peer.nowMs += 1000;
      await local.post('/api/login', { password: PASSWORD });
    }
    expect(local.stored).toHaveLength(32);
    expect(await signedIn({ authorization: `Bearer ${local.token}` })).toBe(false);
  });
});

describe('a socket without authority', () => {
  test('may only sign in, and sees nothing before', async () => {
    const stranger = local.open({});
    await new Promise((resolve) => stranger.socket.once('open', resolve));
    expect(await stranger.command(1, 'people.list')).toMatchObject({ ok: false, code: 'not_signed_in' });
    stranger.send('list');
    expect(await stranger.next()).toMatchObject({ type: 'error', code: 'not_signed_in' });
    local.peer.receive(general, 'secret');
    expect(await stranger.command(2, 'session.login')).toMatchObject({ ok: false, code: 'bad_request' });
    expect(await stranger.command(3, 'session.login', { password: 'guess' })).toMatchObject({
      ok: false,
      code: 'invalid_credentials',
    });
    expect(JSON.stringify(stranger.frames)).not.toContain('secret');
    expect(await stranger.command(4, 'session.login', { password: PASSWORD })).toMatchObject({ ok: true });
    expect(await stranger.next()).toMatchObject({ type: 'snapshot' });
    expect(await stranger.command(5, 'people.list')).toMatchObject({ ok: true });
  });

  test('shares the bound on wrong passwords with the sign-in page', async () => {
    const stranger = local.open({});
    await new Promise((resolve) => stranger.socket.once('open', resolve));
    for (let id = 0; id < 10; id += 1) await stranger.command(id, 'session.login', { password: 'guess' });
    expect(await stranger.command(10, 'session.login', { password: PASSWORD })).toMatchObject({ code: 'rate_limited' });
    stranger.send(`login alice ${PASSWORD}`);
    expect(await stranger.next()).toMatchObject({ type: 'login_result', ok: false, code: 'rate_limited' });
    expect((await local.post('/api/login', { password: PASSWORD })).status).toBe(429);
    expect(await (await local.window()).command(1, 'tracker.login', { password: PASSWORD })).toMatchObject({
      code: 'rate_limited',
    });
  });

  test('is closed when it takes too long, or talks too much', async () => {
    await restarted({ limits: { loginMs: 50 } });
    const silent = local.open({});
    expect(await silent.closed).toEqual({ code: 1008, reason: 'Sign in first.' });
    await restarted({ limits: {} });
    const chatty = local.open({});
    await new Promise((resolve) => chatty.socket.once('open', resolve));
    for (let at = 0; at < 100; at += 1) chatty.send('let me in');
    expect((await chatty.closed).code).toBe(1008);
    expect(chatty.frames).toHaveLength(32);
  });

  test('a used-up session is no authority', async () => {
    const stranger = local.open({ cookie: `parley_${local.server.port}=${'A'.repeat(43)}` });
    await new Promise((resolve) => stranger.socket.once('open', resolve));
    expect(await stranger.command(1, 'people.list')).toMatchObject({ code: 'not_signed_in' });
    expect(stranger.frames).toHaveLength(1);
  });
});
