import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { WebSocketServer } from 'ws';
import { Channels, type Member } from '../channels.js';
import { systemClock, type Clock } from '../clock.js';
import { Directory } from '../directory.js';
import { Events, type Subscriber } from '../events.js';
import { userKey, type Username } from '../../protocol/ids.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { silent } from './test-tracker.js';

export interface BareEvents {
  readonly directory: Directory;
  readonly channels: Channels;
  /** `ws://…`: whoever connects is subscribed as `subscriberOf` says. */
  readonly url: string;
  /** Makes an account, which can be in channels. */
  register(username: Username): Promise<Member>;
  close(): Promise<void>;
}

export interface BareEventsOptions {
  readonly timings?: Partial<{ eventsWindow: number; eventsPing: number; eventsRenewal: number }>;
  readonly bufferMax?: number;
  /** Of the events alone. */
  readonly clock?: Clock;
  readonly channels?: readonly string[];
  /** Who is online before the events begin, as at other trackers of a cluster. */
  before?(directory: Directory): Promise<void>;
  subscriberOf(query: URLSearchParams): Subscriber;
}

/** Events over real sockets, with a directory that is filled without accounts, devices and calls: for thousands of peers. */
export async function openBareEvents({
  timings,
  bufferMax,
  channels: made = [],
  clock = systemClock,
  before,
  subscriberOf,
}: BareEventsOptions): Promise<BareEvents> {
  const store = openSqliteStore(':memory:', systemClock);
  const limits = { maxCreated: 1, maxCreatedADay: 1, maxJoinedADay: 1_000, daily: { take: () => Promise.resolve(0) } };
  // No admin changes a channel here.
  const authority = {
    channelWord: () => {
      throw new Error('no word is to be signed');
    },
  };
  const parts = { clock: systemClock, isGuest: () => Promise.resolve(false), authority, ...limits };
  const channels = await Channels.open({ store: store.channels, ...parts }, made);
  const presence = { clock: systemClock, expiryMs: 60_000, graceMs: 1, maxPerUser: 10 };
  const directory = await Directory.open({ presence: store.presence, random: Math.random, ...presence });
  await before?.(directory);
  const events = new Events({
    ...{ channels, directory, clock, log: silent, random: Math.random, randomBytes, bufferMax },
    devices: { revocations: () => [] },
    accountWords: { list: () => [] },
    timings: { eventsWindow: 1, eventsPing: 60_000, eventsRenewal: 60_000, ...timings },
  });
  const server = http.createServer().listen(0, '127.0.0.1');
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, stream, head) => {
    const subscriber = subscriberOf(new URL(request.url ?? '/', 'http://localhost').searchParams);
    wss.handleUpgrade(request, stream, head, (socket) => void events.subscribe(socket, stream, subscriber));
  });
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    ...{ directory, channels, url: `ws://127.0.0.1:${port}` },
    register: async (username) => {
      const user = userKey(username);
      await store.accounts.create({ key: user, username, passwordHash: '', created: 1 });
      return { user, username };
    },
    close: async () => {
      await events.close(1000);
      server.close();
      await store.close();
    },
  };
}
