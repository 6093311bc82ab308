/** A channel with more members than links: what is written comes to each at once, once, whoever is hostile, goes away, or is of an earlier version. */
import { describe, expect, test } from '@jest/globals';
import { entryId, toWire, type Entry } from '../../protocol/entry.js';
import type { ChannelName, ConversationId, DeviceId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';
import type { Tree } from './tree.js';

const GENERAL = '#general';
const general = 'general' as ChannelName;
const conversation = GENERAL as ConversationId;
const texts = (peer: TestPeer): number => peer.texts(GENERAL).length;
const entriesIn = (messages: readonly LinkMessage[]): number =>
  messages.filter(({ type }) => type === 'broadcast').length;

/** Everybody is linked with the next three, in a ring: nobody with all. */
function ring(count: number): { network: TestNetwork; peers: TestPeer[]; all: (alike?: number) => void } {
  const network = new TestNetwork();
  const peers = Array.from({ length: count }, (_, i) => network.peer(`p${String.fromCharCode(97 + i)}`));
  for (const peer of peers) peer.mesh.crowded(new Set([general]));
  const at = (i: number): TestPeer => peers[i % count] ?? crash();
  peers.forEach((peer, i) => [1, 2, 3].forEach((step) => network.link(peer, at(i + step))));
  return { network, peers, all: (expected) => peers.forEach((peer) => expect(texts(peer)).toBe(expected)) };
}

function crash(): never {
  throw new Error('bug: no such peer');
}

/** Each writes once, so that the tree is there. */
async function grow(network: TestNetwork, peers: readonly TestPeer[]): Promise<void> {
  await network.settle(1_000);
  for (const peer of peers) await posts(peer, GENERAL, 1);
  await network.settle(10_000);
}

/** How many entries came over all links to each. */
function received(peers: readonly TestPeer[]): number[] {
  return peers.map(({ links }) =>
    [...links.values()].reduce((sum, { other }) => sum + entriesIn(other?.sent ?? []), 0),
  );
}

describe('a channel whose members are not all linked', () => {
  test('an entry of anybody comes to all without waiting, and to each once', async () => {
    const { network, peers, all } = ring(12);
    await grow(network, peers);
    const before = received(peers);
    for (const peer of peers) await posts(peer, GENERAL, 1, 'again');
    all(24);
    const copies = received(peers).map((count, i) => count - (before[i] ?? 0));
    // 12 messages, of which a peer writes one itself.
    expect(copies).toEqual(peers.map(() => 11));
  });

  test('a burst is passed on whole, in pieces that end in the one signature that was kept', async () => {
    const { network, peers, all } = ring(12);
    await grow(network, peers);
    await posts(peers[0] ?? crash(), GENERAL, 700);
    all(712);
    await network.settle(5_000);
    for (const { refused } of peers.flatMap(({ links }) => [...links.values()])) expect(refused).toEqual([]);
  });

  /** Bob stands between Alice and Carol, and his disk takes its time: he syncs when `synced` is called. */
  async function slowInTheMiddle() {
    const network = new TestNetwork();
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => network.peer(name)) as [
      TestPeer,
      TestPeer,
      TestPeer,
    ];
    for (const peer of [alice, bob, carol]) peer.mesh.crowded(new Set([general]));
    network.link(alice, bob);
    const { a: toCarol, b: toBob } = network.link(bob, carol);
    await network.settle(1_000);
    const syncs: (() => void)[] = [];
    const sync = bob.storage.sync.bind(bob.storage);
    bob.storage.sync = (done) => void syncs.push(done);
    const synced = async (): Promise<void> => {
      bob.storage.sync = sync;
      for (const done of syncs.splice(0)) done();
      await network.settle(0);
    };
    return { network, alice, bob, carol, toCarol, toBob, synced };
  }

  const claims = (messages: readonly LinkMessage[], device: DeviceId): unknown[] =>
    messages.flatMap((message) => (message.type === 'have' ? [message.conversations[conversation]?.[device]] : []));

  test('an entry is passed on before it is durable there, and said to be held there only then', async () => {
    const { network, alice, bob, carol, toCarol, synced } = await slowInTheMiddle();
    const toAlice = bob.links.get('alice');
    if (!toAlice) return crash();
    await posts(alice, GENERAL, 1);
    await network.settle(5_000);
    expect([texts(carol), entriesIn(toCarol.sent)]).toEqual([1, 1]);
    expect(claims([...toAlice.sent, ...toCarol.sent], alice.device).filter(Boolean)).toEqual([]);
    await synced();
    expect(claims(toAlice.sent, alice.device).filter(Boolean)).toEqual([1]);
  });

  test('what the store does not take is passed on to nobody', async () => {
    const { network, alice, bob, carol, synced } = await slowInTheMiddle();
    await synced();
    const write = bob.storage.write.bind(bob.storage);
    bob.storage.write = () => {
      throw new Error('full');
    };
    await posts(alice, GENERAL, 1);
    await network.settle(1_000);
    expect(texts(carol)).toBe(0);
    bob.storage.write = write;
    await network.settle(10_000);
    expect(texts(carol)).toBe(1);
  });

  test('whoever asks for what was passed on and is not durable there yet is given it once it is', async () => {
    const { network, alice, carol, toCarol, toBob, synced } = await slowInTheMiddle();
    await posts(alice, GENERAL, 3);
    await network.settle(0);
    const asked: LinkMessage = { type: 'want', conversation, device: alice.device, from: 2, to: 3 };
    toBob.send(asked);
    await network.settle(1_000);
    expect([texts(carol), entriesIn(toCarol.sent)]).toEqual([3, 3]);
    await synced();
    expect(entriesIn(toCarol.sent)).toBe(5);
  });

  test('whoever vanishes is missed by nobody for longer than it takes to be told, and then by nobody at all', async () => {
    const { network, peers } = ring(12);
    await grow(network, peers);
    const gone = peers.filter((_, i) => i % 4 === 1);
    for (const { links } of gone) for (const link of [...links.values()]) link.cut();
    const left = peers.filter((peer) => !gone.includes(peer));
    for (const author of left) {
      await posts(author, GENERAL, 1, 'after');
      await network.settle(5_000);
    }
    const counts = left.map(texts);
    expect(counts).toEqual(left.map(() => 12 + left.length));
    for (const author of left) await posts(author, GENERAL, 1, 'healed');
    expect(left.map(texts)).toEqual(left.map(() => 12 + 2 * left.length));
  });

  test('an end that does not know what this is gets, and gives, what it always did', async () => {
    const { network, peers } = ring(12);
    const old = network.peer('old');
    old.features = [];
    for (const peer of peers.slice(0, 3)) network.link(old, peer);
    await grow(network, [...peers, old]);
    await network.settle(5_000);
    await posts(peers[7] ?? crash(), GENERAL, 1);
    await posts(old, GENERAL, 1);
    await network.settle(5_000);
    expect([...peers, old].map(texts)).toEqual(Array.from({ length: 13 }, () => 15));
    const toOld = [...old.links.values()].flatMap(({ other }) => other?.sent ?? []);
    expect(toOld.filter(({ type }) => type === 'push')).toEqual([]);
  });

  test('once all can be linked again, authors alone push, and each entry crosses each link once', async () => {
    const network = new TestNetwork();
    const peers = ['a', 'b', 'c', 'd', 'e'].map((name) => network.peer(name));
    for (const peer of peers) peer.mesh.crowded(new Set([general]));
    peers.forEach((one, i) => peers.slice(i + 1).forEach((other) => network.link(one, other)));
    await grow(network, peers);
    for (const peer of peers) peer.mesh.crowded(new Set());
    await network.settle(1_000);
    const before = received(peers);
    for (const peer of peers) await posts(peer, GENERAL, 1);
    await network.settle(5_000);
    expect(received(peers).map((count, i) => count - (before[i] ?? 0))).toEqual(peers.map(() => 4));
    expect(peers.map(texts)).toEqual(peers.map(() => 10));
  });
});

