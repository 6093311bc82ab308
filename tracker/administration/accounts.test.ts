/** What admins do to accounts, over HTTP (SPEC.md section 2). */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { X509Certificate, verify } from 'node:crypto';
import { accountWordBytes, type AccountWord } from '../../protocol/account-word.js';
import { ParleyError } from '../../protocol/errors.js';
import { SqliteAccounts } from '../store/sqlite/sqlite-accounts.js';
import { certified, signIn } from '../testing/device-sign-in.js';
import { makeDevice } from '../testing/device.js';
import { EventsSocket } from '../testing/events-socket.js';
import { expectFailure, PASSWORD, TestTrackers, type TestTracker, type TestUser } from '../testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let admin: TestUser;
let count = 0;
const fresh = () => tracker.register(`person${(count += 1)}`);
const act = (name: string, action: string, by = admin) => by.post(`/admin/accounts/${name}/${action}`, {});

beforeAll(async () => {
  tracker = await trackers.start();
  admin = await tracker.register('Ada');
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

/** All calls of admins, as the API's own description names them, with parts that exist. */
async function calls(victim: string): Promise<{ method: string; path: string }[]> {
  const { body } = await tracker.fetch('/docs/json');
  const paths = body['paths'] as Record<string, Record<string, unknown>>;
  const parts: Record<string, string> = {
    username: victim,
    device: 'D'.repeat(22),
    name: 'general',
    id: 'x'.repeat(43),
  };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/'))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? ''),
      })),
    );
}

describe('who is no admin', () => {
  test('is refused by every call of admins, and nothing changes; so is who is not signed in, and another site', async () => {
    const [other, victim] = [await fresh(), await fresh()];
    const all = await calls(victim.username);
    expect(all.length).toBeGreaterThanOrEqual(10);
    for (const { method, path } of all) {
      const send = (headers: Record<string, string>) =>
        tracker.fetch(path, {
          method,
          headers: { ...headers, ...(method === 'POST' && { 'content-type': 'application/json' }) },
          ...(method === 'POST' && { body: '{}' }),
        });
      expectFailure(await send(other.headers), 403, 'not_admin');
      expectFailure(await send({}), 401, 'not_signed_in');
      if (method === 'POST') {
        expectFailure(await send({ ...admin.headers, origin: 'http://evil.example' }), 403, 'foreign_origin');
      }
    }
    expect((await victim.get('/me')).status).toBe(200);
    expect((await admin.get(`/admin/accounts/${victim.username}`)).body['account']).toMatchObject({ state: 'used' });
  });

  test('was one a moment ago: the role is looked at with each call', async () => {
    const second = await fresh();
    expect((await act(second.username, 'make-admin')).status).toBe(200);
    expect((await second.get('/admin/accounts')).status).toBe(200);
    expect((await act(second.username, 'remove-admin', second)).status).toBe(200);
    expectFailure(await second.get('/admin/accounts'), 403, 'not_admin');
  });
});

describe('an account that is disabled', () => {
  test('has no session, no socket, no peer and no certificate any more, and others are told', async () => {
    const [user, other] = [await fresh(), await fresh()];
    const device = makeDevice();
    await certified(user, device);
    const own = await EventsSocket.open(user);
    const theirs = await EventsSocket.open(other);
    const { body } = await act(user.username, 'disable');
    expect(body['account']).toMatchObject({ username: user.username, state: 'disabled', online: false });
    expect(await own.closed).toBe(1008);
    await theirs.until((event) => event.type === 'user_disabled' && event.username === user.username);
    await theirs.until((event) => event.type === 'peer_left' && event.username === user.username);
    expectFailure(await user.get('/me'), 401, 'not_signed_in');
    expectFailure(await user.submit({ device: device.device }), 401, 'not_signed_in');
    expectFailure(
      await tracker.post('/login', { username: user.username, password: PASSWORD }),
      403,
      'account_disabled',
    );
    expectFailure(
      await tracker.post('/login', { username: user.username, password: 'wrong horse' }),
      401,
      'invalid_credentials',
    );
    expectFailure(await signIn(tracker, device), 403, 'account_disabled');
    const late = await EventsSocket.open(other);
    const words = late.heard[0]?.type === 'snapshot' ? (late.heard[0].accounts ?? []) : [];
    const word = words.find(({ username }) => username === user.username);
    expect(word).toMatchObject({ used: false });
    await late.close();
    const { publicKey } = new X509Certificate(String((await tracker.fetch('/ca')).body['text']));
    const isSigned = (one: AccountWord) =>
      verify(null, accountWordBytes(one), publicKey, Buffer.from(one.sig, 'base64url'));
    expect(word && isSigned(word)).toBe(true);

    expect((await act(user.username, 'enable')).status).toBe(200);
    const enabled = await theirs.until((event) => event.type === 'user_enabled' && event.username === user.username);
    const again = enabled.type === 'user_enabled' ? enabled.word : undefined;
    expect(again).toMatchObject({ used: true });
    expect(again && isSigned(again) && again.time > (word?.time ?? '')).toBe(true);
    expect((await signIn(tracker, device)).status).toBe(200);
    await theirs.close();
  });

  test('is in no list of others, and keeps its name', async () => {
    const user = await fresh();
    await act(user.username, 'disable');
    const { body } = await admin.get(`/users?q=${user.username}`);
    expect(body['users']).toEqual([]);
    expectFailure(await tracker.post('/register', { username: user.username, password: PASSWORD }), 409, 'name_taken');
  });
});

