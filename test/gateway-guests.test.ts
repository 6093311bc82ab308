/** Guests of a gateway, by every door, with a real tracker and an ordinary peer: what they may, and what is left of a visit. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { on, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { runCommand } from '../peer/commands/run.js';
import { TestLineClient } from '../peer/doors/lines/test-line-client.js';
import { startGateway, type RunningGateway } from '../peer/gateway/gateway.js';
import { GatewayHost } from '../peer/gateway/gateway-host.js';
import { makeCertificate, type TlsFiles } from '../peer/gateway/self-made.js';
import type { Peer } from '../peer/peer.js';
import type { ConversationId, Username } from '../protocol/ids.js';
import type { Tracker } from '../tracker/main.js';
import type { Limits } from '../tracker/settings.js';
import { has, InProcess, linked, PASSWORD, post, until } from './support/in-process.js';
import { TlsIrc } from './support/tls-irc.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = '#general' as ConversationId;

let world: InProcess;
let tracker: Tracker;
let gateway: RunningGateway;
let certificate: TlsFiles;
let ends: (() => void)[];

async function open(guestGraceMs = 60_000): Promise<void> {
  gateway = await startGateway(
    {
      ...{ name: 'Test', dataDir: world.path('gateway'), trackers: [tracker.url], trackerCa: undefined, guestGraceMs },
      ...{ host: '127.0.0.1', ports: { p2p: 0, web: 0, ws: 0, lines: 0, irc: 0 }, allowedHosts: [], tls: certificate },
      ...{ plain: { web: true, lines: true }, uiDir: world.path('ui'), idleMs: 60_000 },
      look: { stylesheet: 'body {}', icon: '<svg/>' },
    },
    quiet,
  );
}

async function begin(guests: boolean, limits: Partial<Limits> = {}): Promise<void> {
  tracker = await world.tracker('tracker', { guests, limits });
  await open();
}

/** One world for all tests of a block: to open a tracker and a gateway takes longer than most of them. */
let shared = false;
const setUp = async (): Promise<void> => void (world = await InProcess.create());
async function tearDown(): Promise<void> {
  await gateway.close();
  await world.close();
}

beforeAll(async () => {
  certificate = await makeCertificate(['127.0.0.1', 'localhost'], Date.now());
});
beforeEach(async () => {
  ends = [];
  if (!shared) await setUp();
});
afterEach(async () => {
  for (const end of ends) end();
  if (!shared) await tearDown();
});

function nc(): TestLineClient {
  const client = TestLineClient.plain(gateway.addresses.lines.port);
  ends.push(() => client.socket.destroy());
  return client;
}

async function byLines(name: string): Promise<{ client: TestLineClient; name: string }> {
  const client = nc().send({ type: 'register', user_id: name });
  return { client, name: String((await client.next('registered'))['user_id']) };
}

function byIrc(...first: readonly string[]): TlsIrc {
  const client = new TlsIrc(gateway.addresses.irc.port, ...first);
  ends.push(() => client.close());
  return client;
}

const at = (path: string): URL => new URL(path, gateway.addresses.web);
const visit = (username: string, cookie = ''): Promise<Response> =>
  fetch(at('/guest'), {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ username }) },
    headers: { origin: at('/').origin, cookie },
  });
const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';
const session = async (cookie: string): Promise<unknown> =>
  (await fetch(at('/api/session'), { headers: { cookie } })).json();
const folders = (): Promise<string[]> => readdir(`${world.path('gateway')}/guests`);

