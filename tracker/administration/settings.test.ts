/** Settings that admins change while the tracker runs: they hold at once, and after the next start. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';
import { defaultSettings, type RunningSettings } from '../settings.js';
import { expectFailure, PASSWORD, TestTrackers, type TestTracker, type TestUser } from '../testing/test-tracker.js';
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

describe('the form', () => {
  let tracker: TestTracker;
  let admin: TestUser;
  beforeAll(async () => {
    tracker = await trackers.start();
    admin = await tracker.register('Ada');
  });

  test.each([
    ['invites', { uses: '0', days: '9' }, '“Accounts” must be at least 1.', 'name="days"[^>]*value="9"'],
    ['invites', { uses: '8', days: '99' }, '“Days” must be at most 90.', 'name="uses"[^>]*value="8"'],
    ['invites', { uses: 'many', days: '9' }, '“Accounts” must be a whole number.', 'value="many"'],
    ['settings', { name: '', welcome: 'One\r\n<two>' }, '“Name of this tracker” is empty.', '\nOne\n&lt;two&gt;</text'],
    ['settings', { name: '  ', welcome: 'kept' }, 'A tracker has a name.', '\nkept</textarea>'],
    ['settings', { name: 'x'.repeat(65), guests: 'true' }, 'at most 64 characters', '"true" selected[^>]*>Yes'],
    ['settings', { name: 'Go', registration: 'some' }, '“Who makes an account” must be one of', 'value="Go"'],
    ['channels/lab/rename', { title: 'Not one!' }, 'Channel names are', 'action="rename"[^]*value="Not one!"'],
    ['channels/lab/rename', { title: 'x'.repeat(257) }, '“New name” is too long: at most 256', 'value="x{257}"'],
  ])(
    '%s that is sent with %j says in its own words what is wrong, and keeps what was typed',
    async (path, fields, says, keeps) => {
      const { status, body } = await tracker.form(`/admin/${path}`, fields, admin.headers);
      const page = String(body['text']);
      expect([status, page]).toEqual([400, expect.stringContaining(says)]);
      expect(page).toMatch(new RegExp(keeps));
      // Programs are told of fields by their names.
      if (says.startsWith('“')) expect((await admin.post(`/admin/${path}`, fields)).body['message']).not.toContain('“');
    },
  );
});

test('a welcome of as many characters as the page lets in is kept, however many lines it has', async () => {
  const tracker = await trackers.start();
  const admin = await tracker.register('Ada');
  const welcome = 'line\n'.repeat(400);
  const sent = { name: 'Chess', welcome: welcome.replaceAll('\n', '\r\n') };
  expect((await tracker.form('/admin/settings', sent, admin.headers)).status).toBe(303);
  expect((await admin.get('/admin/settings')).body['settings']).toMatchObject({ welcome });
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
