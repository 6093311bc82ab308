import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PASSWORD, conversation, username } from './test-services.js';
import { entriesOf, TestDoor } from './test-socket.js';

const alice = username('alice');
const general = conversation('#general');
const withBob = conversation('@alice+bob');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

describe('text mode', () => {
  async function signedIn(): Promise<ReturnType<TestDoor['open']>> {
    const socket = local.open({});
    await new Promise((resolve) => socket.socket.once('open', resolve));
    socket.send(`login Alice ${PASSWORD}`);
    expect(await socket.next()).toEqual({ type: 'login_result', ok: true, username: 'alice' });
    return socket;
  }

  test('login tells why it fails', async () => {
    const socket = local.open({});
    await new Promise((resolve) => socket.socket.once('open', resolve));
    socket.send('login alice wrong');
    expect(await socket.next()).toMatchObject({ type: 'login_result', ok: false, code: 'invalid_credentials' });
    socket.send(`login bob ${PASSWORD}`);
    expect(await socket.next()).toMatchObject({
      type: 'login_result',
      ok: false,
      message: 'This is the peer of alice.',
    });
    expect(local.peer.logins).toBe(1);
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
    local.peer.person({ username: 'carol', presence: 'offline', link: 'none' });
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
    local.peer.receive(withBob, 'psst');
    local.peer.receive(general, 'all of you');
    local.peer.person({ username: 'Bob', presence: 'away', link: 'linked' });
    local.peer.person({ username: 'Bob', presence: 'offline', link: 'none' });
    expect(await socket.next()).toMatchObject({ type: 'chat', from: 'bob', to: 'alice', message: 'psst' });
    expect(await socket.next()).toMatchObject({ type: 'broadcast', from: 'Bob', channel: 'general' });
    expect(await socket.next()).toEqual({ type: 'system', message: 'Bob is offline' });
    expect(socket.frames.map(({ type }) => type)).toEqual(['login_result', 'chat', 'broadcast', 'system']);
  });

  test('it hears no edits, deletions and reactions as lines, and no message that was taken back before it was told', async () => {
    const socket = await signedIn();
    const [kept, gone] = local.peer.add(general, alice, ['kept', 'gone']);
    local.peer.write(general, alice, [
      { kind: 'edit', message: 'kept, and corrected', data: { target: kept?.id } },
      { kind: 'delete', message: '', data: { target: gone?.id } },
      { kind: 'reaction', message: '', data: { target: kept?.id, emoji: '👍' } },
      { kind: 'pin', message: '', data: { target: kept?.id } },
    ]);
    expect(await socket.next()).toMatchObject({ type: 'broadcast', kind: 'text', message: 'kept, and corrected' });
    local.peer.write(general, alice, [{ kind: 'edit', message: 'again', data: { target: kept?.id } }]);
    local.peer.add(general, alice, ['the end']);
    expect(await socket.next()).toMatchObject({ type: 'broadcast', message: 'the end' });
  });

  test('a window with a cookie that speaks plain text is in text mode from then on', async () => {
    const socket = await local.window();
    socket.send('sendchannel general one');
    expect(await socket.next()).toMatchObject({ type: 'broadcast', message: 'one' });
    local.peer.add(general, alice, ['two']);
    expect(await socket.next()).toMatchObject({ type: 'broadcast', message: 'two' });
    expect(entriesOf(socket.frames)).toEqual([]);
  });

  test('a window that spoke JSON first keeps its events, and may use a text command', async () => {
    const window = await local.window();
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
