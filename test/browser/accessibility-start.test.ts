/** axe on the pages before one is signed in, at each step and refusal. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { TrackerReady } from '../../scripts/daemon/daemon.js';
import { register } from '../../scripts/demo/accounts.js';
import { violationsOfBoth } from '../support/axe.js';
import { openBrowser, openWindow, PATIENCE_MS } from '../support/browser.js';
import { FreshPeer } from '../support/fresh-peer.js';
import { World, type Restartable } from '../support/world.js';

const lasting = 8 * PATIENCE_MS;
const PASSWORD = 'correct horse battery';

let world: World;
let browser: Browser;
let tracker: Restartable<TrackerReady>;

beforeAll(async () => {
  world = await World.create('accessibility-start');
  browser = await openBrowser();
  tracker = await world.startTracker();
}, lasting);
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (world as World | undefined)?.close();
}, lasting);

/** What is found there is told with the name of the state. */
async function look(page: Page, state: string): Promise<void> {
  expect([state, await violationsOfBoth(page)]).toEqual([state, []]);
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

test(
  'axe finds nothing at the first start, at any step, in the dark and in the light',
  async () => {
    await register(tracker.ready.url, { username: 'maria', password: PASSWORD });
    const fresh = FreshPeer.start('--data-dir', join(world.folder, 'fresh'), '--device-name', 'Study');
    try {
      const { page } = await openWindow(browser, (await fresh.setup).link);
      const address = page.getByLabel('Invite link or tracker address');
      await address.waitFor();
      await page.getByText('Setting up a new team?').click();
      await press(page, 'Continue');
      await page.getByText('Paste the invite, or type the address, first.').waitFor();
      await look(page, 'no address, and how to set up a team');
      await address.fill('http://127.0.0.1:1');
      await press(page, 'Continue');
      await page.getByText(/^No tracker runs at /).waitFor();
      await look(page, 'an address where nothing answers');
      await address.fill(tracker.ready.url);
      await press(page, 'Continue');
      await page.getByRole('heading', { name: 'Choose your name' }).waitFor();
      await look(page, 'an account is made');
      await page.getByLabel('Name of the device').fill('');
      await press(page, 'Create the account');
      await page.getByText('Type a name that can be seen.').waitFor();
      await look(page, 'each field is wrong');
      await page.getByLabel('User name').fill('maria');
      await page.getByLabel('Password', { exact: true }).fill('another good horse');
      await page.getByLabel('Name of the device').fill('Study');
      await press(page, 'Create the account');
      await page.getByRole('button', { name: 'It is mine: sign in' }).waitFor();
      await look(page, 'the name is taken');
      await press(page, 'It is mine: sign in');
      await page.getByText('That name and password do not match.').waitFor();
      await look(page, 'the password is wrong');
      await press(page, 'Change');
      await address.waitFor();
      await look(page, 'another tracker');
      await page.context().close();
    } finally {
      await fresh.stop();
    }
  },
  lasting,
);

test(
  'axe finds nothing where one signs in, in the dark and in the light',
  async () => {
    const peer = await world.startPeer({ username: 'jonas', tracker });
    const { page } = await openWindow(browser, peer.ready.ui);
    await page.getByRole('heading', { name: 'Sign in as jonas' }).waitFor();
    await press(page, 'Use another account');
    await page.getByText('npx parley peer --username NAME').waitFor();
    await press(page, 'Sign in');
    await page.getByText('Enter the password first.').waitFor();
    await look(page, 'no password, and another account');
    await press(page, 'New here? Create this account');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await press(page, 'Create this account');
    await page.getByText('A new password has at least 8 characters.').waitFor();
    await look(page, 'a new password that is too short');
    await tracker.kill9();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await press(page, 'Create this account');
    await page
      .locator('.field-error')
      .filter({ hasText: /\S/ })
      .getByText('A new password')
      .waitFor({ state: 'detached' });
    await page.locator('.field-error').filter({ hasText: /\S/ }).waitFor();
    await look(page, 'the tracker is away');
    await page.context().close();
    await tracker.start();
  },
  lasting,
);
