/** Being told of messages while one looks elsewhere: with the browser's real notifications, watched from within the page. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { violationsOfBoth } from '../support/axe.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { Person } from '../support/person.js';
import { World, type Restartable } from '../support/world.js';

const PASSWORD = 'correct horse';

/** What a page's notifications looked like, and whether they still stand. */
interface Seen {
  title: string;
  body: string;
  tag: string;
  open: boolean;
}

/** In the page: a `Notification` that is the browser's own and remembers itself; and eyes that may look away. */
function watch(): void {
  const seen: (Seen & { note: Notification })[] = [];
  const Real = window.Notification;
  class Watched extends Real {
    static override async requestPermission(): Promise<NotificationPermission> {
      await (window as unknown as Watching).answerAllow();
      return Real.permission;
    }
    constructor(title: string, options: NotificationOptions = {}) {
      super(title, options);
      // One of the same tag takes the place of the one before.
      for (const before of seen) if (before.tag === options.tag) before.open = false;
      seen.push({ title, body: options.body ?? '', tag: options.tag ?? '', open: true, note: this });
    }
    override close(): void {
      for (const each of seen) if (each.note === this) each.open = false;
      super.close();
    }
  }
  let away = false;
  Object.defineProperty(document, 'visibilityState', { get: () => (away ? 'hidden' : 'visible') });
  Object.defineProperty(document, 'hasFocus', { value: () => !away });
  Object.assign(window, {
    Notification: Watched,
    seen,
    lookAway(now: boolean) {
      away = now;
      document.dispatchEvent(new Event('visibilitychange'));
      window.dispatchEvent(new Event(now ? 'blur' : 'focus'));
    },
  });
}

interface Watching extends Window {
  seen: (Seen & { note: Notification })[];
  lookAway(away: boolean): void;
  /** What the person answers when the browser asks. */
  answerAllow(): Promise<void>;
}

