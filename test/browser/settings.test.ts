/** The settings: what is chosen holds at once, where it is meant to, and after a reload; the connection is explained. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { World, type Restartable } from '../support/world.js';

const lasting = 6 * PATIENCE_MS;
const PASSWORD = 'correct horse battery';

describe('the settings', () => {
  let world: World;
  let browser: Browser;
  let tracker: Restartable<TrackerReady>;
  let maria: Restartable<PeerReady>;
  let jonas: Restartable<PeerReady>;
  let page: Page;

  beforeAll(async () => {
    world = await World.create('settings');
    browser = await openBrowser();
    tracker = await world.startTracker();
    // As on a network: others get in by every address of this machine.
    maria = await world.startPeer({ username: 'maria', tracker, password: PASSWORD, register: true, host: '0.0.0.0' });
    jonas = await world.startPeer({ username: 'jonas', tracker, password: PASSWORD, register: true });
    page = await sitDown({ width: 1280, height: 800 });
  }, lasting);

  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
    await (world as World | undefined)?.close();
  }, lasting);

  async function sitDown(viewport: { width: number; height: number }): Promise<Page> {
    const context = await browser.newContext({ viewport, locale: 'en-GB', colorScheme: 'light' });
    context.setDefaultTimeout(PATIENCE_MS);
    const { ui } = maria.ready;
    const headers = { origin: new URL(ui).origin };
    await context.request.post(new URL('api/login', ui).href, { data: { password: PASSWORD }, headers });
    const opened = await context.newPage();
    await opened.goto(ui);
    await opened.locator('.shell').waitFor();
    return opened;
  }
  const section = async (name: string): Promise<void> => {
    await page.getByRole('navigation', { name: 'Sections of the settings' }).getByRole('link', { name }).click();
    await page.waitForFunction((wanted) => location.hash.endsWith(wanted), name.split(' ')[0]?.toLowerCase() ?? '');
  };
  const look = (): Promise<[string, string]> =>
    page.evaluate(() => {
      const { backgroundColor } = getComputedStyle(document.body);
      return [backgroundColor, getComputedStyle(document.documentElement).fontSize];
    });

  test(
    'of the appearance hold at once and after a reload',
    async () => {
      await page.getByRole('link', { name: /^Settings/ }).click();
      await section('Appearance');
      expect(await look()).toEqual(['rgb(255, 255, 255)', '16px']);
      await page.getByLabel('Dark').check();
      await page.getByLabel('Large').check();
      const chosen = await look();
      expect(chosen).toEqual(['rgb(22, 24, 29)', '18.88px']);
      await page.reload();
      await page.getByRole('heading', { name: 'Appearance' }).waitFor();
      expect(await look()).toEqual(chosen);
      expect(await page.getByLabel('Dark').isChecked()).toBe(true);
      await page.getByLabel('Same as system', { exact: true }).check();
      await page.getByLabel('Medium').check();
      expect(await look()).toEqual(['rgb(255, 255, 255)', '16px']);
    },
    lasting,
  );

  test(
    'of privacy hold in every window',
    async () => {
      await section('Privacy');
      const other = await sitDown({ width: 1280, height: 800 });
      await other.evaluate(() => void (location.hash = '#/settings/privacy'));
      const reads = page.getByRole('switch', { name: 'Tell others what I have read' });
      expect(await reads.isChecked()).toBe(true);
      await reads.uncheck();
      await other.getByRole('switch', { name: 'Tell others what I have read', checked: false }).waitFor();
      expect(await other.getByRole('switch', { name: 'Show others when I type' }).isChecked()).toBe(true);
      await page.reload();
      await page.getByRole('heading', { name: 'Privacy' }).waitFor();
      expect(await reads.isChecked()).toBe(false);
      await other.context().close();
    },
    lasting,
  );

  test(
    'take no files, and say where they go',
    async () => {
      await page.evaluate(() => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File(['abc'], 'notes.txt', { type: 'text/plain' }));
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      });
      const notices = page.getByRole('region', { name: 'Notices' });
      await notices.getByText('Open a conversation first, then add the files there.').waitFor();
      await notices.getByRole('button', { name: 'Dismiss' }).click();
    },
    lasting,
  );

  test(
    'list who is blocked, and let them be heard again',
    async () => {
      await page.evaluate(() => void (location.hash = '#/people'));
      await page.getByRole('button', { name: /About jonas/ }).click();
      await page.getByRole('button', { name: 'Block', exact: true }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Block/ })
        .last()
        .click();
      // Going elsewhere leaves the panel.
      await page.evaluate(() => void (location.hash = '#/settings/privacy'));
      await page.getByRole('button', { name: 'Unblock jonas' }).click();
      await page.getByText('You have blocked nobody.').waitFor();
      // The button is gone; the focus is not.
      await page
        .locator(':focus')
        .and(page.getByText('Blocked people', { exact: true }))
        .waitFor();
    },
    lasting,
  );

  test(
    'show no address that leads nowhere, nor one of this machine alone as where others find it',
    async () => {
      await section('Connection');
      await page.getByText(`Port ${maria.ready.p2p.port}, at every address of this computer`).waitFor();
      const shown = [await page.getByRole('main').innerText()];
      expect(shown[0]).not.toContain('Seen from outside at');
      await section('Devices');
      await page.getByRole('button', { name: /^Rename/ }).waitFor();
      shown.push(await page.getByRole('main').innerText());
      await page.goto(`${maria.ready.ui}#/settings/connection`);
      await page.getByRole('button', { name: 'Invite people' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').or(dialog.locator('code')).first().waitFor();
      shown.push(await dialog.innerText());
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      // The one place for it is what starts something that listens there.
      for (const text of shown) expect(text.replaceAll(/--host 0\.0\.0\.0/g, '')).not.toMatch(/0\.0\.0\.0|\[::\]/);
    },
    lasting,
  );

  test(
    'say who is linked, and why somebody is not',
    async () => {
      await section('Connection');
      await page.getByText('Linked to 1 person').waitFor();
      await page.locator('dd code', { hasText: tracker.ready.url }).waitFor();
      await jonas.stop();
      const row = page.getByRole('listitem').filter({ hasText: 'jonas' }).filter({ hasText: 'not linked' });
      await row.waitFor();
      await page.getByText('Linked to 0 people').waitFor();
      expect((await row.textContent())?.length).toBeGreaterThan('jonasnot linked'.length);
      await jonas.start();
      await page.getByText('Linked to 1 person').waitFor();
    },
    lasting,
  );

  test(
    'make a hook: its address is shown once, what it posts is marked, and it is revoked',
    async () => {
      const sections = page.getByRole('navigation', { name: 'Sections of the settings' });
      await sections.getByRole('link', { name: 'Bots and hooks' }).click();
      await page.getByText('There is no hook yet.').waitFor();
      await page.getByRole('button', { name: 'Make the hook' }).click();
      await page.getByText('A hook needs a name').waitFor();
      await page.getByLabel('Name', { exact: true }).fill('CI');
      await page.keyboard.press('Enter');
      const address = String(await page.locator('section[role=alert] code').textContent());
      const post = (username = 'Bot'): Promise<Response> =>
        fetch(address, { method: 'POST', body: JSON.stringify({ text: 'Green', username }) });
      expect((await post('A name that is longer than a phone is wide, in a bold type')).status).toBe(200);
      expect((await post()).status).toBe(200);
      await page.getByRole('button', { name: 'I have kept it' }).click();
      await page.getByRole('button', { name: 'Revoke the hook CI' }).click();
      await page.getByText('There is no hook yet.').waitFor();
      expect(await page.content()).not.toContain(address);
      expect((await post()).status).toBe(401);
      await page.goto(`${maria.ready.ui}#/c/general`);
      const log = page.getByRole('region', { name: 'Messages in #general' });
      await log.getByText('Green', { exact: true }).last().waitFor();
      await log.getByText('Bot (hook)').waitFor();
      // However long the name is: without the mark it would look like an account.
      await page.setViewportSize({ width: 390, height: 780 });
      for (const mark of await log.getByText('(hook)', { exact: true }).all()) {
        const { x = -1, width = 0 } = (await mark.boundingBox()) ?? {};
        expect([x >= 0, width > 0, x + width <= 390]).toEqual([true, true, true]);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.getByRole('link', { name: /^Settings/ }).click();
    },
    lasting,
  );

  test(
    'are a list of sections on a phone, with a way back',
    async () => {
      const phone = await sitDown({ width: 390, height: 780 });
      await phone.getByRole('link', { name: /^Settings/ }).click();
      const sections = phone.getByRole('navigation', { name: 'Sections of the settings' });
      await sections.getByRole('link', { name: 'About Parley' }).click();
      await phone.getByRole('link', { name: 'Licences of what Parley is built from' }).waitFor();
      expect(await sections.isVisible()).toBe(false);
      const licences = await phone.request.get(new URL('licences.txt', maria.ready.ui).href);
      expect(await licences.text()).toMatch(/preact [\s\S]*Permission is hereby granted/);
      await phone.getByRole('link', { name: 'Settings', exact: true }).click();
      await sections.waitFor();
      await phone.context().close();
    },
    lasting,
  );
});
