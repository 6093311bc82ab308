/** The account in the settings, in real browsers at real daemons: a new password, and signing out everywhere. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { platformName } from '../../protocol/device-name.js';
import { unzip } from '../../scripts/fault/unzip.js';
import { violations, violationsOfBoth } from '../support/axe.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { World, type Restartable } from '../support/world.js';

const lasting = 6 * PATIENCE_MS;
const PASSWORD = 'correct horse battery';
const NEXT = 'staple of another horse';

describe('the account', () => {
  let world: World;
  let browser: Browser;
  let tracker: Restartable<TrackerReady>;
  let laptop: Restartable<PeerReady>;
  let page: Page;
  let other: Page;

  beforeAll(async () => {
    world = await World.create('account');
    browser = await openBrowser();
    tracker = await world.startTracker();
    laptop = await world.startPeer({ username: 'maria', tracker, password: PASSWORD, register: true });
    page = await sitDown(PASSWORD);
    other = await sitDown(PASSWORD);
  }, lasting);

  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
    await (world as World | undefined)?.close();
  }, lasting);

  async function sitDown(password: string, at = laptop): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    context.setDefaultTimeout(PATIENCE_MS);
    const { ui } = at.ready;
    const headers = { origin: new URL(ui).origin };
    const answer = await context.request.post(new URL('api/login', ui).href, { data: { password }, headers });
    expect(answer.status()).toBe(200);
    const opened = await context.newPage();
    await opened.goto(`${ui}#/settings/account`);
    await opened.getByRole('heading', { name: 'Change password' }).waitFor();
    return opened;
  }

  async function fill(old: string, next: string, again = next): Promise<void> {
    await page.getByLabel('Current password', { exact: true }).fill(old);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password again', { exact: true }).fill(again);
    await page.getByRole('button', { name: 'Change password' }).click();
  }
  const told = (text: string | RegExp) => page.getByRole('alert').filter({ hasText: text }).first().waitFor();

  test(
    'all data is downloaded as an archive',
    async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download my data' }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^parley-maria-[-\d]{10}\.zip$/);
      const files = unzip(await readFile(await download.path()));
      expect(JSON.parse(String(files.get('account.json')))).toMatchObject({ username: 'maria' });
      expect([...files.keys()]).toContain('conversations.jsonl');
    },
    lasting,
  );

  test(
    'says what is wrong with what was typed, and changes nothing',
    async () => {
      await fill('', '');
      await told('Enter');
      await fill(PASSWORD, 'short');
      await told(/at least 8/i);
      await fill(PASSWORD, NEXT, `${NEXT}x`);
      await told('differ');
      await fill(PASSWORD, 'x'.repeat(300));
      await told(/256/);
      await fill('not the password', NEXT);
      await told('That is not your current password.');
      const marked = page.locator('.settings [aria-invalid="true"]');
      expect(await marked.evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))).toEqual([
        'not the password',
      ]);
      expect(await marked.evaluate((field) => (field as HTMLInputElement).ariaDescribedByElements?.length)).toBe(2);
      expect(await violations(page)).toEqual([]);
      const login = await fetch(new URL('login', tracker.ready.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'maria', password: PASSWORD }),
      });
      expect(login.status).toBe(200);
    },
    lasting,
  );

  test(
    'a new password by keyboard alone: this window stays, others are signed out, and the daemon goes on',
    async () => {
      await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('New password', { exact: true }).fill(NEXT);
      await page.getByLabel('New password again', { exact: true }).fill(NEXT);
      await page.keyboard.press('Enter');
      await page.getByText('Your password is changed.').waitFor();
      await other.getByLabel('Password', { exact: true }).waitFor();
      expect(await page.getByLabel('Current password', { exact: true }).inputValue()).toBe('');
      await other.getByLabel('Password', { exact: true }).fill(NEXT);
      await other.keyboard.press('Enter');
      await other.locator('.shell').waitFor();
    },
    lasting,
  );

  test(
    'with the tracker away the form says so, and what was typed is still there',
    async () => {
      await tracker.kill9();
      await fill('not the password', PASSWORD);
      await told(/tracker/i);
      expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe(PASSWORD);
      await tracker.start();
      // The daemon may not have seen that it is back: it is asked all the same.
      await page.getByRole('button', { name: 'Change password' }).click();
      await told('That is not your current password.');
    },
    lasting,
  );

  test(
    'a device has a name of its own, which its user changes by keyboard alone',
    async () => {
      await page.goto(`${laptop.ready.ui}#/settings/devices`);
      const rows = page.locator('.device');
      // What the machine that runs this is called is not known here.
      await rows.getByText('This device').waitFor();
      expect(await rows.locator('.device-about').textContent()).toContain(platformName(process.platform));
      await rows.getByRole('button', { name: /^Rename the device / }).press('Enter');
      const dialog = page.getByRole('dialog');
      const field = dialog.getByLabel('Name of the device');
      await field.fill('\u200b ');
      await page.keyboard.press('Enter');
      await dialog.getByText('Type a name that can be seen.').waitFor();
      expect(await violations(page)).toEqual([]);
      await field.fill("  Lena's\u202e laptop ");
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await rows.getByText("Lena's laptop", { exact: true }).waitFor();
      await rows.getByRole('button', { name: "Rename the device Lena's laptop" }).waitFor();
    },
    lasting,
  );

  test(
    'another device is revoked by keyboard alone, and the focus stays in the window',
    async () => {
      await world.startPeer({ username: 'maria', folder: 'phone', tracker, password: NEXT, deviceName: 'my phone' });
      const row = page.locator('.device').filter({ hasText: 'my phone' });
      const revoke = row.getByRole('button', { name: 'Revoke the device my phone' });
      await revoke.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByText('my phone').first().waitFor();
      expect(await violationsOfBoth(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await revoke.and(page.locator(':focus')).press('Enter');
      await dialog.getByRole('button', { name: 'Revoke for good' }).press('Enter');
      await row
        .getByText(/^Revoked/)
        .first()
        .waitFor();
      await page.getByRole('heading', { name: 'Your devices' }).and(page.locator(':focus')).waitFor();
      expect(await violationsOfBoth(page, { only: 'main' })).toEqual([]);
      await page.goto(`${laptop.ready.ui}#/settings/account`);
    },
    lasting,
  );

  test(
    'signing out everywhere asks once more, and ends every window',
    async () => {
      await page.waitForFunction(async () => {
        const { tracker: seen } = (await (await fetch('api/session')).json()) as { tracker: { state: string } };
        return seen.state === 'connected';
      });
      const ask = page.getByRole('button', { name: 'Sign out everywhere' });
      await ask.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Stay signed in' }).click();
      await dialog.waitFor({ state: 'detached' });
      await ask.click();
      await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
      for (const each of [page, other]) await each.getByLabel('Password', { exact: true }).waitFor();
      await sitDown(NEXT);
    },
    lasting,
  );

  test(
    'while Parley is stopped a dialog says so within itself and keeps what was typed, and no download begins in vain',
    async () => {
      const peer = await world.startPeer({ username: 'nadia', tracker, password: PASSWORD, register: true });
      const seat = await sitDown(PASSWORD, peer);
      const refused = async (title: string, answer: string): Promise<void> => {
        const asking = seat.getByRole('dialog', { name: title });
        await asking.getByRole('button', { name: answer, exact: true }).click();
        await asking.getByRole('alert').getByText('Try again when it is back').waitFor();
        await seat.keyboard.press('Escape');
        await asking.waitFor({ state: 'detached' });
      };
      await peer.kill9();
      await seat.getByText('Parley has stopped on this computer').first().waitFor();
      await seat.getByRole('link', { name: 'Download my data' }).click();
      await seat
        .getByRole('region', { name: 'Export my data' })
        .getByRole('alert')
        .getByText('then try again')
        .waitFor();
      await seat.evaluate(() => void (location.hash = '#/channels'));
      await seat.getByRole('button', { name: 'New channel' }).click();
      const dialog = seat.getByRole('dialog', { name: 'Create a channel' });
      await dialog.getByLabel('Name').fill('workshop');
      await dialog.getByLabel(/Topic/).fill('All about it');
      await seat.keyboard.press('Enter');
      await dialog.getByRole('alert').getByText('Try again when it is back').waitFor();
      expect(await violations(seat, { only: 'dialog[open]' })).toEqual([]);
      expect(await dialog.getByLabel(/Topic/).inputValue()).toBe('All about it');
      await peer.start();
      await seat.locator('html:not(:has-text("Parley has stopped on this computer"))').waitFor();
      await seat.getByText('Tracker connected').first().waitFor();
      await dialog.getByRole('button', { name: 'Create and join' }).click();
      await seat.getByRole('textbox', { name: 'Message to #workshop' }).waitFor();
      await seat.getByText('All about it').first().waitFor();
      // What was said in the dialog is not said again behind it.
      expect(await seat.getByText('Try again when it is back').count()).toBe(0);

      // Nor does one that only asks go away as if it had been done.
      await seat.evaluate(() => void (location.hash = '#/u/maria'));
      await seat.getByRole('textbox', { name: 'Message to maria' }).waitFor();
      await peer.kill9();
      await seat.getByText('Parley has stopped on this computer').first().waitFor();
      await seat.getByRole('button', { name: 'More of this conversation' }).click();
      await seat.getByRole('button', { name: 'About maria, and the safety number' }).click();
      await seat.getByRole('button', { name: 'Block', exact: true }).click();
      await refused('Block maria?', 'Block');
      await seat.keyboard.press('Escape');
      await seat.evaluate(() => void (location.hash = '#/channels'));
      await seat.getByRole('button', { name: 'Leave #workshop' }).click();
      await refused('Leave #workshop?', 'Leave');
    },
    lasting,
  );
});
