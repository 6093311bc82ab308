/** `parley tracker admin NAME`: for data of before there were admins, and where the only one has left. */
import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { FakeClock } from '../testing/fake-clock.js';
import { PASSWORD, TestTrackers } from '../testing/test-tracker.js';
import { openDatabase } from '../store/sqlite/database.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { appointAdmin } from './appoint-admin.js';

const trackers = new TestTrackers();
afterAll(() => trackers.clean());

test('an account becomes an admin while the tracker runs, and the log says that the command line did it', async () => {
  const tracker = await trackers.start();
  const [, bob] = await tracker.registerAll('Ada', 'bob');
  expect((await bob.get('/admin/accounts')).status).toBe(403);
  expect(await appointAdmin(tracker.dataDir, 'BOB')).toBe('bob');
  expect(await appointAdmin(tracker.dataDir, 'bob')).toBe('bob');
  const { body } = await bob.get('/admin/audit');
  expect(body['entries']).toMatchObject([{ action: 'make_admin', subject: 'bob' }]);
  expect((body['entries'] as object[])[0]).not.toHaveProperty('by');
});

test('data of before there were admins has none until one is named', async () => {
  const tracker = await trackers.start();
  await tracker.registerAll('Ada', 'bob');
  await tracker.tracker.close();
  const db = openDatabase(join(tracker.dataDir, 'tracker.db'));
  db.exec('UPDATE accounts SET admin = 0');
  db.close();
  await appointAdmin(tracker.dataDir, 'bob');
  const store = openSqliteStore(join(tracker.dataDir, 'tracker.db'), new FakeClock());
  expect(await store.accounts.admins()).toEqual(['bob']);
  await store.close();
});

test('whoever waits for approval is approved by it; who is disabled is not', async () => {
  const dataDir = await trackers.directory();
  const tracker = await trackers.start({ dataDir, registration: 'approval', trustedProxies: ['127.0.0.1'] });
  for (const username of ['Ada', 'bob']) {
    expect((await tracker.post('/register', { username, password: PASSWORD })).status).toBe(200);
  }
  expect(await appointAdmin(dataDir, 'ada')).toBe('Ada');
  const ada = await tracker.login('Ada');
  const { body } = await ada.get('/admin/audit');
  expect(body['entries']).toMatchObject([{ action: 'make_admin' }, { action: 'approve', subject: 'Ada' }]);
  await ada.post('/admin/accounts/bob/disable', {});
  await expect(appointAdmin(dataDir, 'bob')).rejects.toThrow(/Nobody who can sign in/);
});

test.each([
  ['', /Say whom/],
  ['a b', /Say whom/],
  ['nobody', /Nobody who can sign in is called nobody/],
])('%j is refused in one line', async (name, text) => {
  const tracker = await trackers.start();
  await expect(appointAdmin(tracker.dataDir, name)).rejects.toThrow(text);
  await expect(appointAdmin(`${tracker.dataDir}/nowhere`, 'bob')).rejects.toThrow(/holds no data of a tracker/);
});
