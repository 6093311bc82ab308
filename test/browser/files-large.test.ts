/** A large file from one window to another: how far it is on both sides, and what a reload, a pause and a cancel do to it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CDPSession, Locator, Page } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { PLACE, twoPeople } from '../support/messages.js';
import type { Person } from '../support/person.js';
import { TempDir } from '../support/temp-dir.js';

const lasting = 15 * PATIENCE_MS;
/** 12.3 MB of 300.0 MB · 20.0 MB/s · 14 secs left */
const UNDER_WAY = /[\d.]+\s[kM]?B of 300\.0\sMB.*[\d.]+\s[kMG]?B\/s.*\d+\s(secs?|mins?) left/;
const MB = 1_000_000;

describe('a file of 300 MB', () => {
  const folder = new TempDir();
  let alice: Person;
  let bob: Person;
  let page: Page;
  let network: CDPSession;

  twoPeople('files-large', async ({ people }) => {
    ({ alice, bob } = people);
    ({ page } = alice);
    network = await page.context().newCDPSession(page);
    await bob.page.setViewportSize({ width: 390, height: 844 });
    page.on('dialog', (dialog) => void dialog.accept());
  });
  beforeAll(async () => {
    await write('large.bin', 300 * MB);
    await write('other.bin', 300 * MB);
    await write('dropped.bin', 60 * MB);
    await write('small.bin', 8 * MB);
  }, lasting);
  afterAll(() => folder.remove());

  const path = (name: string): string => join(folder.path, name);
  async function write(name: string, size: number): Promise<void> {
    const file = await open(path(name), 'w');
    // Sparse, but for one word in each MiB, so that no two of them are alike.
    for (let at = 0; at < size; at += 2 ** 20) await file.write(Buffer.from(`${name} ${at} `), 0, undefined, at);
    await file.truncate(size);
    await file.close();
  }
  const hashOf = async (name: string): Promise<string> => {
    const hash = createHash('sha256');
    // Not by a pipe: a hash is also read from, and who waits for its end waits for somebody to read it.
    for await (const piece of createReadStream(path(name))) hash.update(piece as Buffer);
    return hash.digest('hex');
  };

  /** Of what leaves the browser, bytes a second; none for as fast as it goes. */
  const slow = (uploadThroughput = -1): Promise<unknown> =>
    network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput },
    });
  const set = (person: Person, files: object): Promise<void> =>
    person.page.evaluate(async (chosen) => {
      const socket = new WebSocket(`ws://${location.host}/ws`);
      await new Promise((resolve) => (socket.onopen = resolve));
      socket.send(JSON.stringify({ id: 1, command: 'preferences.set', files: chosen }));
      await new Promise<void>((resolve) => {
        socket.onmessage = ({ data }) => (JSON.parse(String(data)) as { id?: number }).id === 1 && resolve();
      });
      socket.close();
    }, files);
  const choose = (name: string): Promise<void> => page.locator('[data-choose-files]').setInputFiles(path(name));
  const send = (): Promise<void> => page.getByRole('button', { name: 'Send', exact: true }).click();
  const row = (name: string): Locator =>
    page.getByRole('list', { name: 'Files being sent' }).getByRole('listitem').filter({ hasText: name });
  const card = (person: Person, name: string): Locator =>
    person.timeline(PLACE).locator('[data-message]').filter({ hasText: name }).last();
  const partOf = (bar: Locator): Promise<number> => bar.evaluate((element) => (element as HTMLProgressElement).value);
  const fits = async (person: Person, width: number): Promise<void> =>
    expect(await person.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);

  test(
    'is seen going to the daemon, goes on elsewhere, and after a reload from where it was, once it is chosen again',
    async () => {
      const offsets: number[] = [];
      page.on('request', (request) => {
        const asked = new URL(request.url());
        if (asked.pathname === '/api/uploads') offsets.push(Number(asked.searchParams.get('offset')));
      });
      // Far from its end at the reload, on the busiest machine: what is whole by then goes on by itself.
      await slow(3 * MB);
      await choose('large.bin');
      await send();
      await row('large.bin').getByText(UNDER_WAY).waitFor();
      await page.getByText(/^Keep this window open/).waitFor();
      await page.evaluate(() => void (location.hash = '#/settings'));
      await page.getByText('Sending 1 file to #general').waitFor();
      await page.reload();
      await alice.open(PLACE);
      const again = row('large.bin').getByRole('button', { name: 'Choose large.bin again to go on' });
      await again.waitFor();
      await page.waitForFunction(() => (document.querySelector<HTMLProgressElement>('.sending-bar')?.value ?? 0) > 0);
      const before = await partOf(row('large.bin').getByRole('progressbar'));
      await page.locator('[data-choose-again]').setInputFiles(path('other.bin'));
      await page.getByText(/That is not the \S*large\.bin\S* that was being sent/).waitFor();
      await again.waitFor();
      await slow();
      await page.locator('[data-choose-again]').setInputFiles(path('large.bin'));
      await row('large.bin').waitFor({ state: 'detached', timeout: lasting });
      expect(offsets[0]).toBe(0);
      expect(offsets.at(-1)).toBeGreaterThanOrEqual(Math.floor(before * 300 * MB));
      await card(bob, 'large.bin').waitFor();
    },
    lasting,
  );

  test(
    'is seen coming and going, waits where it is paused, also over a reload, and comes as it was sent',
    async () => {
      await set(alice, { up: 12 * MB });
      const [theirs, own] = [card(bob, 'large.bin'), card(alice, 'large.bin')];
      await theirs.getByRole('button', { name: 'Fetch large.bin, 300.0 MB' }).click();
      await theirs.getByText(UNDER_WAY).waitFor();
      await theirs.getByText('From alice').waitFor();
      await own.getByText(/^To bob: [\d.]+\s[kM]?B of 300\.0\sMB.*MB\/s.*left/).waitFor();
      await fits(bob, 390);
      await theirs.getByRole('button', { name: 'Pause large.bin' }).click();
      await theirs.getByText(/^Paused: [\d.]+\sMB of 300\.0\sMB$/).waitFor();
      const paused = await partOf(theirs.getByRole('progressbar'));
      expect(paused).toBeGreaterThan(0);
      await bob.page.reload();
      await theirs.getByText(/^Paused: [\d.]+\sMB of 300\.0\sMB$/).waitFor();
      expect(await partOf(theirs.getByRole('progressbar'))).toBeGreaterThanOrEqual(paused);
      await theirs.getByRole('button', { name: 'Resume large.bin' }).click();
      await theirs.getByText(UNDER_WAY).waitFor();
      await theirs.getByRole('button', { name: 'Cancel large.bin' }).click();
      await theirs.getByRole('button', { name: 'Fetch large.bin, 300.0 MB' }).waitFor();
      await own.getByText(/^To bob:/).waitFor({ state: 'detached' });
      await set(alice, { up: 0 });
      await theirs.getByRole('button', { name: 'Fetch large.bin, 300.0 MB' }).click();
      await theirs.getByRole('button', { name: 'Save large.bin' }).waitFor({ timeout: lasting });
      await fits(bob, 390);
      const sha256 = await hashOf('large.bin');
      const head = await bob.page.evaluate(async (hash) => {
        const { status, headers } = await fetch(`/api/files/${hash}`, { method: 'HEAD' });
        return [status, headers.get('content-length')];
      }, sha256);
      expect(head).toEqual([200, String(300 * MB)]);
      expect([alice.problems, bob.problems]).toEqual([[], []]);
    },
    lasting,
  );

  test(
    'that is small enough for a copy, or was dropped, goes on by itself after a reload',
    async () => {
      await slow(1 * MB);
      await choose('small.bin');
      await send();
      await row('small.bin').getByRole('progressbar').waitFor();
      await page.getByText(/^Keep this window open/).waitFor({ state: 'detached' });
      await page.reload();
      await row('small.bin').getByRole('progressbar').waitFor();
      await slow();
      await card(bob, 'small.bin').waitFor();

      await slow(4 * MB);
      const place = await page.locator('[data-composer]').boundingBox();
      const at = { x: (place?.x ?? 0) + 20, y: (place?.y ?? 0) + 10 };
      const data = { items: [], files: [path('dropped.bin')], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await network.send('Input.dispatchDragEvent', { type, ...at, data });
      }
      await page.getByRole('list', { name: 'Files that go with the message' }).getByText('dropped.bin').waitFor();
      await send();
      await row('dropped.bin').getByRole('progressbar').waitFor();
      await page.getByText(/^Keep this window open/).waitFor({ state: 'detached' });
      await page.reload();
      await row('dropped.bin').getByRole('progressbar').waitFor();
      await slow();
      await card(bob, 'dropped.bin').waitFor();
    },
    lasting,
  );
});
