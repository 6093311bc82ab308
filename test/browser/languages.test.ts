/** English, Vietnamese and Persian: found by the browser's language, changed at once, read in their own direction. */
import { describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { fa } from '../../ui/src/text/fa/index.js';
import { vi } from '../../ui/src/text/vi/index.js';
import { PATIENCE_MS } from '../support/browser.js';
import { type Lively, livelyBrowser } from '../support/lively.js';

const lasting = 6 * PATIENCE_MS;
const wide = { viewport: { width: 1280, height: 800 } };

describe('the languages', () => {
  let browser: Browser;
  let lively: Lively;

  livelyBrowser('languages', (...started) => ([lively, browser] = started));

  const go = async (page: Page, hash: string): Promise<void> => {
    await page.evaluate((to) => void (location.hash = to), hash);
  };
  const page = (locale: string): Promise<Page> => lively.sitDown(browser, { ...wide, locale });
  const htmlOf = (at: Page): Promise<(string | null)[]> =>
    at.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
  const direction = (locator: Locator): Promise<string> =>
    locator.evaluate((element) => getComputedStyle(element).direction);

  test(
    'are those of the browser, and come only when they are spoken',
    async () => {
      for (const [locale, html, settings] of [
        ['de-DE', ['en', 'ltr'], 'Settings'],
        ['vi-VN', ['vi', 'ltr'], vi['settings.title']],
        ['fa-IR', ['fa', 'rtl'], fa['settings.title']],
      ] as const) {
        const seen = await page(locale);
        await go(seen, '#/settings');
        await seen.getByRole('heading', { level: 1, name: settings }).waitFor();
        expect(await htmlOf(seen)).toEqual(html);
        const loaded = await seen.evaluate(() =>
          performance.getEntriesByType('resource').map(({ name }) => /assets\/(vi|fa)-/.exec(name)?.[1]),
        );
        const foreign = loaded.filter((name) => name !== undefined);
        expect([locale, foreign]).toEqual([locale, html[0] === 'en' ? [] : [html[0]]]);
        await seen.context().close();
      }
    },
    lasting,
  );

  test(
    'change at once in the settings: nothing half written is lost, and the next visit remembers',
    async () => {
      const seen = await page('en-GB');
      await go(seen, '#/u/jonas');
      await seen.locator('[data-composer]').fill('half a sentence');
      await go(seen, '#/settings/appearance');
      await seen.evaluate(() => document.body.setAttribute('data-same-page', ''));
      const choice = seen.getByLabel('Language');
      await choice.focus();
      await choice.selectOption({ label: 'فارسی' });
      await seen.getByRole('heading', { level: 1, name: fa['settings.title'] }).waitFor();
      expect(await htmlOf(seen)).toEqual(['fa', 'rtl']);
      expect(await seen.locator('body[data-same-page]').count()).toBe(1);
      // Who chose with the keyboard goes on from there.
      await seen.locator('#language:focus').waitFor();
      await go(seen, '#/u/jonas');
      expect(await seen.locator('[data-composer]').inputValue()).toBe('half a sentence');
      await seen.reload();
      await seen.getByRole('link', { name: 'general' }).first().waitFor();
      expect(await htmlOf(seen)).toEqual(['fa', 'rtl']);
      await go(seen, '#/settings/appearance');
      await seen.getByLabel(fa['settings.language']).selectOption({ label: 'Tiếng Việt' });
      await seen.getByRole('heading', { level: 1, name: vi['settings.title'] }).waitFor();
      expect(await htmlOf(seen)).toEqual(['vi', 'ltr']);
      // Another browser of the same person has a choice of its own.
      const other = await page('en-GB');
      expect(await htmlOf(other)).toEqual(['en', 'ltr']);
      await other.context().close();
      await seen.context().close();
    },
    lasting,
  );

  test(
    'from right to left, the window is mirrored and what points the way turns; code and addresses stay as they are',
    async () => {
      const seen = await page('fa-IR');
      await go(seen, '#/c/general');
      await seen.locator('[data-message]').first().waitFor();
      // What sends is there where there is something to send.
      await seen.locator('[data-composer]').fill('سلام');
      const [list, pane, author, send] = await Promise.all(
        ['.sidebar', '.pane', '.message-side', '.composer-send'].map((part) =>
          seen.locator(part).first().boundingBox(),
        ),
      );
      expect(list?.x).toBeGreaterThan(pane?.x ?? Infinity);
      expect(author?.x).toBeGreaterThan(900);
      // At the end of the column, which begins where the authors stand.
      expect(send?.x).toBeLessThan((author?.x ?? NaN) - 800);
      const turned = await seen.locator('.composer-send .icon').evaluate((icon) => getComputedStyle(icon).transform);
      expect(turned).toBe('matrix(-1, 0, 0, 1, 0, 0)');
      const code = seen.locator('pre').first();
      expect([await direction(code), await code.evaluate((pre) => getComputedStyle(pre).textAlign)]).toEqual([
        'ltr',
        expect.stringMatching(/left|start/),
      ]);
      // A channel's name keeps its sign in front, though nothing in it says which way it runs.
      const title = seen.locator('.pane-name');
      expect([await title.textContent(), await direction(title)]).toEqual(['#general', 'ltr']);
      await seen.context().close();
    },
    lasting,
  );

  test(
    'each message runs in its own direction, in every language of the window',
    async () => {
      for (const locale of ['en-GB', 'fa-IR']) {
        const seen = await page(locale);
        await go(seen, '#/c/general');
        const text = (words: string): Locator => seen.locator('.message-text p', { hasText: words }).first();
        await text('سلام به همه').waitFor();
        expect([locale, await direction(text('سلام به همه'))]).toEqual([locale, 'rtl']);
        expect([locale, await direction(text('Chào cả nhà'))]).toEqual([locale, 'ltr']);
        expect([locale, await direction(text('I have two of them'))]).toEqual([locale, 'ltr']);
        // The numbers of a list and the bar of a quote stand where their text begins: on the other side they would be cut off.
        const plan = seen.locator('.message-text', { hasText: 'Plan for Thursday' }).first();
        for (const part of ['ol', 'ol > li', 'blockquote'])
          expect([locale, part, await direction(plan.locator(part).first())]).toEqual([locale, part, 'ltr']);
        await go(seen, '#/c/lab');
        const topic = seen.locator('.pane-about .topic-text');
        await topic.waitFor();
        // A box of its own, which is cut at its end.
        expect(await topic.evaluate((one) => getComputedStyle(one).display)).toBe('inline-block');
        expect([locale, await direction(topic)]).toEqual([locale, 'ltr']);
        await seen.context().close();
      }
    },
    lasting,
  );

  test(
    'dates, digits and names are written as they are written there',
    async () => {
      const seen = await page('fa-IR');
      await go(seen, '#/c/general');
      const time = seen.locator('.message-time').first();
      await time.waitFor();
      expect(await time.textContent()).toMatch(/^[۰-۹]+:[۰-۹]{2}$/);
      expect(await time.getAttribute('title')).toMatch(/۱۴[۰-۹]{2}/);
      // The name of a person stands apart from the sentence around it.
      const label = await seen.locator('[data-composer]').getAttribute('aria-label');
      expect(label).toContain('\u2068#general\u2069');
      await seen.context().close();
    },
    lasting,
  );
});
