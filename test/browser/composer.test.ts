/** Writing: completion, emoji, replies and edits, by two browsers and their peers. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers } from '../support/browser-users.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;
const place = '#general';

describe('the composer', () => {
  let alice: Person;
  let bob: Person;
  let page: Page;
  let text: Locator;
  /** Where requests of alice's page went besides her own daemon. */
  const strangers: string[] = [];

  browserUsers('composer', ['alice', 'bob'], async ({ people, peers }) => {
    ({ alice, bob } = people);
    page = alice.page;
    page.on('request', (request) => {
      if (!request.url().startsWith(peers.alice.ready.ui.replace(/\/$/, ''))) strangers.push(request.url());
    });
    await alice.open(place);
    await bob.open(place);
    await bob.write(place, 'Shall we begin?');
    await alice.sees(place, 'Shall we begin?');
    text = alice.composer(place);
  });

  beforeEach(async () => {
    await text.fill('');
  });

  const options = (): Locator => page.locator('[data-completion]').getByRole('option');
  const option = (name: string | RegExp): Locator => page.getByRole('option', { name }).first();
  const written = (): Promise<string> => text.inputValue();
  /** A row of the timeline. */
  const row = (person: Person, words: string): Locator =>
    person.timeline(place).getByRole('listitem').filter({ hasText: words }).last();
  const reply = async (words: string): Promise<void> => {
    await row(alice, words).hover();
    await row(alice, words).getByRole('button', { name: 'Reply', exact: true }).click();
  };

  test(
    'completes emoji by name, and leaves smileys as they are',
    async () => {
      await text.pressSequentially('well :smi');
      await option(/:smile:/).waitFor();
      await expect(text.getAttribute('aria-activedescendant')).resolves.toBe(
        await options().first().getAttribute('id'),
      );
      await text.press('ArrowDown');
      await text.press('ArrowUp');
      await text.press('Tab');
      expect(await written()).toBe('well 😄 ');
      await text.pressSequentially(':tada: :-) 10:30:45 ');
      expect(await written()).toBe('well 😄 🎉 :-) 10:30:45 ');
      await text.pressSequentially(':hea');
      await options().first().waitFor();
      await text.press('Escape');
      await options().first().waitFor({ state: 'detached' });
      await text.press('Enter');
      await bob.sees(place, 'well 😄 🎉 :-) 10:30:45 :hea');
    },
    lasting,
  );

  test(
    'completes people and channels, by keys and by the mouse',
    async () => {
      await text.pressSequentially('ask @bo');
      await option(/bob/).waitFor();
      await text.press('Enter');
      expect(await written()).toBe('ask @bob ');
      await text.pressSequentially('in #bro');
      await option(/broadcast/).click();
      expect(await written()).toBe('ask @bob in #broadcast ');
      await text.and(page.locator(':focus')).waitFor();
      // Written out, a name needs no completion: Enter sends.
      await text.pressSequentially('or @bob');
      await option(/bob/).waitFor();
      await text.press('Enter');
      await bob.sees(place, 'ask @bob in #broadcast or @bob');
    },
    lasting,
  );

  test(
    'says at the very start that a name makes the message private',
    async () => {
      await text.pressSequentially('@');
      await page.getByText('only bob will see this').waitFor();
      await text.press('Tab');
      await text.pressSequentially('between us');
      await page.getByText('Private to bob: nobody else will see it.').waitFor();
      await text.press('Enter');
      await page.getByRole('button', { name: 'Send to bob only' }).and(page.locator(':focus')).press('Enter');
      await page.getByText('Sent to bob only.').waitFor();
      expect(await alice.textsIn(place, /between us/)).toEqual([]);
      await bob.sidebar.getByText('1 unread message').waitFor({ state: 'attached' });
    },
    lasting,
  );

  test(
    'picks emoji by keys, keeps tone and habits, and asks nobody else for them',
    async () => {
      const open = (): Promise<void> => page.getByRole('button', { name: 'Emoji', exact: true }).click();
      await open();
      const search = page.getByRole('textbox', { name: 'Find an emoji' });
      await page.getByTitle('Medium dark').click();
      await search.fill('waving');
      await search.press('Enter');
      expect(await written()).toBe('👋🏾');
      await open();
      await search.press('ArrowDown');
      await page.keyboard.press('End');
      await page.keyboard.press('Home');
      await page.locator('[aria-label="waving hand"]:focus').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      expect((await written()).startsWith('👋🏾')).toBe(true);
      await page.reload();
      await text.waitFor();
      await open();
      await page.getByRole('group', { name: 'Recently used' }).getByRole('option', { name: 'waving hand' }).waitFor();
      await page.keyboard.press('Escape');
      await search.waitFor({ state: 'detached' });
      expect(strangers).toEqual([]);
    },
    lasting,
  );

  test(
    'answers a message; Escape answers nothing',
    async () => {
      await reply('Shall we begin?');
      await page.getByText('Replying to bob').waitFor();
      await text.press('Escape');
      await page.getByText('Replying to bob').waitFor({ state: 'detached' });
      await reply('Shall we begin?');
      await text.fill('Yes, let us');
      // What is being answered is kept with the draft.
      await page.reload();
      await page.getByText('Replying to bob').waitFor();
      expect(await written()).toBe('Yes, let us');
      await text.press('Enter');
      await row(bob, 'Yes, let us').getByText('Shall we begin?').waitFor();
      await page.getByText('Replying to bob').waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'edits the last own message by ArrowUp, and keeps the draft meanwhile',
    async () => {
      const edit = page.getByRole('textbox', { name: 'Your message, to be edited' });
      await alice.write(place, 'I hvae news');
      await bob.sees(place, 'I hvae news');
      await text.press('ArrowUp');
      await edit.waitFor();
      expect(await edit.inputValue()).toBe('I hvae news');
      await edit.press('Escape');
      await text.waitFor();
      expect(await written()).toBe('');
      await text.press('ArrowUp');
      await edit.fill('I have news');
      await page.reload();
      await edit.waitFor();
      expect(await edit.inputValue()).toBe('I have news');
      await edit.press('Enter');
      await bob.sees(place, 'I have news');
      await bob.timeline(place).getByText('I hvae news', { exact: true }).waitFor({ state: 'detached' });
      await text.waitFor();
      expect(await written()).toBe('');
    },
    lasting,
  );

  test(
    'asks whether a message of which nothing is left is to go',
    async () => {
      const edit = page.getByRole('textbox', { name: 'Your message, to be edited' });
      const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
      await alice.write(place, 'Never mind');
      await bob.sees(place, 'Never mind');
      await text.press('ArrowUp');
      await edit.fill('');
      await edit.press('Enter');
      await dialog.getByRole('button', { name: 'Keep it' }).click();
      await dialog.waitFor({ state: 'detached' });
      await edit.press('Enter');
      await dialog.getByRole('button', { name: 'Delete for everyone' }).click();
      await bob.timeline(place).getByText('Never mind', { exact: true }).waitFor({ state: 'detached' });
      await text.waitFor();
    },
    lasting,
  );

  test(
    'formats by keys, and writes several lines',
    async () => {
      await text.pressSequentially('a bold word');
      await text.press('Shift+Control+ArrowLeft');
      await text.press('Control+b');
      expect(await written()).toBe('a bold **word**');
      await text.press('Control+b');
      expect(await written()).toBe('a bold word');
      await text.press('End');
      await text.press('Shift+Enter');
      await text.pressSequentially('second line');
      expect(await written()).toBe('a bold word\nsecond line');
      await text.press('Enter');
      await row(bob, 'second line').waitFor();
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
