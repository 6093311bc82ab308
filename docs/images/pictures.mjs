#!/usr/bin/env node
// Takes the pictures of the README: real peers of three people, who write to each other in real browsers.
// `npm run build`, then `node docs/images/pictures.mjs`: writes parley.png and parley-phone.png beside itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Daemon } from '../../dist/scripts/daemon/daemon.js';
import { CHROMIUM_MISSING, findChromium } from '../../scripts/bootstrap/chromium.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = fileURLToPath(new URL('../../dist/scripts/daemon/entry.js', import.meta.url));
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 780 };

class Person {
  /**
   * @param {string} name
   * @param {import('playwright-core').Page} page
   */
  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.sidebar = page.getByRole('navigation', { name: 'Conversations' });
    this.composer = page.getByRole('textbox', { name: /^Message to/ });
  }

  /** @param {string} hash */
  async goTo(hash) {
    await this.page.evaluate((to) => void (location.hash = to), hash);
    // A person's heading tells their presence too.
    const place = new RegExp(`(^| )${hash.replace('#/c/', '#').replace('#/u/', '')}( |$)`);
    await this.page.getByRole('heading', { level: 1, name: place }).waitFor();
  }

  /** @param {string} text */
  async write(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** @param {string} text */
  async sees(text) {
    await this.page
      .getByRole('region', { name: /^Messages in/ })
      .getByText(text.split('\n').at(-1) ?? '')
      .waitFor();
  }

  /** @param {string} mark of the newest message */
  async seesMark(mark) {
    await this.page.getByRole('listitem').last().getByText(mark, { exact: true }).waitFor();
  }

  /** @param {string} username */
  async verify(username) {
    await this.page.getByRole('button', { name: `About ${username}` }).click();
    await this.page.getByRole('button', { name: 'Mark as verified' }).click();
    await this.page.getByRole('button', { name: 'Clear verification' }).waitFor();
    await this.page.getByRole('button', { name: 'Close' }).click();
  }

  /**
   * @param {string} file
   * @param {{ width: number, height: number }} size
   * @param {'light' | 'dark'} colorScheme
   */
  async picture(file, size, colorScheme) {
    await this.page.setViewportSize(size);
    await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await this.page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await this.page.mouse.move(0, 0);
    await this.page.screenshot({ path: join(here, file) });
    await this.page.setViewportSize(wide);
    await this.page.emulateMedia({ colorScheme: 'light' });
  }
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
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

try {
  const tracker = await start('tracker', ['tracker', '--json', '--port', '0']);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  stops.push(() => browser.close());

  /** @param {string} username */
  const sitDown = async (username) => {
    const args = ['peer', '--json', '--register', '--username', username, '--host', '127.0.0.1'];
    const ports = ['--tracker', tracker.url, '--peer-port', '0', '--ui-port', '0'];
    const peer = await start(username, [...args, ...ports], { PARLEY_PASSWORD: `the password of ${username}` });
    const context = await browser.newContext({ viewport: wide, locale: 'en-GB', colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(peer.login);
    await page.getByText('Tracker connected').first().waitFor();
    return new Person(username, page);
  };
  const maria = await sitDown('maria');
  const jonas = await sitDown('jonas');
  const felix = await sitDown('felix');
  for (const person of [maria, jonas, felix]) {
    const others = [maria, jonas, felix].filter((other) => other !== person);
    for (const { name } of others)
      await person.sidebar.getByRole('link', { name: new RegExp(`online ${name}`) }).waitFor();
  }

  await maria.goTo('#/c/lab');
  await maria.page.getByRole('button', { name: 'Join #lab' }).click();
  await maria.composer.waitFor();

  await maria.goTo('#/u/jonas');
  await jonas.goTo('#/u/maria');
  await talk(
    [maria, jonas],
    [
      [jonas, 'Do you still have the figures of the March measurement?'],
      [maria, 'Yes, on the lab machine. Median 4.2 ms, range 3.9 to 4.6.'],
      [jonas, 'That is all I need for slide seven.'],
      [maria, 'Shall I read your last slides before the talk?'],
      [jonas, 'Please! They follow as soon as I have a seat on this train.'],
      [maria, 'Good. I have compared the safety number of your new laptop, by the way. It matches.'],
      [jonas, 'Same here. I will mark it.'],
      [maria, 'See you at eleven.'],
    ],
  );
  await maria.verify('jonas');
  await maria.seesMark('Read');
  await maria.picture('parley-phone.png', phone, 'dark');

  for (const person of [maria, jonas, felix]) await person.goTo('#/c/general');
  await talk(
    [maria, jonas, felix],
    [
      [felix, 'Good morning! The seminar room is ours from ten until one.'],
      [maria, 'Thank you. I bring the small projector: the one on the wall shows everything in green.'],
      [jonas, 'The plan is here: https://seminar.example.org/november\nFelix first, then me, then Maria.'],
      [jonas, 'Fifteen minutes each, then questions.'],
      [felix, 'Fine with me. Can somebody lend me a USB-C adapter?'],
      [maria, 'I have two of them in my bag.'],
      [felix, 'You save my morning.'],
      [jonas, 'My train is ten minutes late. Please begin without me.'],
      [maria, 'No hurry, we move you to the end.'],
      [felix, 'The door is open, and there is coffee on the table by the window.'],
    ],
  );
  await jonas.goTo('#/u/maria');
  await maria.write('On my way.');
  await jonas.write('I have a seat now. Slides follow in five minutes.');
  await maria.seesMark('Delivered to 2 · read by 1');
  await maria.sidebar.getByText('1 unread message').waitFor({ state: 'attached' });
  await maria.picture('parley.png', wide, 'light');
} finally {
  // The browser first, then the daemons, the tracker last.
  for (const stop of stops.reverse()) await stop();
  await rm(folder, { recursive: true, force: true });
}

/** Everybody sees each message before the next one is written. */
async function talk(/** @type {Person[]} */ present, /** @type {[Person, string][]} */ lines) {
  for (const [author, text] of lines) {
    await author.write(text);
    for (const person of present) await person.sees(text);
  }
}
