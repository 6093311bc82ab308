/** Channels, the header of a conversation and the panel beside it: two people, two browsers, two peers. */
import { describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { violationsOfBoth } from '../support/axe.js';
import { PATIENCE_MS } from '../support/browser.js';
import { adminOf } from '../support/administering.js';
import { browserUsers, PASSWORD } from '../support/browser-users.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;

describe('channels', () => {
  let alice: Person;
  let bob: Person;
  let tracker: string;
  let [freeze, thaw] = [(): void => undefined, (): void => undefined];

  browserUsers('channels', ['alice', 'bob'], (users) => {
    ({ alice, bob } = users.people);
    tracker = users.tracker.ready.url;
    [freeze, thaw] = [() => users.tracker.freeze(), () => users.tracker.thaw()];
  });

  const heading = (page: Page, name: string): Locator => page.getByRole('heading', { name, level: 1 });
  const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Details of this conversation' });
  const browse = (person: Person): Promise<void> =>
    person.sidebar.getByRole('link', { name: 'Browse channels' }).first().click();
  const menu = async (page: Page, item: string | RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'More of this conversation' }).click();
    await page.getByRole('group', { name: 'More of this conversation' }).getByRole('button', { name: item }).click();
  };

  test(
    'one is made with a name that is checked as it is written, and a topic',
    async () => {
      const { page } = alice;
      await browse(alice);
      await page.getByRole('button', { name: 'New channel' }).click();
      const dialog = page.getByRole('dialog', { name: 'Create a channel' });
      const name = dialog.getByLabel('Name', { exact: true });
      await name.fill('Kaffee Küche');
      expect(await name.inputValue()).toBe('kaffee-küche');
      await dialog.getByText('Only a to z without accents').waitFor();
      await name.fill('x'.repeat(33));
      await dialog.getByText('at most 32 characters').waitFor();
      await name.fill('general');
      await dialog.getByText('#general exists already').waitFor();
      await name.fill('Tea Room');
      await dialog.getByLabel('Topic (optional)').fill('All about **tea**: https://example.org/tea');
      await page.keyboard.press('Enter');
      await heading(page, '#tea-room').waitFor();
      await alice.composer('#tea-room').waitFor();
      const link = page.locator('header').getByRole('link', { name: 'https://example.org/tea' });
      expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
      expect(await link.getAttribute('target')).toBe('_blank');
    },
    lasting,
  );

  test(
    'others find it with its topic and members, and join',
    async () => {
      const { page } = bob;
      await browse(bob);
      await page.getByLabel('Find or create a channel').fill('about tea');
      const row = page
        .getByRole('list', { name: 'More channels' })
        .getByRole('listitem')
        .filter({ hasText: 'tea-room' });
      await row.getByText('1 member').waitFor();
      await row.getByText('All about tea').waitFor();
      // It waits for the tracker, which may refuse: the button says so meanwhile.
      freeze();
      await row.getByRole('button', { name: 'Join #tea-room' }).click();
      await row.getByRole('button', { name: 'One moment…' }).waitFor();
      thaw();
      await heading(page, '#tea-room').waitFor();
      await alice.page.getByRole('button', { name: '2 members: show who' }).waitFor();
    },
    lasting,
  );

  test(
    'the members stand in the panel, with how they are; the focus goes there and comes back',
    async () => {
      const { page } = alice;
      await page.getByRole('button', { name: '2 members: show who' }).focus();
      await page.keyboard.press('Enter');
      await panel(page).getByText('2 of 2 members online').waitFor();
      await panel(page)
        .getByRole('button', { name: /bob.*online.*direct connection/s })
        .waitFor();
      const tab = panel(page).getByRole('tab', { name: 'Members' });
      await tab.and(page.locator(':focus')).waitFor();
      await page.keyboard.press('ArrowRight');
      await panel(page).getByText('Nothing is pinned here').waitFor();
      await page.keyboard.press('Escape');
      await panel(page).waitFor({ state: 'detached' });
      const opener = page.getByRole('button', { name: '2 members: show who' });
      await opener.and(page.locator(':focus')).waitFor();
      await opener.click();
      await panel(page).getByRole('button', { name: /bob/ }).click();
      await page.getByRole('dialog', { name: 'bob' }).waitFor();
      await page.keyboard.press('Escape');
      await panel(page).getByRole('button', { name: 'Close the details' }).click();
    },
    lasting,
  );

  test(
    'any member changes the topic, which is no longer than it may be',
    async () => {
      const { page } = bob;
      await page.getByRole('button', { name: 'Change the topic' }).click();
      const dialog = page.getByRole('dialog', { name: 'Topic of #tea-room' });
      const field = dialog.getByLabel('Topic', { exact: true });
      await field.fill('é'.repeat(129));
      await dialog.getByText('2 bytes too long').waitFor();
      expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await field.fill('Coffee is welcome as well');
      await dialog.getByText('231 characters left').waitFor();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await alice.page.locator('header').getByText('Coffee is welcome as well').waitFor();
    },
    lasting,
  );

  test(
    'a pinned message is counted for all, gone to, and let go',
    async () => {
      await alice.write('#tea-room', 'The kettle is in the cupboard');
      const row = alice.timeline('#tea-room').getByRole('listitem').filter({ hasText: 'The kettle' }).last();
      await row.hover();
      await row.getByRole('button', { name: 'More actions' }).click();
      await alice.page.getByRole('menuitem', { name: 'Pin to the conversation' }).click();
      const { page } = bob;
      await page.getByRole('button', { name: '1 pinned message' }).click();
      const pin = panel(page).getByRole('list', { name: 'Pins' }).getByRole('listitem');
      await pin.getByText('The kettle is in the cupboard').waitFor();
      await pin.getByText('Pinned by alice').waitFor();
      await pin.getByRole('button', { name: 'Go to the message' }).click();
      await bob.sees('#tea-room', 'The kettle is in the cupboard');
      await pin.getByRole('button', { name: 'Unpin' }).click();
      await panel(page).getByText('Nothing is pinned here').waitFor();
      await alice.page.getByRole('button', { name: '1 pinned message' }).waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
    },
    lasting,
  );

  test(
    'what is muted says so behind its name',
    async () => {
      const { page } = bob;
      await menu(page, 'About #tea-room');
      await panel(page)
        .getByRole('radio', { name: /^Nothing/ })
        .check();
      await heading(page, '#tea-room muted').waitFor();
      await panel(page)
        .getByRole('radio', { name: /^All messages/ })
        .check();
      await heading(page, '#tea-room muted').waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
    },
    lasting,
  );

  test(
    'one is left after a question; those that everyone is in tell why they cannot be',
    async () => {
      const { page } = bob;
      await menu(page, 'Leave #tea-room');
      await page.getByRole('dialog', { name: 'Leave #tea-room?' }).getByRole('button', { name: 'Leave' }).click();
      await heading(page, 'Channels').waitFor();
      expect(await bob.sidebar.getByRole('link', { name: /tea-room/ }).count()).toBe(0);
      await alice.page.getByRole('button', { name: '1 member: show who' }).waitFor();
      await bob.open('#broadcast');
      await page.locator('header').getByText('Everyone sees what is written here at once').waitFor();
      await menu(page, 'About #broadcast');
      await panel(page).getByText('everyone may write there').waitFor();
      await panel(page).getByText('Everyone is in #broadcast, so nobody can leave it').waitFor();
      await page.getByRole('button', { name: 'Close the details' }).click();
    },
    lasting,
  );

  test(
    'somebody becomes a friend from the header',
    async () => {
      const { page } = bob;
      await page.keyboard.press('Control+k');
      await page.keyboard.type('@alice');
      await page.keyboard.press('Enter');
      await bob.composer('alice').waitFor();
      await page.getByRole('button', { name: 'More of this conversation' }).click();
      await page.getByRole('button', { name: /^Make alice a friend/ }).click();
      const friends = bob.sidebar.getByRole('region', { name: 'Friends', exact: true });
      await friends.getByRole('link', { name: /alice/ }).waitFor();
      await page.getByRole('button', { name: 'More of this conversation' }).click();
      await page.getByRole('button', { name: /^alice is a friend/ }).waitFor();
      await page.keyboard.press('Escape');
    },
    lasting,
  );

  test(
    'on a phone the panel lies over everything, and the menu holds what has no room',
    async () => {
      const { page } = alice;
      await page.setViewportSize({ width: 390, height: 760 });
      expect(await page.getByRole('button', { name: '1 member: show who' }).isVisible()).toBe(false);
      await menu(page, 'Members');
      const sheet = page.getByRole('dialog', { name: 'Details of this conversation' });
      await sheet.getByText('1 of 1 member online').waitFor();
      const box = await sheet.boundingBox();
      expect(box && [box.x, box.y, box.width, box.height]).toEqual([0, 0, 390, 760]);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Back to all conversations' }).click();
      await alice.sidebar.waitFor();
    },
    lasting,
  );

  test(
    'what an admin makes of one is shown where it is read: another name, the archive, and its end',
    async () => {
      const admin = await adminOf(tracker, ['alice', 'bob'], PASSWORD);
      const act = (action: string, body?: object): Promise<void> => admin(`channels/lab/${action}`, body);
      for (const { page } of [alice, bob]) {
        await page.goto(new URL('#/c/lab', page.url()).href);
        await page.getByRole('button', { name: 'Join #lab' }).click();
        await page.getByRole('textbox', { name: 'Message to #lab' }).waitFor();
      }
      await alice.write('#lab', 'said before');
      await bob.timeline('#lab').getByText('said before').waitFor();
      await act('rename', { title: 'workshop' });
      await heading(bob.page, '#workshop').waitFor();
      await bob.sidebar.getByRole('link', { name: /workshop/ }).waitFor();
      await bob.write('#workshop', 'said under the new name');
      await alice.timeline('#workshop').getByText('said under the new name').waitFor();
      // Its former name is completed to the new one, and still leads there, by what it is called now.
      await bob.open('#general');
      await bob.composer('#general').fill('see #la');
      await bob.page.getByRole('option', { name: '#workshop' }).click();
      expect(await bob.composer('#general').inputValue()).toBe('see #workshop ');
      await bob.write('#general', 'see #workshop, once #lab.');
      const links = bob.timeline('#general').getByRole('link', { name: '#workshop' });
      await links.nth(1).click();
      await bob.page.getByRole('button', { name: '2 members: show who' }).click();

      await alice.composer('#workshop').fill('still in the draft');
      await act('archive');
      await alice.page.getByText('#workshop is archived by an admin').waitFor();
      expect(await alice.composer('#workshop').count()).toBe(0);
      expect(await violationsOfBoth(alice.page)).toEqual([]);
      await alice.timeline('#workshop').getByText('said before').waitFor();
      // Nothing is offered that would be refused.
      const row = alice.timeline('#workshop').getByRole('listitem').filter({ hasText: 'said before' });
      await row.hover();
      await row.getByRole('button', { name: 'More actions' }).click();
      await alice.page.getByRole('menuitem', { name: 'Delete…' }).waitFor();
      expect(await alice.page.getByRole('menuitem', { name: /^(Reply|Edit|Pin|Add a reaction)/ }).count()).toBe(0);
      await alice.page.keyboard.press('Escape');
      await act('unarchive');
      await alice.composer('#workshop').waitFor();
      expect(await alice.composer('#workshop').inputValue()).toBe('still in the draft');

      await act('delete');
      await bob.page.getByText('#workshop was deleted by an admin').waitFor();
      await bob.timeline('#workshop').getByText('said before').waitFor();
      expect(await violationsOfBoth(bob.page, { only: 'main' })).toEqual([]);
      // Nobody is in it: neither the header nor the panel, which was open, tells of members.
      await panel(bob.page).getByRole('tab', { name: 'About', selected: true }).waitFor();
      await bob.page.getByRole('button', { name: /members?: show who/ }).waitFor({ state: 'detached' });
      await bob.page.keyboard.press('Control+k');
      await bob.page.keyboard.type('workshop');
      await bob.page.getByRole('option', { name: /workshop.*deleted/ }).waitFor();
      await bob.page.keyboard.press('Escape');
      const drop = bob.page.getByRole('button', { name: 'Take it off my list' });
      await drop.press('Enter');
      await bob.page.getByRole('dialog').waitFor();
      expect(await violationsOfBoth(bob.page, { only: 'dialog[open]' })).toEqual([]);
      await bob.page.keyboard.press('Escape');
      await drop.and(bob.page.locator(':focus')).click();
      await bob.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
      await bob.sidebar.getByRole('link', { name: /workshop/ }).waitFor({ state: 'detached' });
      await bob.page.waitForURL(/#\/channels$/);
      await bob.page.goto(new URL('#/c/lab', bob.page.url()).href);
      await bob.page.getByText('It was deleted by an admin, for good').waitFor();
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
