/** Who may register: by approval; and how many, from one address and in all. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../store/sqlite/database.js';
import type { Limits } from '../settings.js';
import { expectFailure, PASSWORD, TestTrackers } from '../testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

async function byApproval(limits: Partial<Limits> = {}) {
  const dataDir = await trackers.directory();
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ registration: 'approval' }));
  const tracker = await trackers.start({ dataDir, limits });
  const register = (username: string) => tracker.post('/register', { username, password: PASSWORD });
  const login = (username: string, password = PASSWORD) => tracker.post('/login', { username, password });
  return { tracker, register, login, admin: await tracker.register('Ada') };
}

test('an account waits for an admin, in no list but theirs, and is let in or refused', async () => {
  const { tracker, register, login, admin } = await byApproval();
  for (const name of ['bob', 'carol']) expect((await register(name)).status).toBe(200);
  expectFailure(await login('bob'), 403, 'account_pending');
  expectFailure(await login('bob', 'wrong horse'), 401, 'invalid_credentials');
  expectFailure(await admin.get('/users/bob'), 404, 'unknown_user');
  expect((await admin.get('/users')).body['users']).toMatchObject([{ username: 'Ada' }]);
  const waiting = await admin.get('/admin/accounts?state=pending');
  expect(waiting.body['accounts']).toMatchObject([{ username: 'bob' }, { username: 'carol' }]);
  await admin.post('/admin/accounts/bob/enable', {});
  await admin.post('/admin/accounts/carol/remove', {});
  expect((await login('bob')).status).toBe(200);
  expectFailure(await login('carol'), 403, 'account_disabled');
  const { body } = await admin.get('/admin/audit');
  expect(body['entries']).toMatchObject([
    { by: 'Ada', action: 'remove', subject: 'carol' },
    { by: 'Ada', action: 'approve', subject: 'bob' },
  ]);
  const page = await tracker.form('/register', { username: 'dave', password: PASSWORD });
  expect([page.status, String(page.body['text']).includes('waits for an admin')]).toEqual([403, true]);
});

test('where nobody is an admin yet, an account waits all the same', async () => {
  const { tracker } = await byApproval();
  await tracker.tracker.close();
  const db = openDatabase(join(tracker.dataDir, 'tracker.db'));
  db.exec('UPDATE accounts SET admin = 0');
  db.close();
  const again = await trackers.start({ dataDir: tracker.dataDir });
  expect((await again.post('/register', { username: 'walkin', password: PASSWORD })).status).toBe(200);
  expectFailure(await again.post('/login', { username: 'walkin', password: PASSWORD }), 403, 'account_pending');
});

test('only so many wait at once', async () => {
  const { register, admin } = await byApproval({ pendingAccounts: 2 });
  for (const name of ['bob', 'carol']) expect((await register(name)).status).toBe(200);
  expectFailure(await register('dave'), 429, 'rate_limited');
  await admin.post('/admin/accounts/bob/enable', {});
  expect((await register('dave')).status).toBe(200);
});

test('accounts of a day are bounded, from one address and in all, and a restart forgets nothing of the latter', async () => {
  const own = await trackers.start({ limits: { registrationsPerAddressADay: 2 } });
  const register = (at: typeof own, username: string) => at.post('/register', { username, password: PASSWORD });
  expect((await register(own, 'one')).status).toBe(200);
  expect((await register(own, 'two')).status).toBe(200);
  const refused = await register(own, 'three');
  expectFailure(refused, 429, 'rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);

  const limits = { registrationsPerDay: 2 };
  const all = await trackers.start({ limits });
  for (const name of ['one', 'two']) expect((await register(all, name)).status).toBe(200);
  expectFailure(await register(all, 'three'), 429, 'rate_limited');
  await all.tracker.close();
  const again = await trackers.start({ limits, dataDir: all.dataDir });
  expectFailure(await register(again, 'three'), 429, 'rate_limited');
  expect((await again.login('one')).username).toBe('one');
});
