/** Each form of the tracker sent twice at once, as from two windows: one does it, the other is told, and nothing is done twice. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeDevice } from './testing/device.js';
import { certified } from './testing/device-sign-in.js';
import {
  expectFailure,
  PASSWORD,
  TestTrackers,
  type Answer,
  type TestTracker,
  type TestUser,
} from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let ada: TestUser;
/** Another admin, and so another window. */
let eve: TestUser;
let count = 0;

beforeAll(async () => {
  tracker = await trackers.start({ registration: 'open' });
  ada = await tracker.register('Ada');
  eve = await tracker.register('Eve');
  await ada.post('/admin/accounts/Eve/make-admin', {});
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

const newName = (): string => `somebody${(count += 1)}`;
const fresh = (): Promise<TestUser> => tracker.register(newName());
const act = (by: TestUser, name: string, action: string, body: object = {}) =>
  by.post(`/admin/accounts/${name}/${action}`, body);

/** How often the log has an action on somebody or something. */
async function logged(subject: string): Promise<string[]> {
  const { entries } = (await ada.get('/admin/audit?limit=100')).body as {
    entries: { action: string; subject?: string }[];
  };
  return entries.filter((entry) => entry.subject === subject).map(({ action }) => action);
}

/** Those that did it, and those that were told that they did not; each of the latter in words that say what to do. */
function parted(answers: readonly Answer[]): { done: Answer[]; told: Answer[] } {
  const done = answers.filter(({ status, body }) => status === 200 && body['unchanged'] !== true);
  const told = answers.filter((answer) => !done.includes(answer));
  for (const { status, body } of told)
    if (status !== 200) expect(body['message']).toMatch(/\. (Choose|Ask|Check|Look|Make|Try)\b/);
  return { done, told };
}

describe('of two at once', () => {
  test('who take one name, one has it', async () => {
    const username = newName();
    const passwords = [`${PASSWORD} 1`, `${PASSWORD} 2`];
    const answers = await Promise.all(passwords.map((password) => tracker.post('/register', { username, password })));
    const { done, told } = parted(answers);
    expect([done.length, told.map(({ body }) => body['code'])]).toEqual([1, ['name_taken']]);
    // The password is that of the one who has it.
    const winner = answers.findIndex(({ status }) => status === 200);
    const logins = await Promise.all(passwords.map((password) => tracker.post('/login', { username, password })));
    expect(logins.map(({ status }) => status === 200)).toEqual(passwords.map((_, at) => at === winner));
  });

  test('who use one link to a new password, one has chosen it', async () => {
    const user = await fresh();
    const { code } = (await act(ada, user.username, 'reset')).body;
    const passwords = ['a first good horse', 'a second good horse'];
    const answers = await Promise.all(passwords.map((password) => tracker.post('/reset', { code, password })));
    const { done, told } = parted(answers);
    expect([done.length, told.map(({ body }) => body['code'])]).toEqual([1, ['reset_over']]);
    const winner = answers.findIndex(({ status }) => status === 200);
    const { username } = user;
    const logins = await Promise.all(passwords.map((password) => tracker.post('/login', { username, password })));
    expect(logins.map(({ status }) => status)).toEqual(passwords.map((_, at) => (at === winner ? 200 : 401)));
  });

  test('who make a link to a new password, one link opens something', async () => {
    const { username } = await fresh();
    const made = await Promise.all([act(ada, username, 'reset'), act(eve, username, 'reset')]);
    const used = [];
    for (const { body } of made)
      used.push(await tracker.post('/reset', { code: body['code'], password: 'yet another horse' }));
    expect(parted(used).done).toHaveLength(1);
  });

  test('who come with an invite for one, one gets in', async () => {
    const guarded = await trackers.start({ registration: 'invite' });
    await guarded.post('/register', { username: 'Ada', password: PASSWORD, invite: guarded.tracker.setup?.code });
    const admin = await guarded.login('Ada');
    const { invite } = (await admin.post('/admin/invites', { uses: 1, days: 1 })).body as { invite: { code: string } };
    const answers = await Promise.all(
      ['bob', 'carol'].map((username) =>
        guarded.post('/register', { username, password: PASSWORD, invite: invite.code }),
      ),
    );
    const { done, told } = parted(answers);
    expect([done.length, told.map(({ body }) => body['code'])]).toEqual([1, ['invite_over']]);
    const { accounts } = (await admin.get('/admin/accounts')).body as { accounts: object[] };
    expect(accounts).toHaveLength(2);
    // And of two who use the invite of the first admin, one is that.
    expect(accounts.filter((account) => (account as { admin: boolean }).admin)).toHaveLength(1);
  });

  test.each([
    ['disable', []],
    ['remove', []],
    ['make-admin', []],
    ['remove-admin', ['make-admin']],
    ['enable', ['disable']],
    ['enable', ['remove']],
  ])('admins who %s an account (after %j), one has done it, and it is in the log once', async (action, before) => {
    const { username } = await fresh();
    for (const earlier of before) await act(ada, username, earlier);
    const was = await logged(username);
    const { done, told } = parted(await Promise.all([act(ada, username, action), act(eve, username, action)]));
    expect([done.length, told.map(({ status, body }) => [status, body['unchanged']])]).toEqual([1, [[200, true]]]);
    expect(told[0]?.body['account']).toEqual(done[0]?.body['account']);
    expect((await logged(username)).length).toBe(was.length + 1);
    // In the page as well.
    const again = await tracker.form(`/admin/accounts/${username}/${action}`, {}, ada.headers);
    const page = await ada.get(
      new URL(again.headers.get('location') ?? '', `${tracker.url}/a/b/c/`).href.slice(tracker.url.length),
    );
    expect(page.body['text']).toContain('Nothing was changed: it was so already.');
  });

  test('admins of whom one disables and one enables, the later one counts, for all alike', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { username } = await fresh();
      await Promise.all([act(ada, username, 'disable'), act(eve, username, 'enable')]);
      const { account, sessions } = (await ada.get(`/admin/accounts/${username}`)).body as {
        account: { state: string };
        sessions: number;
      };
      const login = await tracker.post('/login', { username, password: PASSWORD });
      expect([account.state, login.status]).toEqual(account.state === 'used' ? ['used', 200] : ['disabled', 403]);
      if (account.state === 'disabled') expect(sessions).toBe(0);
    }
  });

  test('admins who approve, one has done it', async () => {
    const asking = await trackers.start({ registration: 'approval' });
    const admin = await asking.register('Ada');
    await asking.post('/register', { username: 'bob', password: PASSWORD });
    const approve = () => admin.post('/admin/accounts/bob/enable', {});
    const { done, told } = parted(await Promise.all([approve(), approve()]));
    expect([done.length, told.length]).toEqual([1, 1]);
    const { entries } = (await admin.get('/admin/audit')).body as { entries: { action: string }[] };
    expect(entries.map(({ action }) => action)).toEqual(['approve']);
    expect((await asking.post('/login', { username: 'bob', password: PASSWORD })).status).toBe(200);
  });

  test('who revoke a device, one has done it', async () => {
    const user = await fresh();
    const device = makeDevice();
    await certified(user, device);
    const revoke = (by: TestUser) => by.post(`/admin/accounts/${user.username}/devices/${device.device}/revoke`, {});
    const { done, told } = parted(await Promise.all([revoke(ada), revoke(eve)]));
    expect([done.length, told.map(({ body }) => body['unchanged'])]).toEqual([1, [true]]);
    expect(await logged(user.username)).toEqual(['revoke_device']);
  });

  test('who archive a channel, delete it, or revoke an invite, one has done it', async () => {
    await ada.post('/add-list', { username: 'Ada', channel: 'tea' });
    for (const action of ['archive', 'delete']) {
      const edit = (by: TestUser) => by.post(`/admin/channels/tea/${action}`, {});
      const { done, told } = parted(await Promise.all([edit(ada), edit(eve)]));
      expect([done.length, told.map(({ body }) => body['unchanged'])]).toEqual([1, [true]]);
    }
    expect(await logged('#tea')).toEqual(['delete_channel', 'archive_channel']);
    expectFailure(await ada.post('/admin/channels/tea/unarchive', {}), 410, 'channel_deleted');
    const { invite } = (await ada.post('/admin/invites', { uses: 1, days: 1 })).body as { invite: { id: string } };
    const revoke = (by: TestUser) => by.post(`/admin/invites/${invite.id}/revoke`, {});
    const { done, told } = parted(await Promise.all([revoke(ada), revoke(eve)]));
    expect([done.length, told.map(({ body }) => body['code'])]).toEqual([1, ['not_found']]);
  });

  test('who rename two channels alike, one has the name', async () => {
    for (const channel of ['left', 'right']) await ada.post('/add-list', { username: 'Ada', channel });
    const rename = (by: TestUser, name: string) => by.post(`/admin/channels/${name}/rename`, { title: 'middle' });
    const { done, told } = parted(await Promise.all([rename(ada, 'left'), rename(eve, 'right')]));
    expect([done.length, told.map(({ body }) => body['code'])]).toEqual([1, ['channel_confusable']]);
  });
});

