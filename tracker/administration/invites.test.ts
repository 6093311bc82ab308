/** Accounts that are made by invite, and the first admin of a tracker that others reach. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseInvite } from '../../protocol/invite.js';
import { systemClock } from '../clock.js';
import { DAY_MS } from '../daily-limits.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { FakeClock } from '../testing/fake-clock.js';
import { expectFailure, PASSWORD, TestTrackers, type TestTracker, type TestUser } from '../testing/test-tracker.js';
import { Invites, INVITES_MAX } from './invites.js';

const trackers = new TestTrackers();
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

const registerAt = (tracker: TestTracker) => (username: string, invite?: string) =>
  tracker.post('/register', { username, password: PASSWORD, ...(invite !== undefined && { invite }) });

describe('where accounts are made by invite', () => {
  let tracker: TestTracker;
  let admin: TestUser;
  let register: ReturnType<typeof registerAt>;
  const make = async (uses: number, days = 7) => {
    const { body } = await admin.post('/admin/invites', { uses, days });
    return body as { invite: { id: string; code: string }; link: string };
  };
  const listed = async (id: string) => {
    const { body } = await admin.get('/admin/invites');
    return (body['invites'] as { id: string }[]).find((one) => one.id === id);
  };

  beforeAll(async () => {
    tracker = await trackers.start({ registration: 'invite' });
    register = registerAt(tracker);
    // The first one on a tracker for this machine alone is whoever runs it.
    admin = await tracker.register('Ada');
  });

  test('nobody gets in without one, and every code that opens nothing has the same answer', async () => {
    expectFailure(await register('mallory'), 403, 'invite_needed');
    // Nobody learns without one who is here, nor which names look like theirs.
    for (const name of ['Ada', 'Ad4', 'nobody']) {
      expectFailure(await register(name), 403, 'invite_needed');
      expectFailure(await register(name, '0000-0000-0000-0000'), 403, 'invite_over');
    }
    const { invite } = await make(1);
    expect((await register('first', invite.code)).status).toBe(200);
    // Pasted whole, where a code is asked for.
    const { link } = await make(1);
    expect((await register('pasted', link)).status).toBe(200);
    expectFailure(await register('late', link), 403, 'invite_over');
    const { invite: revoked } = await make(1);
    expect((await admin.post(`/admin/invites/${revoked.id}/revoke`, {})).status).toBe(200);
    const answers = [];
    for (const code of [invite.code, revoked.code, '0000-0000-0000-0000', 'x', '~'.repeat(64)])
      answers.push(await register('mallory', code));
    for (const answer of answers) expectFailure(answer, 403, 'invite_over');
    expect(new Set(answers.map(({ body }) => body['message'])).size).toBe(1);
    expectFailure(await register('mallory', '0'.repeat(4097)), 400, 'bad_request');
    expectFailure(await admin.post(`/admin/invites/${revoked.id}/revoke`, {}), 404, 'not_found');
    expectFailure(await admin.post('/admin/invites/short/revoke', {}), 400, 'bad_request');
  });

  test('of many who come with one at once, as many get in as may', async () => {
    const { invite, link } = await make(3);
    expect(parseInvite(link)).toMatchObject({ trackers: [tracker.url], code: invite.code });
    const names = Array.from({ length: 8 }, (_, n) => `many${n}`);
    const answers = await Promise.all(names.map((name) => register(name, invite.code.toLowerCase())));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectFailure(answer, 403, 'invite_over');
    expect(await listed(invite.id)).toMatchObject({ used: 3, over: true, by: 'Ada' });
  });

  test('a name that is taken, or that somebody takes meanwhile, costs no use', async () => {
    const { invite } = await make(2);
    expectFailure(await register('Ada', invite.code), 409, 'name_taken');
    expectFailure(await register('a b', invite.code), 400, 'bad_name');
    const both = await Promise.all([register('twin', invite.code), register('twin', invite.code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await listed(invite.id)).toMatchObject({ used: 1 });
    // Who begins again is told that the account is there.
    expect((await register('third', invite.code)).status).toBe(200);
    expectFailure(await register('third', invite.code), 409, 'name_taken');
    expectFailure(await register('fourth', invite.code), 403, 'invite_over');
  });

  test.each([
    [{ uses: 0, days: 1 }],
    [{ uses: 1001, days: 1 }],
    [{ uses: 1, days: 91 }],
    [{ uses: '1', days: 1 }],
    [{}],
  ])('%j makes none', async (wanted) => {
    expectFailure(await admin.post('/admin/invites', wanted), 400, 'bad_request');
  });

  test('the pages make one by form, show it as link and picture, and ask for its code', async () => {
    const form = (path: string, fields: Record<string, string>) => tracker.form(path, fields, admin.headers);
    expectFailure(await admin.get('/admin/invites/none'), 404, 'not_found');
    expect((await form('/admin/invites', { uses: 'many', days: '1' })).status).toBe(400);
    const made = await form('/admin/invites', { uses: '2', days: '1' });
    const shown = await admin.get(`/${made.headers.get('location')?.replace('../', '') ?? ''}`);
    const text = String(shown.body['text']);
    expect(text).toContain('<svg');
    const link = /id="invite-link">([^<]+)</.exec(text)?.[1] ?? '';
    expect(text).toContain('on this computer alone');
    const code = parseInvite(link)?.code ?? '';
    expect(String((await tracker.fetch('/register.html')).body['text'])).toContain('name="invite"');
    const refused = await tracker.form('/register', { username: 'former', password: PASSWORD, invite: 'wrong' });
    expect([refused.status, String(refused.body['text']).includes('opens nothing')]).toEqual([403, true]);
    const entered = await tracker.form('/register', { username: 'former', password: PASSWORD, invite: code });
    expect(entered.status).toBe(303);
    const missing = await admin.get(`/admin-invite.html?id=${'x'.repeat(43)}`);
    expect([missing.status, String(missing.body['text']).includes('<h1>')]).toEqual([404, true]);
  });

  test('what was done is in the log, without a code', async () => {
    const { body } = await admin.get('/admin/audit');
    const entries = JSON.stringify(body['entries']);
    expect(entries).toContain('make_invite');
    expect(entries).not.toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}-/);
  });
});

test('who has one waits for nobody where others do, and needs none where everybody may', async () => {
  const tracker = await trackers.start({ registration: 'approval' });
  const admin = await tracker.register('Ada');
  const { body } = await admin.post('/admin/invites', { uses: 1, days: 1 });
  const { code, id } = body['invite'] as { code: string; id: string };
  expect((await registerAt(tracker)('bob', code)).status).toBe(200);
  expect((await tracker.login('bob')).username).toBe('bob');
  expect((await registerAt(tracker)('carol')).status).toBe(200);
  expectFailure(await tracker.post('/login', { username: 'carol', password: PASSWORD }), 403, 'account_pending');

  const open = await trackers.start({ registration: 'open' });
  const keeper = await open.register('Ada');
  const spare = (await keeper.post('/admin/invites', { uses: 1, days: 1 })).body['invite'] as { code: string };
  for (const [at, invite] of [spare.code, '0000-0000-0000-0000'].entries())
    expect((await registerAt(open)(`person${at}`, invite)).status).toBe(200);
  expect((await keeper.get('/admin/invites')).body['invites']).toMatchObject([{ used: 0 }]);
  expect(id).not.toBe('');
});

describe('a tracker that others reach', () => {
  test('takes new accounts by invite, and has no admin until whoever reads its console is one', async () => {
    // Behind a proxy on this machine anybody may be.
    const tracker = await trackers.start({ trustedProxies: ['127.0.0.1'] });
    const { registration, invite, setup } = tracker.tracker;
    expect(registration).toBe('invite');
    const register = registerAt(tracker);
    expectFailure(await register('mallory'), 403, 'invite_needed');
    expect((await register('bob', invite?.code)).status).toBe(200);
    const bob = await tracker.login('bob');
    expectFailure(await bob.get('/admin/accounts'), 403, 'not_admin');
    const both = await Promise.all([register('Ada', setup?.code), register('Eve', setup?.code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    const name = both[0].status === 200 ? 'Ada' : 'Eve';
    const admin = await tracker.login(name);
    expect((await admin.get('/admin/audit')).body['entries']).toMatchObject([{ by: name, action: 'use_setup' }]);
  });

  test('shows the same codes at its next start, and none for an admin once there is one', async () => {
    const dataDir = await trackers.directory();
    const config = { dataDir, trustedProxies: ['127.0.0.1'] };
    const first = await trackers.start(config);
    const { invite, setup } = first.tracker;
    await first.tracker.close();
    const second = await trackers.start(config);
    expect([second.tracker.invite?.code, second.tracker.setup?.code]).toEqual([invite?.code, setup?.code]);
    expect((await registerAt(second)('Ada', setup?.code)).status).toBe(200);
    await second.tracker.close();
    const third = await trackers.start(config);
    expect([third.tracker.invite?.code, third.tracker.setup]).toEqual([invite?.code, undefined]);
  });

  test('starts also where no more invites can be made: who has an account needs none', async () => {
    const config = { dataDir: await trackers.directory(), trustedProxies: ['127.0.0.1'] };
    const first = await trackers.start(config);
    await registerAt(first)('Ada', first.tracker.setup?.code);
    await first.tracker.close();
    const store = openSqliteStore(join(config.dataDir, 'tracker.db'), systemClock);
    const book = new Invites({ ...store, clock: systemClock, randomBytes, hasAdmin: () => Promise.resolve(true) });
    for (const { id } of await book.list()) await book.revoke(id);
    for (let n = 0; n < INVITES_MAX; n += 1) await book.make('Ada', { uses: 1, days: 1 });
    await store.close();
    const again = await trackers.start(config);
    expect(again.tracker.invite).toBeUndefined();
    expect((await again.login('Ada')).username).toBe('Ada');
  });

  test('is one too where addresses of others lead to this machine, but not where all are its own', async () => {
    const named = await trackers.start({ trackers: ['http://192.168.1.5:8001'] });
    expectFailure(await registerAt(named)('mallory'), 403, 'invite_needed');
    await registerAt(named)('Ada', named.tracker.setup?.code);
    // The address by which the admin has come is of this machine alone.
    const { body } = await (await named.login('Ada')).post('/admin/invites', { uses: 1, days: 1 });
    expect(parseInvite(String(body['link']))?.trackers).toEqual(['http://192.168.1.5:8001']);
    const behind = await trackers.start({ othersGetIn: true, autoRegistration: 'open' });
    const mallory = await behind.register('mallory');
    expectFailure(await mallory.get('/admin/accounts'), 403, 'not_admin');
    expect(behind.tracker.setup?.admin).toBe(true);
    const own = await trackers.start({ trackers: ['http://127.0.0.1:8001', 'http://[::1]:8002', 'http://localhost'] });
    expect((await (await own.register('Ada')).get('/admin/accounts')).status).toBe(200);
  });

  test.each(['x-forwarded-for', 'forwarded'])(
    'is one too behind a proxy that nobody has named (%s)',
    async (header) => {
      const local = await trackers.start();
      const headers = { [header]: header === 'forwarded' ? 'for=203.0.113.7' : '203.0.113.7' };
      expect((await local.post('/register', { username: 'mallory', password: PASSWORD }, headers)).status).toBe(200);
      expectFailure(await (await local.login('mallory')).get('/admin/accounts'), 403, 'not_admin');
    },
  );

  test('that takes everybody all the same makes nobody an admin for coming first', async () => {
    const tracker = await trackers.start({ trustedProxies: ['127.0.0.1'], registration: 'open' });
    const mallory = await tracker.register('mallory');
    expectFailure(await mallory.get('/admin/accounts'), 403, 'not_admin');
    expect(String((await tracker.fetch('/register.html')).body['text'])).toContain('name="invite"');
    const fields = { username: 'Ada', password: PASSWORD, invite: tracker.tracker.setup?.code ?? '' };
    expect((await tracker.form('/register', fields)).status).toBe(303);
    expect((await (await tracker.login('Ada')).get('/admin/accounts')).status).toBe(200);
  });

  test('that takes nobody takes its admin', async () => {
    const tracker = await trackers.start({ trustedProxies: ['127.0.0.1'], registration: 'closed' });
    const register = registerAt(tracker);
    expectFailure(await register('mallory', '0000-0000-0000-0000'), 403, 'forbidden');
    expect(String((await tracker.fetch('/register.html')).body['text'])).toContain('name="invite"');
    expect((await register('Ada', tracker.tracker.setup?.code)).status).toBe(200);
    expectFailure(await register('mallory'), 403, 'forbidden');
  });
});

describe('the book of invites', () => {
  const open = (hasAdmin = true) => {
    const clock = new FakeClock();
    const store = openSqliteStore(':memory:', clock);
    const { records } = store;
    const state = { hasAdmin };
    const invites = new Invites({ records, clock, randomBytes, hasAdmin: () => Promise.resolve(state.hasAdmin) });
    return { clock, invites, state };
  };

  test('ends one with its time', async () => {
    const { clock, invites } = open();
    const { code } = await invites.make('Ada', { uses: 2, days: 1 });
    await invites.take(code);
    clock.advance(DAY_MS);
    await expect(invites.take(code)).rejects.toMatchObject({ code: 'invite_over' });
    expect(await invites.list()).toMatchObject([{ over: true, used: 1 }]);
  });

  test('holds so many, and puts away what is over for new ones', async () => {
    const { clock, invites } = open();
    for (let n = 0; n < INVITES_MAX; n += 1) await invites.make('Ada', { uses: 1, days: 1 });
    const late = await Promise.allSettled(Array.from({ length: 3 }, () => invites.make('Ada', { uses: 1, days: 1 })));
    expect(late.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    clock.advance(DAY_MS);
    await invites.make('Ada', { uses: 1, days: 1 });
    expect(await invites.list()).toHaveLength(1);
  });

  test('gives the console one that lasts, and a new one where the last is nearly over', async () => {
    const { clock, invites, state } = open(false);
    const [invite, setup] = [await invites.standing(), await invites.setup()];
    expect([(await invites.standing()).code, (await invites.setup())?.code]).toEqual([invite.code, setup?.code]);
    expect(setup).toMatchObject({ admin: true, uses: 1 });
    clock.advance(13.5 * DAY_MS);
    expect((await invites.standing()).code).not.toBe(invite.code);
    const next = await invites.setup();
    expect(next?.code).not.toBe(setup?.code);
    // Somebody has become the admin in another way.
    state.hasAdmin = true;
    await expect(invites.take(next?.code ?? '')).rejects.toMatchObject({ code: 'invite_over' });
    expect(await invites.setup()).toBeUndefined();
  });
});
