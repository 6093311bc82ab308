/** Two people in one conversation, and what they do with its messages. */
import { errors, type Locator } from 'playwright-core';
import { browserUsers, type BrowserUsers } from './browser-users.js';
import type { Person } from './person.js';

export const PLACE = '#general';
/** A click takes so long where nothing moves. */
const STILL_MS = 2_000;

/** Registers hooks as `browserUsers` does: two users in #general, who may use the clipboard. */
export function twoPeople(
  name: string,
  begin: (two: BrowserUsers<'alice' | 'bob'>) => void | Promise<void> = () => undefined,
): void {
  browserUsers(name, ['alice', 'bob'], async (two) => {
    const { alice, bob } = two.people;
    await alice.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    for (const person of [alice, bob]) await person.open(PLACE);
    await begin(two);
  });
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

/** By mouse, a button that is there while the mouse is over the message: again, where the message has moved away from under it. */
export async function press(person: Person, text: string, name: string): Promise<void> {
  for (;;) {
    const found = await pointAt(person, text);
    try {
      return await found.getByRole('button', { name }).click({ timeout: STILL_MS });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
    }
  }
}

/** By mouse, from the menu. */
export async function choose(person: Person, text: string, action: string): Promise<void> {
  await press(person, text, 'More actions');
  await person.page.getByRole('menuitem', { name: action }).click();
}

/** Resolves once it has the focus: what has just been closed or drawn anew gives it back a moment later. */
export function hasFocus(element: Locator): Promise<void> {
  return element.and(element.page().locator(':focus')).waitFor({ state: 'attached' });
}

function isFocused(element: Locator): Promise<boolean> {
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
