/** Very long texts in the window: pasted, dropped, written by programs, kept, sent and received. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { hasFocus, PLACE, twoPeople } from '../support/messages.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;
/** What ui/src/limits.ts says of the composer. */
const BOX_MAX = 32 * 1024;

const linesOf = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${String(index + 1).padStart(6, '0')} of a log`).join('\n');

describe('a text that is too long for the composer', () => {
  let alice: Person;
  let bob: Person;
  let page: Page;
  let text: Locator;

  twoPeople('paste', async ({ people }) => {
    ({ alice, bob } = people);
    page = alice.page;
    text = alice.composer(PLACE);
    // What the box holds whenever it is laid out: at every frame, and after every event.
    await page.addInitScript(() => {
      const seen = { most: 0 };
      Object.assign(window, { seen });
      const look = (): void => {
        for (const field of document.querySelectorAll('textarea')) seen.most = Math.max(seen.most, field.value.length);
        requestAnimationFrame(look);
      };
      look();
    });
    await page.reload();
    await text.waitFor();
  });

  const cards = (): Locator => page.getByRole('list', { name: 'Goes with the message' }).getByRole('listitem');
  const paste = async (pasted: string): Promise<void> => {
    await page.evaluate((each) => navigator.clipboard.writeText(each), pasted);
    await text.press('Control+v');
  };
  const mostInBox = (): Promise<number> =>
    page.evaluate(() => (window as unknown as { seen: { most: number } }).seen.most);

  beforeEach(async () => {
    await text.fill('');
    while ((await cards().count()) > 0) {
      await cards().first().getByRole('button', { name: 'Remove the pasted text' }).click();
    }
  });

  test(
    'is put aside as a card, by keyboard, and told to those who do not see it',
    async () => {
      await text.fill('see: ');
      await paste(linesOf(58_000));
      const card = page.getByRole('listitem', { name: '58,000 lines, 1.2 MB pasted' });
      await card.getByText('line 000001 of a log').waitFor();
      expect(await text.inputValue()).toBe('see: ');
      await hasFocus(text);
      await page.getByRole('status').getByText('58,000 lines, 1.2 MB pasted.').waitFor({ state: 'attached' });
      // Over a megabyte: not sent, but never lost.
      await card.getByText(/^Too large to send/).waitFor();
      const download = page.waitForEvent('download');
      await text.fill('');
      await text.press('Enter');
      await hasFocus(card.getByRole('button', { name: 'Save as a file' }));
      await page.keyboard.press('Enter');
      const file = await (await download).createReadStream();
      let bytes = 0;
      for await (const chunk of file) bytes += (chunk as Buffer).length;
      expect(bytes).toBe(linesOf(58_000).length);
      await card.getByRole('button', { name: 'Remove the pasted text' }).click();
      await hasFocus(text);
    },
    lasting,
  );

  test(
    'is sent whole and in order, after a reload too',
    async () => {
      const count = 2_400;
      await paste(linesOf(count));
      await cards().first().waitFor();
      await page.reload();
      await cards().first().waitFor();
      await text.press('Enter');
      await page.keyboard.press('Enter');
      const last = bob.timeline(PLACE).locator('[data-message]').filter({ hasText: '[4/4]' });
      await last.waitFor();
      await cards().first().waitFor({ state: 'detached' });
      const found: string[] = [];
      const box = bob.timeline(PLACE);
      for (const part of [1, 2, 3, 4]) {
        const message = box.locator('[data-message]').filter({ hasText: `[${part}/4]` });
        const whole = message.getByRole('button', { name: /^Show all/ });
        // What is out of view is not drawn.
        await box.evaluate((element) => (element.scrollTop = 0));
        await box.hover();
        while (!(await whole.isVisible())) await bob.page.mouse.wheel(0, 300);
        await whole.click();
        found.push(...((await message.locator('code').textContent()) ?? '').trimEnd().split('\n'));
        // What is open is so tall that its neighbours are not drawn.
        await message.getByRole('button', { name: 'Show fewer lines' }).click();
      }
      expect(found).toEqual(linesOf(count).split('\n'));
    },
    lasting,
  );

  test(
    'goes where the text beside it goes, and its button says so',
    async () => {
      await text.fill('@bob look at');
      await paste(linesOf(1_200));
      await page.getByRole('button', { name: 'Send to bob alone, as 2 messages' }).waitFor();
      await text.fill('look at');
      await page.getByRole('button', { name: `Send to ${PLACE} as 2 messages` }).waitFor();
    },
    lasting,
  );

  test(
    'goes into the box a part at a time, and nothing is lost or twice there',
    async () => {
      await paste(linesOf(1_200));
      await page.getByRole('button', { name: 'Put the first part into the box' }).click();
      const head = (await text.inputValue()).trimEnd().split('\n').length;
      expect(head).toBeGreaterThan(100);
      await page.getByRole('listitem', { name: `${(1_200 - head).toLocaleString('en')} lines` }).waitFor();
    },
    lasting,
  );

  test(
    'is put aside whatever writes it: a drop, speech, an extension, a kept draft, an edit',
    async () => {
      const whole = linesOf(2_000);
      const written: Record<string, (field: HTMLTextAreaElement, value: string) => void> = {
        drop: (field, value) => {
          const event = { inputType: 'insertFromDrop', data: value, bubbles: true, cancelable: true };
          if (field.dispatchEvent(new InputEvent('beforeinput', event))) field.value = value;
        },
        extension: (field, value) => {
          field.value = value;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        },
      };
      let count = 0;
      for (const write of Object.values(written)) {
        await text.evaluate(write, whole);
        await cards().nth(count++).waitFor();
      }
      await page.keyboard.insertText(whole);
      await cards().nth(count++).waitFor();
      await text.evaluate((_, value) => {
        localStorage.setItem('parley.alice.draft.#general', value);
      }, whole);
      await page.reload();
      await cards().nth(count++).waitFor();
      expect(await text.inputValue()).toBe('');
      await alice.write(PLACE, 'to be edited');
      await alice.sees(PLACE, 'to be edited');
      await text.press('ArrowUp');
      const edit = page.getByRole('textbox', { name: 'Your message, to be edited' });
      await edit.press('Control+v');
      await cards().nth(count++).waitFor();
      expect(await edit.inputValue()).toBe('to be edited');
      await edit.press('Escape');
      expect(await page.evaluate(() => localStorage.getItem('parley.alice.draft.#general'))).toBe(null);
    },
    lasting,
  );

  test(
    'never stands in the box, and a full box says so',
    async () => {
      await paste('x'.repeat(BOX_MAX));
      expect((await text.inputValue()).length).toBe(BOX_MAX);
      await page.getByText('Nothing more fits into the box.').waitFor();
      await text.press('y');
      expect((await text.inputValue()).length).toBe(BOX_MAX);
      expect(await mostInBox()).toBeLessThanOrEqual(BOX_MAX);
      expect(alice.problems).toEqual([]);
    },
    lasting,
  );

  test(
    'is drawn by its beginning where it is received, and whole when asked for',
    async () => {
      const elements = (): Promise<number> => bob.timeline(PLACE).locator('*').count();
      await alice.write(PLACE, 'before the lists');
      await bob.sees(PLACE, 'before the lists');
      const before = await elements();
      await alice.write(PLACE, `many\n${'- a\n'.repeat(300)}- the last`);
      const row = bob.timeline(PLACE).locator('[data-message]').filter({ hasText: 'many' });
      await row.waitFor();
      expect((await elements()) - before).toBeLessThan(300);
      await row.getByRole('button', { name: 'Show more' }).click();
      await row.getByText('the last').waitFor();
    },
    lasting,
  );

  test(
    'is cut where a field of one line takes it, and what is left out is told',
    async () => {
      await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), 'x'.repeat(1_000_000));
      const fields = [
        { key: 'Control+k', field: page.getByRole('combobox', { name: 'Go to a conversation, person or command' }) },
        { key: 'Control+Shift+f', field: page.getByRole('combobox', { name: 'Search all messages' }) },
      ];
      for (const { key, field } of fields) {
        await page.keyboard.press(key);
        await field.press('Control+v');
        expect(await field.inputValue()).toHaveLength(256);
        const told = page.getByRole('alert').getByText('At most 256 characters fit here: 999,744 were left out.');
        await told.waitFor();
        await field.press('Backspace');
        await told.waitFor({ state: 'detached' });
        await field.fill('');
        await page.keyboard.press('Escape');
      }
      expect(alice.problems).toEqual([]);
    },
    lasting,
  );
});