async function noFolders(): Promise<void> {
  while ((await folders()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('unless the tracker allows them every door refuses them, and the pages do not offer it', async () => {
  await begin(false);
  const line = nc().send({ type: 'register', user_id: 'Ali' });
  expect(await line.next('error')).toMatchObject({ code: 'forbidden' });
  expect(await byIrc('NICK Ali', 'USER a 0 * :a').line(/ 464 /)).toMatch(/password of your account/);
  expect(await (await fetch(at('/sign-in'))).text()).not.toContain('href="guest"');
  expect((await fetch(at('/guest'), { redirect: 'manual' })).headers.get('location')).toBe('sign-in');
  const refused = await visit('Ali');
  expect([refused.status, cookieOf(refused)]).toEqual([403, '']);
  const body = JSON.stringify({ username: 'Ali' });
  const headers = { 'content-type': 'application/json' };
  const program = await fetch(at('/api/login'), { method: 'POST', headers, body });
  expect([program.status, await program.json()]).toEqual([403, expect.objectContaining({ code: 'forbidden' })]);
  expect(await folders()).toEqual([]);
});

test('more than so many in a day are told to come later, at each door', async () => {
  await begin(true, { guestsPerDay: 1 });
  await byLines('Ali');
  const second = nc().send({ type: 'register', user_id: 'Sara' });
  expect(await second.next('error')).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(/come in/) });
  expect(await byIrc('NICK Sara', 'USER a 0 * :a').line(/ 464 /)).toMatch(/come in \d+ hours/);
  const page = await visit('Sara');
  expect([page.status, cookieOf(page)]).toEqual([429, '']);
  expect(await page.text()).toContain('Too many guests have come');
  expect(await folders()).toEqual([expect.stringMatching(/^guest-ali\./)]);
});

describe('where the tracker allows them', () => {
  beforeAll(async () => {
    await setUp();
    await begin(true);
    shared = true;
  });
  afterAll(async () => {
    shared = false;
    await tearDown();
  });

  test('nc, IRC and the page write and read with an ordinary peer, in channels and privately', async () => {
    const bob = await world.signedIn('bob', [tracker.url]);
    const [line, irc, page] = [await byLines('Ali'), byIrc('NICK Ali', 'USER a 0 * :a'), await visit('Ali')];
    expect(await irc.line(/ 001 /)).toContain(' 001 guest-');
    expect(await irc.line(/ NOTICE /)).toMatch(/You are a guest: .* can read/);
    expect([page.status, page.headers.get('location')]).toEqual([303, './']);
    const cookie = cookieOf(page);
    const names = new Set<string>([line.name]);
    names.add(((await session(cookie)) as { username: string }).username);
    expect([...names].every((name) => /^guest-Ali(-[23])?$/.test(name)) && names.size === 2).toBe(true);
    await Promise.all([1, 2, 3].map((n) => linked(bob, n === 1 ? 'guest-Ali' : `guest-Ali-${n}`)));
    expect(bob.services.people.person(line.name as Username)).toMatchObject({ guest: true });
    line.client.send('by lines');
    irc.say('PRIVMSG #general :by irc');
    await command(cookie, { command: 'message.post', conversation: '#general', message: 'by the page' });
    await until(bob, () => ['by lines', 'by irc', 'by the page'].every((text) => has(bob, general, text)));
    await post(bob, general, 'from bob');
    await irc.line(/PRIVMSG #general :from bob/);
    while ((await line.client.next('chat'))['text'] !== 'from bob');
    line.client.send('@bob psst');
    const direct = `@bob+${line.name.toLowerCase()}` as ConversationId;
    await until(bob, () => has(bob, direct, 'psst'));
    await runCommand(bob.services, 'message.post', { conversation: direct, message: 'yes?' });
    while ((await line.client.next('pm'))['text'] !== 'yes?');
    line.client.send('/join tech');
    expect(await line.client.next('joined')).toMatchObject({ channel: 'tech' });
    line.client.send('/join mine');
    expect(await line.client.next('error')).toMatchObject({ code: 'forbidden' });
  });

  test('no password lets anybody into the seat of a guest, nor a session of another visit', async () => {
    const ali = await byLines('Ali');
    for (const user_id of [ali.name, 'guest-new']) {
      const stranger = nc().send({ type: 'register', user_id, password: PASSWORD });
      const { code } = await stranger.next('error');
      expect(code).toBe(user_id === ali.name ? 'name_taken' : 'name_confusable');
    }
    for (const name of ['guest-Ali', 'GUEST-ali']) expect((await byLines(name)).name).toMatch(/^guest-(Ali|ali)-\d$/);
    expect(await byIrc(`PASS ${PASSWORD}`, `NICK ${ali.name}`, 'USER a 0 * :a').line(/ 464 /)).toContain('464');
    expect(await session(`${cookieOf(await visit('Sara')).split('=')[0] ?? ''}=${'A'.repeat(43)}`)).toMatchObject({
      signedIn: false,
    });
  });

  test('no guest has a hostile name: each is told what to do, and leaves nothing', async () => {
    const before = await folders();
    for (const name of ['a b', '../../bob', 'a\u0000', 'ü', 'x'.repeat(40), '<b>', 'guest-']) {
      const line = nc().send({ type: 'register', user_id: name });
      expect([name, (await line.next('error'))['code']]).toEqual([name, 'bad_name']);
      const page = await visit(name);
      expect([page.status, cookieOf(page)]).toEqual([400, '']);
      const text = await page.text();
      expect(text).toContain('1 to 26 letters');
      expect(text).not.toContain('<b>');
    }
    expect((await folders()).filter((name) => !before.includes(name))).toEqual([]);
  });

  test('a crowd keeps nobody with an account waiting, and who has left meanwhile gets no peer', async () => {
    const options = { name: 'Test', dataDir: world.path('crowded'), trackers: [tracker.url], trackerCa: undefined };
    const p2p = { host: '127.0.0.1', port: 0 };
    const host = await GatewayHost.open({ ...options, p2p, idleMs: 60_000, log: quiet });
    const come = (n: number): Promise<unknown> =>
      host.guest({ username: 'Ali', address: String(n), gone: () => n >= 4 });
    const crowd = Promise.allSettled(Array.from({ length: 80 }, (_, n) => come(n)));
    await host.signIn({ username: 'bob', password: PASSWORD, register: true, address: 'b' });
    expect((await crowd).filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(await readdir(`${options.dataDir}/guests`)).toHaveLength(4);
    await host.close();
  });

  test('the page says what a visit leaves, in three languages', async () => {
    for (const [language, said] of [
      ['en', 'leaves no history'],
      ['vi', 'không để lại lịch sử'],
      ['fa', 'dir="rtl"'],
    ] as const) {
      const headers = { 'accept-language': language };
      expect(await (await fetch(at('/sign-in'), { headers })).text()).toContain('href="guest"');
      expect(await (await fetch(at('/guest'), { headers })).text()).toContain(said);
    }
  });
});

describe('when a visit is over', () => {
  test('its folder and its session are gone, nobody gets the name, and what was written stays with others', async () => {
    tracker = await world.tracker('tracker', { guests: true });
    await open(100);
    const bob = await world.signedIn('bob', [tracker.url]);
    const page = await visit('Sara');
    const { client, name } = await byLines('Ali');
    await linked(bob, name);
    client.send('I was here');
    await until(bob, () => has(bob, general, 'I was here'));
    expect(await folders()).toContainEqual(expect.stringMatching(/^guest-ali\./));
    client.send('/quit');
    await client.closed;
    await noFolders();
    expect(await session(cookieOf(page))).toMatchObject({ signedIn: false, username: '' });
    await offTheList(bob, name);
    expect((await byLines('Ali')).name).toBe('guest-Ali-2');
    expect(has(bob, general, 'I was here')).toBe(true);
  });

  test('by a stop of the gateway, or by a crash: the next start leaves nothing of it', async () => {
    await begin(true);
    const { client } = await byLines('Ali');
    await gateway.close();
    await client.closed;
    expect(await folders()).toEqual([]);
    // As a kill leaves it: the folder with the key, and a session that counts.
    const { token } = (await (
      await fetch(`${tracker.url}/guests`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":"Sara"}' },
      })
    ).json()) as { token: string };
    const secrets = JSON.stringify({ trackerToken: token, uiSessions: [] });
    await leaveFile('gateway/guests/guest-sara/secrets.json', secrets);
    await leaveFile('gateway/guests/guest-broken/secrets.json', 'no secrets');
    await open();
    expect(await folders()).toEqual([]);
    const headers = { authorization: `Bearer ${token}` };
    while ((await fetch(`${tracker.url}/me`, { headers })).status !== 401)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await byLines('Sara')).name).toBe('guest-Sara-2');
    expect(existsSync(world.path('gateway/guests/guest-sara'))).toBe(false);
  });

  test('a page that was dropped comes back by its cookie before that', async () => {
    await begin(true);
    const cookie = cookieOf(await visit('Sara'));
    for (let n = 0; n < 2; n++) expect(await session(cookie)).toMatchObject({ signedIn: true, username: 'guest-Sara' });
    const page = await fetch(at('/api/history?conversation=%23general'), { headers: { cookie } });
    expect(page.status).toBe(200);
    const tab = await visit('Sara', cookie);
    expect([tab.status, await session(cookieOf(tab))]).toEqual([303, expect.objectContaining({ signedIn: true })]);
  });
});

async function offTheList(peer: Peer, name: string): Promise<void> {
  await until(peer, () =>
    peer.services.people.list().every(({ username, presence }) => username !== name || presence === 'offline'),
  );
}

/** As the window does, once it has opened its socket. */
async function command(cookie: string, asked: object): Promise<void> {
  const socket = new WebSocket(gateway.addresses.ws, { headers: { cookie } });
  ends.push(() => socket.terminate());
  const messages = on(socket, 'message');
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, ...asked }));
  for await (const [data] of messages as AsyncIterable<[Buffer]>) {
    const answer = JSON.parse(data.toString()) as { type: string };
    if (answer.type === 'result') return expect(answer).toMatchObject({ ok: true });
  }
}

async function leaveFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(world.path(path)), { recursive: true });
  await writeFile(world.path(path), text);
}
