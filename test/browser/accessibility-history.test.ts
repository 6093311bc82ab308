/** axe on the bar that tells of messages which come from another device of the user, or wait for it. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { TrackerReady } from '../../scripts/daemon/daemon.js';
import { RunningPeer } from '../../scripts/process/running-peer.js';
import { phone, violationsOfBoth } from '../support/axe.js';
import { openBrowser, openWindow, PATIENCE_MS } from '../support/browser.js';
import { World, type Restartable } from '../support/world.js';

const lasting = 8 * PATIENCE_MS;
const PASSWORD = 'correct horse battery';
/** Of the first device: more bytes than are on their way at once. */
const MESSAGES = 1_500;
const AT_ONCE = 150;
const LONG = 'a long message '.repeat(250);

let world: World;
let browser: Browser;
let tracker: Restartable<TrackerReady>;

beforeAll(async () => {
  world = await World.create('accessibility-history');
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

test(
  'axe finds nothing while the messages of another device come, and while they wait for it',
  async () => {
    const account = { username: 'lena', tracker, password: PASSWORD };
    const first = await world.startPeer({ ...account, register: true, deviceName: 'Study' });
    const there = await RunningPeer.find({ 'data-dir': join(world.folder, 'lena') });
    for (let sent = 0; sent < MESSAGES; sent += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) =>
          there.run('message.post', { conversation: '#general', message: `${sent + i} ${LONG}` }),
        ),
      );
    await there.close();
    // It answers nothing until the second listens.
    first.freeze();
    const second = await world.startPeer({ ...account, folder: 'lena-2' });
    const here = await RunningPeer.find({ 'data-dir': join(world.folder, 'lena-2') });
    await here.run('people.list', {});
    const isComing = new Promise<void>((resolve) => {
      here.heard = (event) => {
        if (event.type !== 'history' || event.history?.state !== 'coming') return;
        // It has said how much there is, and says nothing more: so the bar stays.
        first.freeze();
        resolve();
      };
    });
    first.thaw();
    await isComing;
    const { page } = await openWindow(browser, second.ready.login);
    await page.getByText(/Getting your messages from /).waitFor();
    await look(page, 'they come');
    await first.kill9();
    await page.getByText(/The rest comes when .* is online again/).waitFor();
    await look(page, 'they wait');
    await page.evaluate(() => localStorage.setItem('parley.language', 'fa'));
    await page.setViewportSize(phone.viewport);
    await page.goto(`${second.ready.ui}#/c/general`);
    await page.reload();
    await page.locator('html[dir="rtl"] .file-bar').waitFor();
    await look(page, 'they wait, on a phone, right to left');
    await page.context().close();
    await here.close();
  },
  lasting,
);
