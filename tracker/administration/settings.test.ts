/** Settings that admins change while the tracker runs: they hold at once, and after the next start. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';
import { defaultSettings, type RunningSettings } from '../settings.js';
import { expectFailure, PASSWORD, TestTrackers, type TestTracker } from '../testing/test-tracker.js';
import { SettingsBook } from './settings-book.js';
import type { Chosen } from './settings-shelf.js';

const trackers = new TestTrackers();
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

const register = (tracker: TestTracker, username: string) =>
  tracker.post('/register', { username, password: PASSWORD });
const text = async (tracker: TestTracker, path: string) => String((await tracker.fetch(path)).body['text']);
const stored = async (tracker: TestTracker) =>
  JSON.parse(await readFile(join(tracker.dataDir, 'settings.json'), 'utf8')) as Record<string, unknown>;

test('all hold at once, keep what a person has written beside them, and stay', async () => {
  const dataDir = await trackers.directory();
  const file = join(dataDir, 'settings.json');
  await writeFile(file, JSON.stringify({ limits: { channelsPerAccount: 7 } }));
  const tracker = await trackers.start({ dataDir });
  const admin = await tracker.register('Ada');
  await tracker.registerAll('bob', 'carol');
  expect((await admin.get('/admin/settings')).body).toMatchObject({
    settings: { name: 'Parley', registration: 'auto', guests: false, userList: 'everyone' },
    fixed: [],
  });
  const wanted = {
    name: 'Chess <club>',
    welcome: 'Hi',
    registration: 'invite',
    guests: true,
    userList: 'shared-channels',
  };
  expect((await admin.post('/admin/settings', wanted)).body['settings']).toEqual(wanted);
  expect(await text(tracker, '/login.html')).toContain('Chess &lt;club&gt;');
  expectFailure(await register(tracker, 'dave'), 403, 'invite_needed');
  expect((await tracker.fetch('/guests')).body).toMatchObject({ guests: true });
  expect((await admin.get('/users')).body['users']).toMatchObject([{ username: 'Ada' }]);
  expect(await stored(tracker)).toEqual({ limits: { channelsPerAccount: 7 }, ...wanted });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { body } = await admin.get('/admin/audit');
  expect(body['entries']).toHaveLength(5);
  await tracker.tracker.close();
  const again = await trackers.start({ dataDir });
  expect((await (await again.login('Ada')).get('/admin/settings')).body['settings']).toEqual(wanted);
});

test('the page changes them by form, and says what the command line has said', async () => {
  const tracker = await trackers.start({ guests: false });
  const admin = await tracker.register('Ada');
  const fields = { name: 'Chess', welcome: 'Two\r\nlines', registration: 'closed', userList: 'everyone' };
  const saved = await tracker.form('/admin/settings', fields, admin.headers);
  expect([saved.status, saved.headers.get('location')]).toEqual([303, '../admin-settings.html?saved=yes']);
  expectFailure(await register(tracker, 'bob'), 403, 'forbidden');
  const page = String((await admin.get('/admin-settings.html?saved=yes')).body['text']);
  expect(page).toContain('Saved.');
  expect(page).toMatch(/name="guests"\s+disabled/);
  expectFailure(await admin.post('/admin/settings', { guests: true }), 403, 'forbidden');
  const refused = await tracker.form('/admin/settings', { guests: 'true' }, admin.headers);
  expect([refused.status, String(refused.body['text']).includes('command line')]).toEqual([403, true]);
  expect(String(refused.body['text'])).toMatch(/href="\.\.\/admin-settings\.html">Back/);
});

test.each([
  [{ name: '' }],
  [{ name: '  ' }],
  [{ name: 'x'.repeat(65) }],
  [{ welcome: 'x'.repeat(2001) }],
  [{ registration: 'some' }],
  [{ guests: 'yes' }],
  [{ userList: 3 }],
])('%j is refused, and nothing is written', async (wrong) => {
  const tracker = await trackers.start();
  const admin = await tracker.register('Ada');
  const before = await stored(tracker);
  expectFailure(await admin.post('/admin/settings', { welcome: 'Hi', ...wrong }), 400, 'bad_request');
  expect(await stored(tracker)).toEqual(before);
});

test('two at once are both kept; a file that was broken meanwhile is not written over', async () => {
  const tracker = await trackers.start();
  const admin = await tracker.register('Ada');
  const both = await Promise.all([
    admin.post('/admin/settings', { name: 'Chess' }),
    admin.post('/admin/settings', { welcome: 'Hi' }),
  ]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(await stored(tracker)).toMatchObject({ name: 'Chess', welcome: 'Hi' });
  const file = join(tracker.dataDir, 'settings.json');
  for (const broken of ['{"name": ', '[]', '{"version": 99}', '{"nam": "x"}']) {
    await writeFile(file, broken);
    expectFailure(await admin.post('/admin/settings', { name: 'Go' }), 503, 'unavailable');
    expect(await readFile(file, 'utf8')).toBe(broken);
  }
  expect(await text(tracker, '/login.html')).toContain('Chess');
});

test('what a cluster shares is asked for until it answers, once, and what another tracker writes meanwhile is heard', async () => {
  const running: RunningSettings = { ...defaultSettings, registration: 'open', chosen: 'auto', isLocal: false };
  const listeners: (() => void)[] = [];
  let reads = 0;
  let isSaid = false;
  const read = async (): Promise<Chosen> => {
    const at = (reads += 1);
    if (at === 2) {
      isSaid = listeners.length > 0;
      for (const listener of listeners) listener();
      return { name: 'Chess' };
    }
    if (at === 3 && isSaid) return { welcome: 'Hi' };
    throw new ParleyError('unavailable');
  };
  await SettingsBook.open({
    shelf: { read, write: async () => undefined, watch: (listener) => void listeners.push(listener) },
    retry: async (_what, work) => work().catch(work),
    failed: () => undefined,
    ...{ running, fixed: [], isCluster: true, registrationOf: () => 'open' as const },
  });
  expect([running.name, running.welcome, reads]).toEqual(['Chess', 'Hi', 3]);
});
