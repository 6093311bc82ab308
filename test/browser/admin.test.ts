/** The pages of admins in a browser: each action, what a non-admin sees, keyboard, axe; wide, on a phone, in the dark. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { makeDevice } from '../../tracker/testing/device.js';
import { certified } from '../../tracker/testing/device-sign-in.js';
import { PASSWORD, TestTrackers, type TestTracker } from '../../tracker/testing/test-tracker.js';
import { phone, violations, wide } from '../support/axe.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';

const lasting = 4 * PATIENCE_MS;
const trackers = new TestTrackers();
let tracker: TestTracker;
let browser: Browser;

beforeAll(async () => {
  [tracker, browser] = await Promise.all([trackers.start({ registration: 'approval' }), openBrowser()]);
  const ada = await tracker.register('Ada');
  for (const name of ['bob', 'carol', 'dave']) {
    await tracker.post('/register', { username: name, password: PASSWORD });
    await ada.post(`/admin/accounts/${name}/enable`, {});
  }
  for (const user of [ada, await tracker.login('bob')]) {
    const device = makeDevice();
    await certified(user, device);
    await user.post(`/devices/${device.device}/rename`, { name: `${user.username}’s laptop at the office` });
  }
}, lasting);
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await trackers.clean();
}, lasting);

/** Signed in, unless the tracker refuses. */
async function signIn(name: string, password = PASSWORD, options: BrowserContextOptions = wide): Promise<Page> {
  const context = await browser.newContext({ ...options, locale: 'en-GB' });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(`${tracker.url}/login.html`);
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('Signed in as').or(page.getByRole('alert')).waitFor();
  return page;
}

/** As an admin, at somebody's page. */
async function at(page: Page, name: string): Promise<Page> {
  await page.goto(`${tracker.url}/admin-account.html?name=${name}`);
  await page.getByRole('heading', { name }).first().waitFor();
  return page;
}

test(
  'the first account finds everybody by keys alone, and disables and enables one of them',
  async () => {
    const page = await signIn('Ada');
    await page.getByRole('link', { name: 'Administration' }).press('Enter');
    await page.getByLabel('Name').fill('BO');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=BO/);
    expect(await page.getByRole('rowheader').count()).toBe(1);
    await page.getByRole('link', { name: 'bob' }).press('Enter');
    await page.getByRole('button', { name: 'Disable' }).press('Enter');
    await page.getByText('disabled', { exact: true }).waitFor();
    const bob = await signIn('bob');
    await bob.getByRole('alert').getByText('This account has been disabled by an admin').waitFor();
    await page.getByRole('button', { name: 'Enable' }).press('Enter');
    await page.getByRole('button', { name: 'Disable' }).waitFor();
    await page.goto(`${tracker.url}/admin-log.html`);
    await page.getByRole('row', { name: /Ada enabled bob/ }).waitFor();
    await page.getByRole('row', { name: /Ada disabled bob/ }).waitFor();
    await Promise.all([page.context().close(), bob.context().close()]);
  },
  lasting,
);

test(
  'a link lets somebody choose a new password, once; the address does not keep the code',
  async () => {
    const admin = await at(await signIn('Ada'), 'carol');
    await admin.getByRole('button', { name: 'Reset the password' }).click();
    const link = (await admin.locator('#reset-link').textContent()) ?? '';
    expect(admin.url()).not.toContain(link.split('#')[1] ?? '-');
    expect(await violations(admin)).toEqual([]);
    const context = await browser.newContext(wide);
    const page = await context.newPage();
    await page.goto(link);
    const code = page.getByLabel('Code');
    await page.waitForURL((url) => url.hash === '');
    expect(link).toContain(await code.inputValue());
    await page.getByLabel('New password').fill('a brand new one');
    await page.keyboard.press('Enter');
    await page.waitForURL(/login\.html/);
    const carol = await signIn('carol', 'a brand new one');
    await carol.getByText('Signed in as').waitFor();
    await page.goto(link);
    await page.getByLabel('New password').fill('and another one');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That link was used').waitFor();
    await Promise.all([admin.context().close(), context.close(), carol.context().close()]);
  },
  lasting,
);

