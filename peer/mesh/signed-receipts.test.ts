/** Receipts of a channel whose members are not all linked: an author hears of everybody, and believes nobody's word for another. */
import { describe, expect, test } from '@jest/globals';
import type { ChannelName, ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { RECEIPTS_FEATURE } from '../../protocol/channel-messages.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { receiptId, type SignedReceipts } from '../../protocol/receipt-messages.js';
import { ReceiptRelay } from './signed-receipts.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const GENERAL = '#general';
const general = 'general' as ChannelName;
const conversation = GENERAL as ConversationId;

/** Peers of a large channel, and who is linked with whom, by their places. */
function channel(
  names: string,
  links: readonly (readonly [number, number])[],
): { network: TestNetwork; peers: TestPeer[] } {
  const network = new TestNetwork();
  const peers = names.split(' ').map((name) => network.peer(name));
  for (const peer of peers) peer.mesh.crowded(new Set([general]));
  for (const [a, b] of links) {
    const [one, two] = [peers[a], peers[b]];
    if (one && two) network.link(one, two);
  }
  return { network, peers };
}

const inRow = (count: number): [number, number][] => Array.from({ length: count - 1 }, (_, i) => [i, i + 1]);

/** Of whom the peer knows that they hold its log, up to where. */
const known = ({ receipts, signed }: TestPeer): Record<string, number> =>
  Object.fromEntries([...receipts, ...signed].map(([key, seq]) => [key.split(' ')[1] ?? '', seq]));

const receiptsIn = (peer: TestPeer): SignedReceipts[] =>
  [...peer.links.values()].flatMap(({ other }) => other?.sent ?? []).filter((line) => line.type === 'receipts');

test('an author hears of all who hold an entry, of those that it is not linked with as well', async () => {
  const { network, peers } = channel('alice bob carol dave erin', inRow(5));
  const [alice] = peers as [TestPeer];
  await posts(alice, GENERAL, 3);
  await network.settle(10_000);
  expect(known(alice)).toEqual({ bob: 3, carol: 3, dave: 3, erin: 3 });
  expect([...alice.signed.keys()]).toHaveLength(3);
});

test('what is written soon after is told of together, and once', async () => {
  const { network, peers } = channel('alice bob carol', inRow(3));
  const [alice] = peers as [TestPeer];
  for (let i = 0; i < 10; i++) {
    await posts(alice, GENERAL, 1);
    await network.settle(1_000);
  }
  await network.settle(30_000);
  expect(known(alice)).toEqual({ bob: 10, carol: 10 });
  expect(receiptsIn(alice)).toHaveLength(2);
});

test('where the link has ended by which the log came, others who hold it pass its receipts on', async () => {
  const { network, peers } = channel('alice bob carol dave erin', [
    [0, 1],
    [1, 2],
    [0, 3],
    [1, 3],
    [2, 4],
  ]);
  const [alice, bob] = peers as [TestPeer, TestPeer];
  await posts(alice, GENERAL, 1);
  await network.settle(1_000);
  alice.links.get(bob.name)?.cut();
  await network.settle(15_000);
  expect(known(alice)).toEqual({ bob: 1, carol: 1, dave: 1, erin: 1 });
});

test('where all links lead back to who has lost the way, another one is looked for', async () => {
  const { network, peers } = channel('alice bob carol dave erin frank', [...inRow(4), [1, 3], [0, 4]]);
  const [alice, bob, , dave, erin, frank] = peers as [TestPeer, TestPeer, TestPeer, TestPeer, TestPeer, TestPeer];
  await posts(alice, GENERAL, 1);
  await network.settle(1_000);
  // Both have the log, and not from each other.
  network.link(dave, frank);
  network.link(frank, erin);
  alice.links.get(bob.name)?.cut();
  await network.settle(30_000);
  expect(known(alice)).toEqual({ bob: 1, carol: 1, dave: 1, erin: 1, frank: 1 });
});

test('what was on its way on a link that ended is sent again', async () => {
  const { network, peers } = channel('alice bob carol dave', [
    [0, 1],
    [1, 2],
    [0, 3],
  ]);
  const [alice, bob, carol, dave] = peers as [TestPeer, TestPeer, TestPeer, TestPeer];
  await posts(alice, GENERAL, 1);
  await network.settle(3_300);
  // Bob has it now, and has not passed it on.
  while (receiptsIn(bob).length === 0) await network.settle(100);
  bob.links.get(alice.name)?.cut();
  bob.links.get(carol.name)?.cut();
  network.link(carol, dave);
  await network.settle(15_000);
  expect(known(alice)).toMatchObject({ carol: 1, dave: 1 });
});

test('what was said into a dead link is sent again once that is known, also when nothing else happens', async () => {
  const { network, peers } = channel('alice bob carol dave', [
    [0, 1],
    [1, 2],
    [1, 3],
    [0, 3],
  ]);
  const [alice, bob] = peers as [TestPeer, TestPeer];
  await posts(alice, GENERAL, 1);
  await network.settle(1_000);
  const dead = bob.links.get(alice.name);
  if (dead) dead.sendLines = () => undefined;
  await network.settle(50_000);
  expect(known(alice)).not.toHaveProperty('carol');
  dead?.cut();
  await network.settle(5_000);
  expect(known(alice)).toMatchObject({ carol: 1 });
});

test('what was passed on long ago is not sent again when a link ends', async () => {
  const { network, peers } = channel('alice bob carol dave', [
    [0, 1],
    [1, 2],
    [1, 3],
    [0, 3],
  ]);
  const [alice, bob, , dave] = peers as [TestPeer, TestPeer, TestPeer, TestPeer];
  await posts(alice, GENERAL, 1);
  await network.settle(120_000);
  expect(known(alice)).toEqual({ bob: 1, carol: 1, dave: 1 });
  bob.links.get(alice.name)?.cut();
  await network.settle(2_000);
  expect(receiptsIn(dave)).toEqual([]);
});

test('a peer that links to all passes on what others have signed who do not', async () => {
  const { network, peers } = channel('alice bob carol', inRow(3));
  const [alice, bob] = peers as [TestPeer, TestPeer];
  bob.mesh.crowded(new Set());
  await posts(alice, GENERAL, 1);
  await network.settle(20_000);
  expect(known(alice)).toEqual({ bob: 1, carol: 1 });
});

test('whoever is linked with an author of an earlier version signs nothing, and passes nothing on', async () => {
  const { network, peers } = channel('alice bob carol dave', []);
  const [alice, bob, carol, dave] = peers as [TestPeer, TestPeer, TestPeer, TestPeer];
  alice.features = alice.features.filter((feature) => feature !== RECEIPTS_FEATURE);
  network.link(alice, bob);
  network.link(bob, carol);
  network.link(bob, dave);
  await posts(alice, GENERAL, 1);
  await network.settle(20_000);
  expect(receiptsIn(carol)).toHaveLength(0);
  expect(known(alice)).toEqual({ bob: 1 });
});

test('whoever has caught up with many logs signs a few at a time, and all of them', () => {
  const authors = Array.from({ length: 100 }, (_, i) => `author ${i}` as DeviceId);
  const signed: EntryId[] = [];
  const relay = new ReceiptRelay({
    ...{ username: 'bob' as Username, device: 'bob' as DeviceId, refuse: () => undefined, soon: () => undefined },
    log: { durable: () => new Map(authors.map((author) => [author, 1])) },
    keys: {
      sign: (id) => `signed ${signed.push(id)}`,
      owner: () => 'kim' as Username,
      verify: () => undefined,
    },
    tree: { has: () => true, cameBy: () => 1, branches: () => [] },
    ...{ isShared: () => true, send: () => undefined, heard: () => undefined },
  });
  relay.durable(new Map([[conversation, new Map(authors.map((author) => [author, 1]))]]), 0);
  relay.tick(1_000);
  expect(signed).toHaveLength(0);
  relay.tick(10_000);
  expect(signed).toHaveLength(32);
  for (let now = 10_100; signed.length < 100; now += 100) relay.tick(now);
  expect(new Set(signed).size).toBe(100);
});

test('what comes of many devices one by one is told at once, and what was not told yet at the end', () => {
  const told: DeviceId[] = [];
  const relay = new ReceiptRelay({
    ...{ username: 'alice' as Username, device: 'alice' as DeviceId, refuse: () => undefined, soon: () => undefined },
    log: { durable: () => new Map([['alice' as DeviceId, 1]]) },
    keys: { sign: () => 'signed', owner: () => 'kim' as Username, verify: (_device, _id, _sig, done) => done(true) },
    tree: { has: () => true, cameBy: () => undefined, branches: () => [] },
    ...{ isShared: () => true, send: () => undefined, heard: (_conversation, { device }) => told.push(device) },
  });
  relay.up(1, 'bob' as DeviceId, true);
  const says = (device: string, now: number): void => {
    const receipts = [{ device: device as DeviceId, seq: 1, sig: 'signed' }];
    relay.hear(1, { type: 'receipts', channel: general, author: 'alice' as DeviceId, receipts }, now);
  };
  for (let i = 0; i < 100; i++) says(`device ${i}`, i);
  relay.tick(400);
  expect([told.length, relay.busy]).toEqual([0, true]);
  relay.tick(600);
  expect(told).toHaveLength(100);
  says('last', 700);
  relay.close();
  expect(told.at(-1)).toBe('last');
});

test('nobody signs where all are linked, and nothing is sent to a version that does not know it', async () => {
  const { network, peers } = channel('alice bob carol', inRow(3));
  const [alice, bob, carol] = peers as [TestPeer, TestPeer, TestPeer];
  for (const peer of peers) peer.mesh.crowded(new Set());
  await posts(alice, GENERAL, 1);
  await network.settle(10_000);
  expect(receiptsIn(bob)).toEqual([]);
  for (const peer of peers) peer.mesh.crowded(new Set([general]));
  bob.links.get(carol.name)?.cut();
  carol.features = carol.features.filter((feature) => feature !== RECEIPTS_FEATURE);
  network.link(bob, carol);
  await posts(alice, GENERAL, 1);
  await network.settle(10_000);
  expect([carol.texts(GENERAL).length, receiptsIn(bob), receiptsIn(carol)]).toEqual([2, [], []]);
});

describe('hostile', () => {
  /** Mallory has a link with bob, who has one with alice; erin has none. */
  async function hostile() {
    const { network, peers } = channel('alice bob mallory erin alice/2', [
      [0, 1],
      [1, 2],
    ]);
    const [alice, bob, mallory, erin, second] = peers as [TestPeer, TestPeer, TestPeer, TestPeer, TestPeer];
    await posts(alice, GENERAL, 2);
    await network.settle(10_000);
    const sign = (by: TestPeer, seq: number, of = by): SignedReceipts['receipts'][number] => ({
      device: of.device,
      seq,
      sig: network.keys(by.device).sign(receiptId(conversation, alice.device, { device: of.device, seq })),
    });
    const says = async (ms: number, ...receipts: SignedReceipts['receipts']): Promise<void> => {
      const line: LinkMessage = { type: 'receipts', channel: general, author: alice.device, receipts };
      mallory.links.get('bob')?.send(line);
      await network.settle(ms);
    };
    return { alice, bob, mallory, erin, second, sign, says };
  }

  test('what another has not signed ends the link that brought it, and counts for nobody', async () => {
    const { alice, bob, mallory, erin, sign, says } = await hostile();
    const link = bob.links.get('mallory');
    await says(10_000, sign(mallory, 1, erin));
    expect(link?.refused).toEqual(['bad_signature']);
    expect(known(alice)).toEqual({ bob: 2, mallory: 2 });
  });

  test('more than there is, what is known already, and what a user’s own device holds is not passed on', async () => {
    const { alice, mallory, erin, second, sign, says } = await hostile();
    const before = receiptsIn(alice).length;
    await says(10_000, sign(mallory, 3), sign(mallory, 2), sign(mallory, 1), {
      ...sign(mallory, 1),
      device: alice.device,
    });
    expect(receiptsIn(alice)).toHaveLength(before);
    await says(10_000, sign(erin, 2), sign(second, 2));
    await says(10_000, sign(erin, 2), sign(erin, 1));
    expect(known(alice)).toEqual({ bob: 2, mallory: 2, erin: 2 });
    expect(receiptsIn(alice)).toHaveLength(before + 1);
  });

  test('who says more each moment is passed on as often as others, and with the last of it', async () => {
    const { alice, mallory, says, sign } = await hostile();
    const before = receiptsIn(alice).length;
    await posts(alice, GENERAL, 40);
    for (let seq = 3; seq <= 40; seq++) await says(300, sign(mallory, seq));
    expect(receiptsIn(alice).length - before).toBeLessThan(4);
    await says(20_000, sign(mallory, 41));
    expect(known(alice)).toMatchObject({ mallory: 42 });
    expect(receiptsIn(alice).length - before).toBeLessThan(5);
  });
});
