/** Who is blocked is out of sight everywhere in the window, at once, and back when no longer blocked: by three real peers. */
import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers } from '../support/browser-users.js';
import { choose, message, PLACE, press } from '../support/messages.js';
import type { Person } from '../support/person.js';

const lasting = 5 * PATIENCE_MS;

describe('somebody who is blocked', () => {
  let alice: Person;
  let carol: Person;
  let mallory: Person;

  browserUsers('blocking', ['alice', 'carol', 'mallory'], async ({ people }) => {
    ({ alice, carol, mallory } = people);
    for (const person of [alice, carol]) await link(person, /mallory/).waitFor();
    await link(mallory, /alice/).waitFor();
    for (const person of [alice, carol, mallory]) await person.open(PLACE);
  });

  const link = ({ sidebar }: Person, name: RegExp): Locator => sidebar.getByRole('link', { name });
  const react = (person: Person, text: string): Promise<void> => press(person, text, 'React with 👍');
  const panel = (): Locator => alice.page.getByRole('complementary');
  /** Everything that alice's page holds as text, or says of itself to screen readers. */
  const page = (): Promise<string> =>
    alice.page.evaluate(() => {
      const labels = [...document.querySelectorAll('[aria-label], [title], [alt]')].map((element) =>
        ['aria-label', 'title', 'alt'].map((name) => element.getAttribute(name) ?? '').join(' '),
      );
      return `${document.title} ${document.body.textContent} ${labels.join(' ')}`.toLowerCase();
    });

  test(
    'is seen by all before',
    async () => {
      await alice.write(PLACE, 'the plan of alice');
      await mallory.sees(PLACE, 'the plan of alice');
      await mallory.write(PLACE, 'spam for @alice');
      await choose(mallory, 'the plan of alice', 'Pin to the conversation');
      await carol.sees(PLACE, 'spam for @alice');
      await choose(carol, 'spam for', 'Reply');
      await carol.write(PLACE, 'carol answers');
      await message(alice, 'carol answers').getByText('spam for').waitFor();
      await react(mallory, 'the plan of alice');
      await message(alice, 'the plan of alice')
        .getByRole('button', { name: /^👍 by mallory/ })
        .waitFor();
      await message(alice, 'the plan of alice')
        .getByText(/Pinned by mallory/)
        .waitFor();
      await mallory.open('alice');
      await mallory.write('alice', 'spam in private');
      await link(alice, /mallory.*unread/s).waitFor();
      await mallory.open(PLACE);
    },
    lasting,
  );

  test(
    'is gone at once, from the timeline, quotes, reactions, pins, members, lists, search and switcher',
    async () => {
      await alice.page.getByRole('button', { name: '3 members: show who' }).click();
      await panel()
        .getByRole('button', { name: /mallory/ })
        .waitFor();
      await choose(alice, 'spam for', 'About mallory');
      await alice.page.getByRole('button', { name: 'Block', exact: true }).click();
      const ask = alice.page.getByRole('dialog', { name: 'Block mallory?' });
      await ask.getByText('You can unblock them in the settings').waitFor();
      await ask.getByRole('button', { name: 'Block', exact: true }).click();
      const about = alice.page.getByRole('dialog', { name: 'mallory' });
      await about.getByText('blocked', { exact: true }).waitFor();
      await about.getByRole('button', { name: 'Close' }).click();

      await message(alice, 'carol answers').getByText('Message from somebody you have blocked').waitFor();
      await message(alice, 'the plan of alice')
        .getByText(/Pinned by/)
        .waitFor({ state: 'detached' });
      await alice.page.getByRole('button', { name: '2 members: show who' }).waitFor();
      await panel().getByText('2 of 2 members online').waitFor();
      await panel().getByRole('tab', { name: 'Pins' }).click();
      await panel().getByText('Nothing is pinned here').waitFor();
      const left = await page();
      expect(left).not.toMatch(/mallory|spam/);
      expect(
        await message(alice, 'the plan of alice')
          .getByRole('button', { name: /^👍 by/ })
          .count(),
      ).toBe(0);

      // What they write on shows nowhere, and neither does that they write.
      await mallory.write(PLACE, 'more spam for @alice');
      await carol.sees(PLACE, 'more spam for @alice');
      await carol.write(PLACE, 'after the spam');
      await alice.sees(PLACE, 'after the spam');
      expect(await page()).not.toMatch(/mallory|spam for/);

      await alice.page.keyboard.press('Control+k');
      const switcher = alice.page.getByRole('dialog', { name: 'Go to a conversation, person or command' });
      await alice.page.keyboard.type('mallory');
      await switcher.getByText('You have blocked mallory. To write to them, unblock them').waitFor();
      expect(await switcher.getByRole('option', { name: /^mallory/ }).count()).toBe(0);
      await alice.page.keyboard.press('Escape');
      await alice.page.evaluate(() => void (location.hash = '#/search?q=spam'));
      await alice.page.getByRole('main').getByText('after the spam').first().waitFor();
      expect(await page()).not.toMatch(/mallory|spam for/);
      await alice.open(PLACE);
      await alice.composer(PLACE).fill('hello @mall');
      await alice.composer(PLACE).press('End');
      expect(await alice.page.getByRole('option', { name: /mallory/ }).count()).toBe(0);
      await alice.composer(PLACE).fill('');
    },
    lasting,
  );

  test(
    'cannot be written to by mistake, and is back without a reload once unblocked',
    async () => {
      await alice.page.evaluate(() => void (location.hash = '#/u/mallory'));
      await alice.page.getByText('You have blocked mallory').waitFor();
      expect(await alice.page.getByRole('textbox', { name: /^Message to/ }).count()).toBe(0);
      await alice.page.evaluate(() => void (location.hash = '#/settings/privacy'));
      await alice.page.getByRole('button', { name: 'Unblock mallory' }).click();
      await alice.page.getByText('You have blocked nobody.').waitFor();

      await link(alice, /mallory.*unread/s).waitFor();
      await alice.open(PLACE);
      await message(alice, 'spam for @alice').waitFor();
      await alice.sees(PLACE, 'more spam for @alice');
      await message(alice, 'carol answers').getByText('spam for').waitFor();
      await message(alice, 'the plan of alice')
        .getByText(/Pinned by mallory/)
        .waitFor();
      await alice.open('mallory');
      await alice.sees('mallory', 'spam in private');
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([alice, carol, mallory].flatMap(({ problems }) => problems)).toEqual([]);
  });
});