describe('a hostile end', () => {
  /** Alice and Bob are linked with each other and both with Mallory. */
  async function triangle(): Promise<{ network: TestNetwork; alice: TestPeer; bob: TestPeer; evil: TestPeer }> {
    const network = new TestNetwork();
    const [alice, bob, evil] = ['alice', 'bob', 'mallory'].map((name) => network.peer(name)) as [
      TestPeer,
      TestPeer,
      TestPeer,
    ];
    for (const peer of [alice, bob, evil]) peer.mesh.crowded(new Set([general]));
    network.link(alice, bob);
    network.link(alice, evil);
    network.link(bob, evil);
    await grow(network, [alice, bob, evil]);
    return { network, alice, bob, evil };
  }

  const pushes = (what: 'all' | 'none'): LinkMessage => ({ type: 'push', channel: general, what });

  test('that asks all for nothing, or for all, again and again, silences nobody', async () => {
    for (const what of ['none', 'all'] as const) {
      const { network, alice, bob, evil } = await triangle();
      for (let i = 0; i < 20; i++) {
        for (const link of evil.links.values()) link.send(pushes(what));
        await posts(i % 2 === 0 ? alice : bob, GENERAL, 1);
        await network.settle(400);
      }
      await network.settle(1_000);
      expect([texts(alice), texts(bob)]).toEqual([23, 23]);
    }
  });

  test('that brings everything first, so that others are asked for nothing, and then nothing: all comes all the same', async () => {
    const { network, alice, bob, evil } = await triangle();
    // Bob has been told by Alice; what comes over Mallory's link alone counts from now on.
    bob.links.get('alice')?.send(pushes('none'));
    await network.settle(500);
    for (const link of evil.links.values()) link.sendLines = () => undefined;
    for (let i = 0; i < 5; i++) {
      await posts(alice, GENERAL, 1);
      await network.settle(5_000);
      expect(texts(bob)).toBe(4 + i);
    }
    // Alice's link is in the tree again.
    await posts(alice, GENERAL, 1);
    expect(texts(bob)).toBe(9);
  });

  test('that makes up what others have brought pushes nobody out: only what is known to be right counts as brought twice', async () => {
    const { alice, bob, evil } = await triangle();
    const link = evil.links.get('bob')?.other;
    if (!link) return crash();
    const { tree } = Reflect.get(bob.mesh, 'sync') as { tree: Tree };
    const twice: unknown[] = [];
    tree.duplicate = (...given) => void twice.push(given[2]);
    const real = alice.storage.timeline(conversation).find(({ device }) => device === alice.device);
    if (!real) return crash();
    const madeUp = { ...real, message: 'made up' };
    bob.mesh.messages(link, [toWire({ ...madeUp, id: entryId(madeUp) })]);
    expect(twice).toEqual([]);
    bob.mesh.messages(link, [toWire(real)]);
    expect(twice).toEqual([alice.device]);
  });

  test('that pushes what follows nothing, of ever other devices, hides nothing of what others push', async () => {
    const { network, alice, bob, evil } = await triangle();
    const [fromAlice, fromEvil] = [alice.links.get('bob')?.other, evil.links.get('bob')?.other];
    const [real] = evil.storage.timeline(conversation).filter(({ device }) => device === evil.device);
    const toBob = alice.links.get('bob');
    if (!fromAlice || !fromEvil || !real || !toBob) return crash();
    const madeUp = Array.from({ length: 1_200 }, (_, i): Entry => {
      const fields = { ...real, seq: 9, prev: real.id, device: `x${i}`.padEnd(22, '0') as DeviceId };
      return { ...fields, id: entryId(fields) };
    });
    // Mallory says nothing of what Alice writes, and Bob gets the second of two alone.
    for (const link of evil.links.values()) link.sendLines = () => undefined;
    const { sendLines } = toBob;
    toBob.sendLines = () => undefined;
    await posts(alice, GENERAL, 1);
    await posts(alice, GENERAL, 1);
    toBob.sendLines = sendLines;
    const last = alice.storage.timeline(conversation).findLast(({ device }) => device === alice.device);
    if (!last) return crash();
    bob.mesh.messages(fromEvil, madeUp.map(toWire));
    bob.mesh.messages(fromAlice, [toWire(last)]);
    await network.settle(500);
    expect(texts(bob)).toBe(5);
  });

  test('is told nothing of a channel that it is not in, whatever it asks for', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice', 'secret'), network.peer('bob', 'secret')];
    const evil = network.peer('mallory');
    for (const peer of [alice, bob]) peer.mesh.crowded(new Set(['secret' as ChannelName]));
    network.link(alice, bob);
    network.link(alice, evil);
    await network.settle(500);
    evil.links.get('alice')?.send({ type: 'push', channel: 'secret' as ChannelName, what: 'all' });
    await network.settle(500);
    await posts(bob, '#secret', 3);
    await network.settle(5_000);
    expect(alice.texts('#secret')).toHaveLength(3);
    const told = alice.links.get('mallory')?.sent ?? [];
    expect(JSON.stringify(told)).not.toContain('secret');
  });
});
