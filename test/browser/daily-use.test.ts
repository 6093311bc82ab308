/** What two people met in a day's use: what they read stays read, and they see where things go and where links lead. */
import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers, PASSWORD } from '../support/browser-users.js';
import type { Person } from '../support/person.js';

const GENERAL = '#general';
const BURST = 30;
/** Of each pace; 10 is the long form: `BURST_ROUNDS=10 npm test daily-use`. */
const ROUNDS = Number(process.env['BURST_ROUNDS'] ?? 1);
const lasting = 6 * PATIENCE_MS;

/** Texts at an even pace, as a program of the same user writes them. `gap`: ms. */
function writeEvery({ page }: Person, gap: number, texts: readonly string[]): Promise<void> {
  return page.evaluate(
    async ([conversation, between, messages]) => {
      const socket = new WebSocket(`ws://${location.host}/ws`);
      await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
      for (const [id, message] of messages.entries()) {
        socket.send(JSON.stringify({ id, command: 'message.post', conversation, message }));
        await new Promise((resolve) => setTimeout(resolve, between));
      }
      socket.close();
    },
    [GENERAL, gap, texts] as const,
  );
}

describe('two people, for a day', () => {
  let alice: Person;
  let bob: Person;
  let tracker: string;
  browserUsers('daily-use', ['alice', 'bob'], (users) => {
    ({ alice, bob } = users.people);
    tracker = users.tracker.ready.url;
  });

  const channel = (person: Person, name: string): Locator =>
    person.sidebar.getByRole('link', { name: new RegExp(`\\b${name}\\b`) });

  test(
    'what comes in a burst into the conversation that one reads is read, however fast it comes',
    async () => {
      await bob.open(GENERAL);
      await alice.open(GENERAL);
      const paces = Array.from({ length: ROUNDS }, (_, round) => [10, 40, 100, 200].map((gap) => ({ gap, round })));
      for (const { gap, round } of paces.flat()) {
        const text = (n: number): string => `${n} after ${gap} ms${round === 0 ? '' : `, again (${round})`}`;
        await writeEvery(
          alice,
          gap,
          Array.from({ length: BURST }, (_, i) => text(i + 1)),
        );
        await bob.sees(GENERAL, text(BURST));
        // Both ends: nothing is left to read, and the writer is told so.
        await alice.seesMark(GENERAL, text(BURST), /read by everyone/i);
        await channel(bob, 'general')
          .getByText(/unread message/)
          .waitFor({ state: 'detached' });
      }
      expect(await bob.page.getByRole('button', { name: /new messages/ }).count()).toBe(0);
    },
    ROUNDS * lasting,
  );

  test(
    'what one marks as unread oneself stays so while one looks at it, and is read once one comes back',
    async () => {
      const last = bob
        .timeline(GENERAL)
        .getByRole('listitem')
        .filter({ hasText: `${BURST} after 200 ms` });
      await last.hover();
      await last.getByRole('button', { name: 'More actions' }).click();
      await bob.page.getByRole('menuitem', { name: 'Mark unread from here' }).click();
      await channel(bob, 'general').getByText('1 unread message', { exact: true }).waitFor();
      await alice.write(GENERAL, 'one more');
      await channel(bob, 'general').getByText('2 unread messages', { exact: true }).waitFor();
      await bob.open('#broadcast');
      await bob.open(GENERAL);
      await channel(bob, 'general')
        .getByText(/unread message/)
        .waitFor({ state: 'detached' });
    },
    lasting,
  );

  /** As a browser tells a page: that its tab is hidden, or that its window has lost the keyboard. */
  const look = ({ page }: Person, { hidden = false, focused = true }): Promise<void> =>
    page.evaluate(
      ([state, has]) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
        Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => has });
        document.dispatchEvent(new Event('visibilitychange'));
        window.dispatchEvent(new Event(has ? 'focus' : 'blur'));
      },
      [hidden ? 'hidden' : 'visible', focused] as const,
    );

  test(
    'what comes while nobody looks is read as far as it is seen afterwards, and wholly at the end of it',
    async () => {
      const badge = channel(bob, 'general').getByText(/unread message/);
      await look(bob, { focused: false });
      await alice.write(GENERAL, 'are you there?');
      await channel(bob, 'general').getByText('1 unread message', { exact: true }).waitFor();
      await look(bob, {});
      await badge.waitFor({ state: 'detached' });

      await look(bob, { hidden: true, focused: false });
      const texts = Array.from({ length: 90 }, (_, n) => `while away ${n + 1}`);
      await writeEvery(alice, 0, texts);
      await channel(bob, 'general').getByText('90 unread messages', { exact: true }).waitFor();
      await look(bob, {});
      await channel(bob, 'general').getByText('90 unread messages', { exact: true }).waitFor({ state: 'detached' });
      // The first of them stands on the screen, the last does not: so it is not read.
      await bob.sees(GENERAL, 'while away 1');
      const left = Number.parseInt((await badge.textContent()) ?? '', 10);
      expect(left).toBeGreaterThan(0);
      await bob.page.getByRole('button', { name: /new messages?$/ }).click();
      await bob.sees(GENERAL, 'while away 90');
      await badge.waitFor({ state: 'detached' });
      await alice.seesMark(GENERAL, 'while away 90', /read by everyone/i);
    },
    lasting,
  );

  test(
    'goes on being read while the window is another one, a menu is open, or a message is higher than the screen',
    async () => {
      const full = bob.page.viewportSize();
      const long = (n: number): string => `${n} to be wrapped: ${'some words '.repeat(12 * (n % 7))}`;
      await writeEvery(
        alice,
        0,
        Array.from({ length: BURST }, (_, n) => long(n)),
      );
      for (const [width, height] of [
        [1280, 720],
        [900, 420],
      ] as const) {
        await bob.page.setViewportSize({ width, height });
        await alice.write(GENERAL, `in a window of ${width}`);
        await alice.seesMark(GENERAL, `in a window of ${width}`, /read by everyone/i);
      }

      await bob.page.getByRole('button', { name: 'More of this conversation' }).click();
      const menu = bob.page.getByRole('group', { name: 'More of this conversation' });
      await menu.waitFor();
      await alice.write(GENERAL, 'beneath a menu');
      await alice.seesMark(GENERAL, 'beneath a menu', /read by everyone/i);
      expect(await menu.isVisible()).toBe(true);
      await bob.page.keyboard.press('Escape');

      await bob.open('#broadcast');
      await alice.write(GENERAL, Array.from({ length: 25 }, (_, n) => `line ${n + 1}`).join('\n'));
      await channel(bob, 'general').getByText('1 unread message', { exact: true }).waitFor();
      await bob.open(GENERAL);
      await bob.page.getByRole('button', { name: '1 new message' }).waitFor();
      await bob.timeline(GENERAL).focus();
      const isWriting = bob.composer(GENERAL).and(bob.page.locator(':focus'));
      for (let n = 0; n < 50 && (await isWriting.count()) === 0; n++) await bob.page.keyboard.press('ArrowDown');
      await channel(bob, 'general')
        .getByText(/unread message/)
        .waitFor({ state: 'detached' });
      if (full) await bob.page.setViewportSize(full);
    },
    lasting,
  );

  test(
    'a message to one alone, written in a channel, is asked about once, and can be sent to all after all',
    async () => {
      await bob.open(GENERAL);
      await alice.write(GENERAL, '@bob can you look?');
      const ask = alice.page.getByRole('dialog', { name: 'Who is to see this?' });
      await ask.getByRole('button', { name: 'Cancel' }).click();
      // Nothing was sent, and nothing lost.
      await alice.composer(GENERAL).press('Enter');
      await ask.getByRole('button', { name: 'Send to #general' }).click();
      await bob.sees(GENERAL, '@bob can you look?');

      await alice.write(GENERAL, '@bob only you');
      await ask.getByRole('button', { name: 'Send to bob only' }).click();
      await alice.page.getByText('Sent to bob only').waitFor();
      await channel(bob, 'alice').getByText('1 unread message', { exact: true }).waitFor();

      // From now on it is known; the button says it, and what was sent can be sent to all as well.
      await alice.composer(GENERAL).fill('@bob and this');
      const full = alice.page.viewportSize();
      await alice.page.setViewportSize({ width: 390, height: 780 });
      // Whatever the button says: there is room for what is written.
      expect((await alice.composer(GENERAL).boundingBox())?.width).toBeGreaterThan(150);
      if (full) await alice.page.setViewportSize(full);
      await alice.page.getByRole('button', { name: 'Send to bob only' }).click();
      await alice.page.getByRole('button', { name: 'Send it to #general too' }).click();
      await bob.sees(GENERAL, '@bob and this');
      await channel(bob, 'alice').getByText('2 unread messages', { exact: true }).waitFor();
      expect(await bob.textsIn(GENERAL, /only you/)).toEqual([]);
    },
    lasting,
  );

  test(
    'a link to a message shows what it leads to, and leads there, whatever the port of the reader',
    async () => {
      await alice.timeline(GENERAL).hover();
      const row = alice.timeline(GENERAL).getByRole('listitem').filter({ hasText: '1 after 200 ms' });
      while (!(await row.first().isVisible())) await alice.page.mouse.wheel(0, -800);
      const id = await row.first().getAttribute('data-key');
      const mine = `${new URL(alice.page.url()).origin}/#/m/${id ?? ''}`;
      await alice.open('bob');
      await alice.write('bob', `see ${mine} and ${mine.replace(/m\/.*/, `m/${'x'.repeat(43)}`)}`);
      await bob.open('alice');
      const link = bob.timeline('alice').getByRole('link', { name: /#general.*alice.*1 after 200 ms/ });
      await bob.timeline('alice').getByRole('link', { name: 'A message that is not on this device' }).waitFor();
      const pages = bob.page.context().pages().length;
      await link.click();
      await bob.timeline(GENERAL).getByRole('listitem').filter({ hasText: '1 after 200 ms' }).first().waitFor();
      expect(bob.page.context().pages().length).toBe(pages);
    },
    lasting,
  );

  test(
    'one bar at a time, beside the list, and a broadcast in it without the marks of its Markdown',
    async () => {
      await bob.open(GENERAL);
      await alice.open('#broadcast');
      await alice.write('#broadcast', 'leave by the **north** stairs');
      await bob.page.getByText('leave by the north stairs').waitFor();
      const bars = bob.page.getByRole('region', { name: 'Notices' });
      const [bar, list] = await Promise.all([bars.boundingBox(), bob.sidebar.boundingBox()]);
      expect(list?.y).toBe(0);
      expect(bar?.x).toBeGreaterThanOrEqual(list?.width ?? NaN);
      expect(bar?.height).toBeLessThan(56);
      await bars.getByRole('button', { name: 'Dismiss' }).click();
      await bars.getByText('leave by the north stairs').waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'who would call more than twenty people is asked first, also with a file in the tray, and nothing goes before the answer',
    async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          fetch(`${tracker}/register`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ username: `crowd-${n}`, password: PASSWORD }),
          }),
        ),
      );
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      await alice.open(GENERAL);
      await alice.page.getByRole('button', { name: '22 members: show who' }).waitFor();
      await bob.open('#broadcast');
      const buffer = Buffer.from('1 soup');
      const tray = alice.page.getByRole('button', { name: 'Remove menu.txt' });
      const ask = alice.page.getByRole('dialog', { name: 'Notify 22 people?' });
      const badge = channel(bob, 'general').getByText(/unread message/);
      const called = channel(bob, 'general').getByText(/names? you/);
      await alice.page
        .locator('[data-choose-files]')
        .setInputFiles([{ name: 'menu.txt', mimeType: 'text/plain', buffer }]);
      await tray.waitFor();
      await alice.write(GENERAL, '@all lunch is here');
      await alice.page.keyboard.press('Escape');
      await ask.waitFor({ state: 'detached' });
      // All is as it was before.
      expect(await alice.composer(GENERAL).inputValue()).toBe('@all lunch is here');
      await tray.waitFor();
      await alice.composer(GENERAL).press('Enter');
      await ask.getByRole('button', { name: 'Send without notifying' }).click();
      await badge.waitFor();
      await tray.waitFor({ state: 'detached' });
      expect(await called.count()).toBe(0);

      await alice.write(GENERAL, '@all it gets cold');
      await ask.getByRole('button', { name: 'Notify them' }).click();
      await called.waitFor();
      await bob.open(GENERAL);
      await bob.timeline(GENERAL).getByText('menu.txt').waitFor();
      await bob.timeline(GENERAL).getByText('lunch is here').waitFor();
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
