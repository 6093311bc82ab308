/** Two people in one conversation, and what they do with its messages. */
import type { Browser, Locator } from 'playwright-core';
import type { PeerReady } from '../../scripts/daemon/daemon.js';
import { openBrowser } from './browser.js';
import { Person } from './person.js';
import { World, type Restartable } from './world.js';

export const PLACE = '#general';

export interface TwoPeople {
  readonly browser: Browser;
  readonly alicePeer: Restartable<PeerReady>;
  readonly alice: Person;
  readonly bob: Person;
  close(): Promise<void>;
}

/** A tracker, two peers, and their users in #general. `name`: of the world's logs. */
export async function twoPeople(name: string): Promise<TwoPeople> {
  const world = await World.create(name);
  const browser = await openBrowser();
  const tracker = await world.startTracker();
  const alicePeer = await world.startPeer({ username: 'alice', tracker });
  const bobPeer = await world.startPeer({ username: 'bob', tracker });
  const alice = await Person.sitDown(browser, alicePeer.ready.ui);
  const bob = await Person.sitDown(browser, bobPeer.ready.ui);
  await alice.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const person of [alice, bob]) {
    await person.register('correct horse battery');
    await person.open(PLACE);
  }
  const close = async (): Promise<void> => {
    await browser.close();
    await world.close();
  };
  return { browser, alicePeer, alice, bob, close };
}

/** The message whose own text has this in it; not one that quotes it. */
export function message(person: Person, text: string): Locator {
  const own = person.page.getByRole('paragraph').filter({ hasText: text });
  return person.timeline(PLACE).locator('[data-message]').filter({ has: own }).last();
}

/** Points at a message until its toolbar is there: what comes in meanwhile moves it away from under the pointer. */
export async function pointAt(person: Person, text: string): Promise<Locator> {
  const found = message(person, text);
  do await found.hover();
  while (!(await found.getByRole('button', { name: 'More actions' }).isVisible()));
  return found;
}

/** By mouse, from the menu. */
export async function choose(person: Person, text: string, action: string): Promise<void> {
  const found = await pointAt(person, text);
  await found.getByRole('button', { name: 'More actions' }).click();
  await person.page.getByRole('menuitem', { name: action }).click();
}

export function isFocused(element: Locator): Promise<boolean> {
  return element.evaluate((found) => found === found.ownerDocument.activeElement);
}

/** By keyboard alone: into the timeline, and up to the message. */
export async function walkTo(person: Person, text: string): Promise<Locator> {
  const wanted = message(person, text);
  // What comes only after the first step would be below, and never met.
  await wanted.waitFor();
  await person.timeline(PLACE).focus();
  do await person.page.keyboard.press('ArrowUp');
  while (!(await isFocused(wanted)));
  return wanted;
}
