/** For everyone: axe on every view, dialog and menu, in each scheme, direction and width; the keyboard; touch. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { axeInEveryView, phone, violations, wide } from '../support/axe.js';
import { PATIENCE_MS } from '../support/browser.js';
import { FreshPeer } from '../support/fresh-peer.js';
import { type Lively, livelyBrowser } from '../support/lively.js';
import { TempDir } from '../support/temp-dir.js';
import { STOPS, visit } from '../support/tour.mjs';

const lasting = 12 * PATIENCE_MS;
/** Each scheme, direction and width in one of them; the other pairs of these: accessibility-more.test.ts. */
const settings = [
  ['light, left to right, wide', { ...wide, colorScheme: 'light', locale: 'en-GB' }],
  ['dark, right to left, on a phone', { ...phone, colorScheme: 'dark', locale: 'fa-IR' }],
] as const;

describe('for everyone', () => {
  let browser: Browser;
  let lively: Lively;

  livelyBrowser('accessibility', (...started) => ([lively, browser] = started));

  test.each(settings)(
    'axe finds nothing: %s',
    async (_name, options) => {
      expect(await axeInEveryView(lively, browser, options)).toEqual([]);
    },
    lasting,
  );

  test(
    'axe finds nothing before one is signed in, at an old peer and at one that knows nobody yet',
    async () => {
      const folder = new TempDir();
      const fresh = FreshPeer.start('--data-dir', join(folder.path, 'fresh'));
      try {
        const { link } = await fresh.setup;
        const found: string[] = [];
        for (const address of [lively.ui, link]) {
          const context = await browser.newContext({ ...wide, reducedMotion: 'reduce', locale: 'en-GB' });
          const page = await context.newPage();
          await page.goto(address);
          await page.locator('main h1').waitFor();
          found.push(...(await violations(page)));
          // The link opens it in one browser alone: so that one changes.
          await page.evaluate(() => localStorage.setItem('parley.language', 'fa'));
          await page.emulateMedia({ colorScheme: 'dark' });
          await page.setViewportSize(phone.viewport);
          await page.reload();
          await page.locator('html[dir="rtl"] main h1').waitFor();
          found.push(...(await violations(page)));
          await context.close();
        }
        expect(found).toEqual([]);
      } finally {
        await fresh.stop();
        await folder.remove();
      }
    },
    lasting,
  );

  test(
    'Tab goes through the window in the order in which it is read, and can be followed with the eyes',
    async () => {
      const page = await lively.sitDown(browser, { ...wide, locale: 'en-GB' });
      await page.goto(`${lively.ui}#/c/general`);
      await page.locator('[data-message]').first().waitFor();
      await page.locator('[data-composer]:focus').waitFor();
      // From the beginning of the page, where whoever comes from the address bar begins.
      await page.evaluate(() => {
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute('tabindex');
      });
      const areas: number[] = [];
      const unseen: string[] = [];
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        const at = await focused(page);
        if (!at) break;
        areas.push(at.area);
        if (!(await changesOnBlur(page, at.box))) unseen.push(at.html);
        await page.evaluate(() =>
          document.querySelector<HTMLElement>('[data-was-focused]')?.focus({ focusVisible: true }),
        );
      }
      await page.context().close();
      expect(unseen).toEqual([]);
      // The way past the list, the list, the header, the messages, the composer.
      expect([...new Set(areas)]).toEqual([0, 1, 2, 3, 4]);
      expect(areas).toEqual([...areas].sort((a, b) => a - b));
    },
    lasting,
  );

  /** What opens something: where, by which selector, what opens. Enter opens, Escape closes, and the focus is where it was. */
  const openers: readonly (readonly [hash: string, opener: string, opened: string])[] = [
    ['#/c/lab', '.topic-edit', 'dialog[open]'],
    ['#/c/lab', '.pane-header button[aria-haspopup="true"] >> nth=-1', ':popover-open'],
    ['#/c/lab', '.own', ':popover-open'],
    ['#/c/lab', '.composer button[aria-haspopup="dialog"]', ':popover-open'],
    ['#/channels', '.pane-header button[aria-haspopup="dialog"]', 'dialog[open]'],
    ['#/people', '.page-body button[aria-haspopup="dialog"]', 'dialog[open]'],
  ];
  test(
    'the focus goes into what opens, and comes back to what opened it',
    async () => {
      const page = await lively.sitDown(browser, { ...wide, locale: 'en-GB' });
      for (const [hash, opener, opened] of openers) {
        await page.evaluate((to) => void (location.hash = to), hash);
        const button = page.locator(opener).locator('visible=true').first();
        await button.focus();
        await button.press('Enter');
        await page.locator(opened).first().waitFor();
        const inside = page.locator(opened).locator(':focus');
        // A popover that does not take the focus is what Tab comes to next.
        if ((await inside.count()) === 0) await page.keyboard.press('Tab');
        await inside.waitFor();
        await page.keyboard.press('Escape');
        await page.locator(opened).first().waitFor({ state: 'detached' });
        await button.and(page.locator(':focus')).waitFor();
      }
      await page.evaluate(() => void (location.hash = '#/c/lab'));
      await page.locator('[data-composer]').focus();
      await page.keyboard.press('Control+k');
      await page.locator('.switcher').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.switcher').waitFor({ state: 'detached' });
      await page.locator('[data-composer]:focus').waitFor();
      await page.context().close();
    },
    lasting,
  );

  test(
    'nothing moves for those who want stillness, and something does for the others',
    async () => {
      const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<string[]> => {
        const page = await lively.sitDown(browser, { ...wide, locale: 'en-GB', reducedMotion });
        const found: string[] = [];
        for (const stop of STOPS.filter(({ name }) =>
          ['channel', 'switcher', 'settings-privacy', 'emoji'].includes(name),
        )) {
          await visit(page, stop, false);
          found.push(
            ...(await page.evaluate(() =>
              [...document.querySelectorAll('*')]
                .filter((element) => {
                  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
                  const still = transitionDuration.split(', ').every((time) => time === '0s');
                  return !still || animationName !== 'none' || scrollBehavior === 'smooth';
                })
                .map((element) => element.getAttribute('class') ?? element.tagName),
            )),
          );
        }
        await page.context().close();
        return found;
      };
      expect(await moving('reduce')).toEqual([]);
      expect((await moving('no-preference')).length).toBeGreaterThan(0);
    },
    lasting,
  );

  test(
    'a finger finds what it needs on a phone',
    async () => {
      const page = await lively.sitDown(browser, { ...phone, locale: 'en-GB' });
      const small: string[] = [];
      for (const stop of STOPS.filter(({ name }) => TOUCHED.includes(name))) {
        await visit(page, stop, true);
        const measured = await page.evaluate(measureTargets);
        expect([stop.name, measured.count > 1]).toEqual([stop.name, true]);
        small.push(...measured.small.map((target) => `${stop.name}: ${target}`));
      }
      await page.context().close();
      expect([...new Set(small)]).toEqual([]);
    },
    lasting,
  );
});

