/** The forms of the pages where they are refused: what was typed stays, the field to mend is marked, and the answer is a page. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeDevice } from './testing/device.js';
import { certified } from './testing/device-sign-in.js';
import { PASSWORD, TestTrackers, type Answer, type TestTracker, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let admin: TestUser;

beforeAll(async () => {
  tracker = await trackers.start({ registration: 'invite' });
  const { setup } = tracker.tracker;
  await tracker.post('/register', { username: 'Ada', password: PASSWORD, invite: setup?.code });
  admin = await tracker.login('Ada');
  await certified(admin, makeDevice());
  await admin.post('/add-list', { username: 'Ada', channel: 'lab' });
  await admin.post('/admin/settings', { welcome: 'Only for those who are in' });
  await admin.post('/admin/invites', { uses: 3, days: 3 });
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

const text = ({ body }: Answer): string => String(body['text']);

interface Form {
  readonly action: string;
  /** Those that a person types into. */
  readonly fields: readonly string[];
}

/** All forms that the pages of somebody signed in send, each once. */
async function forms(): Promise<Form[]> {
  const { invites } = (await admin.get('/admin/invites')).body as { invites: { id: string }[] };
  const pages = [
    ...['/', '/admin.html', '/admin-account.html?name=Ada', '/admin-channels.html', '/admin-channel.html?name=lab'],
    ...[
      '/admin-invites.html',
      `/admin-invite.html?id=${invites[0]?.id ?? ''}`,
      '/admin-settings.html',
      '/admin-log.html',
    ],
  ];
  const found = new Map<string, Form>();
  for (const page of pages) {
    const answer = await admin.get(page);
    expect([page, answer.status]).toEqual([page, 200]);
    for (const [, action = '', inner = ''] of text(answer).matchAll(
      /<form method="post" action="([^"]+)"[^>]*>([^]*?)<\/form>/g,
    )) {
      const fields = [...inner.matchAll(/<(?:input|textarea)[^>]*\sname="([^"]+)"/g)].map(([, name = '']) => name);
      found.set(action, { action: new URL(action, tracker.url).pathname, fields });
    }
  }
  return [...found.values()];
}

describe('a form that is sent after the session has ended', () => {
  test('is answered by a page that says so, leads to the sign-in, and keeps what was typed', async () => {
    const all = await forms();
    expect(all.length).toBeGreaterThanOrEqual(12);
    expect(all.filter(({ fields }) => fields.length > 0).length).toBeGreaterThanOrEqual(3);
    for (const { action, fields } of all) {
      const typed = Object.fromEntries(fields.map((name) => [name, `typed <${name}>`]));
      const answer = await tracker.form(action, typed);
      expect([action, answer.status]).toEqual([action, 401]);
      const page = text(answer);
      expect(page).toMatch(/You are signed out/);
      expect(page).toMatch(/href="(\.\.\/)*login\.html"|action="login"/);
      for (const name of fields) expect(page).toContain(`typed &lt;${name}&gt;`);
      // Nobody who is not signed in learns what holds here.
      expect(page).not.toMatch(/<option value="[^"]*" selected/);
    }
  });

  test('can be sent again from that page, once somebody is signed in', async () => {
    const refused = text(await tracker.form('/admin/channels/lab/rename', { title: 'workshop' }));
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(refused) ?? [];
    const address = new URL(action, `${tracker.url}/admin/channels/lab/rename`).pathname;
    expect((await tracker.form(address, { title: 'workshop' }, admin.headers)).status).toBe(303);
    expect((await admin.get('/admin/channels/lab')).body['channel']).toMatchObject({ title: 'workshop' });
  });

  test('of another site is shown nothing of what that site has filled in', async () => {
    const origin = { origin: 'http://evil.example' };
    for (const path of ['/admin/settings', '/login', '/reset', '/register']) {
      const answer = await tracker.form(path, { name: 'evil', username: 'evil', code: 'evil' }, origin);
      expect([path, answer.status, text(answer).includes('value="evil"')]).toEqual([path, 403, false]);
    }
  });

  test('is kept up to what any form holds', async () => {
    const answer = await tracker.form('/admin/settings', { welcome: 'x'.repeat(70_000) });
    expect([answer.status, answer.headers.get('connection')]).toEqual([401, 'close']);
    expect(text(answer).length).toBeLessThan(10_000);
    const many = new URLSearchParams(Array.from({ length: 100 }, (_, at) => [`f${at}`, 'x']));
    expect((await tracker.fetch('/admin/settings', { method: 'POST', body: many })).status).toBe(401);
  });
});

test.each([
  ['from another site', {}, { origin: 'http://evil.example' }, 403],
  ['with nonsense', { everywhere: 'perhaps' }, {}, 400],
])('a sign-out that fails says nothing of being signed out: %s', async (_how, fields, more: object, status) => {
  const user = await tracker.login('Ada');
  const answer = await tracker.form('/logout', fields, { ...user.headers, ...more });
  expect(answer.status).toBe(status);
  expect(text(answer)).toContain('That did not work');
  expect(text(answer)).not.toContain('You are signed out');
  expect((await user.get('/me')).status).toBe(200);
  // And who is signed out already is told so.
  expect((await tracker.form('/logout', {}, user.headers)).status).toBe(303);
  expect(text(await tracker.form('/logout', {}, user.headers))).toContain('You are signed out.');
});

test.each([
  ['/register', { username: 'a b', password: PASSWORD, invite: 'x' }, 'username'],
  ['/register', { username: 'ada', password: PASSWORD, invite: 'x' }, 'invite'],
  ['/register', { username: 'bob', password: PASSWORD }, 'invite'],
  ['/register', { username: 'x'.repeat(40), password: PASSWORD, invite: 'x' }, 'username'],
  ['/login', { username: 'ada', password: 'wrong horse' }, 'password'],
  ['/login', { username: 'ada' }, 'password'],
  ['/reset', { code: 'no', password: 'another good horse' }, 'code'],
  ['/reset', { code: 'no', password: 'short' }, 'password'],
  ['/admin/channels/lab/rename', { title: 'No Name' }, 'title'],
  ['/admin/invites', { uses: '0', days: '3' }, 'uses'],
  ['/admin/invites', { uses: '3', days: 'many' }, 'days'],
  ['/admin/settings', { name: 'x'.repeat(70) }, 'name'],
  ['/admin/settings', { name: 'Lab', welcome: 'x'.repeat(2001) }, 'welcome'],
])('a refused form marks the field to mend, and ties what is wrong to it: %s (%#)', async (path, fields, wrong) => {
  const page = text(await tracker.form(path, fields, admin.headers));
  const marked = [...page.matchAll(/<(?:input|textarea|select)[^>]*aria-invalid="true"[^>]*>/g)].map(([tag]) => tag);
  expect(marked).toHaveLength(1);
  expect(marked[0]).toMatch(new RegExp(`\\sname="${wrong}"`));
  expect(marked[0]).toMatch(/aria-describedby="error[ "]/);
  expect(marked[0]).toContain('autofocus');
  expect(page.match(/autofocus/g)).toHaveLength(1);
  expect(page).toMatch(/<p class="error" role="alert" id="error">[^<]/);
  for (const [, ids = ''] of page.matchAll(/aria-describedby="([^"]+)"/g))
    for (const id of ids.split(' ')) expect(page).toContain(`id="${id}"`);
});
