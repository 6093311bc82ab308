/** A long conversation, read as a person would: nothing jumps, everything can be gone to, and the way back is short. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { LocalSocket } from '../../scripts/bench/local-socket.js';
import { framesOf, type Frame } from '../../scripts/bench/ui-frames.js';
import { writeHistory, type WrittenHistory } from '../../scripts/bench/ui-history.js';
import type { PeerReady } from '../../scripts/daemon/daemon.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { Person } from '../support/person.js';
import { projectRoot } from '../support/project.js';
import { World, type Restartable } from '../support/world.js';

const COUNT = 3_000;
const PASSWORD = 'correct horse battery';
const DAY_MS = 24 * 3600_000;
/** What a person does not see, px. */
const STILL = 2;

describe('a conversation of 3,000 messages', () => {
  let world: World;
  let browser: Browser;
  let bobPeer: Restartable<PeerReady>;
  let history: WrittenHistory;
  let alice: Person;

  beforeAll(async () => {
    world = await World.create('timeline');
    browser = await openBrowser();
    const tracker = await world.startTracker();
    const [alicePeer, bob] = await Promise.all(
      ['alice', 'bob'].map((username) => world.startPeer({ username, tracker, password: PASSWORD, register: true })),
    );
    if (!alicePeer || !bob) throw new Error('bug: two peers were started');
    bobPeer = bob;
    // Linked means certified: only then can the history be written in their names.
    await (await LocalSocket.signIn(alicePeer.ready)).linkedTo('bob');
    await Promise.all([alicePeer.stop(), bobPeer.stop()]);
    history = await writeHistory({
      directories: [join(world.folder, 'alice'), join(world.folder, 'bob')],
      usernames: ['alice', 'bob'],
      count: COUNT,
      from: Date.now() - 10 * DAY_MS,
      every: Math.floor((9 * DAY_MS) / COUNT),
    });
    await Promise.all([alicePeer.start(), bobPeer.start()]);
    alice = await Person.sitDown(browser, alicePeer.ready.login);
    await alice.page.addInitScript({ content: readFileSync(join(projectRoot, 'scripts/bench/ui-probe.mjs'), 'utf8') });
    await alice.page.reload();
  }, 4 * PATIENCE_MS);

  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
    await (world as World | undefined)?.close();
  }, 3 * PATIENCE_MS);

  const lasting = 3 * PATIENCE_MS;
  const message = (n: number) => alice.timeline('bob').locator('[data-key]', { hasText: new RegExp(`· ${n}$`, 'm') });
  const link = (n: number): string => `#/m/${history.ids[n - 1] ?? ''}`;
  const goTo = (hash: string): Promise<void> => alice.page.evaluate((to) => void (location.hash = to), hash);
  const jump = () => alice.page.getByRole('button', { name: /Jump to newest|new messages?$/ });

  async function recorded(work: () => Promise<void>): Promise<Frame[]> {
    await alice.page.evaluate('parleyProbe.record()');
    await work();
    return alice.page.evaluate<Frame[]>('parleyProbe.stop()');
  }

  /** The number of the last message that stands on the screen to its end. */
  const lastSeen = async (): Promise<number> => {
    const key = await alice.timeline('bob').evaluate((box) => {
      const edge = box.getBoundingClientRect().bottom + 1;
      const rows = [...box.querySelectorAll('.message[data-key]')];
      return rows.findLast((row) => row.getBoundingClientRect().bottom <= edge)?.getAttribute('data-key');
    });
    return history.ids.indexOf(key ?? '') + 1;
  };
  /** Bob's messages after the first so many: they write ten each in turn, alice first. */
  const left = (after: number): string =>
    (COUNT / 2 - (Math.floor(after / 20) * 10 + Math.max(0, (after % 20) - 10))).toLocaleString('en');
  /** Resolves once the list counts as unread what stands below the screen, and nothing else. */
  const readsWhatIsSeen = async (): Promise<number> => {
    const last = await lastSeen();
    await alice.sidebar.getByText(`${left(last)} unread messages`, { exact: true }).waitFor({ state: 'attached' });
    return last;
  };

  test(
    'opens where what is unread begins, and reads what is seen: no more, and no less, also after leaving it',
    async () => {
      await alice.open('bob');
      await message(12).waitFor();
      await alice.timeline('bob').getByText('New messages', { exact: true }).waitFor();
      const first = await readsWhatIsSeen();
      expect(first).toBeGreaterThan(5);
      expect(first).toBeLessThan(100);
      while ((await lastSeen()) === first) await alice.composer('bob').press('PageDown');
      const second = await readsWhatIsSeen();
      expect(second).toBeGreaterThan(first);
      await alice.open('#general');
      await alice.open('bob');
      // It goes on where it was left.
      await alice.timeline('bob').getByText('New messages', { exact: true }).waitFor();
      expect(await readsWhatIsSeen()).toBeGreaterThan(second);
    },
    lasting,
  );

  test(
    'reads nothing by a jump over what is unread, and all of it by the jump to the newest',
    async () => {
      const last = await readsWhatIsSeen();
      await goTo(link(1_000));
      await message(1_000).and(alice.page.locator(':focus')).waitFor();
      const jumped = await lastSeen();
      while ((await lastSeen()) === jumped) await alice.composer('bob').press('PageDown');
      await alice.sidebar.getByText(`${left(last)} unread messages`, { exact: true }).waitFor({ state: 'attached' });
      const newest = alice.page.getByRole('button', { name: `${left(last)} new messages` });
      expect(await newest.getAttribute('title')).toBe('Jump to newest and mark as read');
      await newest.press('Enter');
      await message(COUNT).waitFor();
      await alice.sidebar.getByText(/unread message/).waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'does not jump while one scrolls up and older messages are loaded',
    async () => {
      await alice.timeline('bob').hover();
      const frames = await recorded(async () => {
        while (!(await message(2_300).isVisible())) await alice.page.mouse.wheel(0, -500);
      });
      expect(framesOf(frames, 1).jump).toBeLessThanOrEqual(STILL);
    },
    lasting,
  );

  test(
    'does not move while one stands at its upper end and older messages are loaded',
    async () => {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      await alice.page.route('**/api/history*', async (route) => {
        await opened;
        await route.continue();
      });
      const standing = await alice.timeline('bob').evaluateHandle(async (box) => {
        box.scrollTop = 0;
        for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
        const row = box.querySelector('.message');
        const key = row?.getAttribute('data-key') ?? '';
        return { box, key, top: row?.getBoundingClientRect().top ?? NaN, height: box.scrollHeight };
      });
      open();
      await alice.page.waitForFunction(({ box, height }) => box.scrollHeight > height + 1_000, standing);
      const moved = await standing.evaluate(
        ({ box, key, top }) => (box.querySelector(`[data-key="${key}"]`)?.getBoundingClientRect().top ?? NaN) - top,
      );
      expect(Math.abs(moved)).toBeLessThanOrEqual(STILL);
      await alice.page.unroute('**/api/history*');
    },
    lasting,
  );

  test(
    'goes where a link leads, with the focus; also after a reload, and back and forward again',
    async () => {
      await goTo(link(700));
      await message(700).waitFor();
      const isFocused = (n: number): Promise<void> => message(n).and(alice.page.locator(':focus')).waitFor();
      await isFocused(700);
      await alice.page.reload();
      await isFocused(700);
      await goTo(link(1_500));
      await isFocused(1_500);
      await alice.page.goBack();
      await isFocused(700);
    },
    lasting,
  );

  test(
    'keeps the focus on a message however far it is scrolled away',
    async () => {
      await alice.timeline('bob').hover();
      while (!(await message(760).isVisible())) await alice.page.mouse.wheel(0, 800);
      await message(700).and(alice.page.locator(':focus')).waitFor({ state: 'attached' });
    },
    lasting,
  );

  test(
    'scrolls down from there through what lies between, to the present',
    async () => {
      const frames = await recorded(async () => {
        while (!(await message(1_000).isVisible())) await alice.page.mouse.wheel(0, 1_500);
      });
      expect(framesOf(frames, -1).jump).toBeLessThanOrEqual(STILL);
    },
    lasting,
  );

  test(
    'stays where it is when a message comes, and counts it; Escape leads there',
    async () => {
      const top = (): Promise<number> => alice.timeline('bob').evaluate((box) => box.scrollTop);
      const before = await top();
      const bob = await LocalSocket.signIn(bobPeer.ready);
      const say = (text: string): void =>
        bob.socket.send(
          JSON.stringify({ id: 1, command: 'message.post', conversation: history.conversation, message: text }),
        );
      say('Are you still reading the old ones?');
      await jump().getByText('1 new message').waitFor();
      expect(await top()).toBe(before);
      await alice.page.keyboard.press('Escape');
      await alice.sees('bob', 'Are you still reading the old ones?');
      await jump().waitFor({ state: 'detached' });
      say('Good, here you are');
      await alice.sees('bob', 'Good, here you are');
    },
    lasting,
  );

  test(
    'tells of a link to what is not here what to do',
    async () => {
      await goTo(`#/m/${'x'.repeat(43)}`);
      await alice.page.getByText('It is not on this device yet.').waitFor();
      await alice.page.getByRole('button', { name: 'Go back' }).click();
      await alice.composer('bob').waitFor();
    },
    lasting,
  );

  test(
    'turns pages from the composer, and is found again where it was left',
    async () => {
      await alice.page.keyboard.press('Escape');
      await alice.composer('bob').press('PageUp');
      await alice.composer('bob').press('PageUp');
      await jump().waitFor();
      const seen = (): Promise<{ text: string; top: number }> =>
        alice.timeline('bob').evaluate((box) => {
          const edge = box.getBoundingClientRect().top;
          const row = [...box.querySelectorAll('.message')].find(
            (each) => each.getBoundingClientRect().top >= edge + 9,
          );
          return { text: row?.textContent ?? '', top: (row?.getBoundingClientRect().top ?? 0) - edge };
        });
      const before = await seen();
      await alice.open('#general');
      await alice.open('bob');
      const after = await seen();
      expect(after.text).toBe(before.text);
      expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(STILL);
    },
    lasting,
  );

  test('the page ran into no error of its own', () => {
    expect(alice.problems).toEqual([]);
  });
});
