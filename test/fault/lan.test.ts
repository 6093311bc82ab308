/** Two peers of one network find each other with the tracker dead and without any address of old (SPEC.md section 4). */
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConversationId } from '../../protocol/ids.js';
import type { Peer } from '../../peer/peer.js';
import { caFingerprint } from '../../peer/settings/pins.js';
import { InProcess, linkedWith, until } from '../support/in-process.js';

const GROUP = '224.0.0.251';

/** Whether a packet to the group of multicast DNS comes back on the interface: the kernel, or a sandbox, may not permit it. */
function hasMulticast(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    const done = (works: boolean): void => {
      clearTimeout(timer);
      socket.removeAllListeners('message');
      socket.close(() => resolve(works));
    };
    const timer = setTimeout(() => done(false), 2_000);
    socket.on('error', () => done(false));
    socket.on('message', (message) => {
      if (message.toString() === `probe ${process.pid}`) done(true);
    });
    socket.bind(5353, '0.0.0.0', () => {
      try {
        socket.addMembership(GROUP, address);
        socket.setMulticastInterface(address);
        socket.send(`probe ${process.pid}`, 5353, GROUP);
      } catch {
        done(false);
      }
    });
  });
}

const outer = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

const places = [
  { name: 'loopback', host: '127.0.0.1' },
  ...(outer === undefined ? [] : [{ name: 'this machine’s interface', host: outer }]),
];
const permitted = new Set<string>();
for (const { host } of places) if (await hasMulticast(host)) permitted.add(host);

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

/** Two people with certificates who were never online together, so that neither knows where the other is. */
async function certified(host: string): Promise<{ tracker: string; ca: string }> {
  const tracker = await world.tracker();
  const ca = caFingerprint(await (await fetch(`${tracker.url}/ca`)).text());
  if (ca === undefined) throw new Error('the tracker has no CA');
  for (const name of ['alice', 'bob']) {
    const peer = await world.peer(name, [tracker.url], { host });
    await peer.services.account.login('correct horse', true);
    await peer.close();
  }
  await tracker.close();
  return { tracker: tracker.url, ca };
}

async function sendsTo(from: Peer, to: Peer, message: string): Promise<void> {
  const conversation = '#general' as ConversationId;
  await from.services.writer.append({ conversation, kind: 'text', message, data: {} });
  const texts = (): string[] => to.services.history.page(conversation, undefined, 10).entries.map((e) => e.message);
  await until(to, () => texts().includes(message));
}

/** What anybody on the network can send: noise, and announcements of devices that are not there. */
async function lies(host: string, ca: string): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  socket.setMulticastInterface(host);
  const send = (packet: Buffer): Promise<void> =>
    new Promise((resolve) => socket.send(packet, 5353, GROUP, () => resolve()));
  const own = response(host, 'A'.repeat(22), 9, ca);
  for (let at = 0; at < own.length; at += 7) await send(own.subarray(0, at));
  for (let at = 12; at < own.length; at += 11) {
    const broken = Buffer.from(own);
    broken[at] = 0xff;
    await send(broken);
  }
  await send(Buffer.concat([own, Buffer.alloc(4_000)]));
  for (let n = 0; n < 40; n++) await send(response(host, String(n).padStart(22, 'x'), 9, ca));
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/** A DNS response, as a stranger may write it: one SRV and one TXT record. */
function response(host: string, device: string, port: number, ca: string): Buffer {
  const label = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  const name = Buffer.concat([...[device, '_parley', '_tcp', 'local'].map(label), Buffer.from([0])]);
  const record = (type: number, data: Buffer): Buffer => {
    const head = Buffer.alloc(10);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(1, 2);
    head.writeUInt32BE(120, 4);
    head.writeUInt16BE(data.length, 8);
    return Buffer.concat([name, head, data]);
  };
  const srv = Buffer.concat([
    Buffer.from([0, 0, 0, 0, port >> 8, port & 255]),
    label(`h${host.length}`),
    Buffer.from([0]),
  ]);
  const txt = Buffer.concat(['v=1', `d=${device}`, `ca=${ca.slice(0, 16)}`].map(label));
  const header = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
  return Buffer.concat([header, record(33, srv), record(16, txt)]);
}

describe.each(places)('on $name', ({ name, host }) => {
  const title = 'peers find each other, whoever starts first, and talk; lies on the network change nothing';
  if (!permitted.has(host)) {
    test.skip(`${title} (${name}, ${host}, permits no multicast here)`, () => undefined);
    return;
  }

  test(title, async () => {
    const { tracker, ca } = await certified(host);
    const alice = await world.peer('alice', [tracker], { host, lan: true });
    await lies(host, ca);
    const bob = await world.peer('bob', [tracker], { host, lan: true });
    await Promise.all([until(alice, linkedWith(alice, 'bob')), until(bob, linkedWith(bob, 'alice'))]);
    await sendsTo(alice, bob, 'hello');
    await sendsTo(bob, alice, 'hello back');
    await bob.close();
    await until(alice, () => !linkedWith(alice, 'bob')());
    await lies(host, ca);
    const again = await world.peer('bob', [tracker], { host, lan: true });
    await until(again, linkedWith(again, 'alice'));
    expect(again.services.people.tracker().state).not.toBe('connected');
  });
});
