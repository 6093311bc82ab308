/**
 * A phone on another machine: Chromium at the width of a phone in a network namespace of its own opens the address that a gateway in another namespace
 * has printed, takes its self-made certificate, and talks with somebody on the line port of a third.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../scripts/bootstrap/chromium.mjs';
import { namespacesPermitted, Network, type Place } from './fault/namespaces.js';
import { openBrowser } from './support/browser.js';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';
import { phone, Piped, saidIn, shows } from './support/voices.js';

const PASSWORD = 'correct-horse-battery';
const lasting = 240_000;
const permitted = namespacesPermitted();

if (!permitted) {
  test.skip('NOT RUN: this machine permits no network namespaces (root, `ip`), so no phone on another network was tried', () =>
    undefined);
}

/** Chromium in a place, driven by its pipe: it needs no network between here and there. */
async function browserIn(place: Place, program: string): Promise<Browser> {
  const found = findChromium();
  if (found === undefined) throw new Error(CHROMIUM_MISSING);
  await writeFile(program, `#!/bin/sh\nexec ${place.under.join(' ')} ${found} "$@"\n`, { mode: 0o700 });
  return openBrowser(program);
}

(permitted ? describe : describe.skip)('on a network of its own', () => {
  const folder = new TempDir();
  let network: Network;
  let gateway: Piped;
  let browser: Browser | undefined;
  let places: { gateway: Place; phone: Place; laptop: Place };

  beforeAll(async () => {
    network = await Network.create('ph');
    places = {
      gateway: await network.add('host'),
      phone: await network.add('phone'),
      laptop: await network.add('laptop'),
    };
    const [command = '', ...under] = places.gateway.under;
    const program = join(projectRoot, 'dist/scripts/parley.js');
    // As a person starts it: with the ports that it has by itself, and what it prints for people.
    const args = ['gateway', '--host', '0.0.0.0', '--data-dir', join(folder.path, 'gateway'), '--log-level', 'warn'];
    const env = { ...process.env, NODE_OPTIONS: '' };
    gateway = new Piped(command, [...under, process.execPath, program, ...args], env);
    await gateway.shows(/Stop with Ctrl-C/);
    browser = await browserIn(places.phone, join(folder.path, 'chromium'));
  }, lasting);

  afterAll(async () => {
    await browser?.close();
    await gateway.end();
    await network.close();
    await folder.remove();
  }, lasting);

  test(
    'a phone opens the printed address, signs in, writes and reads',
    async () => {
      const printed = [...gateway.shown.matchAll(/on other machines: (https:\S+)/g)].map(([, url]) => url);
      const url = printed.find((text) => text?.includes(places.gateway.lan)) ?? '';
      expect(url).toMatch(/^https:\/\/10\.213\.78\.\d+:8000\/$/);
      if (!browser) throw new Error('it has been opened');
      const phil = await phone(browser, url, 'phil', PASSWORD);
      expect(await phil.page.evaluate(() => location.host)).toBe(new URL(url).host);
      const [command = '', ...under] = places.laptop.under;
      const nc = new Piped(command, [...under, 'nc', places.gateway.lan, '12345']);
      nc.write(`/register nina ${PASSWORD}`);
      await nc.shows(/"registered"/);
      await phil.say('turn 1 by phil');
      await nc.shows(/turn 1 by phil/);
      nc.write('turn 2 by nina');
      await shows(async () => ((await phil.heard?.()) ?? []).join('\n'), /turn 1 by phil\nturn 2 by nina/);
      expect(saidIn(nc.shown)).toEqual(['turn 1 by phil', 'turn 2 by nina']);
      await nc.end();
      await phil.close();
    },
    lasting,
  );
});
