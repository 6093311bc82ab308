/** The forms of the tracker's pages as they look when they are refused: axe in both schemes, what was typed, where the focus is. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PASSWORD, TestTrackers, type TestTracker } from '../../tracker/testing/test-tracker.js';
import { phone, violationsOfBoth, wide } from '../support/axe.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';

const lasting = 6 * PATIENCE_MS;
const trackers = new TestTrackers();
let tracker: TestTracker;
let browser: Browser;

beforeAll(async () => {
  [tracker, browser] = await Promise.all([trackers.start({ registration: 'open' }), openBrowser()]);
  const ada = await tracker.register('Ada');
  await tracker.register('bob');
  for (const channel of ['lab', 'tea']) await ada.post('/add-list', { username: 'Ada', channel });
}, lasting);
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await trackers.clean();
}, lasting);

async function open(options: object): Promise<Page> {
  const context = await browser.newContext({ ...options, locale: 'en-GB' });
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${tracker.url}/login.html`);
  await page.getByLabel('Username').fill('Ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('Signed in as').waitFor();
}

interface Refused {
  readonly path: string;
  readonly fill?: Readonly<Record<string, string>>;
  readonly press: string;
  readonly told: RegExp;
  /** An admin's form. */
  readonly admin?: boolean;
  /** The field that is to be mended, where it is one. */
  readonly field?: string;
}

const long = 'x'.repeat(300);
const REFUSED: readonly Refused[] = [
  { path: 'login.html', fill: { Username: 'bob', Password: 'not this one' }, press: 'Sign in', told: /./ },
  { path: 'login.html', fill: { Username: '', Password: '' }, press: 'Sign in', told: /./ },
  {
    ...{ path: 'register.html', fill: { Username: 'BOB', Password: PASSWORD }, press: 'Make the account' },
    ...{ told: /taken|exists/, field: 'Username' },
  },
  {
    ...{ path: 'register.html', fill: { Username: 'no name!', Password: PASSWORD }, press: 'Make the account' },
    ...{ told: /./, field: 'Username' },
  },
  {
    ...{ path: 'register.html', fill: { Username: 'carol', Password: 'short' }, press: 'Make the account' },
    ...{ told: /8/, field: 'Password' },
  },
  {
    ...{ path: 'register.html', fill: { Username: 'carol', Password: long }, press: 'Make the account' },
    ...{ told: /256/, field: 'Password' },
  },
  {
    ...{ path: 'reset.html', fill: { Code: 'nothing', 'New password': PASSWORD }, press: 'Change the password' },
    ...{ told: /./, field: 'Code' },
  },
  {
    ...{ path: 'reset.html', fill: { Code: 'nothing', 'New password': 'short' }, press: 'Change the password' },
    ...{ told: /8/, field: 'New password' },
  },
  {
    ...{ path: 'admin-invites.html', fill: { Accounts: '0', Days: '1' }, press: 'Make an invite', told: /./ },
    ...{ field: 'Accounts', admin: true },
  },
  {
    ...{ path: 'admin-invites.html', fill: { Accounts: '1', Days: '1000' }, press: 'Make an invite', told: /./ },
    ...{ field: 'Days', admin: true },
  },
  {
    ...{ path: 'admin-channel.html?name=lab', fill: { 'New name': 'No Name' }, press: 'Rename', told: /./ },
    ...{ field: 'New name', admin: true },
  },
  {
    ...{ path: 'admin-channel.html?name=lab', fill: { 'New name': 'tea' }, press: 'Rename', told: /./, admin: true },
    field: 'New name',
  },
  {
    ...{
      path: 'admin-settings.html',
      fill: { 'Name of this tracker': long },
      press: 'Save',
      told: /./,
      admin: true,
      field: 'Name of this tracker',
    },
  },
  { path: 'admin-account.html?name=Ada', press: 'Disable', told: /last admin/, admin: true },
];

test.each([
  ['wide', wide],
  ['on a phone', phone],
])(
  'a form that is refused says why at its field, keeps what was typed, and axe finds nothing: %s',
  async (_, options) => {
    const [visitor, admin] = [await open(options), await open(options)];
    await signIn(admin);
    for (const { path, fill = {}, press, told, field, admin: isAdmin = false } of REFUSED) {
      const page = isAdmin ? admin : visitor;
      await page.goto(`${tracker.url}/${path}`);
      for (const [label, text] of Object.entries(fill)) {
        const input = page.getByLabel(label, { exact: true }).first();
        // What the browser would not even send: a program may.
        await input.evaluate((element: HTMLInputElement) => {
          for (const bound of ['maxlength', 'min', 'max']) element.removeAttribute(bound);
          if (element.form) element.form.noValidate = true;
        });
        await input.fill(text);
      }
      const about = [path, ...Object.values(fill)].join(' ').slice(0, 80);
      await page.getByRole('button', { name: press, exact: true }).click();
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect([about, await alert.textContent()]).toEqual([about, expect.stringMatching(told)]);
      expect([about, await violationsOfBoth(page)]).toEqual([about, []]);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([about, over <= 0]).toEqual([about, true]);
      for (const [label, text] of Object.entries(fill)) {
        const input = page.getByLabel(label, { exact: true }).first();
        const isPassword = (await input.getAttribute('type')) === 'password';
        expect([about, label, await input.inputValue()]).toEqual([about, label, isPassword ? '' : text]);
        if (label !== field) continue;
        expect([about, await input.getAttribute('aria-invalid')]).toEqual([about, 'true']);
        expect([about, await input.evaluate((element) => element === document.activeElement)]).toEqual([about, true]);
      }
    }
    await Promise.all([visitor.context().close(), admin.context().close()]);
  },
  lasting,
);

test(
  'a double click on a form does what one would do, and says so',
  async () => {
    const page = await open(wide);
    await page.goto(`${tracker.url}/register.html`);
    await page.getByLabel('Username').fill('twice');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the account' }).dblclick();
    await page.getByText('Signed in as').waitFor();
    await page.context().close();
  },
  lasting,
);
