/** Finding: the switcher, the search and the keys, used as a person does; two people, two browsers, two peers. */
import { describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers } from '../support/browser-users.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;

/** What stands where the keys go. */
const focused = (page: Page): Locator => page.locator(':focus');

describe('finding', () => {
  let alice: Person;
  let bob: Person;
  let page: Page;

  browserUsers('finding', ['alice', 'bob'], async ({ people }) => {
    ({ alice, bob } = people);
    page = alice.page;
    await alice.open('#general');
    await bob.open('#general');
    for (let i = 1; i <= 45; i++) await bob.write('#general', `The **kettle** whistled, time ${i}`);
    await alice.write('#general', 'Nẵng has better tea, plan B: https://example.org/tea');
    await bob.sees('#general', 'The kettle whistled, time 45');
    await alice.sees('#general', 'The kettle whistled, time 45');
  });

  const switcher = (): Locator => page.getByRole('dialog', { name: 'Go to a conversation, person or command' });
  const option = (name: string | RegExp): Locator => switcher().getByRole('option', { name });
  const field = (): Locator => page.getByRole('combobox', { name: 'Search all messages' });
  const results = (): Locator => page.getByRole('region', { name: 'Results' }).getByRole('link');

  test(
    'the switcher goes from the composer to a person in a few keys',
    async () => {
      await alice.composer('#general').fill('half a thought');
      await alice.composer('#general').press('Control+k');
      await page.keyboard.type('bb');
      await option('bob').waitFor();
      expect(await option('bob').locator('mark').allTextContents()).toEqual(['b', 'b']);
      await page.keyboard.press('Enter');
      await alice.composer('bob').waitFor();
      await expect(focused(page).getAttribute('aria-label')).resolves.toBe('Message to bob');
      await alice.write('bob', 'Hello bob');
      // Where one was before stands first.
      await page.keyboard.press('Control+k');
      await page.keyboard.press('Enter');
      await alice.composer('#general').waitFor();
      expect(await alice.composer('#general').inputValue()).toBe('half a thought');
      await alice.composer('#general').fill('');
    },
    lasting,
  );

  test(
    'the switcher opens by its button, shows the unread first, and gives the focus back',
    async () => {
      await bob.open('alice');
      await bob.write('alice', 'Are you there?');
      await alice.sidebar.getByText('1 unread message').waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'Find or go to…' }).click();
      await switcher().getByRole('group', { name: 'Unread' }).getByRole('option', { name: 'bob' }).waitFor();
      expect(await switcher().getByRole('option').first().textContent()).toContain('bob');
      await page.keyboard.press('Escape');
      await switcher().waitFor({ state: 'detached' });
      await expect(focused(page).textContent()).resolves.toContain('Find or go to');
      await alice.open('bob');
      await alice.open('#general');
    },
    lasting,
  );

  test(
    'signs leave people or channels alone; commands are found by name',
    async () => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('@');
      await option('bob').waitFor();
      expect(await option(/general/).count()).toBe(0);
      await page.keyboard.press('Backspace');
      await page.keyboard.type('#');
      await option(/broadcast/).waitFor();
      expect(await option('bob').count()).toBe(0);
      await page.keyboard.press('Backspace');
      await page.keyboard.type('brwse');
      await option(/Browse channels/).click();
      await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('zzz');
      await switcher().getByText('No matches').waitFor();
      await page.keyboard.press('Control+k');
      await switcher().waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'the switcher finds messages as well, and leads to them',
    async () => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('nang');
      await option(/Nẵng/).waitFor();
      await option(/Nẵng/).locator('mark').getByText('Nẵng', { exact: true }).waitFor();
      await page.keyboard.press('Enter');
      await alice.composer('#general').waitFor();
      await alice.timeline('#general').getByText('Nẵng has better tea').waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('tea');
      await page.keyboard.press('Control+Enter');
      await field().waitFor();
      expect(await field().inputValue()).toBe('tea');
      await results().filter({ hasText: 'Nẵng' }).waitFor();
    },
    lasting,
  );

  test(
    'Ctrl-F searches the conversation in view, and is the browser’s when pressed again',
    async () => {
      await alice.open('#general');
      await page.keyboard.press('Control+f');
      await field().waitFor();
      expect(await field().inputValue()).toBe('in:#general ');
      await page.evaluate(() =>
        window.addEventListener('keydown', ({ key, defaultPrevented }) => {
          if (key === 'f') document.documentElement.dataset['taken'] = String(defaultPrevented);
        }),
      );
      await page.keyboard.press('Control+f');
      expect(await page.evaluate(() => document.documentElement.dataset['taken'])).toBe('false');
    },
    lasting,
  );

  test(
    'results are walked through, gone to, and still there when one comes back',
    async () => {
      await page.keyboard.press('Control+Shift+f');
      await page.keyboard.type('kettle');
      await results().filter({ hasText: 'time 45' }).waitFor();
      await results().first().locator('mark').getByText('kettle', { exact: true }).waitFor();
      await page.getByRole('heading', { name: '#general', level: 2 }).waitFor();
      for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await expect(focused(page).textContent()).resolves.toContain('time 43');
      await page.keyboard.press('Enter');
      await alice.composer('#general').waitFor();
      await alice.sees('#general', 'The kettle whistled, time 43');
      await page.goBack();
      await results().filter({ hasText: 'time 43' }).waitFor();
      expect(await field().inputValue()).toBe('kettle');
      await expect(focused(page).textContent()).resolves.toContain('time 43');
    },
    lasting,
  );

  test(
    'older results come as one walks on',
    async () => {
      const before = await results().count();
      expect(before).toBeLessThan(45);
      for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowDown');
      await results()
        .filter({ hasText: /time 1$/ })
        .waitFor({ state: 'attached' });
      expect(await results().count()).toBe(45);
      await page.getByText('End of results').waitFor({ state: 'attached' });
    },
    lasting,
  );

  test(
    'filters are completed by keys',
    async () => {
      await page.keyboard.press('Control+Shift+f');
      await page.keyboard.type('fr');
      await page.keyboard.press('Tab');
      await page.keyboard.type('al');
      await page.getByRole('option', { name: '@alice' }).waitFor();
      await page.keyboard.press('Enter');
      expect(await field().inputValue()).toBe('from:alice ');
      await page.keyboard.type('has:');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await field().inputValue()).toBe('from:alice has:link ');
      await page.getByText('1 message', { exact: true }).waitFor();
      expect(await results().allTextContents()).toEqual([expect.stringContaining('Nẵng')]);
      await page.getByRole('button', { name: 'Clear the search' }).click();
      await page.getByRole('group', { name: 'Filters' }).getByRole('button', { name: 'before:' }).click();
      await page.getByLabel('Another day').fill('2026-01-02');
      expect(await field().inputValue()).toBe('before:2026-01-02 ');
      await page.getByText('No message matches.').waitFor();
    },
    lasting,
  );

  test(
    'one letter is a word, nothing found is told with what to do, and so is a filter that means nothing',
    async () => {
      await field().fill('b');
      await results().filter({ hasText: 'plan B' }).waitFor();
      await field().fill('q');
      await page.getByText('One letter is looked for as a word').waitFor();
      await field().fill('qqqq');
      await page.getByText('use fewer words').waitFor();
      await field().fill('kettle before:someday');
      await page.getByText(/before:.*date/).waitFor();
      await field().fill('');
      await page.getByText('Everything that this computer holds is searched').waitFor();
    },
    lasting,
  );

  test(
    'a question mark shows the keys, except where one writes',
    async () => {
      await alice.open('#general');
      await alice.composer('#general').press('?');
      expect(await alice.composer('#general').inputValue()).toBe('?');
      await alice.composer('#general').fill('');
      await alice.timeline('#general').focus();
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await help.getByText('Search this conversation').waitFor();
      await page.keyboard.press('Escape');
      await help.waitFor({ state: 'detached' });
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
