/**
 * One network: a tracker, a gateway and a daemon as processes of their own, and on them a client of every kind. What one says reaches all others,
 * once and in order; and after a kill of the gateway in the middle of writing nothing that was acknowledged is missing.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';
import { certificateFile } from '../peer/gateway/self-made.js';
import type { PeerReady, TrackerReady } from '../scripts/daemon/daemon.js';
import { Restartable } from '../scripts/daemon/restartable.js';
import { openBrowser } from './support/browser.js';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';
import {
  grpcPython,
  irssi,
  netcat,
  parleyChat,
  parleyPipes,
  phone,
  saidIn,
  Screens,
  webhook,
  type Voice,
} from './support/voices.js';

const PASSWORD = 'correct-horse-battery';
const lasting = 300_000;
/** More than anybody writes before the kill. */
const MANY = 50;
const built = (path: string): string => fileURLToPath(new URL(`../dist/scripts/${path}`, import.meta.url));

interface GatewayReady {
  readonly web: string;
  readonly ws: string;
  readonly lines: { readonly port: number };
  readonly irc: { readonly port: number };
  readonly grpc: { readonly port: number };
  readonly p2p: { readonly port: number };
}

const folder = new TempDir();
const screens = new Screens();
const path = (name: string): string => join(folder.path, name);

const tracker = new Restartable<TrackerReady>({
  ...{ name: 'tracker', program: built('daemon/entry.js') },
  ports: ['--port'],
  args: () => ['tracker', '--json', '--data-dir', path('tracker')],
});
const gateway = new Restartable<GatewayReady>({
  ...{ name: 'gateway', program: built('daemon/entry.js') },
  ports: ['--web-port', '--ws-port', '--line-port', '--irc-port', '--grpc-port', '--peer-port'],
  args: () => ['gateway', '--json', '--data-dir', path('gateway'), '--tracker', tracker.ready.url],
});
const daemon = new Restartable<PeerReady>({
  ...{ name: 'tess', program: built('daemon/entry.js'), env: { PARLEY_PASSWORD: PASSWORD } },
  ports: ['--peer-port', '--ui-port'],
  args: () => [
    ...['peer', '--username', 'tess', '--register', '--tracker', tracker.ready.url, '--json', '--no-lan'],
    ...['--data-dir', path('tess')],
  ],
});

let browser: Browser | undefined;
let nc: Awaited<ReturnType<typeof netcat>>;
let irc: Awaited<ReturnType<typeof irssi>>;
let page: Awaited<ReturnType<typeof phone>>;
let python: Awaited<ReturnType<typeof grpcPython>>;
let hook: ReturnType<typeof webhook>;
let pipes: ReturnType<typeof parleyPipes>;
let chat: Voice;
let all: Voice[] = [];

/** An account on the gateway, by the page that programs use. @returns the token of its session */
async function account(username: string): Promise<string> {
  const body = JSON.stringify({ username, password: PASSWORD, register: true });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new URL('api/login', gateway.ready.web), { method: 'POST', headers, body });
  return ((await answer.json()) as { token: string }).token;
}

/** The address of a webhook of this user, who has asked for it over the gateway's WebSocket. */
async function newHook(token: string): Promise<string> {
  const socket = new WebSocket(gateway.ready.ws, { headers: { authorization: `Bearer ${token}` } });
  const answer = await new Promise<{ path: string }>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      socket.send(
        JSON.stringify({ id: 1, command: 'hook.create', direction: 'in', name: 'CI', conversation: '#general' }),
      ),
    );
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; path: string };
      if (frame.type === 'result') resolve(frame);
    });
  });
  socket.terminate();
  return new URL(answer.path, gateway.ready.web).href;
}

beforeAll(async () => {
  await tracker.start();
  await Promise.all([gateway.start(), daemon.start()]);
  const chromium = (browser = await openBrowser());
  const tokens = await Promise.all(['irma', 'greta', 'hugo'].map(account));
  const [, greta = '', hugo = ''] = tokens;
  hook = webhook(await newHook(hugo), 'hook');
  nc = await netcat(gateway.ready.lines.port, 'nina', PASSWORD);
  irc = await irssi(screens, { port: gateway.ready.irc.port, name: 'irma', password: PASSWORD, home: path('irssi') });
  page = await phone(chromium, gateway.ready.web, 'phil', PASSWORD);
  python = await grpcPython({
    ...{ name: 'greta', port: gateway.ready.grpc.port, token: greta, code: path('code') },
    ...{ certificate: certificateFile(path('gateway')), protos: join(projectRoot, 'protocol') },
    script: join(projectRoot, 'test/support/grpc_talk.py'),
  });
  const parley = [process.execPath, built('parley.js')];
  pipes = parleyPipes(parley, path('tess'));
  chat = await parleyChat(screens, parley, path('tess'));
  all = [nc, irc, page, python, hook, pipes, chat];
}, lasting);

afterAll(async () => {
  for (const voice of all) await voice.close();
  await screens.close();
  await browser?.close();
  await Promise.all([gateway.stop(), daemon.stop()]);
  await tracker.stop();
  await folder.remove();
}, lasting);

/** Until all of these have been shown to everybody who listens. @throws after `withinMs`, naming who lacks what */
async function reach(texts: readonly string[], withinMs = 90_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const lacking = await Promise.all(
      all.map(async (voice) => {
        const heard = new Set((await voice.heard?.()) ?? texts);
        return { name: voice.name, lacks: texts.filter((text) => !heard.has(text)) };
      }),
    );
    const behind = lacking.filter(({ lacks }) => lacks.length > 0);
    if (behind.length === 0) return;
    if (Date.now() > deadline) throw new Error(`not shown in time: ${JSON.stringify(behind)}`);
    await pause(100);
  }
}

