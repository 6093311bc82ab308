/** Nobody has told the daemon anything: from the link in the terminal to the first message, and to somebody invited. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { TrackerReady } from '../../scripts/daemon/daemon.js';
import { violations } from '../support/axe.js';
import { openBrowser, openWindow, PATIENCE_MS } from '../support/browser.js';
import { FreshPeer } from '../support/fresh-peer.js';
import { World, type Restartable } from '../support/world.js';

describe('the first run', () => {
  const lasting = 3 * PATIENCE_MS;
  let world: World;
  let browser: Browser;
  let tracker: Restartable<TrackerReady>;
  let alice: FreshPeer;
  let bob: FreshPeer | undefined;
  let page: Page;
  let invite = '';
  let ports: readonly string[] = [];

  beforeAll(async () => {
    [world, browser] = await Promise.all([World.create('start'), openBrowser()]);
    tracker = await world.startTracker();
    alice = FreshPeer.start('--data-dir', join(world.folder, 'alice'), '--device-name', 'Study');
  }, lasting);
  afterAll(async () => {
    await browser.close();
    await Promise.all([alice.stop(), bob?.stop()]);
    await world.close();
  }, lasting);

  const address = (): ReturnType<Page['getByLabel']> => page.getByLabel('Invite link or tracker address');
  const sidebar = (of: Page) => of.getByRole('navigation', { name: 'Conversations' });

  test(
    'is for the one who opens the link, and for nobody else',
    async () => {
      const { ui, link } = await alice.setup;
      const stranger = (await openWindow(browser, ui)).page;
      await stranger.getByRole('heading', { name: 'Open the link from the terminal' }).waitFor();
      expect(await stranger.getByRole('textbox').count()).toBe(0);
      await stranger.context().close();
      ({ page } = await openWindow(browser, link));
      await page.getByRole('heading', { name: 'Join your team' }).waitFor();
    },
    lasting,
  );

  test(
    'says what is wrong with an address, and what to do',
    async () => {
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('Paste the invite, or type the address, first.').waitFor();
      expect(await violations(page)).toEqual([]);
      await address().fill('0246-8ace-gjmp-rtwy');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('That is only the code of an invite').waitFor();
      await address().fill('http://127.0.0.1:1');
      await page.keyboard.press('Enter');
      await page
        .getByRole('alert')
        .getByText(/^No tracker runs at .* Check the address; .*\.$/)
        .waitFor();
      await address().fill(`${tracker.ready.url}/join#1.${'A'.repeat(43)}`);
      await page.keyboard.press('Enter');
      await page
        .getByRole('alert')
        .getByText(/not the tracker that you were invited to.*Ask for a new invite/)
        .waitFor();
    },
    lasting,
  );

  test(
    'makes the account and turns into the chat, by keyboard alone',
    async () => {
      await address().fill(tracker.ready.url);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Choose your name' }).waitFor();
      await page.getByText('Only people on this computer can use this tracker.').waitFor();
      // The field for the name has the focus.
      await page.keyboard.type('alice b');
      await page.keyboard.press('Tab');
      await page.keyboard.type('short');
      await page.keyboard.press('Enter');
      await page.getByText('A name has 1 to 32 letters').waitFor();
      await page.getByText('A new password has at least 8 characters').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByLabel('User name').fill('alice');
      await page.getByLabel('Password', { exact: true }).fill('correct horse');
      // What the flag says is only proposed.
      const device = page.getByLabel('Name of the device');
      expect(await device.inputValue()).toBe('Study');
      await device.fill(' ');
      await page.keyboard.press('Enter');
      await page.getByText('Type a name that can be seen.').waitFor();
      await device.fill("Alice's laptop");
      // The tracker is killed between the two steps: what was typed stays, no field is blamed, and it goes on from there.
      await tracker.kill9();
      await page.keyboard.press('Enter');
      await page
        .getByRole('alert')
        .getByText(/^No tracker runs at .* now\./)
        .waitFor();
      expect(await page.locator('[aria-invalid="true"]').count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      expect(await page.getByLabel('User name').inputValue()).toBe('alice');
      await tracker.start();
      await page.keyboard.press('Enter');
      const ready = await alice.ready;
      expect(ready.username).toBe('alice');
      expect(ready.ui).toBe((await alice.setup).ui);
      ports = ['--peer-port', String(ready.p2p.port), '--ui-port', new URL(ready.ui).port];
      await sidebar(page).waitFor();
      await page.getByText('Tracker connected').first().waitFor();
      const chat = page.url();
      await page.goto(`${ready.ui}#/settings/devices`);
      await page.getByText("Alice's laptop").waitFor();
      await page.goto(chat);
    },
    lasting,
  );

  test(
    'shows the newcomer around, once',
    async () => {
      const welcome = page.getByRole('region', { name: 'Notices' });
      await welcome.getByText('Welcome, ').waitFor();
      await welcome.getByText('#general is where everyone is').waitFor();
      await welcome.getByText(/K finds people, channels and messages/).waitFor();
      await welcome.getByRole('button', { name: 'Got it' }).click();
      await welcome.getByText('Welcome, ').waitFor({ state: 'detached' });
      await page.reload();
      await page.getByText('Everyone in your team reads #general. Say hello.').waitFor();
      expect(await welcome.getByText('Welcome, ').count()).toBe(0);
    },
    lasting,
  );

  test(
    'invites somebody by a link that can be copied, and says that it works on this machine alone',
    async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await sidebar(page).getByRole('button', { name: 'Invite people' }).click();
      const panel = page.getByRole('dialog', { name: 'Invite people' });
      await panel.getByText('Only people on this computer can use this link').waitFor();
      await panel.getByText(/^npx parley tracker --host 0\.0\.0\.0/).waitFor();
      await panel.getByRole('button', { name: 'Copy Link' }).click();
      await panel.getByText('Copied').waitFor();
      invite = await page.evaluate(() => navigator.clipboard.readText());
      expect(invite).toMatch(new RegExp(`^${tracker.ready.url}/join#1\\.[A-Za-z0-9_-]{43}$`));
      await panel.getByText(`npx parley peer --invite "${invite}"`).waitFor();
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'of the one who was invited needs a name and a password, and the two meet',
    async () => {
      bob = FreshPeer.start('--data-dir', join(world.folder, 'bob'), '--invite', invite);
      const guest = (await openWindow(browser, (await bob.setup).link)).page;
      await guest.getByText('It is the one that you were invited to').waitFor();
      // Something is proposed, whatever this machine is called.
      expect(await guest.getByLabel('Name of the device').inputValue()).not.toBe('');
      // An account that there is, with its password: nobody is signed in to it who wanted one of their own.
      await guest.getByLabel('User name').fill('alice');
      await guest.getByLabel('Password', { exact: true }).fill('correct horse');
      await guest.keyboard.press('Enter');
      await guest.getByText('This account exists already. If it is yours, sign in').waitFor();
      await guest.getByRole('button', { name: 'It is mine: sign in' }).waitFor();
      await guest.getByLabel('User name').fill('bob');
      await guest.getByLabel('Password', { exact: true }).fill('correct horse');
      await guest.keyboard.press('Enter');
      await sidebar(guest).getByRole('link', { name: /alice/ }).waitFor();
      await sidebar(page).getByRole('link', { name: /bob/ }).click();
      await page.getByText(/This is the beginning of your conversation|The beginning of your conversation/).waitFor();
      await page.getByRole('textbox', { name: 'Message to bob' }).fill('Welcome, bob');
      await page.keyboard.press('Enter');
      await sidebar(guest).getByRole('link', { name: /alice/ }).click();
      await guest.getByRole('region', { name: 'Messages in alice' }).getByText('Welcome, bob').waitFor();
      await guest.context().close();
    },
    lasting,
  );

  test(
    'is the only one: the next start needs to be told nothing',
    async () => {
      await alice.stop();
      alice = FreshPeer.start('--data-dir', join(world.folder, 'alice'), ...ports);
      expect((await alice.ready).username).toBe('alice');
      await page.getByText('Tracker connected').first().waitFor();
      await page.getByRole('region', { name: 'Messages in bob' }).getByText('Welcome, bob').waitFor();
    },
    lasting,
  );
});
