/** Links of a channel with many logs: what they differ in is found by digests, whatever happens meanwhile, and whoever is at the other end. */
import { describe, expect, test } from '@jest/globals';
import type { ChannelName, ConversationId, DeviceId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { Ranges } from '../../protocol/range-messages.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const GENERAL = '#general' as ConversationId;
const tech = 'tech' as ChannelName;
const TECH = '#tech' as ConversationId;
const at = <Item>(items: readonly Item[], i: number): Item => {
  const item = items[i];
  if (item === undefined) throw new Error('bug: no such item');
  return item;
};
const rangesIn = (messages: readonly LinkMessage[]): Ranges[] => messages.filter((it) => it.type === 'ranges');
/** How many logs were told one by one. */
const toldIn = (messages: readonly LinkMessage[]): number =>
  messages.reduce((sum, message) => {
    if (message.type !== 'have') return sum;
    return sum + Object.values(message.conversations).reduce((logs, devices) => logs + Object.keys(devices).length, 0);
  }, 0);

/** Twelve of a channel, all of whom have written, and hold all; nobody is linked any more. */
async function crowd(): Promise<{ network: TestNetwork; peers: TestPeer[] }> {
  const network = new TestNetwork();
  network.listed = 3;
  const peers = Array.from({ length: 12 }, (_, i) => network.peer(`p${String.fromCharCode(97 + i)}`));
  const [first, ...others] = peers;
  if (!first) throw new Error('bug: nobody');
  for (const other of others) network.link(first, other);
  for (const peer of peers) await posts(peer, GENERAL, 2);
  await network.settle(2_000);
  for (const link of [...first.links.values()]) link.cut();
  return { network, peers };
}

const texts = (peers: readonly TestPeer[]): number[] => peers.map((peer) => peer.texts(GENERAL).length);

describe('a channel with many logs', () => {
  test('where nothing differs a digest each is all that is said', async () => {
    const { network, peers } = await crowd();
    const { a, b } = network.link(at(peers, 0), at(peers, 1));
    await network.settle();
    for (const { sent } of [a, b]) {
      expect(rangesIn(sent).map(({ parts }) => parts.length)).toEqual([1]);
      expect(toldIn(sent)).toBe(0);
      expect(sent.filter((it) => it.type === 'have' && it.complete)).toHaveLength(1);
      expect(sent.some(({ type }) => type === 'want')).toBe(false);
    }
    // The live path goes on from there.
    await posts(at(peers, 0), GENERAL, 1);
    expect(texts(peers.slice(0, 2))).toEqual([25, 25]);
    expect(at(peers, 0).receipts.get(`${GENERAL} pb`)).toBe(3);
  });

  test('both have gone on: each gets what it lacks, and their receipts', async () => {
    const { network, peers } = await crowd();
    const [one, two, three] = [at(peers, 0), at(peers, 1), at(peers, 2)];
    await posts(one, GENERAL, 3);
    await posts(two, GENERAL, 4);
    network.link(two, three);
    await posts(three, GENERAL, 2);
    const { a, b } = network.link(two, one);
    await network.settle(2_000);
    expect(texts([one, two])).toEqual([33, 33]);
    expect(toldIn([...a.sent, ...b.sent])).toBeLessThan(10);
    expect(one.receipts.get(`${GENERAL} pb`)).toBe(5);
    expect(two.receipts.get(`${GENERAL} pa`)).toBe(6);
  });

  test('who is new says the few logs that it holds, and gets all', async () => {
    const { network, peers } = await crowd();
    const newcomer = network.peer('new');
    await posts(newcomer, GENERAL, 1);
    for (const [one, two] of [[newcomer, at(peers, 3)] as const, [at(peers, 4), newcomer] as const]) {
      network.link(one, two);
      await network.settle(4_000);
    }
    expect(texts([newcomer, at(peers, 3), at(peers, 4)])).toEqual([25, 25, 25]);
  });

  test('what is written while they compare comes as well', async () => {
    const { network, peers } = await crowd();
    const [one, two] = [at(peers, 0), at(peers, 1)];
    await posts(one, GENERAL, 2);
    await posts(two, GENERAL, 2);
    network.link(one, two);
    const written: Promise<unknown>[] = [];
    for (let i = 0; i < 12; i++) {
      written.push(at([one, two], i % 2).post(GENERAL, `meanwhile ${i}`));
      await network.step();
    }
    await network.settle(4_000);
    await Promise.all(written);
    expect(texts([one, two])).toEqual([40, 40]);
  });

  test('a side of an earlier version is told one by one', async () => {
    const { network, peers } = await crowd();
    const [one, two] = [at(peers, 0), at(peers, 1)];
    two.features = [];
    await posts(two, GENERAL, 1);
    const { a, b } = network.link(one, two);
    await network.settle();
    expect([...rangesIn(a.sent), ...rangesIn(b.sent)]).toEqual([]);
    expect(toldIn(b.sent)).toBe(12);
    expect(texts([one, two])).toEqual([25, 25]);
  });

  test('a channel that is joined later, left and joined again in the midst of it', async () => {
    const { network, peers } = await crowd();
    for (const peer of peers.slice(0, 8)) {
      peer.channels.add(tech);
      peer.mesh.joined(tech);
    }
    for (const peer of peers.slice(1, 8)) network.link(at(peers, 0), peer);
    for (const peer of peers.slice(0, 8)) await posts(peer, TECH, 1);
    await network.settle(2_000);
    const [one, two] = [at(peers, 0), at(peers, 1)];
    for (const link of [...one.links.values()]) link.cut();
    await posts(one, TECH, 1);
    await posts(two, TECH, 1);
    network.link(one, two);
    for (let i = 0; i < 7; i++) {
      await network.step();
      for (const peer of [one, two].slice(i % 2)) {
        peer.channels.delete(tech);
        peer.mesh.left(tech);
        peer.channels.add(tech);
        peer.mesh.joined(tech);
      }
    }
    await network.settle(4_000);
    expect([one, two].map((peer) => peer.texts(TECH).length)).toEqual([10, 10]);
  });
});

test('a channel that is left while it is compared holds up nothing: all else is complete, and pushed', async () => {
  const { network, peers } = await crowd();
  const [one, two] = [at(peers, 0), at(peers, 1)];
  await posts(one, GENERAL, 1);
  const { a, b } = network.link(one, two);
  one.channels.delete('general' as ChannelName);
  one.mesh.left('general' as ChannelName);
  await network.settle(0);
  for (const { sent } of [a, b]) expect(sent.filter((it) => it.type === 'have' && it.complete)).toHaveLength(1);
  await posts(two, '@pa+pb', 1);
  expect(one.texts('@pa+pb')).toEqual(['pb 0']);
});

describe('a side that does not keep to it', () => {
  /** Its lines are dropped, or are others. */
  async function against(
    change: (line: Ranges) => readonly Ranges[],
    ms = 30_000,
  ): Promise<{ one: TestPeer; two: TestPeer; sent: readonly LinkMessage[] }> {
    const { network, peers } = await crowd();
    const [one, two] = [at(peers, 0), at(peers, 1)];
    await posts(one, GENERAL, 2);
    await posts(two, GENERAL, 2);
    const { a, b } = network.link(one, two);
    const send = b.send.bind(b);
    b.send = (message) => (message.type === 'ranges' ? change(message).forEach(send) : send(message));
    await network.settle(ms);
    return { one, two, sent: a.sent };
  }

  test('what it does not answer is told one by one, and taken from it so', async () => {
    let dropped = 0;
    const { one, two, sent } = await against((line) => (line.answers !== undefined && dropped++ < 1 ? [] : [line]));
    expect(dropped).toBeGreaterThan(0);
    expect(toldIn(sent)).toBeGreaterThanOrEqual(12);
    expect(texts([one, two])).toEqual([28, 28]);
  });

  test('answers to what was not asked are refused one by one, and change nothing', async () => {
    const { one, two, sent } = await against((line) => [
      ...(line.answers === undefined
        ? []
        : [
            { ...line, parts: [{ to: 'zz', but: {} }] },
            { ...line, from: 'pzz' },
          ]),
      line,
    ]);
    expect(sent.some((it) => it.type === 'error' && it.code === 'bad_request' && !it.fatal)).toBe(true);
    expect(texts([one, two])).toEqual([28, 28]);
  });

  test('openings without end: each after the first is refused', async () => {
    const { one, two, sent } = await against((line) =>
      line.answers === undefined ? Array<Ranges>(500).fill(line) : [line],
    );
    // Its own, and one for each turn of the other side.
    expect(rangesIn(sent).length).toBeLessThan(8);
    expect(texts([one, two])).toEqual([28, 28]);
  });

  test('who leaves and joins a thousand times is told one by one at last', async () => {
    const { network, peers } = await crowd();
    const [one, two] = [at(peers, 0), at(peers, 1)];
    const { a, b } = network.link(one, two);
    await network.settle(0);
    const number = (i: number): Ranges => ({
      ...{ type: 'ranges', conversation: GENERAL, number: i + 2 },
      parts: [{ digest: 'x'.repeat(43) }],
    });
    for (let i = 0; i < 1_100; i++) {
      b.send({ type: 'left', channel: 'general' as ChannelName });
      b.send({ type: 'joined', channel: 'general' as ChannelName });
      b.send(number(i));
    }
    await network.settle(0);
    const openings = rangesIn(a.sent).filter(({ answers }) => answers === undefined);
    expect(openings.length).toBe(1_024);
    expect(toldIn(a.sent)).toBeGreaterThanOrEqual(12 * 70);
  });

  test('nothing is said of a channel that is not shared', async () => {
    const { network, peers } = await crowd();
    const [one, two] = [at(peers, 0), at(peers, 1)];
    one.channels.add(tech);
    for (let i = 0; i < 5; i++)
      one.heads.advance(new Map([[TECH, new Map([[`t${i}`.padEnd(22, '0') as DeviceId, 1]])]]));
    const { a, b } = network.link(one, two);
    const before = a.sent.length;
    b.send({ type: 'ranges', conversation: TECH, number: 1, parts: [{ digest: 'x'.repeat(43) }] });
    b.send({ type: 'ranges', conversation: TECH, number: 2, parts: [] });
    await network.settle();
    expect(JSON.stringify(a.sent.slice(before))).not.toContain('tech');
  });
});
