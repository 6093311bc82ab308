/** The port of the page of a daemon: the P2P port and 10,000, as in the system of old; and what becomes of it where that one is taken. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePorts, isFreePort } from '../scripts/daemon/free-ports.js';
import { startPeer, type RunningPeer } from '../peer/main.js';
import type { Username } from '../protocol/ids.js';
import { InProcess, PASSWORD } from './support/in-process.js';

const OFFSET = 10_000;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let world: InProcess;
let tracker: string;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  world = await InProcess.create();
  tracker = (await world.tracker()).url;
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await world.close();
});

async function bound(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  return Promise.race([once(server, 'listening').then(() => server), once(server, 'error').then(() => undefined)]);
}

async function free(server: Server | undefined): Promise<void> {
  if (server) await new Promise((resolve) => server.close(resolve));
}

async function start(peerPort: number): Promise<RunningPeer> {
  const peer = await startPeer(
    {
      ...{ username: 'alice' as Username, trackers: [tracker], host: '127.0.0.1', peerPort, uiHost: '127.0.0.1' },
      ...{ uiPort: undefined, uiDir: '', dataDir: world.path('alice'), password: PASSWORD, register: true },
      ...{ allowedHosts: [], trackerCa: undefined, keylog: undefined, lan: false },
    },
    log,
  );
  undo.push(() => peer.close());
  return peer;
}

test('the page is at the P2P port and 10,000; that one in use is said, and nothing is left running', async () => {
  const [port = 0] = await freePorts(1, async (one) => (await isFreePort(one)) && (await isFreePort(one + OFFSET)));
  const { ready } = await start(port);
  expect([ready.p2p.port, Number(new URL(ready.ui).port)]).toEqual([port, port + OFFSET]);
  expect((await fetch(new URL('/healthz', ready.ui))).status).toBe(200);
  await undo.pop()?.();
  undo.push(await bound(port + OFFSET).then((server) => () => free(server)));
  await expect(start(port)).rejects.toMatchObject({ code: 'EADDRINUSE', port: port + OFFSET });
  const again = await bound(port);
  expect(again).toBeDefined();
  await free(again);
});
