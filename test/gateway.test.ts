/** A gateway in this process, with real peers, real trackers and real sockets: its users and ordinary daemons are one network. */
import { on } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../peer/commands/run.js';
import { startLineServer, type LineServer } from '../peer/doors/lines/server.js';
import { TestLineClient } from '../peer/doors/lines/test-line-client.js';
import { GatewayHost } from '../peer/gateway/gateway-host.js';
import type { ParleyError } from '../protocol/errors.js';
import type { ConversationId, Username } from '../protocol/ids.js';
import type { Tracker } from '../tracker/main.js';
import { has, InProcess, linked, PASSWORD, post, until } from './support/in-process.js';
import { SlowWay } from './support/slow-way.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = '#general' as ConversationId;
const address = { host: '127.0.0.1', port: 0 };

let world: InProcess;
let tracker: Tracker;
let host: GatewayHost;
let lines: LineServer;
let clients: TestLineClient[];

async function open(idleMs = 60_000): Promise<void> {
  host = await GatewayHost.open({
    ...{ name: 'Test', dataDir: world.path('gateway'), trackers: [tracker.url], trackerCa: undefined },
    ...{ p2p: address, idleMs, log: quiet, attemptsPerMinute: 10 },
  });
  lines = await startLineServer({ host, address, plain: true, web: undefined, log: quiet });
}

async function close(): Promise<void> {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await lines.close();
  await host.close();
}

async function client(name: string, password = PASSWORD): Promise<TestLineClient> {
  const made = TestLineClient.plain(lines.port);
  clients.push(made);
  return made.register(name, password);
}

/** Resolves when the gateway has told this of that user. */
async function told(what: 'awake' | 'asleep' | 'stays', name: string): Promise<void> {
  for await (const [username] of on(host.events, what)) if (username === name) return;
}

/** The texts of the chat that a client has heard, once it has heard so many. */
async function heard(from: TestLineClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) texts.push(String((await from.next('chat'))['text']));
  return texts;
}

beforeEach(async () => {
  world = await InProcess.create();
  tracker = await world.tracker();
  clients = [];
  await open();
});
afterEach(async () => {
  await close();
  await world.close();
});

