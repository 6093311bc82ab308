import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { channel, conversation, PASSWORD, username } from '../../local/test-services.js';
import { TestHost } from '../test-host.js';
import { PACE } from './pace.js';
import { startLineServer, type LineServer, type LineServerOptions } from './server.js';
import { TestLineClient } from './test-line-client.js';
import { makeCertificate } from '../../gateway/self-made.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = conversation('#general');
const bob = username('Bob');

let host: TestHost;
let server: LineServer;
let clients: TestLineClient[];

async function start(options: Partial<LineServerOptions> = {}): Promise<void> {
  host = new TestHost();
  const address = { host: '127.0.0.1', port: 0 };
  server = await startLineServer({ host, address, plain: true, web: 'http://127.0.0.1:8000/', log: quiet, ...options });
}

async function restarted(options: Partial<LineServerOptions>): Promise<void> {
  await server.close();
  await start(options);
}

function client(): TestLineClient {
  const made = TestLineClient.plain(server.port);
  clients.push(made);
  return made;
}

const signedIn = (name = 'Ali'): Promise<TestLineClient> => client().register(name, PASSWORD);

beforeEach(async () => {
  clients = [];
  await start();
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await server.close();
});

describe('a client of lines', () => {
  test('registers, says something, and hears it as everybody does', async () => {
    const ali = client().send({ type: 'register', user_id: 'Ali', password: PASSWORD });
    expect(await ali.next('registered')).toEqual({ type: 'registered', user_id: 'Ali' });
    ali.send({ type: 'chat', text: 'hi', channel: 'general' });
    expect(await ali.next('chat')).toMatchObject({
      from: 'Ali',
      channel: 'general',
      text: 'hi',
      time: expect.any(String),
    });
    ali.send('a plain line').send('{this is no JSON').send('//slash').send('42');
    for (const text of ['a plain line', '{this is no JSON', '/slash', '42'])
      expect(await ali.next('chat')).toMatchObject({ channel: 'general', text });
  });

  test('says what it does behind /me, and hears it as that', async () => {
    const ali = await signedIn();
    ali.send('/me waves').send({ type: 'chat', text: 'bows', action: true });
    ali.send('/me').send({ type: 'chat', text: ' ', action: true }).send('/status lunch');
    for (const text of ['waves', 'bows']) expect(await ali.next('chat')).toMatchObject({ text, action: true });
    for (const code of ['bad_request', 'bad_request', 'unknown_command'])
      expect(await ali.next('error')).toMatchObject({ code });
  });

  test('hears others, and privately what is for it alone', async () => {
    const ali = await signedIn();
    host.peer('Ali').add(general, bob, ['one', 'two']);
    expect(await ali.next('chat')).toMatchObject({ from: 'Bob', text: 'one' });
    expect(await ali.next('chat')).toMatchObject({ from: 'Bob', text: 'two' });
    host.peer('Ali').receive(conversation('@ali+bob'), 'psst');
    expect(await ali.next('pm')).toMatchObject({ from: 'bob', to: 'Ali', text: 'psst' });
    ali.send('@Bob hello');
    expect(await ali.next('pm')).toMatchObject({ from: 'Ali', to: 'Bob', text: 'hello' });
    // Spelt as the name is, however it is written here.
    ali.send({ type: 'pm', to: 'BOB', text: 'again' }).send('/history @bob').send('@ali a note');
    expect(await ali.next('pm')).toMatchObject({ from: 'Ali', to: 'Bob', text: 'again' });
    for (let past = 0; past < 3; past += 1)
      expect(await ali.next('pm')).toMatchObject({ to: expect.stringMatching(/^(?:Ali|Bob)$/), history: true });
    expect(await ali.next('pm')).toMatchObject({ from: 'Ali', to: 'Ali', text: 'a note' });
  });

  test('hears of what a program posted by a webhook that it did, and as whom', async () => {
    const ali = await signedIn();
    host.peer('Ali').write(general, bob, [{ kind: 'text', message: 'built', data: { hook: { name: 'CI' } } }]);
    expect(await ali.next('chat')).toMatchObject({ from: 'Bob', text: 'built', hook: 'CI' });
    ali.send('/history');
    expect(await ali.next('chat')).toMatchObject({ from: 'Bob', text: 'built', hook: 'CI', history: true });
  });

  test('lists who is online, and is told who comes and goes', async () => {
    const ali = await signedIn();
    ali.send('/list');
    expect(await ali.next('list')).toEqual({ type: 'list', users: ['Ali', 'Bob'] });
    host.peer('Ali').person({ username: 'Bob', presence: 'offline', link: 'none' });
    expect(await ali.next('leave')).toEqual({ type: 'leave', user_id: 'Bob' });
    host.peer('Ali').person({ username: 'Sara', presence: 'online', link: 'none' });
    host.peer('Ali').person({ username: 'Sara', presence: 'away', link: 'none' });
    expect(await ali.next('join')).toEqual({ type: 'join', user_id: 'Sara' });
    ali.send('/list');
    expect(await ali.next('list')).toEqual({ type: 'list', users: ['Ali', 'Sara'] });
    ali.send({ type: 'list' });
    expect(await ali.next('list')).toEqual({ type: 'list', users: ['Ali', 'Sara'] });
    expect(ali.lines.filter(({ type }) => type === 'join')).toHaveLength(1);
  });

  test('goes to another channel, where its plain lines go from then on, and reads what was said', async () => {
    const ali = await signedIn();
    ali.send('/join #tech').send('in tech');
    expect(await ali.next('joined')).toEqual({ type: 'joined', channel: 'tech' });
    expect(await ali.next('chat')).toMatchObject({ channel: 'tech', text: 'in tech' });
    host.peer('Ali').add(conversation('#tech'), bob, ['first', 'second']);
    ali.send('/history 2');
    expect(await ali.next('history')).toMatchObject({ channel: 'tech', messages: 2, more: true });
    expect(ali.lines.filter(({ history }) => history === true)).toMatchObject([
      { type: 'chat', from: 'Bob', text: 'first' },
      { type: 'chat', from: 'Bob', text: 'second' },
    ]);
    ali.send('/leave').send('back');
    expect(await ali.next('left')).toEqual({ type: 'left', channel: 'tech' });
    expect(await ali.next('chat')).toMatchObject({ channel: 'general', text: 'back' });
  });

  test('that joins a channel with a long history is not told all of it as news', async () => {
    const ali = await signedIn();
    const peer = host.peer('Ali');
    peer.join(channel('old'));
    const now = peer.nowMs;
    peer.add(conversation('#old'), bob, ['first']);
    peer.nowMs = now - 3600_000;
    const old = Array.from({ length: 50 }, (_, n) => `old ${n}`);
    peer.add(conversation('#old'), bob, old);
    peer.nowMs = now;
    peer.add(conversation('#old'), bob, ['new']);
    for (const text of ['first', 'new']) expect(await ali.next('chat')).toMatchObject({ channel: 'old', text });
  });

  test('brings the code of an invite along, which is no longer than one can be', async () => {
    const ali = client();
    ali.send({ type: 'register', user_id: 'Ali', password: PASSWORD, invite: 'x'.repeat(4097) });
    expect(await ali.next('error')).toMatchObject({ code: 'line_too_long' });
    ali.send({ type: 'register', user_id: 'Ali', password: PASSWORD, invite: '7K2M-9QXT-4RDW-B3HV' });
    expect(await ali.next('registered')).toMatchObject({ user_id: 'Ali' });
    expect(host.invites).toEqual(['7K2M-9QXT-4RDW-B3HV']);
  });

  test('is told what is wrong, and goes on', async () => {
    await restarted({ limits: { pace: { ...PACE, badLine: 1 } } });
    const ali = client();
    ali.send('hello');
    expect(await ali.next('error')).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringMatching(/register/),
    });
    ali.send({ type: 'register', user_id: 'no spaces', password: PASSWORD });
    expect(await ali.next('error')).toMatchObject({ code: 'bad_name' });
    ali.send({ type: 'register', user_id: 'Ali', password: 'not that one' });
    expect(await ali.next('error')).toMatchObject({ code: 'name_taken' });
    ali.send({ type: 'register', user_id: 'Ali' });
    expect(await ali.next('error')).toMatchObject({ code: 'forbidden' });
    await ali.register('Ali', PASSWORD);
    const wrong: readonly (readonly [string | object, string])[] = [
      [{ type: 'register', user_id: 'Ali', password: PASSWORD }, 'bad_request'],
      [{ type: 'dance' }, 'unknown_command'],
      ['{}', 'unknown_command'],
      [{ type: 'chat' }, 'bad_request'],
      [{ type: 'chat', text: 'x', channel: 'Not One' }, 'bad_channel'],
      [{ type: 'chat', text: 'x', channel: 'elsewhere' }, 'not_member'],
      [{ type: 'history', limit: 1e9 }, 'bad_request'],
      [{ type: 'pm', to: 'nobody', text: 'x' }, 'unknown_user'],
      ['/dance', 'unknown_command'],
      ['/join', 'bad_request'],
    ];
    for (const [line, code] of wrong)
      expect([line, (await ali.send(line).next('error'))['code']]).toEqual([line, code]);
    ali.send('/help').send('fine');
    expect(await ali.next('help')).toMatchObject({ text: expect.stringMatching(/\/join/) });
    expect(await ali.next('chat')).toMatchObject({ text: 'fine' });
  });

  test('may come twice: both hear all, and each leaves for itself', async () => {
    const [one, two] = [await signedIn(), await signedIn()];
    one.send('from one');
    for (const each of [one, two]) expect(await each.next('chat')).toMatchObject({ text: 'from one' });
    one.send('/quit');
    await one.next('bye');
    await one.closed;
    two.send('from two');
    expect(await two.next('chat')).toMatchObject({ text: 'from two' });
    expect(host.held).toBe(1);
  });

  test('is closed with the reason when its peer ends', async () => {
    const ali = await signedIn();
    host.end('Ali');
    expect(await ali.next('error')).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/Connect again/),
    });
    await ali.closed;
    expect(host.held).toBe(0);
    expect((host.peer('Ali').events as EventEmitter).listenerCount('entries')).toBe(0);
  });

  test('that ends its side after its last line is still answered', async () => {
    const ali = client();
    ali.socket.end(`${JSON.stringify({ type: 'register', user_id: 'Ali', password: PASSWORD })}\nlast words\n/list\n`);
    await ali.closed;
    expect(ali.lines.map(({ type }) => type)).toEqual(['registered', 'chat', 'list']);
    expect(host.held).toBe(0);
  });
});

