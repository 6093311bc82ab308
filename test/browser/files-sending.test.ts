/** Files from one window to another peer: dropped, pasted, chosen, recorded; seen in the tray, sent, cancelled, refused. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { EntryView } from '../../protocol/local-api.js';
import { cameraJpeg, jpegOf, jpegParts } from '../../ui/src/files/test-pictures.js';
import { PATIENCE_MS } from '../support/browser.js';
import { hasFocus, PLACE, twoPeople } from '../support/messages.js';
import type { Person } from '../support/person.js';

const lasting = 3 * PATIENCE_MS;

interface Given {
  readonly name: string;
  readonly type: string;
  /** A picture in this colour, or these bytes. */
  readonly colour?: string;
  readonly bytes?: readonly number[];
}

/** Lets go of files over the page, or pastes them, as a browser tells of it: pictures are drawn by the browser itself. */
async function give(page: Page, how: 'drop' | 'paste', files: readonly Given[], html = ''): Promise<void> {
  await page.evaluate(
    async ({ how, files, html }) => {
      const transfer = new DataTransfer();
      for (const { name, type, colour, bytes } of files) {
        const canvas = new OffscreenCanvas(640, 480);
        const context = canvas.getContext('2d');
        if (context && colour !== undefined) {
          context.fillStyle = colour;
          context.fillRect(0, 0, 640, 480);
        }
        const content = bytes ? new Uint8Array(bytes) : await canvas.convertToBlob({ type });
        transfer.items.add(new File([content], name, { type }));
      }
      if (html !== '') transfer.setData('text/html', html);
      const target = document.querySelector('[data-composer]') ?? document.body;
      const said = { bubbles: true, cancelable: true };
      if (how === 'paste') target.dispatchEvent(new ClipboardEvent('paste', { ...said, clipboardData: transfer }));
      else {
        for (const name of ['dragenter', 'dragover', 'drop']) {
          target.dispatchEvent(new DragEvent(name, { ...said, dataTransfer: transfer }));
        }
      }
    },
    { how, files, html },
  );
}

const picture = (name: string, colour: string): Given => ({ name, type: 'image/png', colour });
const text = (name: string, content: string): Given => ({ name, type: 'text/plain', bytes: [...Buffer.from(content)] });

