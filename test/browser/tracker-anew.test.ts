/** A tracker that was set up anew, or has lost its accounts, as two people meet it in the window: both go on. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { Person } from '../support/person.js';
import { projectRoot } from '../support/project.js';
import { World, type Restartable } from '../support/world.js';

const PASSWORD = 'correct horse battery';
const lasting = 8 * PATIENCE_MS;

let world: World;
let browser: Browser;
let tracker: Restartable<TrackerReady>;
const people = new Map<string, Person>();

beforeAll(async () => {
  world = await World.create('tracker-anew');
  browser = await openBrowser();
  tracker = await world.startTracker();
  for (const username of ['maria', 'jonas']) {
    const peer: Restartable<PeerReady> = await world.startPeer({ username, tracker });
    const person = await Person.sitDown(browser, peer.ready.ui);
    await person.register(PASSWORD);
    people.set(username, person);
  }
}, lasting);

afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (world as World | undefined)?.close();
}, lasting);

function person(name: string): Person {
  const found = people.get(name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

test(
  'each says that it is theirs, with an account of the same name, and they hear each other',
  async () => {
    const [maria, jonas] = [person('maria'), person('jonas')];
    for (const one of [maria, jonas]) await one.open('#general');
    await maria.write('#general', 'of before');
    await jonas.sees('#general', 'of before');

    await tracker.kill9();
    await rm(join(world.folder, 'tracker'), { recursive: true });
    await tracker.start();
    for (const [name, one] of people) {
      await one.page.getByRole('button', { name: 'This is my tracker, set up anew' }).click();
      const dialog = one.page.getByRole('dialog', { name: /set up anew/ });
      await dialog.getByText(/Somebody who stands between you and your tracker would look just the same/).waitFor();
      const go = dialog.getByRole('button', { name: `Go on with a new account ${name}` });
      await dialog.getByLabel('Password', { exact: true }).fill('short');
      await go.click();
      await dialog.getByText(/at least 8 characters/).waitFor();
      if (name === 'maria')
        await one.page.screenshot({ path: join(projectRoot, 'dist/test-logs/tracker-anew-dialog.png') });
      await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await go.click();
      await dialog.waitFor({ state: 'detached' });
      await one.page.getByText(/this device has begun anew with it/).waitFor();
      await one.seesTracker('Tracker connected');
      await one.sees('#general', 'of before');
    }

    await maria.write('#general', 'hello again');
    await jonas.sees('#general', 'hello again');
    await jonas.write('#general', 'and here I am');
    await maria.sees('#general', 'and here I am');
    // What is of before stays as it is.
    const row = (text: string) => maria.timeline('#general').getByRole('listitem').filter({ hasText: text });
    for (const [text, editable] of [
      ['hello again', true],
      ['of before', false],
    ] as const) {
      await row(text).hover();
      await row(text).getByRole('button', { name: 'More actions' }).click();
      const menu = maria.page.getByRole('menu');
      await menu.getByRole('menuitem', { name: /Copy text/ }).waitFor();
      expect(await menu.getByRole('menuitem', { name: /^Edit/ }).count()).toBe(editable ? 1 : 0);
      await maria.page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
    }
    await maria.page.screenshot({ path: join(projectRoot, 'dist/test-logs/tracker-anew.png') });
    for (const one of people.values()) expect(one.problems).toEqual([]);
  },
  lasting,
);

test(
  'of a tracker that has lost its accounts, each creates theirs again, and everything is as it was',
  async () => {
    const data = join(world.folder, 'tracker');
    await tracker.kill9();
    for (const file of await readdir(data)) if (file.startsWith('tracker.db')) await rm(join(data, file));
    await tracker.start();
    for (const one of people.values()) {
      await one.page.getByRole('button', { name: 'Sign in again' }).click();
      const dialog = one.page.getByRole('dialog');
      await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
      await dialog.getByText(/does not take this password any more.*create the account again here/).waitFor();
      await dialog.getByRole('button', { name: 'The tracker lost it: create my account again' }).click();
      await dialog.waitFor({ state: 'detached' });
      await one.seesTracker('Tracker connected');
      await one.sees('#general', 'hello again');
    }
    const [maria, jonas] = [person('maria'), person('jonas')];
    await jonas.write('#general', 'as it was');
    await maria.sees('#general', 'as it was');
    for (const one of people.values()) expect(one.problems).toEqual([]);
  },
  lasting,
);