const TOUCHED: readonly string[] = [
  ...['channel', 'direct', 'list', 'channel-menu', 'message-menu', 'channels', 'people', 'channel-create', 'leave'],
  ...[
    'settings',
    'settings-appearance',
    'settings-privacy',
    'settings-devices',
    'search',
    'switcher',
    'own-menu',
    'members',
  ],
];

/**
 * In the page: what can be pressed and is smaller than 44 px to a side. Left out is what stands in a line of text, whose
 * height is the line's, and what has a second, larger way to the same (a message's own parts: its menu).
 */
function measureTargets(): { count: number; small: string[] } {
  const INLINE = '.message-text a, .message *, .row-notice *, .field-hint a, .topic-edit, .topic-add, .facts a, .skip';
  const over = document.querySelector('dialog[open]:modal, :popover-open');
  const all = (over ?? document).querySelectorAll<HTMLElement>(
    'button, a[href], select, input, textarea, [role="option"]',
  );
  const shown = [...all].filter((element) => {
    const { width, height } = element.getBoundingClientRect();
    const inline = !element.closest('dialog, :popover-open') && element.matches(INLINE);
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true }) && !inline;
  });
  const small = shown.flatMap((element) => {
    // A label around a box is pressed for the box.
    const target = element.closest('label') ?? element;
    const { width, height } = target.getBoundingClientRect();
    if (width >= 43.5 && height >= 43.5) return [];
    return [`${element.outerHTML.slice(0, 140)} ${Math.round(width)}x${Math.round(height)}`];
  });
  return { count: shown.length, small };
}

interface Focused {
  /** 0 the way past the list, 1 the list, 2 the header, 3 the messages, 4 the composer. */
  readonly area: number;
  readonly html: string;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

async function focused(page: Page): Promise<Focused | undefined> {
  return page.evaluate(() => {
    document.querySelector('[data-was-focused]')?.removeAttribute('data-was-focused');
    const element = document.activeElement;
    if (!element || element === document.body) return undefined;
    element.setAttribute('data-was-focused', '');
    const parts = ['.skip', '.sidebar', '.pane-header', '.timeline', '.composer'];
    const { x, y, width, height } = element.getBoundingClientRect();
    return {
      area: parts.findIndex((part) => element.closest(part) !== null),
      html: element.outerHTML.slice(0, 160),
      box: { x, y, width, height },
    };
  });
}

/** Whether the place looks otherwise once the focus is elsewhere. */
async function changesOnBlur(page: Page, { x, y, width, height }: Focused['box']): Promise<boolean> {
  const left = Math.max(0, x - 5);
  const top = Math.max(0, y - 5);
  const clip = { x: left, y: top, width: Math.min(width + 10, 1280 - left), height: Math.min(height + 10, 800 - top) };
  const before = await page.screenshot({ clip, caret: 'hide' });
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const after = await page.screenshot({ clip, caret: 'hide' });
  return !before.equals(after);
}
