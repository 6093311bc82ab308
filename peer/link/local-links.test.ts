/** Links between peers of one process: whoever cannot prove who it is gets none, and whoever does not read holds up its neighbour alone. */
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { KeyObject } from 'node:crypto';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { TestDevice } from '../identity/test-ca.js';
import { code, inProcess, tcp, TestWorld, typing } from './test-world.js';

const world = new TestWorld();
beforeAll(() => world.prepare());
afterEach(() => world.clear());

const have = (seq: number): LinkMessage =>
  JSON.parse(`{"type":"have","conversations":{"#general":{"${world.alice.device}":${String(seq)}}}}`) as LinkMessage;

/** It proves itself with a key of its own, and has the true one for TLS, which takes no other. */
function keyless(device: TestDevice, own: KeyObject): TestDevice {
  let reads = 0;
  return Object.defineProperty({ ...device }, 'privateKey', {
    get: () => (++reads === 1 ? own : device.privateKey),
  });
}

test('what is passed arrives as it is, after what was sent before', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  const link = await inProcess.dial(a, b);
  const passed = [have(1), have(2)];
  link.send(typing);
  link.pass?.(passed);
  link.sendLines(`${JSON.stringify(typing)}\n`);
  link.send(have(3));
  await b.until(({ heard }) => heard.length === 5);
  expect(b.heard).toEqual([typing, ...passed, typing, have(3)]);
  expect(b.heard[1]).toBe(passed[0]);
  expect(link.queued).toBe(0);
});

test.each<[string, (world: TestWorld) => Promise<TestDevice>, string]>([
  ['a certificate of another tracker', async ({ otherCa }) => otherCa.device('bob'), 'certificate_unknown'],
  [
    'somebody else’s certificate, without its key',
    async ({ ca, bob }) => keyless(bob, (await ca.device('mallory')).privateKey),
    'identity_mismatch',
  ],
  [
    'a certificate of another device than it stands for',
    async ({ ca, bob }) => ({ ...(await ca.device('mallory')), device: bob.device }),
    'identity_mismatch',
  ],
])('nobody links to %s, and it links to nobody', async (_what, make, refusal) => {
  const [a, liar] = [world.peer(world.alice), world.peer(await make(world))];
  await expect(inProcess.dial(a, liar)).rejects.toEqual(code(refusal));
  await expect(inProcess.dial(liar, a)).rejects.toEqual(expect.any(Error));
  expect([a.ups, liar.ups, a.links.size, liar.links.size]).toEqual([[], [], 0, 0]);
});

test('a certificate that is over proves nothing', async () => {
  const notAfter = Math.ceil(world.time.now() / 1000) * 1000 + 20_000;
  const brief = await world.ca.certify(world.bob.privateKey, 'bob', { notAfter });
  const [a, b] = [world.peer(world.alice), world.peer(brief)];
  world.time.advance(30_000);
  await expect(inProcess.dial(a, b)).rejects.toEqual(code('certificate_expired'));
  await expect(inProcess.dial(b, a)).rejects.toEqual(code('certificate_ended'));
});

test('a revoked device is refused on either side, and has no half of a link', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  b.revoked.add(world.alice.device);
  await expect(inProcess.dial(a, b)).rejects.toEqual(code('device_revoked'));
  await expect(inProcess.dial(b, a)).rejects.toEqual(code('device_revoked'));
  expect([a.links.size, b.links.size, a.ups, b.ups]).toEqual([0, 0, [], []]);
});

test('there is one link between two, whoever dials', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  const link = await inProcess.dial(a, b);
  expect(await inProcess.dial(a, b)).toBe(link);
  expect(await inProcess.dial(b, a)).toBe(b.links.get(world.alice.device));
  expect([a.ups.length, b.ups.length]).toEqual([1, 1]);
});

test('links within a process and others keep no places from each other; each kind has its bound', async () => {
  const b = world.peer(world.bob, { links: 1, localLinks: 2 });
  const dial = async (wire: typeof tcp, name: string) => wire.dial(world.peer(await world.ca.device(name)), b);
  for (const name of ['carol', 'dave']) await dial(inProcess, name);
  await expect(dial(inProcess, 'erin')).rejects.toEqual(code('too_many_links'));
  await dial(tcp, 'frank');
  await expect(dial(tcp, 'grace')).rejects.toEqual(code('too_many_links'));
  expect(b.links.size).toBe(3);
  const late = world.peer(await world.ca.device('heidi'));
  await expect(tcp.dial(b, late)).rejects.toEqual(code('too_many_links'));
  await expect(inProcess.dial(b, late)).rejects.toEqual(code('too_many_links'));
});

test('who does not read is told no more than fits, and then the link ends', async () => {
  const limits = { queueLow: 4_000, queueHigh: 64_000 };
  const [a, b] = [world.peer(world.alice, limits), world.peer(world.bob)];
  const link = await inProcess.dial(a, b);
  b.ups[0]?.pause();
  for (let seq = 1; a.downs.length === 0 && seq < 10_000; seq++) {
    link.send(have(seq));
    if (seq % 50 === 0) await new Promise(setImmediate);
  }
  expect(a.lastReason).toBe('queue_full');
  expect(b.heard).toEqual([]);
  b.ups[0]?.resume();
  await b.until(({ downs }) => downs.length === 1);
  expect(b.heard.length).toBeLessThan(1_000);
});

test('who was told to wait is told when to go on', async () => {
  const [a, b] = [world.peer(world.alice, { queueLow: 1_000 }), world.peer(world.bob)];
  const link = await inProcess.dial(a, b);
  b.ups[0]?.pause();
  while (link.queued < 1_000) link.send(have(1));
  expect(a.drains).toBe(0);
  b.ups[0]?.resume();
  await a.until(({ drains }) => drains === 1);
  expect(link.queued).toBe(0);
});

test('a peer that stops ends its links, and is found no more', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  const link = await inProcess.dial(a, b);
  link.send(typing);
  await a.close();
  await b.until(({ downs }) => downs.length === 1);
  expect(b.heard).toEqual([typing]);
  await expect(inProcess.dial(b, a)).rejects.toEqual(code('unavailable'));
});
