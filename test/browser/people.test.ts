/** What people see of each other: profile, status, presence, friends and blocks, by two browsers and their peers. */
import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { violationsOfBoth } from '../support/axe.js';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers } from '../support/browser-users.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;

/** The row at the foot of the list, and the menu that it opens. */
const ownRow = ({ sidebar }: Person): Locator => sidebar.getByRole('button', { name: /^You, / });
const ownMenu = ({ page }: Person): Locator => page.getByRole('group', { name: /^You, / });
const section = ({ sidebar }: Person, name: string): Locator => sidebar.getByRole('region', { name, exact: true });

describe('people', () => {
  let alice: Person;
  let bob: Person;

  browserUsers('people', ['alice', 'bob'], async ({ people }) => {
    ({ alice, bob } = people);
    await Promise.all([ownRow(alice).waitFor(), section(bob, 'People').getByRole('link', { name: /alice/ }).waitFor()]);
  });

  /** A red square, larger than it may be: the page makes it small. */
  const drawPicture = async (): Promise<Buffer> => {
    const url = await alice.page.evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1600, 900];
      const context = canvas.getContext('2d');
      if (context) {
        for (let x = 0; x < 1600; x += 4) {
          context.fillStyle = `hsl(${String(x % 360)} 80% 50%)`;
          context.fillRect(x, 0, 4, 900);
        }
      }
      return canvas.toDataURL('image/png');
    });
    return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  };

  test(
    'a profile with a picture is made by one and seen by the other',
    async () => {
      await ownRow(alice).press('Enter');
      await ownMenu(alice).getByRole('button', { name: 'Edit profile' }).click();
      const dialog = alice.page.getByRole('dialog', { name: 'Your profile' });
      const name = dialog.getByLabel('Display name');
      await name.fill('Alice Liddell');
      await dialog.getByLabel('About you').fill('Down the rabbit hole.\nBack for tea.');
      await dialog
        .getByLabel('Choose a picture')
        .first()
        .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await drawPicture() });
      await dialog.getByRole('button', { name: 'Remove picture' }).waitFor();
      await name.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await ownRow(alice).getByText('Alice Liddell').waitFor();

      const link = section(bob, 'People').getByRole('link', { name: /Alice Liddell/ });
      await link.waitFor();
      expect(await link.getByText('alice', { exact: true }).count()).toBe(1);
      await bob.sidebar.getByRole('link', { name: 'Find a person' }).click();
      const entry = bob.page.getByRole('main').getByRole('link', { name: /Alice Liddell/ });
      const picture = entry.locator('img');
      await picture.waitFor();
      const natural = await picture.evaluate(async (element) => {
        const image = element as HTMLImageElement;
        await image.decode();
        return image.naturalWidth;
      });
      expect(natural).toBe(128);
    },
    lasting,
  );

  test(
    'a status, chosen from what is suggested, and being busy are seen at once',
    async () => {
      await ownRow(alice).click();
      await ownMenu(alice).getByRole('button', { name: 'Set a status' }).click();
      const dialog = alice.page.getByRole('dialog', { name: 'Your status' });
      await dialog.getByRole('button', { name: 'On holiday' }).click();
      expect(await dialog.getByLabel('Clear after').inputValue()).toBe('never');
      await dialog.getByLabel('Clear after').selectOption('Day and time …');
      await dialog.getByLabel('Day and time', { exact: true }).fill('2020-01-01T10:00');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('Choose a time that is still to come.').waitFor();
      expect(await violationsOfBoth(alice.page, { only: 'dialog[open]' })).toEqual([]);
      await dialog.getByLabel('Clear after').selectOption('30 minutes');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await ownRow(alice).getByText('On holiday').waitFor();
      await section(bob, 'People')
        .getByRole('link', { name: /Alice Liddell.*🌴.*On holiday/s })
        .waitFor();
      await bob.page
        .getByTitle(/^Until .*\d/)
        .first()
        .waitFor();
      await ownRow(alice).click();
      await ownMenu(alice).getByRole('button', { name: 'Clear status' }).waitFor();
      expect(await violationsOfBoth(alice.page, { only: ':popover-open' })).toEqual([]);
      await alice.page.keyboard.press('Escape');

      await ownRow(alice).click();
      await ownMenu(alice).getByRole('radio', { name: 'Busy' }).check();
      await section(bob, 'People')
        .getByRole('link', { name: /busy.*Alice Liddell/s })
        .waitFor();
      await ownMenu(alice)
        .getByRole('radio', { name: /Automatic/ })
        .check();
      await section(bob, 'People')
        .getByRole('link', { name: /online.*Alice Liddell/s })
        .waitFor();
      await ownMenu(alice).getByRole('button', { name: 'Clear status' }).click();
      await section(bob, 'People').getByText('On holiday').waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'not to be disturbed for an hour, and then after all, in every window and after a reload',
    async () => {
      const menu = ownMenu(alice);
      await menu.getByRole('button', { name: '1 hour' }).click();
      await menu.getByText(/^No notifications until .*\d/).waitFor();
      await alice.page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
      await alice.page.reload();
      await ownRow(alice).click();
      await menu.getByRole('button', { name: 'Notify me again' }).click();
      await menu.getByRole('button', { name: 'Until tomorrow' }).waitFor();
      await alice.page.keyboard.press('Escape');
    },
    lasting,
  );

  test(
    'a friend stands on top; who they are is a press away',
    async () => {
      await bob.page
        .getByRole('main')
        .getByRole('button', { name: /^About alice/ })
        .click();
      const panel = bob.page.getByRole('dialog', { name: 'Alice Liddell' });
      await panel.getByText('Down the rabbit hole.').waitFor();
      await panel.getByRole('heading', { name: 'Safety number' }).waitFor();
      await panel.getByRole('button', { name: 'Add to friends' }).click();
      await panel.getByText('friend', { exact: true }).waitFor();
      await panel.getByRole('button', { name: 'Message', exact: true }).click();
      await bob.composer('alice').or(bob.composer('Alice Liddell')).waitFor();
      await bob.page.reload();
      await section(bob, 'Friends')
        .getByRole('link', { name: /Alice Liddell/ })
        .waitFor();
      expect(await section(bob, 'People').count()).toBe(0);
      // No heading over nothing: the only one that he writes to is a friend now.
      expect(await section(bob, 'Direct messages').count()).toBe(0);
    },
    lasting,
  );

  test(
    'who is named is called; who is not only has something to read',
    async () => {
      await alice.open('#broadcast');
      await bob.open('#general');
      await bob.write('#general', 'anybody here?');
      const general = section(alice, 'Channels').getByRole('link', { name: /general/ });
      await general.getByText('1 unread message', { exact: true }).waitFor();
      await bob.write('#general', 'what about @alice?');
      await general.getByText('2 unread messages, 1 message names you').waitFor();
      await alice.open('#general');
      await general.getByText(/unread message/).waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'who is blocked leaves the list and counts for nothing, and comes back when no longer blocked',
    async () => {
      await bob.open('#broadcast');
      await bob.sidebar.getByRole('link', { name: 'Find a person' }).click();
      const about = bob.page.getByRole('main').getByRole('button', { name: /^About alice/ });
      await about.click();
      const panel = bob.page.getByRole('dialog', { name: 'Alice Liddell' });
      await panel.getByRole('button', { name: 'Block', exact: true }).click();
      const ask = bob.page.getByRole('dialog', { name: 'Block Alice Liddell?' });
      await ask.getByText('They are not told.').waitFor();
      await ask.getByRole('button', { name: 'Block', exact: true }).click();
      // What she calls herself is hers, too.
      const hidden = bob.page.getByRole('dialog', { name: 'alice' });
      await hidden.getByText('blocked', { exact: true }).waitFor();
      await hidden.getByRole('button', { name: 'Close' }).click();
      await bob.sidebar.getByText('Alice Liddell').waitFor({ state: 'detached' });
      expect(await section(bob, 'Friends').count()).toBe(0);
      await about.waitFor({ state: 'detached' });
      await bob.page.getByRole('searchbox').fill('alice');
      await bob.page
        .getByRole('main')
        .getByRole('link', { name: /alice.*blocked/s })
        .waitFor();

      await alice.write('#general', 'you cannot hear me');
      await alice.seesMark('#general', 'you cannot hear me', /^Sent/);
      const general = section(bob, 'Channels').getByRole('link', { name: /general/ });
      expect(await general.getByText(/unread/).count()).toBe(0);

      await about.click();
      await hidden.getByRole('button', { name: 'Unblock' }).click();
      await panel.getByRole('button', { name: 'Close' }).click();
      await general.getByText(/unread message/).waitFor();
      await alice.seesMark('#general', 'you cannot hear me', /^Delivered/);
    },
    lasting,
  );

  test(
    'who hides their address is linked through the tracker, and the card says so, and why; no longer, once they show it',
    async () => {
      const hide = alice.page.getByRole('switch', { name: 'Hide my address' });
      const settings = (section: string): Promise<void> =>
        alice.page.evaluate((to) => void (location.hash = `#/settings/${to}`), section);
      await settings('privacy');
      // Her peer begins anew; the window finds it by itself.
      await hide.press('Space');
      await bob.sidebar.getByRole('link', { name: 'Find a person' }).click();
      await bob.page
        .getByRole('main')
        .getByRole('button', { name: /^About alice/ })
        .click();
      const panel = bob.page.getByRole('dialog', { name: 'Alice Liddell' });
      await panel.getByText('Linked through the tracker, since they hide their address.').waitFor();
      await panel.getByRole('button', { name: 'Why? Check the connection to alice' }).press('Enter');
      await panel.getByText('They hide their address, so your link goes through the tracker.').waitFor();
      await panel.getByRole('button', { name: 'Check again' }).and(bob.page.locator(':focus')).waitFor();
      expect(await violationsOfBoth(bob.page, { only: 'dialog[open]' })).toEqual([]);

      await settings('connection');
      await alice.page.getByText('Linked through the tracker, since you hide your address.').waitFor();
      expect(await violationsOfBoth(alice.page, { only: 'main' })).toEqual([]);
      await settings('privacy');
      await hide.and(alice.page.locator(':checked')).waitFor();
      expect(await violationsOfBoth(alice.page, { only: 'main' })).toEqual([]);
      await hide.and(alice.page.locator(':checked')).press('Space');
      await panel.getByText('Linked directly.').waitFor();
      await panel.getByRole('button', { name: /^Why\?|^Check again/ }).waitFor({ state: 'detached' });
      await panel.getByRole('button', { name: 'Close' }).click();
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
