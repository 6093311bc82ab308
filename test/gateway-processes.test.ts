/** `parley gateway` as a person starts it: a phone, lines and a daemon in one conversation, and what a kill leaves of it. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { TestLineClient } from '../peer/doors/lines/test-line-client.js';
import { Restartable } from '../scripts/daemon/restartable.js';
import { openBrowser, PATIENCE_MS } from './support/browser.js';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';

const PASSWORD = 'correct horse battery';
const lasting = 12 * PATIENCE_MS;

interface GatewayReady {
  readonly web: string;
  readonly ws: string;
  readonly tracker: string;
  readonly fingerprint: string;
  readonly lines: { readonly port: number };
  readonly irc: { readonly port: number };
  readonly p2p: { readonly port: number };
}

let folder: TempDir;
let gateway: Restartable<GatewayReady>;
let browser: Browser | undefined;
let clients: TestLineClient[];

beforeEach(async () => {
  folder = new TempDir();
  clients = [];
  gateway = new Restartable<GatewayReady>({
    name: 'gateway',
    program: join(projectRoot, 'dist/scripts/daemon/entry.js'),
    ports: ['--web-port', '--ws-port', '--line-port', '--irc-port', '--peer-port', '--tracker-port'],
    args: () => ['gateway', '--json', '--data-dir', folder.path],
  });
  await gateway.start();
}, lasting);
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await browser?.close();
  await gateway.stop();
  await folder.remove();
}, lasting);

async function client(name: string): Promise<TestLineClient> {
  const made = TestLineClient.plain(gateway.ready.lines.port);
  clients.push(made);
  return made.register(name, PASSWORD);
}

test(
  'a phone registers on the page, and talks with nc',
  async () => {
    browser = await openBrowser();
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: 'en-GB',
      hasTouch: true,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.goto(gateway.ready.web);
    await page.getByRole('link', { name: 'No account yet? Make one' }).click();
    await page.getByText('whoever runs it can read them').waitFor();
    await page.getByLabel('Name').fill('Phone');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    await page.goto(`${gateway.ready.web}#/c/general`);
    const ali = await client('Ali');
    const composer = page.getByRole('textbox', { name: 'Message to #general' });
    await composer.fill('from the phone');
    // At this width Enter begins a line.
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await ali.next('chat')).toMatchObject({ from: 'Phone', text: 'from the phone' });
    ali.send('from nc');
    await page.getByRole('region', { name: 'Messages in #general' }).getByText('from nc', { exact: true }).waitFor();
  },
  lasting,
);

test(
  'nothing that was acknowledged is lost by a kill, and it comes once and in order',
  async () => {
    const ali = await client('Ali');
    const sara = await client('Sara');
    for (let n = 0; n < 90; n += 1) ali.send(`message ${n}`);
    const acknowledged: string[] = [];
    for (let n = 0; n < 40; n += 1) acknowledged.push(String((await ali.next('chat'))['text']));
    await gateway.kill9();
    await Promise.all([ali.closed, sara.closed]);
    const heard = ali.lines.filter(({ type }) => type === 'chat').map(({ text }) => text);
    expect(heard.slice(0, 40)).toEqual(acknowledged);
    await gateway.start();
    const again = await client('Sara');
    const all = Array.from({ length: 90 }, (_, n) => `message ${n}`);
    let history: unknown[] = [];
    // Ali's peer is awake again, and hands over what Sara's had not got yet.
    while (history.length < heard.length) {
      const from = again.lines.length;
      again.send('/history 200');
      await again.next('history');
      history = again.lines.slice(from).flatMap(({ history, text }) => (history === true ? [text] : []));
    }
    expect(history).toEqual(all.slice(0, history.length));
  },
  lasting,
);
