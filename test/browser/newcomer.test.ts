/** A newcomer's window is warned of nothing that was there before; it shows, finds and writes to those who are away. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { register } from '../../scripts/demo/accounts.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { Person } from '../support/person.js';
import { World, type Restartable } from '../support/world.js';

const lasting = 4 * PATIENCE_MS;
const password = 'correct horse battery';

let world: World;
let browser: Browser;
let tracker: Restartable<TrackerReady>;
let bobs: Restartable<PeerReady>[];
let alice: Person;

beforeAll(async () => {
  world = await World.create('newcomer');
  browser = await openBrowser();
  tracker = await world.startTracker();
  const bob = await world.startPeer({ username: 'bob', tracker, password, register: true });
  bobs = [bob, await world.startPeer({ username: 'bob', folder: 'bobs-phone', tracker, password })];
  await register(tracker.ready.url, { username: 'Carol', password });
  const peer = await world.startPeer({ username: 'alice', tracker, password, register: true });
  alice = await Person.sitDown(browser, peer.ready.login);
}, lasting);
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (world as World | undefined)?.close();
}, lasting);

test(
  'no device that was there before is warned of; one that comes afterwards is, in words and not in digits',
  async () => {
    const { page } = alice;
    const notices = page.getByRole('region', { name: 'Notices' });
    const warning = notices.getByText(/bob uses a new device/);
    const countsDevices = async (count: number): Promise<void> => {
      await page.evaluate(() => void (location.hash = '#/people'));
      await page.getByRole('button', { name: /About bob/ }).click();
      await page.getByRole('dialog').getByText(`${count} devices of bob`).waitFor();
      await page.keyboard.press('Escape');
    };
    await countsDevices(2);
    expect(await notices.innerText()).toBe('');

    bobs.push(await world.startPeer({ username: 'bob', folder: 'bobs-tablet', tracker, password }));
    await warning.waitFor();
    expect(await warning.innerText()).not.toMatch(/\d/);
    // None of the others waits behind it.
    expect(await notices.getByRole('button', { name: /more notice/ }).count()).toBe(0);
    await notices.getByRole('button', { name: 'Dismiss' }).click();
    await warning.waitFor({ state: 'detached' });
    await countsDevices(3);
    expect(await notices.innerText()).toBe('');
    await Promise.all(bobs.map((bob) => bob.stop()));
  },
  lasting,
);

test(
  'those who are away are in the lists, with when they were last here',
  async () => {
    const { page } = alice;
    await alice.sidebar.getByRole('link', { name: /Carol/ }).waitFor();
    await page.goto(`${page.url().split('#')[0] ?? ''}#/people`);
    const list = page.getByRole('list', { name: 'People of your team' });
    await list.getByText('has an account, but was not here yet').first().waitFor();
    await list
      .getByText(/offline, last seen/)
      .first()
      .waitFor();
  },
  lasting,
);

test(
  'the switcher finds them by keys alone, and what is written waits for them',
  async () => {
    const { page } = alice;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('caro');
    const switcher = page.getByRole('dialog', { name: 'Go to a conversation, person or command' });
    await switcher.getByRole('option', { name: /Carol/ }).waitFor();
    await page.keyboard.press('Enter');
    await alice.composer('Carol').waitFor();
    await page.keyboard.type('welcome here');
    await page.keyboard.press('Enter');
    await alice.sees('Carol', 'welcome here');
    await page
      .getByText(/has not started Parley yet/)
      .first()
      .waitFor();
    expect(alice.problems).toEqual([]);
  },
  lasting,
);