describe('the port', () => {
  test('answers a browser with one line that says where to go', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe(
      'This port is for lines of text, not for a browser. Open http://127.0.0.1:8000/ instead.\n',
    );
  });

  test('takes TLS and plain text alike where it may, and says which of them it takes where it may not', async () => {
    const tls = await makeCertificate(['127.0.0.1'], Date.now());
    await restarted({ tls });
    const secure = TestLineClient.tls(server.port);
    clients.push(secure);
    await secure.register('Ali', PASSWORD);
    (await signedIn('Sara')).send('plain');
    await restarted({ tls, plain: false });
    expect(await client().send('hello').next('error')).toMatchObject({
      message: expect.stringMatching(/openssl s_client/),
    });
    await restarted({});
    const hello = client();
    hello.socket.write(Buffer.from([22, 3, 1, 0, 200, 1]));
    expect(await hello.next('error')).toMatchObject({ message: expect.stringMatching(/no TLS/) });
    await hello.closed;
  });

  test('closes who does not register in time, also within TLS and without a byte', async () => {
    await restarted({
      tls: await makeCertificate(['127.0.0.1'], Date.now()),
      limits: { registerMs: 300, closeMs: 100 },
    });
    const silent = client();
    const typing = client().send('/help');
    const secure = TestLineClient.tls(server.port);
    clients.push(secure);
    expect(await silent.next('error')).toMatchObject({ message: expect.stringMatching(/Register first/) });
    expect(await typing.next('error')).toMatchObject({ message: expect.stringMatching(/too long/) });
    await Promise.all([silent.closed, typing.closed, secure.closed]);
    while (server.clients > 0) await setImmediate();
  });

  test('lets the oldest of too many silent ones go, and keeps those who registered', async () => {
    await restarted({ limits: { strangers: 20, closeMs: 100 } });
    const ali = await signedIn();
    const silent = Array.from({ length: 60 }, client);
    await Promise.all(silent.slice(0, 40).map(({ closed }) => closed));
    await signedIn('Sara');
    ali.send('still here');
    expect(await ali.next('chat')).toMatchObject({ text: 'still here' });
  });
});
