/** Clients of /events that do not read or do not answer. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { UserKey, Username } from '../protocol/ids.js';
import type { TrackerEvent } from '../protocol/tracker-api.js';
import { Channels } from './channels.js';
import { systemClock } from './clock.js';
import { Directory } from './directory.js';
import { Events } from './events.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { EventsSocket } from './testing/events-socket.js';
import { silent, TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

type PeerJoined = Extract<TrackerEvent, { type: 'peer_joined' }>;

describe('slow clients', () => {
  test('a client that answers no ping is disconnected', async () => {
    const tracker = await trackers.start({ timings: { eventsPing: 40 } });
    const alice = await tracker.register('alice');
    const events = await EventsSocket.open(alice);
    // As after a cut cable.
    events.socket.pong = () => {};
    expect(await events.closed).toBe(1006);
  });

  test('a client that does not read is closed with 1013, and others are not affected', async () => {
    const store = openSqliteStore(':memory:', systemClock);
    const limits = { maxCreated: 1, maxCreatedADay: 1, maxJoinedADay: 1, daily: { take: () => Promise.resolve(0) } };
    const isGuest = () => Promise.resolve(false);
    // No admin changes a channel here.
    const authority = {
      channelWord: () => {
        throw new Error('no word is to be signed');
      },
    };
    const channels = await Channels.open(
      { store: store.channels, clock: systemClock, isGuest, authority, ...limits },
      [],
    );
    const presence = { clock: systemClock, expiryMs: 60_000, graceMs: 1, maxPerUser: 1 };
    const directory = await Directory.open({ presence: store.presence, random: Math.random, ...presence });
    const bufferMax = 256 * 1024;
    const timings = { eventsWindow: 1, eventsPing: 60_000 };
    const devices = { revocations: () => [] };
    const accountWords = { list: () => [] };
    const parts = { channels, devices, accountWords, directory, clock: systemClock, log: silent };
    const events = new Events({ ...parts, timings, bufferMax });
    const server = http.createServer().listen(0, '127.0.0.1');
    const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    server.on('upgrade', (request, stream, head) => {
      const subscriber = { user: 'alice' as UserKey, session: '', peer: undefined };
      wss.handleUpgrade(request, stream, head, (socket) => void events.subscribe(socket, stream, subscriber));
    });
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const [good, slow] = [new WebSocket(`ws://127.0.0.1:${port}`), new WebSocket(`ws://127.0.0.1:${port}`)];
    await Promise.all([once(good, 'message'), once(slow, 'message')]);
    slow.pause();
    let told = 0;
    let lastPort = 0;
    good.on('message', (data: Buffer) => {
      told += data.length;
      lastPort = (JSON.parse(data.toString()) as PeerJoined).peer.port;
    });
    const host = 'x'.repeat(255);
    const addresses = Array.from({ length: 16 }, () => ({ host, port: 1 }));
    // Loopback buffers take megabytes before a reader counts as slow.
    for (let round = 1; told < 20_000_000; round += 1) {
      for (let at = 0; at < 100; at += 1) {
        await directory.submit({ username: `user${at}` as Username, ip: '::1', port: round, addresses }, []);
      }
      while (lastPort < round) await once(good, 'message');
    }
    let read = 0;
    slow.on('message', (data: Buffer) => (read += data.length));
    slow.resume();
    const [code] = (await once(slow, 'close')) as [number];
    expect(code).toBe(1013);
    expect(read).toBeGreaterThan(bufferMax);
    expect(read).toBeLessThan(told);
    expect(good.readyState).toBe(WebSocket.OPEN);
    await events.close(1000);
    server.close();
    await store.close();
  });
});
