/** A guest of a gateway in a browser: what the window says of the visit. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startGateway, type RunningGateway } from '../../peer/gateway/gateway.js';
import { makeCertificate } from '../../peer/gateway/self-made.js';
import { phone, violations } from '../support/axe.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { InProcess } from '../support/in-process.js';
import { projectRoot } from '../support/project.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const lasting = 12 * PATIENCE_MS;

let world: InProcess;
let browser: Browser;
let gateway: RunningGateway;

beforeAll(async () => {
  world = await InProcess.create();
  browser = await openBrowser();
  const { url } = await world.tracker('tracker', { guests: true });
  gateway = await startGateway(
    {
      ...{ name: 'Test', dataDir: world.path('gateway'), trackers: [url], trackerCa: undefined, idleMs: 60_000 },
      ...{ host: '127.0.0.1', ports: { p2p: 0, web: 0, ws: 0, lines: 0, irc: 0 }, allowedHosts: [] },
      ...{ tls: await makeCertificate(['localhost'], Date.now()), plain: { web: true, lines: true } },
      ...{ uiDir: join(projectRoot, 'dist/ui'), look: { stylesheet: 'body {}', icon: '<svg/>' } },
    },
    quiet,
  );
}, lasting);
afterAll(async () => {
  await browser.close();
  await gateway.close();
  await world.close();
}, lasting);

async function comeIn(locale: string): Promise<Page> {
  const context = await browser.newContext({ ...phone, locale });
  context.setDefaultTimeout(3 * PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(new URL('guest', gateway.addresses.web).href);
  await page.locator('input[name=username]').fill('Ali');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').first().waitFor();
  return page;
}

test(
  'says in three languages what a visit is, until it was read; beside the own name the mark stays',
  async () => {
    for (const [locale, said, done, mark] of [
      ['en-GB', 'nothing is kept for you here', 'Got it', 'guest'],
      ['vi-VN', 'ở đây không giữ lại gì cho bạn', 'Đã hiểu', 'khách'],
      ['fa-IR', 'چیزی برای شما این‌جا نگه داشته نمی‌شود', 'فهمیدم', 'مهمان'],
    ] as const) {
      const page = await comeIn(locale);
      const bar = page.locator('.bars').getByText(said);
      await bar.waitFor();
      // A line, and not most of a phone.
      expect((await page.locator('.bars').boundingBox())?.height).toBeLessThan(200);
      expect(await violations(page, { only: '.bars' })).toEqual([]);
      await page.getByRole('button', { name: done, exact: true }).focus();
      await page.keyboard.press('Enter');
      await bar.waitFor({ state: 'detached' });
      await page.locator('[data-main]:focus').waitFor();
      await page.locator('.own').getByText(mark, { exact: true }).waitFor();
      await page.reload();
      await page.locator('.own').getByText(mark, { exact: true }).waitFor();
      expect(await bar.count()).toBe(0);
      await page.context().close();
    }
  },
  lasting,
);
