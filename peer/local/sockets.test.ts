import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { parseConversationId, type ConversationId } from '../../protocol/ids.js';
import { PASSWORD, username } from './test-services.js';
import { TestDoor, type Frame } from './test-socket.js';

let door: TestDoor;
beforeEach(async () => {
  door = await TestDoor.start();
});
afterEach(() => door.stop());

function conversation(text: string): ConversationId {
  const id = parseConversationId(text);
  if (!id) throw new Error(text);
  return id;
}

const alice = username('alice');
const bob = username('Bob');
const general = conversation('#general');
const withBob = conversation('@alice+bob');

function entriesOf(frames: readonly Frame[]): EntryView[] {
  return frames.flatMap((frame) => (frame['type'] === 'entries' ? (frame['entries'] as EntryView[]) : []));
}

async function restarted(limits: Parameters<typeof TestDoor.start>[0]): Promise<void> {
  await door.stop();
  door = await TestDoor.start(limits);
}

describe('commands over the WebSocket', () => {
  test('a window gets its snapshot, posts, and hears of its entry before the result', async () => {
    const window = door.open();
    expect(await window.next()).toMatchObject({ type: 'snapshot', version: 1, me: { username: 'alice' } });
    window.send({ id: 7, command: 'message.post', conversation: '#general', message: 'hi', client: 'mark' });
    expect(await window.next()).toMatchObject({ type: 'conversation', conversation: { id: '#general' } });
    const added = await window.next();
    expect(added).toMatchObject({
      type: 'entries',
      entries: [{ message: 'hi', state: 'sent', client: 'mark', from: 'alice' }],
    });
    const entry = (added['entries'] as EntryView[])[0];
    expect(await window.next()).toEqual({ type: 'result', id: 7, ok: true, entry });
  });

  test('commands of one tick share one commit, and their frames share writes', async () => {
    const window = await door.window();
    const other = await door.window();
    const count = 300;
    window.socket.pause();
    for (let id = 0; id < count; id += 1) {
      window.send({ id, command: 'message.post', conversation: '#general', message: `message ${id}` });
    }
    window.socket.resume();
    await window.next((frame) => frame['id'] === count - 1);
    const results = window.frames.filter(({ type }) => type === 'result');
    expect(results.map(({ id, ok }) => [id, ok])).toEqual(Array.from({ length: count }, (_, id) => [id, true]));
    const texts = Array.from({ length: count }, (_, id) => `message ${id}`);
    expect(entriesOf(window.frames).map(({ message }) => message)).toEqual(texts);
    expect(door.peer.commits.length).toBeLessThan(count / 10);
    await other.command(1, 'people.list');
    expect(entriesOf(other.frames).map(({ message }) => message)).toEqual(texts);
    expect(other.frames.filter(({ type }) => type === 'entries').length).toBeLessThan(count / 10);
  });

  test('a socket opened while much happens misses nothing between its snapshot and its first event', async () => {
    let at = 0;
    let going = true;
    const busy = (): void => {
      if (!going) return;
      door.peer.add(general, bob, [`message ${at++}`]);
      setImmediate(busy);
    };
    busy();
    const windows = await Promise.all(Array.from({ length: 8 }, () => door.window()));
    going = false;
    await Promise.all(windows.map((window) => window.command(1, 'people.list')));
    for (const { frames } of windows) {
      const [first] = frames as [{ conversations: { id: string; latest?: EntryView }[] }];
      const seen = first.conversations.find(({ id }) => id === '#general')?.latest?.seq ?? 0;
      const seqs = entriesOf(frames).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: at - seen }, (_, index) => seen + index + 1));
    }
  });

  test.each<[string, object | string, object]>([
    ['broken JSON', '{"id":1,', { type: 'error', code: 'bad_json' }],
    ['no id', { command: 'people.list' }, { type: 'error', code: 'bad_request' }],
    ['a wrong id', { id: -1, command: 'people.list' }, { type: 'error', code: 'bad_request' }],
    ['no command', { id: 1 }, { type: 'result', id: 1, ok: false, code: 'bad_request' }],
    ['an unknown command', { id: 1, command: 'rm' }, { type: 'result', id: 1, ok: false, code: 'unknown_command' }],
    [
      'a name of Object',
      { id: 1, command: 'constructor' },
      { type: 'result', id: 1, ok: false, code: 'unknown_command' },
    ],
    [
      'a wrong type',
      { id: 1, command: 'message.post', conversation: '#general', message: 7 },
      { type: 'result', id: 1, ok: false, code: 'bad_request', message: 'message.post: message must be string.' },
    ],
  ])('%s is answered, and the socket goes on', async (_what, sent, answer) => {
    const window = await door.window();
    window.send(sent);
    expect(await window.next()).toMatchObject(answer);
    expect(await window.command(2, 'channel.list')).toMatchObject({ ok: true });
  });

  test('a binary frame is answered; an oversized or broken one closes the socket with the code for it', async () => {
    const window = await door.window();
    window.socket.send(Buffer.from('{"id":1,"command":"people.list"}'), { binary: true });
    expect(await window.next()).toMatchObject({ type: 'error', code: 'bad_request' });
    window.send('x'.repeat(64 * 1024 + 1));
    expect((await window.closed).code).toBe(1009);

    const garbled = await door.window();
    garbled.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await garbled.closed).code).toBe(1007);
    expect(await (await door.window()).command(1, 'people.list')).toMatchObject({ ok: true });
  });

  test('random bytes behind the upgrade harm nobody', async () => {
    const window = await door.window();
    for (let at = 0; at < 20; at += 1) {
      const socket = connect(door.server.port, '127.0.0.1');
      const lines = [
        'GET /ws HTTP/1.1',
        `Host: 127.0.0.1:${door.server.port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        `Authorization: Bearer ${door.token}`,
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      socket.end(randomBytes(2048));
      socket.resume();
      await new Promise<void>((resolve) => socket.once('close', () => resolve()).once('error', () => undefined));
    }
    expect(await window.command(1, 'people.list')).toMatchObject({ ok: true });
    expect(door.peer.errors).toEqual([]);
  });

  test('an unforeseen error of a command is answered as internal and logged', async () => {
    const window = await door.window();
    door.peer.history.page = () => {
      throw new Error('SELECT secret');
    };
    const result = await window.command(1, 'history.page', { conversation: '#general' });
    expect(result).toMatchObject({ ok: false, code: 'internal' });
    expect(JSON.stringify(result)).not.toContain('SELECT');
    expect(door.peer.errors).toHaveLength(1);
  });
});

test('a window for which there is no snapshot is asked to come again; the peer goes on', async () => {
  const { list } = door.peer.conversations;
  door.peer.conversations.list = () => {
    throw new Error('the database is locked');
  };
  const window = door.open();
  expect((await window.closed).code).toBe(1013);
  expect(window.frames).toEqual([]);
  expect(door.peer.errors).toHaveLength(1);
  door.peer.conversations.list = list;
  await door.window();
});

describe('bounds', () => {
  test('a window that reads too slowly is closed with 1013, the others go on, and it starts again', async () => {
    await restarted({ limits: { closeBytes: 256 * 1024 } });
    const slow = await door.window();
    const quick = await door.window();
    slow.socket.pause();
    const text = 'x'.repeat(16 * 1024);
    for (let batch = 0; batch < 60; batch += 1) {
      door.peer.add(
        general,
        bob,
        Array.from({ length: 10 }, () => text),
      );
      await quick.type('entries');
    }
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
    const missed = entriesOf(slow.frames).length;
    expect(missed).toBeGreaterThan(0);
    expect(missed).toBeLessThan(600);
    expect(entriesOf(quick.frames)).toHaveLength(600);
    const again = door.open();
    const { conversations } = (await again.type('snapshot')) as {
      conversations?: { id: string; latest?: EntryView }[];
    };
    expect(conversations?.find(({ id }) => id === '#general')?.latest?.seq).toBe(600);
  });

  test('commands beyond the bound wait; all are carried out in the end, once and in order', async () => {
    await restarted({ limits: { commandsInProgress: 50 } });
    const window = await door.window();
    const other = await door.window();
    door.peer.holdCommits = true;
    const append = door.peer.writer.append;
    let begun = 0;
    door.peer.writer.append = (post) => {
      begun += 1;
      return append(post);
    };
    const count = 5000;
    for (let id = 0; id < count; id += 1) {
      window.send({ id, command: 'message.post', conversation: '#general', message: `message ${id}` });
    }
    // Each round trip of the other window gives the first one's frames time to arrive; they are not taken.
    for (let id = 0; id < 20; id += 1) await other.command(id, 'people.list');
    expect(begun).toBe(50);
    door.peer.holdCommits = false;
    door.peer.commit();
    await window.next((frame) => frame['id'] === count - 1);
    expect(begun).toBe(count);
    const ids = window.frames.filter(({ type }) => type === 'result').map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
    expect(entriesOf(window.frames).map(({ seq }) => seq)).toEqual(ids.map((id) => Number(id) + 1));
  });

  test('one window’s commands hold a turn of the event loop only so long; the others get theirs in between', async () => {
    const window = await door.window();
    const other = await door.window();
    let begun = 0;
    door.peer.history.page = () => {
      begun += 1;
      // Each page takes as long as a whole turn may.
      door.peer.nowMs += 10;
      return { entries: [], more: false };
    };
    const turns = new Map<number, number>();
    const turn = (): void => {
      turns.set(begun, (turns.get(begun) ?? 0) + 1);
      if (begun < 500) setImmediate(turn);
    };
    turn();
    for (let id = 0; id < 500; id += 1) window.send({ id, command: 'history.page', conversation: '#general' });
    expect(await other.command(1, 'people.list')).toMatchObject({ ok: true });
    await window.next((frame) => frame['id'] === 499);
    expect(window.frames.filter(({ type }) => type === 'result').map(({ id }) => id)).toEqual([...Array(500).keys()]);
    expect(turns.size).toBeGreaterThan(450);
  });

  test('a window that asks and does not read is read no further', async () => {
    await restarted({ limits: { pauseBytes: 64 * 1024, commandsInProgress: 1_000_000 } });
    const window = await door.window();
    const other = await door.window();
    door.peer.add(
      general,
      bob,
      Array.from({ length: 100 }, () => 'x'.repeat(10_000)),
    );
    await other.type('entries');
    await window.type('entries');
    let pages = 0;
    const page = door.peer.history.page;
    door.peer.history.page = (...args) => {
      pages += 1;
      return page(...args);
    };
    window.socket.pause();
    const count = 100;
    for (let id = 0; id < count; id += 1)
      window.send({ id, command: 'history.page', conversation: '#general', limit: 100 });
    for (let id = 0; id < 50; id += 1) await other.command(id, 'people.list');
    expect(pages).toBeLessThan(50);
    window.socket.resume();
    await window.next((frame) => frame['id'] === count - 1);
    expect(pages).toBe(count);
  });

  test('there are only so many sockets, and fewer for strangers; places come free again', async () => {
    await restarted({ limits: { sockets: 4, strangers: 2 } });
    const strangers = [door.open({}), door.open({})];
    await Promise.all(strangers.map(({ socket }) => new Promise((resolve) => socket.once('open', resolve))));
    const third = door.open({});
    const status = await new Promise((resolve) =>
      third.socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode)),
    );
    expect(status).toBe(503);
    await door.window();
    const last = await door.window();
    await door.open().closed;
    last.socket.close();
    await last.closed;
    await door.window();
  });

  test('a socket that answers no ping is closed', async () => {
    await restarted({ limits: { pingMs: 10 } });
    const alive = await door.window();
    const dead = await door.window();
    dead.socket.pause();
    for (let id = 0; id < 10; id += 1) {
      await new Promise((resolve) => alive.socket.once('ping', resolve));
    }
    dead.socket.resume();
    expect((await dead.closed).code).toBe(1006);
    expect(await alive.command(1, 'people.list')).toMatchObject({ ok: true });
  });
});

describe('a socket without authority', () => {
  test('may only sign in, and sees nothing before', async () => {
    const stranger = door.open({});
    await new Promise((resolve) => stranger.socket.once('open', resolve));
    expect(await stranger.command(1, 'people.list')).toMatchObject({ ok: false, code: 'not_signed_in' });
    stranger.send('list');
    expect(await stranger.next()).toMatchObject({ type: 'error', code: 'not_signed_in' });
    door.peer.receive(general, 'secret');
    expect(await stranger.command(2, 'session.login')).toMatchObject({ ok: false, code: 'bad_request' });
    expect(await stranger.command(3, 'session.login', { password: 'guess' })).toMatchObject({
      ok: false,
      code: 'invalid_credentials',
    });
    expect(JSON.stringify(stranger.frames)).not.toContain('secret');
    expect(await stranger.command(4, 'session.login', { password: PASSWORD })).toMatchObject({ ok: true });
    expect(await stranger.next()).toMatchObject({ type: 'snapshot' });
    expect(await stranger.command(5, 'people.list')).toMatchObject({ ok: true });
  });

  test('shares the bound on wrong passwords with the sign-in page', async () => {
    const stranger = door.open({});
    await new Promise((resolve) => stranger.socket.once('open', resolve));
    for (let id = 0; id < 10; id += 1) await stranger.command(id, 'session.login', { password: 'guess' });
    expect(await stranger.command(10, 'session.login', { password: PASSWORD })).toMatchObject({ code: 'rate_limited' });
    stranger.send(`login alice ${PASSWORD}`);
    expect(await stranger.next()).toMatchObject({ type: 'login_result', ok: false, code: 'rate_limited' });
    expect((await door.post('/api/login', { password: PASSWORD })).status).toBe(429);
    expect(await (await door.window()).command(1, 'tracker.login', { password: PASSWORD })).toMatchObject({
      code: 'rate_limited',
    });
  });

  test('is closed when it takes too long, or talks too much', async () => {
    await restarted({ limits: { loginMs: 50 } });
    const silent = door.open({});
    expect(await silent.closed).toEqual({ code: 1008, reason: 'Sign in first.' });
    await restarted({ limits: {} });
    const chatty = door.open({});
    await new Promise((resolve) => chatty.socket.once('open', resolve));
    for (let at = 0; at < 100; at += 1) chatty.send('let me in');
    expect((await chatty.closed).code).toBe(1008);
    expect(chatty.frames).toHaveLength(32);
  });

  test('a used-up session is no authority', async () => {
    const stranger = door.open({ cookie: `parley_${door.server.port}=${'A'.repeat(43)}` });
    await new Promise((resolve) => stranger.socket.once('open', resolve));
    expect(await stranger.command(1, 'people.list')).toMatchObject({ code: 'not_signed_in' });
    expect(stranger.frames).toHaveLength(1);
  });
});

describe('text mode', () => {
  async function signedIn(): Promise<ReturnType<TestDoor['open']>> {
    const socket = door.open({});
    await new Promise((resolve) => socket.socket.once('open', resolve));
    socket.send(`login Alice ${PASSWORD}`);
    expect(await socket.next()).toEqual({ type: 'login_result', ok: true, username: 'alice' });
    return socket;
  }

  test('login tells why it fails', async () => {
    const socket = door.open({});
    await new Promise((resolve) => socket.socket.once('open', resolve));
    socket.send('login alice wrong');
    expect(await socket.next()).toMatchObject({ type: 'login_result', ok: false, code: 'invalid_credentials' });
    socket.send(`login bob ${PASSWORD}`);
    expect(await socket.next()).toMatchObject({
      type: 'login_result',
      ok: false,
      message: 'This is the peer of alice.',
    });
    expect(door.peer.logins).toBe(1);
  });

  test('every command of old works, with # and @ or without', async () => {
    const socket = await signedIn();
    socket.send('join #tech');
    expect(await socket.next()).toEqual({ type: 'system', message: 'Joined #tech' });
    socket.send('join game');
    expect(await socket.next()).toEqual({ type: 'system', message: 'Joined #game' });
    socket.send('list');
    expect(await socket.next()).toEqual({
      type: 'peer_list',
      peers: [
        { username: 'alice', link: 'self', status: 'online' },
        { username: 'Bob', link: 'linked', status: 'online' },
      ],
    });
    socket.send('send @Bob  hello  there ');
    expect(await socket.next()).toMatchObject({
      type: 'chat',
      from: 'alice',
      to: 'bob',
      channel: 'direct',
      message: ' hello  there',
    });
    socket.send('sendchannel tech hi\nall');
    const sent = await socket.next();
    expect(sent).toMatchObject({
      type: 'broadcast',
      from: 'alice',
      channel: 'tech',
      message: 'hi\nall',
      time: expect.any(String),
    });
    expect(sent).toMatchObject({ id: expect.stringMatching(/^[\w-]{43}$/), kind: 'text' });
    socket.send('connect carol 127.0.0.1 9102');
    expect(await socket.type('system')).toEqual({ type: 'system', message: 'carol is online' });
    expect(await socket.next()).toEqual({ type: 'system', message: 'Connected to carol at 127.0.0.1:9102' });
    socket.send('connect carol 127.0.0.1 1');
    expect(await socket.next()).toMatchObject({
      type: 'error',
      code: 'unavailable',
      message: '127.0.0.1 does not answer.',
    });
    socket.send('help');
    expect(await socket.next()).toMatchObject({
      type: 'system',
      message: expect.stringContaining('sendchannel C TEXT…'),
    });
  });

  test('it hears messages and people, and nothing of the events for windows', async () => {
    const socket = await signedIn();
    door.peer.receive(withBob, 'psst');
    door.peer.receive(general, 'all of you');
    door.peer.person({ username: 'Bob', presence: 'away', link: 'linked' });
    door.peer.person({ username: 'Bob', presence: 'offline', link: 'none' });
    expect(await socket.next()).toMatchObject({ type: 'chat', from: 'bob', to: 'alice', message: 'psst' });
    expect(await socket.next()).toMatchObject({ type: 'broadcast', from: 'Bob', channel: 'general' });
    expect(await socket.next()).toEqual({ type: 'system', message: 'Bob is offline' });
    expect(socket.frames.map(({ type }) => type)).toEqual(['login_result', 'chat', 'broadcast', 'system']);
  });

  test('a window with a cookie that speaks plain text is in text mode from then on', async () => {
    const socket = await door.window();
    socket.send('sendchannel general one');
    expect(await socket.next()).toMatchObject({ type: 'broadcast', message: 'one' });
    door.peer.add(general, alice, ['two']);
    expect(await socket.next()).toMatchObject({ type: 'broadcast', message: 'two' });
    expect(entriesOf(socket.frames)).toEqual([]);
  });

  test('a window that spoke JSON first keeps its events, and may use a text command', async () => {
    const window = await door.window();
    await window.command(1, 'people.list');
    window.send('sendchannel general one');
    expect(await window.type('entries')).toMatchObject({ entries: [{ message: 'one' }] });
  });

  test.each([
    ['hello', 'unknown_command'],
    ['', 'unknown_command'],
    ['[1,2]', 'unknown_command'],
    ['constructor', 'unknown_command'],
    ['send', 'bad_request'],
    ['send Bob', 'bad_request'],
    ['send nobody hi', 'unknown_user'],
    ['send b/b hi', 'bad_name'],
    ['sendchannel tech hi', 'not_member'],
    ['sendchannel Tech! hi', 'bad_channel'],
    ['join two words', 'bad_request'],
    ['connect Bob 127.0.0.1 99999', 'bad_request'],
    ['connect Bob a/b 80', 'bad_request'],
  ])('%j is refused with %s', async (line, code) => {
    const socket = await signedIn();
    socket.send(line);
    expect(await socket.next()).toMatchObject({ type: 'error', code, message: expect.any(String) });
  });

  test('a message over the limit is refused', async () => {
    const socket = await signedIn();
    socket.send(`sendchannel general ${'x'.repeat(17_000)}`);
    expect(await socket.next()).toMatchObject({ type: 'error', code: 'too_large' });
  });
});
