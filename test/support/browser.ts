/** A real Chromium. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../../scripts/bootstrap/chromium.mjs';

/** What Chromium has to be told where it runs as root, in a container, without a screen. */
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** How long a person would wait for anything to appear, on a busy machine. */
export const PATIENCE_MS = 20_000;

/**
 * `executablePath`: a program that replaces itself by Chromium, in surroundings of its own.
 * @throws with the line on how to install it where there is no Chromium
 */
export async function openBrowser(executablePath = findChromium()): Promise<Browser> {
  if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

/** A window of a person of their own, with cookies of its own. `problems` collects what its console complains of. */
export async function openWindow(browser: Browser, url: string): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 }, locale: 'en-GB' });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(url);
  return { page, problems };
}