const by = (texts: readonly string[], name: string): string[] => texts.filter((text) => text.endsWith(` by ${name}`));

test(
  'what one says in turn is shown to all others, once and in this order',
  async () => {
    const texts: string[] = [];
    for (let round = 1; round <= 2; round += 1) {
      for (const voice of all) {
        const text = `turn ${round} by ${voice.name}`;
        texts.push(text);
        await voice.say(text);
        await reach([text]);
      }
    }
    for (const voice of all) {
      if (voice.heard)
        expect({ name: voice.name, heard: await voice.heard() }).toEqual({ name: voice.name, heard: texts });
    }
  },
  lasting,
);

test(
  'of what all say at the same time everybody is shown all, once, and what each has said in order',
  async () => {
    const each = new Map(all.map(({ name }) => [name, [1, 2, 3, 4].map((n) => `together ${n} by ${name}`)]));
    await Promise.all(
      all.map(async (voice) => {
        for (const text of each.get(voice.name) ?? []) await voice.say(text);
      }),
    );
    await reach([...each.values()].flat());
    for (const voice of all) {
      const heard = (await voice.heard?.())?.filter((text) => text.startsWith('together'));
      if (!heard) continue;
      const inOrder = Object.fromEntries(all.map(({ name }) => [name, by(heard, name)]));
      expect({ name: voice.name, inOrder }).toEqual({ name: voice.name, inOrder: Object.fromEntries(each) });
    }
  },
  lasting,
);

/** Says one thing after the other, each once the one before is acknowledged, until that does not happen any more. @returns how many were */
async function writeOn(
  name: string,
  count: number,
  post: (text: string) => Promise<boolean>,
  acknowledged: string[],
): Promise<number> {
  for (let n = 0; n < count; n += 1) {
    // Of one width, so that their order is that of their letters.
    const text = `kill ${100 + n} by ${name}`;
    if (!(await post(text))) return n;
    acknowledged.push(text);
  }
  return count;
}

/** Says it, and waits until this holds; false when the gateway has died before. */
async function confirmed(say: () => void, holds: () => boolean): Promise<boolean> {
  say();
  while (gateway.running && !holds()) await pause(5);
  return holds();
}

test(
  'a kill of the gateway in the middle of writing loses nothing that was acknowledged, and everybody reads it once',
  async () => {
    const acknowledged: string[] = [];
    // It has read all before: a client of IRC that cannot ask for history is given again what it may not have read.
    await irc.say('before 1 by irma');
    await reach(['before 1 by irma']);
    const heardOwn = (text: string): boolean => saidIn(nc.nc.shown).includes(text);
    const took = (text: string): boolean =>
      python.events().some((event) => event.event === 'acknowledged' && event.text === text);
    const writers = [
      writeOn(
        'nina',
        MANY,
        (text) =>
          confirmed(
            () => nc.nc.write(text),
            () => heardOwn(text),
          ),
        acknowledged,
      ),
      writeOn(
        'greta',
        MANY,
        (text) =>
          confirmed(
            () => void python.say(text),
            () => took(text),
          ),
        acknowledged,
      ),
      writeOn('hook', MANY, (text) => hook.post(text), acknowledged),
    ];
    const besides = [1, 2, 3, 4, 5].map((n) => `kill ${n} by tail`);
    for (const text of besides) await pipes.say(text);
    while (acknowledged.length < 15) await pause(1);
    await gateway.kill9();
    // It was the kill that ended each of them.
    for (const count of await Promise.all(writers)) expect(count).toBeLessThan(MANY);
    // The page keeps it for when the gateway is back.
    await page.say('meanwhile 1 by phil');
    await pipes.say('meanwhile 1 by tail');
    await nc.close();
    await gateway.start();
    nc = await netcat(gateway.ready.lines.port, 'nina', PASSWORD);
    all = [nc, irc, page, python, hook, pipes, chat];
    const asking = setInterval(() => nc.nc.write('{"type":"history","channel":"general","limit":200}'), 2000);
    try {
      await reach([...acknowledged, ...besides, 'meanwhile 1 by phil', 'meanwhile 1 by tail'], 180_000);
    } finally {
      clearInterval(asking);
    }
    for (const voice of all) {
      await voice.say(`after 1 by ${voice.name}`);
      await reach([`after 1 by ${voice.name}`]);
    }
    nc.nc.shown = '';
    nc.nc.write('{"type":"history","channel":"general","limit":200}');
    await nc.nc.shows(/"type":"history"/);
    // What a client of IRC had been shown and not answered is played to its next connection again: it is judged by each.
    const shown = [nc, page, python, pipes, chat].map(async ({ name, heard }) => [name, await heard?.()] as const);
    const perConnection = (await irc.connections()).map((heard, at) => [`irma ${at + 1}`, heard] as const);
    expect(perConnection).toHaveLength(2);
    const lists = [...(await Promise.all(shown)), ...perConnection];
    for (const [name, heard = []] of lists) {
      expect({ name, doubled: heard.filter((text, at) => heard.indexOf(text) !== at) }).toEqual({ name, doubled: [] });
      for (const { name: writer } of all) {
        const numbers = by(heard, writer).filter((text) => text.startsWith('kill '));
        expect({ name, numbers }).toEqual({ name, numbers: [...numbers].sort() });
      }
    }
  },
  lasting,
);