describe('notifications', () => {
  const lasting = 3 * PATIENCE_MS;
  let world: World;
  let browser: Browser;
  let tracker: Restartable<TrackerReady>;
  let peer: Restartable<PeerReady>;
  let context: BrowserContext;
  let page: Page;
  let bob: Person;

  const lookAway = (of: Page, away: boolean) =>
    of.evaluate((value) => (window as unknown as Watching).lookAway(value), away);
  const seenIn = (of: Page): Promise<Seen[]> =>
    of.evaluate(() =>
      (window as unknown as Watching).seen.map(({ title, body, tag, open }) => ({ title, body, tag, open })),
    );
  const seesCount = (of: Page, count: number) =>
    of.waitForFunction((wanted) => (window as unknown as Watching).seen.length === wanted, count);
  const sidebar = (of: Page) => of.getByRole('navigation', { name: 'Conversations' });
  /** Opens the rules of the conversation in view, as the keyboard does. */
  const openRules = async (of: Page): Promise<void> => {
    await of.getByRole('button', { name: 'More of this conversation' }).press('Enter');
    await of.getByRole('button', { name: /^Notifications: / }).press('Enter');
    await of.getByRole('radio', { checked: true }).and(of.locator(':focus')).waitFor();
  };
  const unread = (of: Page, name: RegExp) => sidebar(of).getByRole('link', { name });
  const icon = (of: Page) => of.locator('link[rel="icon"]').getAttribute('href');
  const iconIs = (of: Page, name: string) =>
    of.waitForFunction((wanted) => document.querySelector('link[rel="icon"]')?.getAttribute('href') === wanted, name);

  beforeAll(async () => {
    [world, browser] = await Promise.all([World.create('notifications'), openBrowser()]);
    tracker = await world.startTracker();
    const options = { tracker, password: PASSWORD, register: true };
    let other: Restartable<PeerReady>;
    [peer, other] = await Promise.all([
      world.startPeer({ username: 'alice', ...options }),
      world.startPeer({ username: 'bob', ...options }),
    ]);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(watch);
    await context.exposeFunction('answerAllow', () => context.grantPermissions(['notifications']));
    page = await context.newPage();
    await page.goto(peer.ready.login);
    bob = await Person.sitDown(browser, other.ready.login);
    await unread(page, /bob/).waitFor();
    await bob.open('#general');
  }, lasting);
  afterAll(async () => {
    await browser.close();
    await world.close();
  }, lasting);

  test(
    'are not asked for until there was something to tell',
    async () => {
      await page.getByRole('textbox', { name: 'Message to #general' }).waitFor();
      const ask = page.getByRole('button', { name: 'Get notified' });
      expect(await ask.count()).toBe(0);
      await lookAway(page, true);
      await bob.write('#general', 'Is anybody here?');
      await ask.waitFor();
      expect(await seenIn(page)).toEqual([]);
      await lookAway(page, false);
      await ask.click();
      await ask.waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'tell of what comes meanwhile, one for each conversation, and lead to the message',
    async () => {
      await bob.open('alice');
      await bob.write('alice', 'Only for you');
      await seesCount(page, 1);
      await bob.write('alice', 'And this as well');
      await seesCount(page, 2);
      const tag = 'parley:@alice+bob';
      expect(await seenIn(page)).toEqual([
        { title: 'bob', body: 'Only for you', tag, open: false },
        { title: 'bob (2)', body: 'And this as well', tag, open: true },
      ]);
      await page.waitForFunction(() => document.title.startsWith('(2) '));
      expect(await icon(page)).toBe('./favicon-mention.svg');
      await page.evaluate(() => (window as unknown as Watching).seen.at(-1)?.note.dispatchEvent(new Event('click')));
      await page.getByRole('region', { name: 'Messages in bob' }).getByText('And this as well').waitFor();
      await page.waitForFunction(() => !document.title.startsWith('('));
      await iconIs(page, './favicon.svg');
      expect((await seenIn(page)).filter(({ open }) => open)).toEqual([]);
    },
    lasting,
  );

  test(
    'tell nothing of the conversation that one looks at, and all of it once one looks away',
    async () => {
      await bob.write('alice', 'You see this anyway');
      await page.getByRole('region', { name: 'Messages in bob' }).getByText('You see this anyway').waitFor();
      await lookAway(page, true);
      await bob.write('alice', 'But not this');
      await seesCount(page, 3);
      expect((await seenIn(page)).at(-1)).toMatchObject({ title: 'bob', body: 'But not this' });
      await lookAway(page, false);
      await page.waitForFunction(() => (window as unknown as Watching).seen.every(({ open }) => !open));
    },
    lasting,
  );

  test(
    'follow the rule of each conversation',
    async () => {
      await sidebar(page)
        .getByRole('link', { name: /general/ })
        .click();
      await openRules(page);
      await page.getByRole('radio', { name: /Only mentions/ }).check();
      await page.getByRole('group', { name: 'Notifications: Only mentions' }).waitFor();
      await page.keyboard.press('Escape');
      // Back where it was opened, with what holds now.
      await page.getByRole('button', { name: 'More of this conversation' }).and(page.locator(':focus')).waitFor();
      await lookAway(page, true);
      await bob.open('#general');
      await bob.write('#general', 'Nothing special');
      await bob.write('#general', 'Look at this, @alice');
      await seesCount(page, 4);
      expect((await seenIn(page)).at(-1)).toMatchObject({ title: 'bob in #general', body: 'Look at this, @alice' });
      await page.waitForFunction(() => document.title.startsWith('(1) '));
      await lookAway(page, false);
      await iconIs(page, './favicon.svg');
    },
    lasting,
  );

  test(
    'follow the rules of all channels, words and calls; quiet hours end them',
    async () => {
      const setting = async (part: string): Promise<void> => {
        await page.evaluate(() => (location.hash = '#/settings/notifications'));
        await page.getByRole('heading', { name: part }).waitFor();
      };
      await setting('What you are notified of');
      await page.getByRole('radio', { name: /Only mentions/ }).check();
      await page.getByLabel('Words that notify me').fill('release, my project');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
      await page.evaluate(() => (location.hash = '#/c/general'));
      await openRules(page);
      await page.getByRole('radio', { name: /As for all channels/ }).check();
      await page.getByRole('group', { name: 'Notifications: As for all channels' }).waitFor();
      await page.keyboard.press('Escape');
      await lookAway(page, true);
      await bob.open('#general');
      for (const words of ['Plain words', '@all, look', 'plain `release`', 'The Release is out'])
        await bob.write('#general', words);
      await seesCount(page, 6);
      expect((await seenIn(page)).slice(-2)).toMatchObject([{ body: '@all, look' }, { body: 'The Release is out' }]);
      await lookAway(page, false);
      await setting('What you are notified of');
      await page.getByRole('switch', { name: 'Quiet hours' }).check();
      await page.getByLabel('From').waitFor();
      // Both before the daemon has told of the first one.
      await page.locator('.quiet-time input').evaluateAll((inputs) => {
        for (const input of inputs as HTMLInputElement[]) {
          input.value = '00:00';
          input.dispatchEvent(new Event('change', { bubbles: true }));
        }
      });
      expect(await violationsOfBoth(page, { but: '.sidebar' })).toEqual([]);
      await lookAway(page, true);
      await bob.write('#general', 'Quiet now, @alice');
      await unread(page, /general.*unread/).waitFor();
      await lookAway(page, false);
      await page.getByRole('switch', { name: 'Quiet hours' }).uncheck();
      await page.getByLabel('From').waitFor({ state: 'detached' });
      expect(await seenIn(page)).toHaveLength(6);
      await page.evaluate(() => (location.hash = '#/c/general'));
      await unread(page, /general.*unread/).waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'come from one window of several, and go when another has read them',
    async () => {
      const second = await context.newPage();
      await second.goto(new URL('/#/c/general', peer.ready.ui).href);
      await second.getByRole('textbox', { name: 'Message to #general' }).waitFor();
      await lookAway(page, true);
      await lookAway(second, true);
      await bob.open('alice');
      await bob.write('alice', 'Told once');
      await seesCount(page, 7);
      await unread(second, /1 unread message/).waitFor();
      expect(await seenIn(second)).toEqual([]);
      await lookAway(second, false);
      await unread(second, /bob/).click();
      await page.waitForFunction(() => (window as unknown as Watching).seen.every(({ open }) => !open));
      // The window that notifies is out of sight, but the person looks at the conversation in the other one.
      await bob.write('alice', 'Seen in the other window');
      await second.getByRole('region', { name: 'Messages in bob' }).getByText('Seen in the other window').waitFor();
      expect(await seenIn(page)).toHaveLength(7);
      // With the first one gone, the second one takes over.
      await page.close();
      await lookAway(second, true);
      await bob.write('alice', 'From now on it is you');
      await seesCount(second, 1);
    },
    lasting,
  );
});
