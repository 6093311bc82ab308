/** Clients of /events that do not read or do not answer. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { UserKey, Username } from '../protocol/ids.js';
import type { TrackerEvent } from '../protocol/tracker-api.js';
import { openBareEvents } from './testing/bare-events.js';
import { EventsSocket } from './testing/events-socket.js';
import { TestTrackers } from './testing/test-tracker.js';

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
    const bufferMax = 256 * 1024;
    const subscriber = { user: 'alice' as UserKey, session: '', peer: undefined, asksPart: false };
    const { directory, url, close } = await openBareEvents({ bufferMax, subscriberOf: () => subscriber });
    const [good, slow] = [new WebSocket(url), new WebSocket(url)];
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
    await close();
  });
});