test('who is removed has no device and no channel any more, and is let in again without them', async () => {
  const user = await fresh();
  const device = makeDevice();
  await certified(user, device);
  await user.post('/add-list', { username: user.username, channel: 'tech' });
  const twice = await Promise.all([act(user.username, 'remove'), act(user.username, 'remove')]);
  expect(twice.map(({ status }) => status)).toEqual([200, 200]);
  const { body } = await admin.get(`/admin/accounts/${user.username}`);
  expect(body).toMatchObject({ account: { state: 'removed' }, sessions: 0, devices: [{ revoked: true }] });
  await act(user.username, 'enable');
  const back = await tracker.login(user.username);
  expect((await back.get('/me')).body['channels']).toEqual(['broadcast', 'general']);
  expectFailure(await back.submit({ device: device.device }), 403, 'device_revoked');
});

test('sessions are ended everywhere, and devices need the password again', async () => {
  const user = await fresh();
  const device = makeDevice();
  await certified(user, device);
  await act(user.username, 'end-sessions');
  expectFailure(await user.get('/me'), 401, 'not_signed_in');
  expect((await signIn(tracker, device)).body).toMatchObject({ code: 'device_signed_out' });
  expect((await tracker.post('/login', { username: user.username, password: PASSWORD })).status).toBe(200);
});

test.each([
  ['changes the password', '/password', { old: PASSWORD, new: `${PASSWORD} anew`, devices: 'stay' }],
  ['signs out everywhere', '/logout', { everywhere: true }],
])('a link to a new password is over once its user %s', async (_what, path, body) => {
  const user = await fresh();
  const { code } = (await admin.post(`/admin/accounts/${user.username}/reset`, {})).body;
  expect((await user.post(path, body)).status).toBe(200);
  expectFailure(await tracker.post('/reset', { code, password: 'another good horse' }), 403, 'reset_over');
});

test('a link to a new password stands while the password cannot be written', async () => {
  const user = await fresh();
  const { code } = (await admin.post(`/admin/accounts/${user.username}/reset`, {})).body;
  const broken = jest
    .spyOn(SqliteAccounts.prototype, 'setPassword')
    .mockRejectedValueOnce(new ParleyError('unavailable'));
  expectFailure(await tracker.post('/reset', { code, password: 'another good horse' }), 503, 'unavailable');
  broken.mockRestore();
  expect((await user.get('/me')).status).toBe(200);
  expect((await tracker.post('/reset', { code, password: 'another good horse' })).status).toBe(200);
  expectFailure(await tracker.post('/reset', { code, password: 'another good horse' }), 403, 'reset_over');
});

test('a device of somebody is revoked, and none of another account in its place', async () => {
  const [user, other] = [await fresh(), await fresh()];
  const device = makeDevice();
  await certified(user, device);
  const path = (name: string) => `/admin/accounts/${name}/devices/${device.device}/revoke`;
  expectFailure(await admin.post(path(other.username), {}), 403, 'forbidden');
  expect((await admin.post(path(user.username), {})).status).toBe(200);
  expectFailure(await user.submit({ device: device.device }), 403, 'device_revoked');
});

describe('the last admin', () => {
  test.each(['disable', 'remove', 'remove-admin'])('cannot %s themself', async (action) => {
    expectFailure(await act('Ada', action), 409, 'last_admin');
    expect((await admin.get('/admin/accounts')).status).toBe(200);
  });

  test('is one of two who disable each other at once', async () => {
    const second = await fresh();
    await act(second.username, 'make-admin');
    const both = await Promise.all([act(second.username, 'disable'), act('Ada', 'disable', second)]);
    // The other one is refused as the last, or is not signed in any more.
    const [first, other] = both.map(({ status }) => status);
    expect([first === 200, other === 200].filter(Boolean)).toHaveLength(1);
    if (first === 200) return;
    await act('Ada', 'enable', second);
    admin = await tracker.login('Ada');
    expect((await admin.get('/admin/accounts')).status).toBe(200);
    await act(second.username, 'disable');
  });
});

test.each(['disable', 'enable', 'remove', 'end-sessions', 'make-admin', 'reset'])(
  'to %s nobody says so',
  async (action) => {
    expectFailure(await act('nobody-here', action), 404, 'unknown_user');
    expectFailure(await act('a b', action), 400, 'bad_name');
  },
);

test('accounts come in pages, by name and by state', async () => {
  const { body } = await admin.get('/admin/accounts?limit=1');
  expect(body).toMatchObject({ accounts: [{ username: 'Ada', admin: true, state: 'used' }], more: true });
  const next = await admin.get('/admin/accounts?limit=2&after=Ada');
  expect(next.body['accounts']).toHaveLength(2);
  const found = await admin.get('/admin/accounts?q=AD&state=');
  expect(found.body['accounts']).toMatchObject([{ username: 'Ada' }]);
  for (const wrong of ['state=some', 'limit=0', 'limit=x', `q=${'x'.repeat(33)}`, 'after=a%20b']) {
    expectFailure(await admin.get(`/admin/accounts?${wrong}`), 400, 'bad_request');
  }
});
