/** Names as people give them to themselves, numbers that agree, and states that are true while a part of it all is down. */
import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { PATIENCE_MS } from '../support/browser.js';
import { adminOf } from '../support/administering.js';
import { browserUsers, PASSWORD } from '../support/browser-users.js';
import type { Person } from '../support/person.js';
import type { Restartable } from '../support/world.js';

const GENERAL = '#general';
const LONG = 'Alice von Hohenstein-Wallsbach-Montgomery the Third of Liddell';
const lasting = 6 * PATIENCE_MS;

describe('names, numbers and states', () => {
  let tracker: Restartable<TrackerReady>;
  let alicePeer: Restartable<PeerReady>;
  let alice: Person;
  let bob: Person;
  browserUsers('names-and-states', ['alice', 'bob'], async (users) => {
    ({ tracker } = users);
    ({ alice, bob } = users.people);
    alicePeer = users.peers.alice;
    await alice.page.getByRole('button', { name: /^You, / }).click();
    await alice.page.getByRole('button', { name: 'Edit profile' }).click();
    const dialog = alice.page.getByRole('dialog', { name: 'Your profile' });
    await dialog.getByLabel('Display name').fill(LONG);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await bob.sidebar.getByText(LONG).waitFor();
  });

  const item = (person: Person, text: string): Locator =>
    person.timeline(GENERAL).getByRole('listitem').filter({ hasText: text });

  test(
    'an emoji goes out as one, also where the window has not loaded them yet',
    async () => {
      let load: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => (load = resolve));
      await alice.page.route('**/emoji-en*', async (route) => {
        await asked;
        await route.continue();
      });
      await alice.open(GENERAL);
      await bob.open(GENERAL);
      await alice.write(GENERAL, 'done :tada:');
      load();
      await bob.sees(GENERAL, 'done 🎉');
      expect(await bob.textsIn(GENERAL, /:tada:/)).toEqual([]);
    },
    lasting,
  );

  test(
    'a person is called by one name, wherever they are named',
    async () => {
      await bob.write(GENERAL, 'ask @alice');
      await item(bob, 'ask')
        .getByRole('link', { name: `@${LONG}` })
        .waitFor();
      // A row that comes meanwhile would move this one from under the pointer.
      await item(alice, 'ask').waitFor();
      await item(alice, 'done 🎉').hover();
      await item(alice, 'done 🎉').getByRole('button', { name: 'More actions' }).click();
      await alice.page.getByRole('menuitem', { name: 'Pin to the conversation' }).click();
      await bob.timeline(GENERAL).getByText(`${LONG} pinned a message`).waitFor();
    },
    lasting,
  );

  test(
    'a message that is being edited is marked where it stands',
    async () => {
      await alice.page.mouse.move(0, 0);
      await alice.write(GENERAL, 'the tain');
      // The row of a message on its way out is replaced by the one of the message itself.
      const row = item(alice, 'the tain').and(alice.page.locator(':not([data-state=sending])'));
      await row.waitFor();
      const drawn = await row.evaluateHandle((element) => element);
      const ground = () => drawn.evaluate((element) => getComputedStyle(element).backgroundColor);
      const before = await ground();
      await alice.composer(GENERAL).press('ArrowUp');
      await alice.page.getByRole('group', { name: 'Editing your message' }).waitFor();
      expect(await ground()).not.toBe(before);
      await alice.page.getByRole('button', { name: 'Stop editing' }).click();
      await alice.composer(GENERAL).waitFor();
      await alice.page.mouse.move(0, 0);
      await alice.page.waitForFunction(([element, was]) => getComputedStyle(element).backgroundColor === was, [
        drawn,
        before,
      ] as const);
    },
    lasting,
  );

  test(
    'code that goes on beyond its border shows that it does',
    async () => {
      await alice.write(GENERAL, `\`\`\`\na${' '.repeat(400)}b\n\`\`\``);
      const box = bob.timeline(GENERAL).locator('pre').last();
      await box.waitFor();
      // The last pixels of the box, where no letter stands: with a shadow while there is more, without one at the end.
      const edge = async (): Promise<string> => {
        const { x, y, width, height } = (await box.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
        const clip = { x: x + width - 6, y: y + 2, width: 4, height: height / 2 };
        return (await bob.page.screenshot({ clip })).toString('base64');
      };
      const before = await edge();
      await box.evaluate((pre) => void (pre.scrollLeft = pre.scrollWidth));
      expect(await edge()).not.toBe(before);
    },
    lasting,
  );

  test(
    'a channel that one is not in is looked at before it is joined, and then has no line of what is new',
    async () => {
      await bob.sidebar.getByRole('link', { name: 'Browse channels' }).first().click();
      await bob.page.getByRole('button', { name: 'New channel' }).click();
      await bob.page.getByRole('dialog').getByLabel('Name').fill('bakery');
      await bob.page
        .getByRole('dialog')
        .getByRole('button', { name: /^Create/ })
        .click();
      await bob.write('#bakery', 'what was here before');
      await alice.page.keyboard.press('Control+k');
      await alice.page.getByRole('combobox').fill('bakery');
      await alice.page
        .getByRole('option', { name: /bakery/ })
        .first()
        .waitFor();
      await alice.page.keyboard.press('Enter');
      await alice.page.getByText('You are not in #bakery').waitFor();
      expect(await bob.textsIn('#bakery', /joined/)).not.toContainEqual(expect.stringContaining('Alice'));
      await alice.page.getByRole('button', { name: 'Join #bakery' }).click();
      await alice.sees('#bakery', 'what was here before');
      expect(await alice.timeline('#bakery').getByText('New messages', { exact: true }).count()).toBe(0);
    },
    lasting,
  );

  test(
    'what a form is asked for twice, before anything could be drawn, is done once',
    async () => {
      await alice.page.locator('header').getByRole('button', { name: 'Add a topic' }).click();
      const dialog = alice.page.getByRole('dialog', { name: 'Topic of #bakery' });
      const field = dialog.getByLabel('Topic', { exact: true });
      await field.fill('Bread at seven');
      await field.evaluate(({ form }: HTMLInputElement) => {
        form?.requestSubmit();
        form?.requestSubmit();
      });
      await dialog.waitFor({ state: 'detached' });
      // What comes of a second one would be written before this.
      await alice.write('#bakery', 'after the topic');
      await bob.open('#bakery');
      await bob.sees('#bakery', 'after the topic');
      expect(await bob.textsIn('#bakery', /topic: Bread at seven/)).toHaveLength(1);
    },
    lasting,
  );

  test(
    'how many are in a channel is one number, also of those who were never seen here',
    async () => {
      // Registered, and never here with a peer.
      const account = { username: 'carol', password: PASSWORD };
      const answer = await fetch(`${tracker.ready.url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(account),
      });
      expect(answer.ok).toBe(true);
      await bob.open(GENERAL);
      const members = bob.page.getByRole('button', { name: '3 members: show who' });
      await members.click();
      await bob.page.getByText('2 of 3 members online').waitFor();
      await bob.page.keyboard.press('Escape');
    },
    lasting,
  );

  test(
    'in a language from the right, a name among its letters keeps its mark before it, and loses its end, not its beginning',
    async () => {
      await bob.page.goto(bob.page.url().replace(/#.*/, '#/settings/appearance'));
      await bob.page.getByLabel('Language').selectOption('fa');
      await bob.page.locator('html[dir=rtl]').waitFor();
      await alice.open(GENERAL);
      await alice.write(GENERAL, 'از @bob بپرس');
      await bob.page.goto(bob.page.url().replace(/#.*/, '#/c/general'));
      const chip = bob.page.locator('a.mention', { hasText: 'bob' }).last();
      await chip.waitFor();
      expect(await chip.evaluate((link) => getComputedStyle(link).direction)).toBe('ltr');
      // Where the text is wider than its room, its first letter is inside, and its last is not.
      const cut = await bob.page
        .locator('.item-line bdi', { hasText: LONG })
        .first()
        .evaluate((name) => {
          const room = name.getBoundingClientRect();
          const range = document.createRange();
          const text = name.firstChild;
          if (!text) throw new Error('the name has no text');
          const letter = (at: number): DOMRect => {
            range.setStart(text, at);
            range.setEnd(text, at + 1);
            return range.getBoundingClientRect();
          };
          return [letter(0), letter((text.textContent?.length ?? 1) - 1)].map(
            ({ left, right }) => left >= room.left - 1 && right <= room.right + 1,
          );
        });
      expect(cut).toEqual([true, false]);
      await bob.page.goto(bob.page.url().replace(/#.*/, '#/settings/appearance'));
      await bob.page.locator('select').first().selectOption('en');
      await bob.page.locator('html[dir=ltr]').waitFor();
    },
    lasting,
  );

  test(
    'while the tracker is down, what that means is said; while the own daemon is, nothing it told last is shown as true',
    async () => {
      await tracker.stop();
      await alice.sidebar.getByText(/^Chat goes on with people who are here/).waitFor();
      await tracker.start();
      await alice.sidebar.getByText('Tracker connected').waitFor();
      await alicePeer.stop();
      await alice.sidebar.getByText('Parley has stopped on this computer').waitFor();
      await alice.sidebar.getByText('Tracker connected').waitFor({ state: 'detached' });
      await alice.sidebar
        .getByRole('button', { name: /^You, / })
        .getByText('offline')
        .first()
        .waitFor();
      await alice.sidebar.getByRole('link', { name: /not known while Parley is stopped.*bob/ }).waitFor();
      await alicePeer.start();
      await alice.sidebar.getByRole('link', { name: /online.*bob/ }).waitFor();
    },
    lasting,
  );

  test(
    'whose account an admin has disabled is known by it in lists, in their profile, and where they would be named',
    async () => {
      const { url } = tracker.ready;
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ username: 'dora', password: PASSWORD });
      expect((await fetch(`${url}/register`, { method: 'POST', headers, body })).status).toBe(200);
      const act = await adminOf(url, ['alice', 'bob'], PASSWORD);
      await bob.open(GENERAL);
      await bob.page.getByRole('button', { name: '4 members: show who' }).waitFor();
      await bob.open('dora');
      await bob.write('dora', 'are you there?');
      await bob.page.getByText(/^dora has not started Parley yet/).waitFor();
      await act('accounts/dora/disable');

      const header = bob.page.locator('header').filter({ hasText: 'dora' });
      await header.getByText('account disabled', { exact: true }).first().waitFor();
      await bob.page.getByText(/^dora's account was disabled by an admin/).waitFor();
      await bob.sidebar.getByRole('link', { name: /account disabled.*dora/ }).waitFor();
      await bob.page.getByRole('button', { name: 'More of this conversation' }).click();
      await bob.page.getByRole('button', { name: 'About dora, and the safety number' }).click();
      const profile = bob.page.getByRole('dialog', { name: 'dora' });
      await profile.getByText(/^dora's account was disabled by an admin/).waitFor();
      await bob.page.keyboard.press('Escape');
      await bob.page.keyboard.press('Control+k');
      await bob.page.keyboard.type('dora');
      await bob.page.getByRole('option', { name: /dora.*account disabled/ }).waitFor();
      await bob.page.keyboard.press('Escape');
      await bob.open(GENERAL);
      await bob.composer(GENERAL).fill('ask @dor');
      await bob.page.getByRole('option', { name: /account disabled.*dora/ }).waitFor();
      await bob.composer(GENERAL).fill('');
      // Among all others they count no more, and who never wrote to them is not offered them.
      await bob.page.getByRole('button', { name: '3 members: show who' }).waitFor();
      expect(await alice.sidebar.getByText('dora').count()).toBe(0);

      await act('accounts/dora/enable');
      await bob.sidebar.getByRole('link', { name: /account disabled/ }).waitFor({ state: 'detached' });
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
