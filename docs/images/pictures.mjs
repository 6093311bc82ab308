#!/usr/bin/env node
// Takes pictures of the UI: real peers of five people, who have written to each other, looked at in real browsers.
// `npm run build`, then `node docs/images/pictures.mjs` writes those of the README beside itself, and
// `node docs/images/pictures.mjs <folder>` every view there: wide, wide and dark, on a phone, and in Persian.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Daemon } from '../../dist/scripts/daemon/daemon.js';
import { CHROMIUM_MISSING, findChromium } from '../../scripts/bootstrap/chromium.mjs';
import { CAST, populate } from '../../test/support/cast.mjs';
import { STOPS, visit } from '../../test/support/tour.mjs';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

const here = fileURLToPath(new URL('.', import.meta.url));
const program = fileURLToPath(new URL('../../dist/scripts/daemon/entry.js', import.meta.url));
const wide = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };

/** @type {Readonly<Record<string, BrowserContextOptions>>} */
const looks = {
  wide: { ...wide, locale: 'en-GB', colorScheme: 'light' },
  dark: { ...wide, locale: 'vi-VN', colorScheme: 'dark' },
  phone: { ...phone, locale: 'en-GB', colorScheme: 'dark' },
  persian: { ...wide, locale: 'fa-IR', colorScheme: 'light' },
  'persian-phone': { ...phone, locale: 'fa-IR', colorScheme: 'dark' },
};

/** The README's: the file, the view, the look. @type {readonly (readonly [string, string, string])[]} */
const best = [
  ['parley.png', 'channel', 'wide'],
  ['parley-search.png', 'search', 'dark'],
  ['parley-phone.png', 'direct', 'phone'],
  ['parley-persian.png', 'channel', 'persian'],
];

const executablePath = findChromium();
if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
const out = process.argv[2] === undefined ? undefined : resolve(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), 'parley-pictures-'));
/** @type {(() => Promise<unknown>)[]} */
const stops = [];

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 */
async function start(name, args, env = {}) {
  const daemon = await Daemon.start({ name, program, args: [...args, '--data-dir', join(folder, name)], env });
  stops.push(() => daemon.stop());
  return daemon.ready;
}

/** @param {string} name */
const passwordOf = (name) => `the password of ${name}`;

/**
 * A window of the first of the cast.
 * @param {Browser} browser
 * @param {string} ui
 * @param {string} look
 */
async function sitDown(browser, ui, look) {
  const context = await browser.newContext({ ...looks[look], reducedMotion: 'reduce' });
  const data = { password: passwordOf(CAST[0]) };
  await context.request.post(new URL('api/login', ui).href, { data, headers: { origin: new URL(ui).origin } });
  const page = await context.newPage();
  await page.goto(ui);
  await page.locator('.shell').waitFor();
  return page;
}

/**
 * @param {Page} page
 * @param {string} view
 * @param {string} look
 * @param {string} path
 */
async function take(page, view, look, path) {
  const onPhone = looks[look]?.isMobile === true;
  const stop = STOPS.find(({ name }) => name === view);
  if (!stop || stop.only === (onPhone ? 'wide' : 'phone')) return;
  await visit(page, stop, onPhone);
  await page.mouse.move(0, 0);
  await page.screenshot({ path, caret: 'hide' });
}

try {
  const tracker = await start('tracker', ['tracker', '--json', '--port', '0']);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  stops.push(() => browser.close());
  const peers = [];
  for (const name of CAST) {
    const args = ['peer', '--json', '--register', '--username', name, '--host', '127.0.0.1', '--tracker', tracker.url];
    const password = { PARLEY_PASSWORD: passwordOf(name) };
    peers.push(await start(name, [...args, '--peer-port', '0', '--ui-port', '0'], password));
  }
  await populate(Object.fromEntries(peers.map(({ username, login }) => [username, login])));
  const [{ ui }] = peers;
  if (out === undefined) {
    for (const [file, view, look] of best) {
      const page = await sitDown(browser, ui, look);
      await take(page, view, look, join(here, file));
      await page.context().close();
    }
  } else {
    await mkdir(out, { recursive: true });
    for (const look of Object.keys(looks)) {
      const page = await sitDown(browser, ui, look);
      for (const { name } of STOPS) await take(page, name, look, join(out, `${name}-${look}.png`));
      await page.context().close();
    }
  }
} finally {
  // The browser first, then the daemons, the tracker last.
  for (const stop of stops.reverse()) await stop();
  await rm(folder, { recursive: true, force: true });
}
