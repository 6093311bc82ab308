/** What the tree of a large channel does not bring is told of: to few at first, to some more later, and to whoever has come into the tree since. */
import { expect, test } from '@jest/globals';
import { toWire } from '../../protocol/entry.js';
import type { ChannelName, ConversationId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const GENERAL = '#general';
const [general, other] = ['general', 'other'] as [ChannelName, ChannelName];
const texts = (peer: TestPeer): number => peer.texts(GENERAL).length;

/** A hub of some that it has outside of the tree of the channel, besides what `others` say. */
async function hub(others: (network: TestNetwork, hub: TestPeer) => void = () => undefined, count = 5) {
  const network = new TestNetwork();
  const [author, hub] = [network.peer('author'), network.peer('hub', 'other')];
  const leaves = Array.from({ length: count }, (_, i) => ({
    leaf: network.peer(`leaf${i}`),
    parent: network.peer(`parent${i}`),
  }));
  network.link(author, hub);
  others(network, hub);
  for (const { leaf, parent } of leaves) {
    network.link(leaf, parent);
    network.link(leaf, hub);
  }
  for (const peer of [author, hub, ...leaves.flatMap(({ leaf, parent }) => [leaf, parent])])
    peer.mesh.crowded(new Set([general, other]));
  await network.settle(1_000);
  return { network, author, hub, leaves };
}

/** What the tree comes to when another link has brought everything first. */
const outside = (one: TestPeer, two: TestPeer, channel = general): void => {
  const none: LinkMessage = { type: 'push', channel, what: 'none' };
  one.links.get(two.name)?.send(none);
  two.links.get(one.name)?.send(none);
};

test('whoever comes into the tree before its turn to be told has come is told all the same', async () => {
  const { network, author, hub: at, leaves } = await hub();
  for (const { leaf } of leaves) outside(leaf, at);
  await network.settle(1_000);
  await posts(author, GENERAL, 1);
  await network.settle(500);
  const untold = leaves.filter(({ leaf }) => texts(leaf) === 0);
  expect(untold).toHaveLength(3);
  for (const { leaf, parent } of untold) leaf.links.get(parent.name)?.cut();
  await network.settle(6_000);
  expect(leaves.map(({ leaf }) => texts(leaf))).toEqual([1, 1, 1, 1, 1]);
});

test('two are told at first of each channel, however many are outside of the tree of another one', async () => {
  const elsewhere: TestPeer[] = [];
  const withOthers = (network: TestNetwork, peer: TestPeer): void => {
    for (let i = 0; i < 10; i++) network.link((elsewhere[i] = network.peer(`else${i}`, 'other')), peer);
  };
  const { network, author, hub: at, leaves } = await hub(withOthers);
  for (const peer of elsewhere) outside(peer, at, other);
  for (let round = 0; round < 2; round++) {
    for (const { leaf } of leaves) outside(leaf, at);
    await network.settle(1_000);
    const before = leaves.map(({ leaf }) => texts(leaf));
    await posts(author, GENERAL, 1);
    await network.settle(500);
    expect(leaves.filter(({ leaf }, i) => texts(leaf) > (before[i] ?? 0))).toHaveLength(2);
    await network.settle(6_000);
  }
});

test('four are told in all; whoever loses what it had in the tree then asks another one, and hears of all that it has missed', async () => {
  const { network, author, hub: at, leaves } = await hub(undefined, 9);
  for (const { leaf } of leaves) outside(leaf, at);
  await network.settle(1_000);
  await posts(author, GENERAL, 3);
  await network.settle(10_000);
  const untold = leaves.filter(({ leaf }) => texts(leaf) === 0);
  expect(untold).toHaveLength(5);
  for (const { leaf, parent } of untold) leaf.links.get(parent.name)?.cut();
  await network.settle(1_000);
  expect(leaves.map(({ leaf }) => texts(leaf))).toEqual(leaves.map(() => 3));
});

test('what was passed over within one piece of a stream is fetched, though nobody tells of it any more', async () => {
  const network = new TestNetwork();
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => network.peer(name)) as [
    TestPeer,
    TestPeer,
    TestPeer,
  ];
  for (const peer of [alice, bob, carol]) peer.mesh.crowded(new Set([general]));
  network.link(alice, carol);
  const { a: toBob, b: fromCarol } = network.link(carol, bob);
  await network.settle(1_000);
  const { sendLines } = toBob;
  // Carol counts them as brought.
  toBob.sendLines = () => undefined;
  for (let i = 0; i < 3; i++) await posts(alice, GENERAL, 1);
  toBob.sendLines = sendLines;
  const [first, , last] = carol.storage.timeline(GENERAL as ConversationId).map(toWire);
  if (!first || !last) throw new Error('bug: not all of them came');
  bob.mesh.messages(fromCarol, [first, last]);
  await network.settle(5_000);
  expect(texts(bob)).toBe(3);
});