describe('files', () => {
  let alice: Person;
  let bob: Person;
  let page: Page;
  let written: Locator;

  twoPeople('files-sending', ({ people }) => {
    ({ alice, bob } = people);
    page = alice.page;
    written = alice.composer(PLACE);
  });

  const cards = (): Locator => page.getByRole('list', { name: 'Files that go with the message' }).getByRole('listitem');
  const names = (): Promise<string[]> => cards().locator('.tray-file-name').allTextContents();
  const send = (): Promise<void> => page.getByRole('button', { name: 'Send', exact: true }).click();
  const entries = (person: Person): Promise<readonly EntryView[]> =>
    person.page.evaluate(async (place) => {
      const answer = await fetch(`/api/history?conversation=${encodeURIComponent(place)}&limit=100`);
      return ((await answer.json()) as { entries: EntryView[] }).entries;
    }, PLACE);
  const arrived = async (person: Person, name: string): Promise<EntryView> => {
    for (;;) {
      for (const entry of await entries(person)) if (entry.kind === 'file' && entry.data['name'] === name) return entry;
      await person.page.waitForTimeout(100);
    }
  };
  /** Bytes at the sender's peer, shown to be those that the entry at the other one promises. */
  const bytesOf = async ({ data }: EntryView): Promise<Buffer> => {
    const sha256 = String(data['sha256']);
    const encoded = await page.evaluate(async (hash) => {
      const answer = await fetch(`/api/files/${hash}`);
      return [...new Uint8Array(await answer.arrayBuffer())];
    }, sha256);
    expect(createHash('sha256').update(Buffer.from(encoded)).digest('hex')).toBe(sha256);
    return Buffer.from(encoded);
  };

  beforeEach(async () => {
    await written.fill('');
    while ((await cards().count()) > 0)
      await cards()
        .first()
        .getByRole('button', { name: /^Remove/ })
        .click();
  });

  test(
    'three pictures that are dropped are three entries at the other peer, in their order, under one caption',
    async () => {
      const colours = ['red', 'green', 'blue'];
      await give(
        page,
        'drop',
        colours.map((colour) => picture(`${colour}.png`, colour)),
      );
      await cards().nth(2).waitFor();
      await page.getByRole('status').getByText('3 files wait above the message.').waitFor({ state: 'attached' });
      await hasFocus(written);
      await written.fill('From the trip');
      await written.press('Enter');
      await cards().first().waitFor({ state: 'detached' });
      for (const colour of colours) await arrived(bob, `${colour}.png`);
      const sent = (await entries(bob)).filter(({ kind }) => kind === 'file');
      expect(sent.map(({ data, message }) => [data['name'], message])).toEqual([
        ['red.png', 'From the trip'],
        ['green.png', ''],
        ['blue.png', ''],
      ]);
      expect(new Set(sent.map(({ data }) => data['group'])).size).toBe(1);
      for (const { data } of sent) {
        expect(data).toMatchObject({ width: 640, height: 480, mime: 'image/png' });
        expect(Buffer.from(String(data['thumbnail']), 'base64').length).toBeLessThan(16_385);
      }
    },
    lasting,
  );

  test(
    'of a picture from a phone what is promised to the others has no place and camera data, and all else',
    async () => {
      const bytes = [...cameraJpeg];
      await give(page, 'drop', [{ name: 'phone.jpg', type: 'image/jpeg', bytes }]);
      const choice = page.getByRole('switch', { name: /Remove place and camera data/ });
      expect(await choice.isChecked()).toBe(true);
      await page.getByText('At least one of them says where it was taken.').waitFor();
      await send();
      const clean = await bytesOf(await arrived(bob, 'phone.jpg'));
      expect(clean.toString('latin1')).not.toMatch(/N52|Canon|GPS|alice|Berlin|MotionPhoto/);
      const { icc, adobe, tables, frame, scans } = jpegParts;
      const kept = Buffer.from(jpegOf(icc, adobe, tables, frame(), scans))
        .toString('latin1')
        .slice(2);
      expect(clean.toString('latin1').endsWith(kept)).toBe(true);

      await give(page, 'drop', [{ name: 'as-it-is.jpg', type: 'image/jpeg', bytes }]);
      await choice.uncheck();
      await send();
      expect(await bytesOf(await arrived(bob, 'as-it-is.jpg'))).toEqual(Buffer.from(cameraJpeg));
    },
    lasting,
  );

  test(
    'one that is damaged goes only when its sender says so',
    async () => {
      const bytes = [...cameraJpeg.subarray(0, 60)];
      await give(page, 'drop', [{ name: 'damaged.jpg', type: 'image/jpeg', bytes }]);
      await page
        .getByRole('alert')
        .getByText(/^damaged\.jpg is damaged/)
        .waitFor();
      expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Send as it is' }).click();
      await send();
      expect(await bytesOf(await arrived(bob, 'damaged.jpg'))).toEqual(Buffer.from(bytes));
    },
    lasting,
  );

  test(
    'are moved and removed by keyboard, and that is told',
    async () => {
      await give(page, 'drop', [text('one.txt', '1'), text('two.txt', '2'), text('three.txt', '3')]);
      await cards().nth(2).waitFor();
      await page.getByRole('button', { name: 'Remove three.txt' }).focus();
      await page.keyboard.press('Alt+ArrowLeft');
      await page.getByRole('status').getByText('three.txt is number 2 of 3 now.').waitFor({ state: 'attached' });
      expect(await names()).toEqual(['one.txt', 'three.txt', 'two.txt']);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      expect(await names()).toEqual(['three.txt', 'one.txt', 'two.txt']);
      await page.keyboard.press('Delete');
      expect(await names()).toEqual(['one.txt', 'two.txt']);
      await hasFocus(page.getByRole('button', { name: 'Remove one.txt' }));
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      expect(await names()).toEqual([]);
      await hasFocus(written);
    },
    lasting,
  );

  test(
    'are chosen, also empty ones; a text alone is the caption of the first',
    async () => {
      await page.locator('[data-choose-files]').setInputFiles([
        { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
        { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
      ]);
      await cards().nth(1).waitFor();
      await send();
      const empty = await arrived(bob, 'empty.txt');
      expect(empty).toMatchObject({ message: '', data: { size: 0 } });
      expect(await bytesOf(await arrived(bob, 'notes.txt'))).toEqual(Buffer.from('notes'));
    },
    lasting,
  );

  test(
    'are pasted, but not the picture that an office program adds to a text',
    async () => {
      await give(
        page,
        'paste',
        [picture('image.png', 'teal')],
        '<meta charset="utf-8"><img src="https://example.org/a.png">',
      );
      await cards().first().waitFor();
      expect(await names()).toEqual([expect.stringMatching(/^image-\d{8}-\d{6}\.png$/)]);
      await give(page, 'paste', [picture('image.png', 'teal')], '<table><tr><td>1</td></tr></table><img src="a.png">');
      expect(await cards().count()).toBe(1);
      const [name = ''] = await names();
      await send();
      await arrived(bob, name);
    },
    lasting,
  );

  test(
    'on their way are shown with how far they are, stop when they are told to, and go on where one leaves the conversation',
    async () => {
      // Held between the browser and the daemon until the test says.
      const held: (() => void)[] = [];
      await page.route('**/api/uploads?*', async (route) => {
        await new Promise<void>((resolve) => held.push(resolve));
        await route.continue().catch(() => undefined);
      });
      await give(page, 'drop', [text('stopped.txt', 'no'), text('goes-on.txt', 'yes')]);
      await cards().nth(1).waitFor();
      await send();
      const list = page.getByRole('list', { name: 'Files being sent' });
      await list.getByRole('progressbar', { name: 'Sending stopped.txt' }).waitFor();
      await list.getByText('Waits for its turn').waitFor();
      // They are small: the browser keeps a copy of each, and nothing is asked of the person.
      await page.getByText(/^Keep this window open/).waitFor({ state: 'detached' });
      await list.getByRole('button', { name: 'Stop sending stopped.txt' }).click();
      await list.getByRole('progressbar', { name: 'Sending stopped.txt' }).waitFor({ state: 'detached' });
      await page.evaluate(() => void (location.hash = '#/settings'));
      await page.getByText('Sending 1 file to #general').waitFor();
      await page.unroute('**/api/uploads?*');
      for (const go of held) go();
      await arrived(bob, 'goes-on.txt');
      expect((await entries(bob)).some(({ data }) => data['name'] === 'stopped.txt')).toBe(false);
      await alice.open(PLACE);
    },
    lasting,
  );

  test(
    'that did not arrive go again, by themselves or when they are told to',
    async () => {
      let refusals = 0;
      await page.route('**/api/uploads?*', async (route) => {
        refusals++;
        const body = { status: 'failed', code: 'file_too_large', message: 'Too large.' };
        if (refusals === 1) await route.fulfill({ status: 413, json: body });
        else await route.continue();
      });
      await give(page, 'drop', [text('again.txt', 'again')]);
      await cards().first().waitFor();
      await send();
      const list = page.getByRole('list', { name: 'Files being sent' });
      await list.getByRole('alert').waitFor();
      await list.getByRole('button', { name: 'Try again' }).click();
      expect(await bytesOf(await arrived(bob, 'again.txt'))).toEqual(Buffer.from('again'));
      await page.unroute('**/api/uploads?*');
    },
    lasting,
  );

  test(
    'that would be lost with the page hold it open',
    async () => {
      await give(page, 'drop', [text('kept.txt', 'kept')]);
      await cards().first().waitFor();
      const question = page.waitForEvent('dialog');
      await written.click(); // A browser asks only somebody who has touched the page.
      await page.evaluate(() => void setTimeout(() => location.reload()));
      const dialog = await question;
      expect(dialog.type()).toBe('beforeunload');
      await dialog.dismiss();
      expect(await names()).toEqual(['kept.txt']);
    },
    lasting,
  );
});
