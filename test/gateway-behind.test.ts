/** The WebSockets of a gateway that has more to do than it can: none is read, also of those who sign in meanwhile. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { GatewayHost } from '../peer/gateway/gateway-host.js';
import { openHttpPort } from '../peer/gateway/http-port.js';
import { makeCertificate } from '../peer/gateway/self-made.js';
import { GatewaySockets } from '../peer/gateway/sockets.js';
import { UserDoors } from '../peer/gateway/user-doors.js';
import { OriginRules } from '../peer/local/http-guard.js';
import { SessionCookie } from '../peer/local/sessions.js';
import { TestSocket } from '../peer/local/test-socket.js';
import type { ConversationId, Username } from '../protocol/ids.js';
import { InProcess, PASSWORD, post } from './support/in-process.js';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const address = { host: '127.0.0.1', port: 0 };
const origins = new OriginRules(1, []);

test('while it is behind no command is carried out, whatever happens; then all are, once and in order', async () => {
  const world = await InProcess.create();
  const tracker = await world.tracker();
  const host = await GatewayHost.open({
    ...{ name: 'Test', dataDir: world.path('gateway'), trackers: [tracker.url], trackerCa: undefined },
    ...{ p2p: address, idleMs: 60_000, log, attemptsPerMinute: 10 },
  });
  const cookie = new SessionCookie(1, 60_000);
  const doors = new UserDoors({ host, uiDir: world.path('ui'), origins: () => origins, cookie: () => cookie, log });
  const sockets = new GatewaySockets({ host, doors, pages: () => origins, web: () => '', log });
  const port = await openHttpPort({
    ...{ address, plain: true, tls: await makeCertificate(['127.0.0.1'], Date.now()), log },
    request: sockets.request,
    upgrade: sockets.upgrade,
  });
  const opened: WebSocket[] = [];
  const signedIn = async (username: string, register: boolean): Promise<TestSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port.port}`);
    opened.push(socket);
    const window = new TestSocket(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    window.send({ id: 0, command: 'session.login', username, password: PASSWORD, register });
    // Sent without waiting for the answer: it comes with the frame that signs in, or soon after.
    window.send({ id: 1, command: 'people.list' });
    await window.type('snapshot');
    return window;
  };
  const results = (window: TestSocket): unknown[] =>
    window.frames.flatMap((frame) => (frame['type'] === 'result' && frame['id'] !== 0 ? [frame['id']] : []));
  try {
    const before = await signedIn('ali', true);
    await before.next((frame) => frame['id'] === 1);
    host.load.emit('behind', true);
    const later = await signedIn('ali', false);
    before.send({ id: 2, command: 'people.list' });
    const peer = host.user('ali' as Username)?.awake?.peer;
    if (!peer) throw new Error('nobody is awake');
    // Each event is written to both, and with each they could be read on.
    for (let event = 0; event < 5; event += 1) {
      await post(peer, '#general' as ConversationId, `message ${event}`);
      await Promise.all([before.type('entries'), later.type('entries')]);
    }
    expect([results(before), results(later)]).toEqual([[1], []]);
    before.send({ id: 3, command: 'people.list' });
    host.load.emit('behind', false);
    await Promise.all([before.next((frame) => frame['id'] === 3), later.next((frame) => frame['id'] === 1)]);
    expect([results(before), results(later)]).toEqual([[1, 2, 3], [1]]);
  } finally {
    for (const socket of opened) socket.terminate();
    sockets.close();
    await port.close();
    await host.close();
    await world.close();
  }
});
