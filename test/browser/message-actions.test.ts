/** What one can do with a message, by mouse, keyboard and finger: two people, two browsers, two peers. */
import { describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PeerReady } from '../../scripts/daemon/daemon.js';
import { PATIENCE_MS } from '../support/browser.js';
import { choose, hasFocus, message, PLACE, press, twoPeople, walkTo } from '../support/messages.js';
import type { Person } from '../support/person.js';
import type { Restartable } from '../support/world.js';

const lasting = 3 * PATIENCE_MS;

describe('with a message', () => {
  let alicePeer: Restartable<PeerReady>;
  let browser: Browser;
  let alice: Person;
  let bob: Person;

  twoPeople('message-actions', ({ browser: opened, peers, people }) => {
    browser = opened;
    alicePeer = peers.alice;
    ({ alice, bob } = people);
  });

  test(
    'takes reactions, which say who; a press takes one back',
    async () => {
      await alice.write(PLACE, 'Shall we?');
      await press(bob, 'Shall we?', 'React with 👍');
      const atAlice = message(alice, 'Shall we?').getByRole('button', { name: /^👍 by bob\./ });
      await atAlice.waitFor();
      expect(await atAlice.getAttribute('aria-pressed')).toBe('false');
      await atAlice.click();
      const both = message(bob, 'Shall we?').getByRole('button', {
        name: /^👍 by 2: you and alice|^👍 by 2: bob and alice/,
      });
      await both.waitFor();
      expect(await both.innerText()).toContain('2');
      expect(await both.getAttribute('aria-pressed')).toBe('true');
      await both.click();
      await message(alice, 'Shall we?')
        .getByRole('button', { name: /^👍 by you\./ })
        .waitFor();

      // Another one, from all that there are, by keyboard.
      await walkTo(bob, 'Shall we?');
      await bob.page.keyboard.press('+');
      await bob.page.locator('.emoji-search:focus').waitFor();
      await bob.page.keyboard.type('party popper');
      await bob.page.getByRole('option', { name: 'party popper' }).waitFor();
      await bob.page.keyboard.press('Enter');
      await message(alice, 'Shall we?')
        .getByRole('button', { name: /^🎉 by bob\./ })
        .waitFor();
      await hasFocus(message(bob, 'Shall we?'));
    },
    lasting,
  );

  test(
    'is answered with a quote that leads to it',
    async () => {
      await walkTo(bob, 'Shall we?');
      await bob.page.keyboard.press('r');
      await bob.page.keyboard.type('We shall');
      await bob.page.keyboard.press('Enter');
      const quote = message(alice, 'We shall').getByRole('button', {
        name: 'In reply to alice: Shall we?. Go to the original',
      });
      await quote.waitFor();
      const lines = Array.from({ length: 25 }, (_, line) => `line ${line}`).join('\n');
      for (const number of [1, 2, 3, 4]) await alice.write(PLACE, `Meanwhile ${number}\n${lines}`);
      await message(bob, 'Meanwhile 4').waitFor();
      await choose(bob, 'Meanwhile 4', 'Reply');
      await bob.page.keyboard.type('And now for something else');
      await bob.page.keyboard.press('Enter');
      await message(alice, 'And now for something else').waitFor();
      await alice.timeline(PLACE).focus();
      await alice.page.keyboard.press('Home');
      await quote.scrollIntoViewIfNeeded();
      await quote.click();
      await message(alice, 'Shall we?').waitFor();
      await alice.page.keyboard.press('Escape');
      await message(alice, 'And now for something else').waitFor();
    },
    lasting,
  );

  test(
    'can be edited by its author, and says so to all',
    async () => {
      await alice.write(PLACE, 'The tain leaves at nine');
      await message(bob, 'The tain leaves at nine').waitFor();
      await walkTo(alice, 'The tain leaves at nine');
      await alice.page.keyboard.press('e');
      const area = alice.page.locator('[data-composer]');
      // One corrects what one sees.
      await alice.page.waitForFunction(`document.querySelector('[data-composer]').value === 'The tain leaves at nine'`);
      await area.fill('The train leaves at nine');
      await alice.page.keyboard.press('Enter');
      const edited = message(bob, 'The train leaves at nine');
      await edited.getByText('(edited)').waitFor();
      expect(await edited.getByText('(edited)').getAttribute('title')).toMatch(/^Edited /);
      // Nobody edits what others wrote.
      await press(bob, 'The train', 'More actions');
      await bob.page.getByRole('menuitem', { name: 'Reply' }).waitFor();
      expect(await bob.page.getByRole('menuitem', { name: /^(Edit|Delete)/ }).count()).toBe(0);
      await bob.page.keyboard.press('Escape');
      await bob.page.getByRole('menu').waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'can be pinned and unpinned',
    async () => {
      await choose(bob, 'The train', 'Pin to the conversation');
      await message(alice, 'The train').getByText('Pinned by bob').waitFor();
      await message(bob, 'The train').getByText('Pinned by you').waitFor();
      await choose(alice, 'The train', 'Unpin');
      await message(bob, 'The train').getByText('Pinned by you').waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'gives its text and its link to the clipboard',
    async () => {
      await walkTo(alice, 'The train');
      await alice.page.keyboard.press('c');
      await message(alice, 'The train').getByText('The text is copied.').waitFor();
      expect(await alice.page.evaluate('navigator.clipboard.readText()')).toBe('The train leaves at nine');
      await alice.page.keyboard.press('l');
      await message(alice, 'The train').getByText('The link is copied.').waitFor();
      const link = String(await alice.page.evaluate('navigator.clipboard.readText()'));
      expect(link.startsWith(`${new URL(alicePeer.ready.ui).origin}/#/m/`)).toBe(true);
      await alice.open('#broadcast');
      await alice.page.goto(link);
      await alice.sees(PLACE, 'The train leaves at nine');
    },
    lasting,
  );

  test(
    'says whom it has reached, and can be made unread',
    async () => {
      await walkTo(alice, 'The train');
      await alice.page.keyboard.press('i');
      const about = alice.page.getByRole('dialog', { name: 'About this message' });
      await about.getByText('Read by 1').waitFor();
      await about.getByRole('listitem').filter({ hasText: 'bob' }).waitFor();
      await alice.page.keyboard.press('Escape');
      await hasFocus(message(alice, 'The train'));
      await walkTo(bob, 'The train');
      await bob.page.keyboard.press('u');
      await bob.timeline(PLACE).getByText('New messages').waitFor();
    },
    lasting,
  );

  test(
    'has a menu that the keyboard walks, and that gives the focus back',
    async () => {
      const walked = await walkTo(alice, 'The train');
      await alice.page.keyboard.press('Enter');
      const item = alice.page.locator('[role="menuitem"]:focus');
      expect(await item.innerText()).toContain('Add a reaction');
      await alice.page.keyboard.press('ArrowDown');
      expect(await item.innerText()).toContain('Reply');
      await alice.page.keyboard.press('End');
      expect(await item.innerText()).toContain('Delete');
      await alice.page.keyboard.press('ArrowDown');
      expect(await item.getAttribute('aria-label')).toMatch(/^React with/);
      await alice.page.keyboard.press('ArrowRight');
      expect(await item.getAttribute('aria-label')).toMatch(/^React with/);
      await alice.page.keyboard.press('Escape');
      await alice.page.getByRole('menu').waitFor({ state: 'detached' });
      await hasFocus(walked);
      await alice.page.keyboard.press('Escape');
      await hasFocus(alice.composer(PLACE));
    },
    lasting,
  );

  test(
    'has its menu at the lower edge of a phone, for a finger that rests',
    async () => {
      const context = await browser.newContext({
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        locale: 'en-GB',
      });
      context.setDefaultTimeout(PATIENCE_MS);
      await context.addCookies(await alice.page.context().cookies());
      const page = await context.newPage();
      await page.goto(alice.page.url());
      const touched = page.locator('[data-message]').filter({ hasText: 'The train' }).last();
      const at = await touched.getByRole('paragraph').first().boundingBox();
      const touch = await context.newCDPSession(page);
      const touchPoints = [{ x: (at?.x ?? 0) + 20, y: (at?.y ?? 0) + 10 }];
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
      const menu = page.getByRole('menu');
      await menu.waitFor();
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      const box = await menu.boundingBox();
      expect(box?.width).toBeGreaterThan(360);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeGreaterThan(800);
      for (const item of await menu.getByRole('menuitem').all()) {
        expect((await item.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
      await menu.getByRole('menuitem', { name: 'Reply' }).tap();
      await page.getByText('Replying to').waitFor();
      await context.close();
    },
    lasting,
  );

  test(
    'is deleted for all once that is confirmed; what answered it says so',
    async () => {
      await alice.write(PLACE, 'A slip of the keyboard');
      await walkTo(bob, 'A slip of the keyboard');
      await bob.page.keyboard.press('r');
      await bob.page.keyboard.type('Are you sure?');
      await bob.page.keyboard.press('Enter');
      await message(alice, 'Are you sure?').waitFor();
      await walkTo(alice, 'A slip of the keyboard');
      await alice.page.keyboard.press('Delete');
      const asking = alice.page.getByRole('dialog', { name: 'Delete this message?' });
      await asking.getByText('A slip of the keyboard').waitFor();
      await asking.getByRole('button', { name: 'Keep it' }).click();
      expect(await message(alice, 'A slip of the keyboard').isVisible()).toBe(true);
      await alice.page.keyboard.press('Delete');
      await asking.getByRole('button', { name: 'Delete for all' }).click();
      for (const person of [alice, bob]) {
        await person.timeline(PLACE).getByText('This message was deleted').waitFor();
        await message(person, 'Are you sure?').getByText('Original message was deleted').waitFor();
        expect(await person.textsIn(PLACE, /slip of the keyboard/)).toEqual([]);
      }
    },
    lasting,
  );

  test(
    'is not changed, and the person told so, while the peer is away',
    async () => {
      await alice.write(PLACE, 'Still here');
      await alice.seesMark(PLACE, 'Still here', /^(Delivered|Read)/);
      await alicePeer.kill9();
      await alice.page
        .getByText(/has stopped on this computer/)
        .first()
        .waitFor();
      await press(alice, 'Still here', 'React with 👍');
      await alice.page.getByText(/The reaction could not be saved\./).waitFor();
      expect(await message(alice, 'Still here').getByRole('button', { name: /^👍/ }).count()).toBe(0);
      await alicePeer.start();
      await alice.page
        .getByText(/has stopped on this computer/)
        .first()
        .waitFor({ state: 'detached' });
      await press(alice, 'Still here', 'React with 👍');
      await message(bob, 'Still here')
        .getByRole('button', { name: /^👍 by alice\./ })
        .waitFor();
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
