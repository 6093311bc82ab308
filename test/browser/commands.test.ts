/** What is written behind a slash into the composer: it is done, or it is said why not; and nothing of it is posted by mistake. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers } from '../support/browser-users.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;
const place = '#general';

describe('commands in the composer', () => {
  let alice: Person;
  let bob: Person;
  let page: Page;
  let text: Locator;
  let stopTracker: () => Promise<unknown>;

  browserUsers('commands', ['alice', 'bob'], async ({ people, tracker }) => {
    ({ alice, bob } = people);
    ({ page } = alice);
    stopTracker = () => tracker.stop();
    await alice.open(place);
    await bob.open(place);
    await bob.write(place, 'Shall we begin?');
    await alice.sees(place, 'Shall we begin?');
    text = alice.composer(place);
  });

  beforeEach(async () => {
    await alice.open(place);
    await text.fill('');
  });

  const say = (words: string): Promise<void> => alice.write(place, words);
  /** Said where screen readers hear it. */
  const hears = (words: string | RegExp): Promise<void> =>
    page.locator('#composer-note').getByRole('status').getByText(words).waitFor();
  const emptied = (): Promise<void> =>
    page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('[data-composer]')?.value === '').then();

  test(
    '/me and /shrug are seen by the other as they are meant, and an action is edited as one',
    async () => {
      await say('/me waves at **all**');
      const row = bob.timeline(place).getByRole('listitem').filter({ hasText: 'alice' }).last();
      await row.locator('.message-action').getByText('waves at').waitFor();
      expect((await row.locator('.message-action').innerText()).replaceAll(/\s+/g, ' ')).toBe('alice waves at all');
      await text.press('ArrowUp');
      const edit = page.getByRole('textbox', { name: 'Edit' }).or(page.locator('[data-composer]')).first();
      await expect(edit.inputValue()).resolves.toBe('/me waves at **all**');
      await edit.fill('/me bows');
      await edit.press('Enter');
      await row.locator('.message-action').getByText('bows').waitFor();
      await say('/shrug well');
      await bob
        .timeline(place)
        .getByText(/^well ¯\\\u2060_\(ツ\)_\u2060\/¯$/)
        .waitFor();
    },
    lasting,
  );

  test(
    'an unknown one, and one that lacks something, are explained and stay; two slashes send one',
    async () => {
      await say('/frobnicate all');
      await hears(/There is no command.*\/frobnicate/);
      await expect(text.inputValue()).resolves.toBe('/frobnicate all');
      // What is typed then is no longer about it.
      await text.press('End');
      await text.pressSequentially('!');
      await page.locator('#composer-note').getByText('no command').waitFor({ state: 'detached' });
      await say('/me');
      await hears(/needs something behind it/);
      await say('/mute bob');
      await hears('Write /mute alone');
      await say('//frobnicate all');
      await bob.sees(place, '/frobnicate all');
      await say('/usr/bin/env is there');
      await bob.sees(place, '/usr/bin/env is there');
      expect(await bob.textsIn(place, /frobnicate/)).toEqual(['/frobnicate all']);
    },
    lasting,
  );

  test(
    'they are completed by the keyboard, and told to screen readers',
    async () => {
      await text.pressSequentially('/');
      const list = page.getByRole('listbox', { name: 'Commands' });
      await list.waitFor();
      await expect(list.getByRole('option').count()).resolves.toBe(9);
      expect(await violations(page, { only: '.composer' })).toEqual([]);
      await text.pressSequentially('to');
      await list.getByRole('option', { name: /topic/ }).waitFor();
      await expect(text.getAttribute('aria-activedescendant')).resolves.toBe(
        await list.getByRole('option').first().getAttribute('id'),
      );
      await text.press('Enter');
      await expect(text.inputValue()).resolves.toBe('/topic ');
      await text.pressSequentially('Ship it :tada:');
      await text.press('Enter');
      await bob.page.locator('.pane-header').getByText('Ship it 🎉').waitFor();
      await emptied();
      await say('/topic');
      await hears(/The topic is.*Ship it/);
    },
    lasting,
  );

  test(
    '/help lists all; /status, /mute and /invite do what their buttons do',
    async () => {
      await say('/help');
      const help = page.getByRole('dialog', { name: 'Commands' });
      await help.getByText('/shrug').waitFor();
      expect(await violations(page, { only: 'dialog[open]' })).toEqual([]);
      await page.keyboard.press('Escape');
      await help.waitFor({ state: 'detached' });
      await say('/status 🍜 noodles');
      await hears('Your status is set.');
      await bob.sidebar
        .getByTitle(/noodles/)
        .or(bob.sidebar.getByLabel(/noodles/))
        .or(bob.sidebar.getByText(/noodles|🍜/))
        .first()
        .waitFor();
      await say('/mute');
      await hears(/no longer notified/);
      await page.getByRole('heading', { name: '#general muted' }).waitFor();
      await say('/mute');
      await hears(/notified of.*again/);
      await say('/invite');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await say('/invite @bob');
      await hears(/bob.*was sent a private message/);
      await bob.open('alice');
      await bob.timeline('alice').getByText('Please join us in').waitFor();
      await bob.open(place);
      await say('/invite nobody-of-that-name');
      await hears(/nobody|no user|not known|does not exist/i);
      await expect(text.inputValue()).resolves.toBe('/invite nobody-of-that-name');
    },
    lasting,
  );

  test(
    'what one has set it takes back: a status, a topic, the silence of a conversation, whatever the rule of all channels',
    async () => {
      const rule = async (channels: string): Promise<void> => {
        await page.evaluate(() => void (location.hash = '#/settings/notifications'));
        await page.getByRole('radio', { name: channels }).first().check();
        await alice.open(place);
      };
      const muted = page.getByRole('heading', { name: /muted$/ });
      await say('/status -');
      await hears('Your status is removed.');
      await bob.sidebar.getByText(/noodles|🍜/).waitFor({ state: 'detached' });
      await say(`/status ${'x'.repeat(129)}`);
      await hears('A status has at most 128 characters');
      await say('/status');
      await page.getByRole('dialog', { name: 'Your status' }).waitFor();
      await page.keyboard.press('Escape');
      await say('/topic -');
      await bob.page.locator('.pane-header').getByRole('button', { name: 'Add a topic' }).waitFor();
      await say('/topic');
      await hears('This channel has no topic yet');
      await rule('Nothing');
      await muted.waitFor();
      await say('/mute');
      await hears('You are notified of #general again.');
      await muted.waitFor({ state: 'detached' });
      await rule('All messages');
      await alice.open('bob');
      for (const said of [/no longer notified of bob/, /notified of bob again/]) {
        await alice.write('bob', '/mute');
        await hears(said);
      }
      await muted.waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'where one does not fit, a sentence says what to do',
    async () => {
      await say('/leave');
      await hears(/it cannot be left/);
      await alice.open('bob');
      const note = page.locator('#composer-note').getByRole('status');
      for (const [words, said] of [
        ['/topic x', /Only channels have a topic/],
        ['/leave', /cannot be left/],
        ['/invite @bob', /in the channel to which/],
        ['/join #Not A Name', /cannot be the name of a channel/],
        ['/leave #nowhere', /You are not in/],
      ] as const) {
        await alice.write('bob', words);
        await note.getByText(said).waitFor();
        await expect(alice.composer('bob').inputValue()).resolves.toBe(words);
      }
      await alice.composer('bob').fill('');
    },
    lasting,
  );

  test(
    '/join and /leave go there and away, with the tracker down as well',
    async () => {
      await say('/join #lab');
      await alice.composer('#lab').waitFor();
      await alice.write('#lab', '/leave');
      await alice.composer('#lab').waitFor({ state: 'detached' });
      await alice.open(place);
      // By its name, from elsewhere.
      await say('/join #lab');
      await alice.composer('#lab').waitFor();
      await alice.open(place);
      await say('/leave #lab');
      await alice.sidebar.getByRole('link', { name: /lab/ }).waitFor({ state: 'detached' });
      await stopTracker();
      await alice.open(place);
      await say('/join #offline');
      await alice.composer('#offline').waitFor();
      await alice.write('#offline', '/topic nobody but us');
      await page.locator('.pane-header').getByText('nobody but us').waitFor();
      await alice.open(place);
      await say('/invite @someone-new');
      await hears(/tracker|unreachable|not be asked|later/i);
      expect(alice.problems).toEqual([]);
    },
    lasting,
  );
});
