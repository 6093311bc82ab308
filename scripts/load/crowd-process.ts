/** A process of virtual peers: the child of `npm run load`, which tells it by messages what to do (`orders.ts`), one after the other. */
import { generateKeyPairSync } from 'node:crypto';
import { platform } from 'node:process';
import type { DeviceId } from '../../protocol/ids.js';
import { deviceIdOfKey } from '../../peer/identity/certificate.js';
import { certificateRequest } from '../../peer/identity/identity.js';
import { TrackerApi } from '../../peer/tracker-client/api.js';
import { TrackerHttp } from '../../peer/tracker-client/http.js';
import { systemClock } from '../../tracker/clock.js';
import { PORT } from './caller.js';
import { patiently } from './calls.js';
import { Figures } from './figures.js';
import type { Account, Answer, Order } from './orders.js';
import { VirtualPeer } from './virtual-peer.js';

const REQUEST_MS = 30_000;
/** An event that tells of one peer is not longer; a snapshot is. Bytes. */
const EVENT_MAX = 8 * 1024;

const figures = new Figures();
/** Each call is a connection, and an address has ports for some 28,000 in a minute: thousands of peers at a tracker of this machine come from several. */
const ADDRESSES = 32;
const places: readonly Place[] = Array.from({ length: ADDRESSES }, (_, at) => {
  const localAddress = platform === 'linux' ? `127.0.1.${at + 1}` : undefined;
  const parts = { clock: systemClock, timers: systemClock, timeoutMs: REQUEST_MS, dated: () => undefined };
  return { localAddress, own: new TrackerHttp({ ...parts, localAddress }), any: new TrackerHttp(parts) };
});

interface Place {
  readonly localAddress: string | undefined;
  /** From that address, and from whichever the system chooses. */
  readonly own: TrackerHttp;
  readonly any: TrackerHttp;
}

/** Where the next peer comes from. */
function nextPlace(base: URL): { http: TrackerHttp; localAddress: string | undefined } {
  const place = places[peers.length % ADDRESSES];
  if (!place) throw new Error('bug: there is no place for a peer');
  const isHere = base.hostname.startsWith('127.');
  return isHere ? { http: place.own, localAddress: place.localAddress } : { http: place.any, localAddress: undefined };
}

const peers: VirtualPeer[] = [];
let listening = Buffer.alloc(0);
const heardBy = new Set<DeviceId>();
let lastHeardAt = 0;

/** So many devices are registered at once. */
const AT_ONCE = 8;

async function prepare(tracker: string, accounts: readonly Account[], whole: boolean): Promise<void> {
  const base = new URL(tracker);
  const left = accounts.flatMap((account) => Array.from({ length: account.devices }, () => account))[Symbol.iterator]();
  const addAll = async (): Promise<void> => {
    for (const account of left) await add(base, account, whole);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, addAll));
}

async function add(base: URL, { username, token, channels }: Account, whole: boolean): Promise<void> {
  const { privateKey: key, publicKey } = generateKeyPairSync('ed25519');
  const device = deviceIdOfKey(publicKey);
  const csr = await certificateRequest(username, key);
  const { http, localAddress } = nextPlace(base);
  const info = { username, device, port: PORT, channels: [...channels], csr };
  await patiently(() => new TrackerApi(http).submitInfo({ base, token }, info));
  const heard = (event: Buffer): void => {
    if (listening.length === 0 || event.length > EVENT_MAX || heardBy.has(device)) return;
    if (!event.includes(listening)) return;
    heardBy.add(device);
    lastHeardAt = performance.timeOrigin + performance.now();
  };
  peers.push(
    new VirtualPeer({ ...{ base, http, localAddress, figures, heard, whole }, ...{ username, device, key, channels } }),
  );
}

async function perform(order: Order): Promise<void> {
  switch (order.do) {
    case 'prepare':
      return prepare(order.tracker, order.accounts, order.whole);
    case 'come':
      for (const peer of peers) setTimeout(() => peer.start(), order.withinMs * Math.random());
      return undefined;
    case 'listen':
      listening = Buffer.from(order.text);
      heardBy.clear();
      lastHeardAt = 0;
      return undefined;
    case 'read':
      return undefined;
    case 'leave':
      await Promise.all(peers.map((peer) => peer.stop()));
      for (const { own, any } of places) for (const http of [own, any]) http.close();
      return undefined;
  }
}

process.once('disconnect', () => process.exit());
process.on('message', (order: Order) => {
  perform(order).then(
    () => {
      const heard = { count: heardBy.size, lastAt: lastHeardAt };
      const answer: Answer = { reading: figures.take(), heard };
      process.send?.(answer);
      if (order.do === 'leave') process.disconnect();
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
});