test(
  'roles, sign-out and removal are done on one page; the last admin stays, and is told why',
  async () => {
    const page = await at(await signIn('Ada'), 'dave');
    await page.getByRole('button', { name: 'Make an admin' }).click();
    await page.getByRole('button', { name: 'Make no admin' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('0 sessions').waitFor();
    // What cannot be undone is asked first, by keys too.
    const remove = page.getByRole('button', { name: 'Remove dave' });
    await remove.waitFor({ state: 'hidden' });
    await page.getByText('Remove', { exact: true }).press('Enter');
    await remove.press('Enter');
    await page.getByText('removed', { exact: true }).waitFor();
    await at(page, 'Ada');
    await page.getByRole('button', { name: /^Revoke the device Ada.* for good$/ }).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('alert').getByText('This is the last admin').waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await page.context().close();
  },
  lasting,
);

test(
  'an invite is made by form, and its link leads to a page that has its code, which the address does not keep',
  async () => {
    const admin = await signIn('Ada');
    await admin.goto(`${tracker.url}/admin-invites.html`);
    await admin.getByRole('button', { name: 'Make an invite' }).click();
    await admin.getByRole('img', { name: 'The link as a QR code' }).waitFor();
    expect(await violations(admin)).toEqual([]);
    const link = (await admin.locator('#invite-link').textContent()) ?? '';
    const code = link.split('~')[1] ?? '-';
    expect(admin.url()).not.toContain(code);
    const context = await browser.newContext(wide);
    const page = await context.newPage();
    await page.goto(link);
    await page.getByRole('link', { name: 'make an account here' }).click();
    const field = page.getByLabel('Invite code');
    await page.waitForURL((url) => url.pathname.endsWith('register.html') && url.hash === '');
    expect(await violations(page)).toEqual([]);
    expect(await field.inputValue()).toBe(code);
    await page.getByLabel('Username').fill('invited');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Signed in as').waitFor();
    await admin.goto(`${tracker.url}/admin-invites.html`);
    await admin
      .getByRole('row', { name: new RegExp(code) })
      .getByText('1 of 10')
      .waitFor();
    await admin.getByRole('button', { name: `Revoke the invite ${code}` }).click();
    await admin.getByText('None yet.').waitFor();
    await Promise.all([admin.context().close(), context.close()]);
  },
  lasting,
);

test.each(['open', 'closed'] as const)(
  'the link for the first admin of a tracker that is %s leads to a page that has its code',
  async (registration) => {
    const fresh = await trackers.start({ registration, trustedProxies: ['127.0.0.1'] });
    const { setup } = fresh.tracker;
    const context = await browser.newContext(wide);
    const page = await context.newPage();
    await page.goto(`${fresh.url}/register.html`);
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Invite code').waitFor({ state: 'hidden' });
    await page.goto('about:blank');
    await page.goto(`${fresh.url}/register.html#${setup?.code ?? ''}`);
    await page.getByLabel('Invite code').waitFor();
    await page.getByLabel('Username').fill('keeper');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Administration' }).waitFor();
    await context.close();
  },
  lasting,
);

test(
  'who is no admin finds no link there, and is refused at every page',
  async () => {
    const page = await signIn('bob');
    await page.getByText('Signed in as').waitFor();
    expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
    for (const path of [
      'admin.html',
      'admin-account.html?name=Ada',
      'admin-invites.html',
      'admin-settings.html',
      'admin-log.html',
    ]) {
      const answer = await page.goto(`${tracker.url}/${path}`);
      expect(answer?.status()).toBe(403);
    }
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  },
  lasting,
);

/** In the page: what of its tables does not fit, as text. */
function cramped(): string[] {
  const wide = [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth);
  const broken = [...document.querySelectorAll('.date')].filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
  });
  return [...wide, ...broken].map(({ textContent }) => textContent.replace(/\s+/gu, ' '));
}

test.each([
  ['wide', wide],
  ['on a phone', phone],
  ['in the dark', { ...wide, colorScheme: 'dark' as const }],
])(
  'axe finds nothing, and nothing is wider than the screen: %s',
  async (_name, options) => {
    const page = await signIn('Ada', PASSWORD, options);
    await page.getByText('Signed in as').waitFor();
    for (const path of [
      '',
      'admin.html',
      'admin-account.html?name=bob',
      'admin-account.html?name=nobody',
      'admin-channels.html',
      'admin-channel.html?name=lab',
      'admin-invites.html',
      'admin-settings.html',
      'admin-log.html',
      'reset.html',
    ]) {
      await page.goto(`${tracker.url}/${path}`);
      expect(await violations(page)).toEqual([]);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over).toBeLessThanOrEqual(0);
      // No table is wider than its frame either, and no date is taken apart.
      expect(await page.evaluate(cramped)).toEqual([]);
      const folder = process.env['PARLEY_PICTURES'];
      if (folder) await page.screenshot({ path: `${folder}/${path.split('.')[0] ?? ''}-${_name}.png`, fullPage: true });
    }
    await page.context().close();
  },
  lasting,
);