describe('the last admin', () => {
  test.each(['disable', 'remove', 'remove-admin'])(
    'who would %s themself in two windows at once stays',
    async (action) => {
      const alone = await trackers.start();
      await alone.register('Ada');
      const windows = [await alone.login('Ada'), await alone.login('Ada')];
      const answers = await Promise.all(windows.map((window) => act(window, 'Ada', action)));
      for (const answer of answers) expectFailure(answer, 409, 'last_admin');
      for (const window of windows) expect((await window.get('/admin/accounts')).status).toBe(200);
    },
  );

  test('is one of two who each take the role from themself at once', async () => {
    const alone = await trackers.start();
    const [first, second] = await alone.registerAll('Ada', 'Eve');
    await act(first, 'Eve', 'make-admin');
    const leave = (admin: TestUser) => act(admin, admin.username, 'remove-admin');
    const answers = await Promise.all([leave(first), leave(second)]);
    const { done, told } = parted(answers);
    expect([done.length, told.map(({ body }) => body['code'])]).toEqual([1, ['last_admin']]);
    const [stays, goes] = answers[0].status === 200 ? [second, first] : [first, second];
    expectFailure(await goes.get('/admin/accounts'), 403, 'not_admin');
    expect((await stays.get('/admin/accounts')).status).toBe(200);
  });
});
