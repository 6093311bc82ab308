/** WebSockets that a server of many holds while it has too much to do. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { Client } from './client.js';
import { LOCAL_LIMITS, type LocalContext, type LocalLimits } from './context.js';
import { EventHub } from './events.js';
import { LocalSessions, LoginAttempts } from './sessions.js';
import { conversation, TestPeer, username } from './test-services.js';
import { TestSocket } from './test-socket.js';

const bob = username('Bob');
const general = conversation('#general');
const turn = (): Promise<void> => new Promise(setImmediate);

let peer: TestPeer;
const over: (() => void)[] = [];
beforeEach(() => void (peer = new TestPeer()));
afterEach(() => {
  for (const end of over.splice(0)) end();
});

/** A client of a real WebSocket, and the window at its other end. */
async function adopted(limits: Partial<LocalLimits> = {}) {
  const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
  const hub = new EventHub(peer);
  const attempts = new LoginAttempts(peer.clock, 1);
  const context: LocalContext = { services: peer, sessions, hub, attempts, limits: { ...LOCAL_LIMITS, ...limits } };
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  const taken = new Promise<{ client: Client; socket: WebSocket }>((resolve) =>
    sockets.once('connection', (socket, { socket: connection }) => {
      const parts = { socket, connection, address: '127.0.0.1', session: undefined, welcome: 'events' } as const;
      resolve({ client: new Client({ ...parts, context }), socket });
    }),
  );
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const window = new TestSocket(new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`));
  const made = await taken;
  over.push(() => {
    window.socket.terminate();
    made.client.terminate();
    hub.close();
    sockets.close();
    http.close();
  });
  await window.type('snapshot');
  return { window, ...made };
}

test('who is held hears what happens, and is read no further for it; released, it is answered', async () => {
  const { window, client, socket } = await adopted();
  client.hold(true);
  for (let event = 0; event < 3; event += 1) {
    peer.add(general, bob, [`message ${event}`]);
    await window.type('entries');
    await turn();
    expect(socket.isPaused).toBe(true);
  }
  window.send({ id: 1, command: 'people.list' });
  client.hold(false);
  expect(await window.next(({ type }) => type === 'result')).toMatchObject({ id: 1, ok: true });
  expect(socket.isPaused).toBe(false);
});

test('what was read already waits while it is held', async () => {
  const { window, client, socket } = await adopted();
  client.hold(true);
  socket.emit('message', Buffer.from('{"id":1,"command":"people.list"}'), false);
  peer.add(general, bob, ['one']);
  await window.type('entries');
  await turn();
  expect(window.frames.filter(({ type }) => type === 'result')).toEqual([]);
  client.hold(false);
  expect(await window.type('result')).toMatchObject({ id: 1, ok: true });
});

test('releasing resumes nobody who is paused for another reason', async () => {
  const { window, client, socket } = await adopted({ commandsInProgress: 1 });
  peer.holdCommits = true;
  window.send({ id: 1, command: 'message.post', conversation: '#general', message: 'one' });
  while (!socket.isPaused) await turn();
  client.hold(true);
  client.hold(false);
  await turn();
  expect(socket.isPaused).toBe(true);
  peer.holdCommits = false;
  peer.commit();
  expect(await window.type('result')).toMatchObject({ id: 1, ok: true });
});

test('who is held is not taken for dead, however many pings pass; who is silent afterwards is', async () => {
  const { window, client, socket } = await adopted();
  client.hold(true);
  for (let ping = 0; ping < 5; ping += 1) client.ping();
  expect(socket.readyState).toBe(WebSocket.OPEN);
  client.hold(false);
  expect(await window.command(1, 'people.list')).toMatchObject({ ok: true });
  window.socket.pause();
  for (let ping = 0; ping < 3; ping += 1) client.ping();
  window.socket.resume();
  expect((await window.closed).code).toBe(1006);
});

test('who is closed while it is held says goodbye in order', async () => {
  const { window, client, socket } = await adopted();
  client.hold(true);
  socket.emit('message', Buffer.from('{"id":1,"command":"people.list"}'), false);
  client.close(1001, 'The peer is stopping.');
  client.hold(true);
  expect(socket.isPaused).toBe(false);
  const ended = once(socket, 'close');
  expect((await window.closed).code).toBe(1001);
  expect((await ended)[0]).toBe(1001);
});
