import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { html } from './pages/layout.js';
import { PASSWORD, TestTrackers, type Answer, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;

beforeAll(async () => {
  const dataDir = await trackers.directory();
  const settings = { name: 'Lab <3', welcome: 'Be kind & <script>alert(1)</script>' };
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
  tracker = await trackers.start({ dataDir });
  await tracker.register('Alice');
});
afterAll(() => trackers.clean());

const text = (answer: Answer) => String(answer.body['text']);
const cookieOf = (answer: Answer) => ({ cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' });

const scriptsOf = (answer: Parameters<typeof text>[0]): string[] => text(answer).match(/<script[^>]*>/gi) ?? [];

describe('the pages', () => {
  test('/ without a session is a 401 page with a link to the login', async () => {
    const answer = await tracker.fetch('/');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text(answer)).toContain('href="login.html"');
  });

  test('an invite link shows what to do with it, and where the rest of the link is', async () => {
    const answer = await tracker.fetch('/join');
    expect(answer.status).toBe(200);
    expect(text(answer)).toContain(`npx parley peer --invite "${tracker.url}/join#…"`);
    expect(text(answer)).toContain('the whole address of this page');
    // It hands the code of the invite on, which only a script can read; the page does without one.
    expect(scriptsOf(answer)).toEqual(['<script src="join.js" defer>']);
  });

  test('the sign-in form leads to the dashboard, the sign-out button to the login', async () => {
    const answer = await tracker.form('/login', { username: 'alice', password: PASSWORD });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, './']);
    const user = await tracker.login('Alice');
    await user.submit();
    const dashboard = await tracker.fetch('/', { headers: cookieOf(answer) });
    expect(dashboard.status).toBe(200);
    expect(dashboard.headers.get('cache-control')).toBe('no-store');
    expect(text(dashboard)).toContain(`npx parley peer --username Alice --tracker ${tracker.url}`);
    for (const shown of ['10.0.0.5:9101', '#general', '#game', 'Sign out']) expect(text(dashboard)).toContain(shown);
    const out = await tracker.form('/logout', {}, cookieOf(answer));
    expect([out.status, out.headers.get('location')]).toEqual([303, 'login.html']);
    expect((await tracker.fetch('/', { headers: cookieOf(answer) })).status).toBe(401);
  });

  test('a form with an error is shown again with the reason and the typed name', async () => {
    const wrong = await tracker.form('/login', { username: '"><img src=x>', password: 'wrong horse' });
    expect(wrong.status).toBe(401);
    expect(text(wrong)).toMatch(/role="alert"[^>]*>That name and password do not match/);
    expect(text(wrong)).toContain('value="&quot;&gt;&lt;img src=x&gt;"');
    const taken = await tracker.form('/register', { username: 'ALICE', password: PASSWORD });
    expect(taken.status).toBe(409);
    expect(text(taken)).toContain('That name is taken');
    const empty = await tracker.form('/login', {});
    expect(empty.status).toBe(400);
    expect(text(empty)).toContain('<form method="post" action="login"');
  });

  test('the registration form also signs in', async () => {
    const answer = await tracker.form('/register', { username: 'bob', password: PASSWORD });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, './']);
    expect((await tracker.fetch('/', { headers: cookieOf(answer) })).status).toBe(200);
  });

  test('have no script but the one that reads a code behind #, no inline style and no foreign resource, and forbid them by header', async () => {
    const login = await tracker.form('/login', { username: 'alice', password: PASSWORD });
    const pages = ['/', '/login.html', '/register.html', '/docs'];
    for (const path of pages) {
      const answer = await tracker.fetch(path, { headers: cookieOf(login) });
      expect(text(answer)).not.toMatch(/<style|style="|\son[a-z]+="|(src|href)="(https?:)?\/\//i);
      const isForCodes = path === '/register.html';
      expect(scriptsOf(answer)).toEqual(isForCodes ? ['<script src="register.js" defer>'] : []);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy.match(/script-src[^;]*/g)).toEqual(isForCodes ? ["script-src 'self'"] : null);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('strict-transport-security')).toBeNull();
      expect(text(answer)).toContain('<html lang="en">');
      expect(text(answer)).toContain('Lab &lt;3');
    }
    expect((await tracker.fetch('/style.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect((await tracker.fetch('/icon.svg')).headers.get('content-type')).toBe('image/svg+xml');
  });

  test('escape texts of users', async () => {
    const user = await tracker.login('Alice');
    await user.post('/add-list', { username: 'Alice', channel: 'tech' });
    await user.post('/channels/tech/topic', { topic: '<b onclick="x">bold</b>' });
    await user.submit({ ip: '"><svg onload=x>' });
    const page = text(await tracker.fetch('/', { headers: user.headers }));
    expect(page).toContain('&lt;b onclick=&quot;x&quot;&gt;bold');
    expect(page).toContain('Be kind &amp; &lt;script&gt;');
    expect(page).not.toMatch(/<svg|<b |<script/);
  });

  test('an invalid Host header is not shown', async () => {
    const user = await tracker.login('Alice');
    const page = await new Promise<string>((resolve, reject) => {
      const headers = { ...user.headers, host: 'evil.example$(reboot)' };
      get(tracker.url, { headers }, (response) => {
        response
          .setEncoding('utf8')
          .toArray()
          .then((parts) => resolve(parts.join('')), reject);
      }).on('error', reject);
    });
    expect(page).toContain('--tracker http://localhost<');
  });

  test('tell that registration is closed', async () => {
    const dataDir = await trackers.directory();
    await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ registration: 'closed' }));
    const closed = await trackers.start({ dataDir });
    expect(text(await closed.fetch('/register.html'))).toContain('Registration is closed');
    const answer = await closed.post('/register', { username: 'alice', password: PASSWORD });
    expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
  });
});

test('html escapes every value that is not markup', () => {
  const inner = html`<i>${'<&>'}</i>`;
  expect(html`<p title="${`"'`}">${inner}${[inner, inner]}${3}${undefined}</p>`.toString()).toBe(
    '<p title="&quot;&#39;"><i>&lt;&amp;&gt;</i><i>&lt;&amp;&gt;</i><i>&lt;&amp;&gt;</i>3</p>',
  );
});