describe('users of a gateway', () => {
  test('and ordinary daemons hear each other, once and in order', async () => {
    const bob = await world.signedIn('bob', [tracker.url]);
    const [ali, sara] = [await client('Ali'), await client('Sara')];
    await Promise.all([linked(bob, 'Ali'), linked(bob, 'Sara')]);
    const said = Array.from({ length: 10 }, (_, n) => `from Ali ${n}`);
    for (const text of said) ali.send(text);
    expect(await heard(ali, 10)).toEqual(said);
    expect(await heard(sara, 10)).toEqual(said);
    await until(bob, () => said.every((text) => has(bob, general, text)));
    const answers = Array.from({ length: 10 }, (_, n) => `from bob ${n}`);
    await Promise.all(answers.map((text) => post(bob, general, text)));
    expect(await heard(ali, 10)).toEqual(answers);
    expect(await heard(sara, 10)).toEqual(answers);
    ali.send('@bob psst');
    const direct = '@ali+bob' as ConversationId;
    await until(bob, () => has(bob, direct, 'psst'));
    await runCommand(bob.services, 'message.post', { conversation: direct, message: 'yes?' });
    expect(await ali.next('pm')).toMatchObject({ from: 'Ali', to: 'bob', text: 'psst' });
    expect(await ali.next('pm')).toMatchObject({ from: 'bob', to: 'Ali', text: 'yes?' });
    for (const each of [ali, sara]) expect(each.lines.filter(({ type }) => type === 'chat')).toHaveLength(20);
  }, 120_000);

  test('are the accounts of the tracker: whoever has the password comes in, and nobody else', async () => {
    await world.signedIn('bob', [tracker.url]);
    const stranger = TestLineClient.plain(lines.port);
    clients.push(stranger);
    stranger.send({ type: 'register', user_id: 'BOB', password: 'not that one' });
    expect(await stranger.next('error')).toMatchObject({ code: 'name_taken' });
    expect(existsSync(join(world.path('gateway'), 'users', 'bob'))).toBe(false);
    stranger.send({ type: 'register', user_id: 'Ali', password: 'short' });
    expect(await stranger.next('error')).toMatchObject({ code: 'bad_password' });
    const bob = await client('bob');
    bob.send('/list');
    expect(await bob.next('list')).toEqual({ type: 'list', users: ['bob'] });
    stranger.send({ type: 'register', user_id: 'bob', password: 'again not it' });
    expect(await stranger.next('error')).toMatchObject({ code: 'name_taken' });
  }, 120_000);

  test('sleep when nobody has been there for a while, and find all when they wake: one of a channel stays awake', async () => {
    await close();
    await open(300);
    await (await client('Ali')).send('before').next('chat');
    const sara = await client('Sara');
    clients[0]?.socket.end();
    await told('asleep', 'Ali');
    sara.send('/list');
    await sara.next('list');
    await sara.send('while Ali sleeps').next('chat');
    sara.socket.end();
    // Nobody is there any more, and the history of #general is awake.
    await told('stays', 'Sara');
    expect(host.user('Sara' as Username)?.awake).toBeDefined();
    const again = await client('Ali');
    let texts: unknown[] = [];
    while (texts.length < 2) {
      const from = again.lines.length;
      again.send('/history');
      await again.next('history');
      texts = again.lines.slice(from).flatMap(({ history, text }) => (history === true ? [text] : []));
    }
    expect(texts).toEqual(['before', 'while Ali sleeps']);
  }, 120_000);

  test('stay awake for the history of a channel also beside a guest, who takes it along', async () => {
    await close();
    tracker = await world.tracker('with guests', { guests: true });
    await open(300);
    const guest = TestLineClient.plain(lines.port);
    clients.push(guest);
    guest.send({ type: 'register', user_id: 'Visitor' });
    expect(await guest.next('registered')).toMatchObject({ user_id: 'guest-Visitor' });
    (await client('Ali')).socket.end();
    await told('stays', 'Ali');
  }, 120_000);

  test('who guesses a password wakes nobody, and whoever has it wakes their own', async () => {
    await close();
    await open(200);
    const ali = await client('Ali');
    const sara = await client('Sara');
    ali.socket.end();
    await told('asleep', 'Ali');
    const woken: string[] = [];
    host.events.on('awake', (name) => woken.push(name));
    const guess = { username: 'ali', password: 'not this one', register: false, address: '203.0.113.9' };
    await expect(host.signIn(guess)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(woken).toEqual([]);
    await (await client('Ali')).send('back').next('chat');
    expect(woken).toEqual(['Ali']);
    sara.socket.end();
  }, 120_000);

  test('make accounts by invite where the tracker says so, with a code behind the password, and others do not learn who is here', async () => {
    await close();
    tracker = await world.tracker('by invite', { registration: 'invite' });
    await open(60_000);
    // The first one at a tracker for this machine alone.
    await client('Ada');
    const call = async (path: string, body: object, token = ''): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(new URL(path, tracker.url), { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, unknown>;
    };
    const { token } = await call('/login', { username: 'Ada', password: PASSWORD });
    const { link } = await call('/admin/invites', { uses: 1, days: 1 }, String(token));
    const refused = async (name: string, invite?: string): Promise<unknown> =>
      host
        .signIn({ username: name, password: 'not this one', register: true, invite, address: '203.0.113.9' })
        .catch((error: unknown) => [(error as ParleyError).code, (error as ParleyError).message]);
    expect(await refused('ada')).toEqual(await refused('nobody'));
    expect(await refused('ada')).toMatchObject(['invite_needed', expect.anything()]);
    expect(await refused('ada', '0000-0000-0000-0000')).toEqual(await refused('nobody', '0000-0000-0000-0000'));
    const typed = TestLineClient.plain(lines.port);
    clients.push(typed);
    typed.send(`/register Bea ${PASSWORD}`);
    expect(await typed.next('error')).toMatchObject({ code: 'invite_needed' });
    typed.send(`/register Bea ${PASSWORD} ${String(link)}`);
    expect(await typed.next('registered')).toMatchObject({ user_id: 'Bea' });
  }, 120_000);

  test('too many who come at once are told so, and wait for nothing', async () => {
    const signIn = (n: number): Promise<string> => {
      const guess = { username: `nobody${n}`, password: 'not this one', register: false, address: `203.0.113.${n}` };
      return host.signIn(guess).then(String, (error: unknown) => (error as Error).message);
    };
    const said = await Promise.all(Array.from({ length: 80 }, (_, n) => signIn(n)));
    expect(said.filter((text) => text.startsWith('Too many people'))).toHaveLength(80 - 8 - 64);
    await client('Ali');
  }, 120_000);

  test('are let in while the tracker answers nobody, however many whom it does not know ask for it', async () => {
    await close();
    const way = new SlowWay(Number(new URL(tracker.url).port));
    const direct = tracker;
    try {
      tracker = { ...direct, url: await way.open() };
      await open();
      await client('Ali');
      way.hold();
      let ended = 0;
      const strangers = Array.from({ length: 60 }, (_, n) =>
        host
          .signIn({ username: `nobody${n}`, password: 'not this one', register: false, address: `203.0.113.${n}` })
          .finally(() => (ended += 1)),
      );
      await way.holding(8);
      await client('Ali');
      // In one queue with them, she would have come in when at most seven of them were left.
      expect(ended).toBeLessThan(53);
      way.cut();
      const outcomes = await Promise.allSettled(strangers);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    } finally {
      tracker = direct;
      await way.close();
    }
  }, 120_000);

  test('that were awake when it stopped are awake after its next start', async () => {
    await (await client('Ali')).send('kept').next('chat');
    await close();
    await open();
    await host.wakeThoseBefore();
    expect([...host.users()].map(({ username, awake }) => [username, awake !== undefined])).toEqual([['Ali', true]]);
    const ali = await client('Ali');
    ali.send('/history');
    expect(await ali.next('history')).toMatchObject({ messages: 1 });
  }, 120_000);
});
