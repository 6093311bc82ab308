import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { conversation, username } from './test-services.js';
import { entriesOf, TestDoor } from './test-socket.js';

const bob = username('Bob');
const general = conversation('#general');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

describe('commands over the WebSocket', () => {
  test('a window gets its snapshot, posts, and hears of its entry before the result', async () => {
    const window = local.open();
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
    const window = await local.window();
    const other = await local.window();
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
    expect(local.peer.commits.length).toBeLessThan(count / 10);
    await other.command(1, 'people.list');
    expect(entriesOf(other.frames).map(({ message }) => message)).toEqual(texts);
    expect(other.frames.filter(({ type }) => type === 'entries').length).toBeLessThan(count / 10);
  });

  test('a socket opened while much happens misses nothing between its snapshot and its first event', async () => {
    let at = 0;
    let going = true;
    const busy = (): void => {
      if (!going) return;
      local.peer.add(general, bob, [`message ${at++}`]);
      setImmediate(busy);
    };
    busy();
    const windows = await Promise.all(Array.from({ length: 8 }, () => local.window()));
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
    const window = await local.window();
    window.send(sent);
    expect(await window.next()).toMatchObject(answer);
    expect(await window.command(2, 'channel.list')).toMatchObject({ ok: true });
  });

  test('a binary frame is answered; an oversized or broken one closes the socket with the code for it', async () => {
    const window = await local.window();
    window.socket.send(Buffer.from('{"id":1,"command":"people.list"}'), { binary: true });
    expect(await window.next()).toMatchObject({ type: 'error', code: 'bad_request' });
    window.send('x'.repeat(64 * 1024 + 1));
    expect((await window.closed).code).toBe(1009);

    const garbled = await local.window();
    garbled.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await garbled.closed).code).toBe(1007);
    expect(await (await local.window()).command(1, 'people.list')).toMatchObject({ ok: true });
  });

  test('random bytes behind the upgrade harm nobody', async () => {
    const window = await local.window();
    for (let at = 0; at < 20; at += 1) {
      const socket = connect(local.server.port, '127.0.0.1');
      const lines = [
        'GET /ws HTTP/1.1',
        `Host: 127.0.0.1:${local.server.port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        `Authorization: Bearer ${local.token}`,
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      socket.end(randomBytes(2048));
      socket.resume();
      await new Promise<void>((resolve) => socket.once('close', () => resolve()).once('error', () => undefined));
    }
    expect(await window.command(1, 'people.list')).toMatchObject({ ok: true });
    expect(local.peer.errors).toEqual([]);
  });

  test('an unforeseen error of a command is answered as internal and logged', async () => {
    const window = await local.window();
    local.peer.history.page = () => {
      throw new Error('SELECT secret');
    };
    const result = await window.command(1, 'history.page', { conversation: '#general' });
    expect(result).toMatchObject({ ok: false, code: 'internal' });
    expect(JSON.stringify(result)).not.toContain('SELECT');
    expect(local.peer.errors).toHaveLength(1);
  });
});

test('a window for which there is no snapshot is asked to come again; the peer goes on', async () => {
  const { list } = local.peer.conversations;
  local.peer.conversations.list = () => {
    throw new Error('the database is locked');
  };
  const window = local.open();
  expect((await window.closed).code).toBe(1013);
  expect(window.frames).toEqual([]);
  expect(local.peer.errors).toHaveLength(1);
  local.peer.conversations.list = list;
  await local.window();
});
