/** A member who writes more than its rate: taken later by all alike, nobody else held up, nobody blamed. */
import { describe, expect, test } from '@jest/globals';
import { RATES, type Rates } from '../../protocol/rates.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { TestPeer } from './test-network.js';
import { posts, TestNetwork } from './test-network.js';

const GENERAL = '#general';
/** 20 entries at once, then two a second; of one user 60 over all logs. */
const rates: Rates = { ...RATES, overhead: 1_000, burst: 21_000, perMs: 2, userBurst: 1e9, userPerMs: 8 };
const of = (peer: TestPeer, author: TestPeer): number =>
  peer.texts(GENERAL).filter((text) => text.startsWith(author.name)).length;

function network(given = rates): { net: TestNetwork; alice: TestPeer; bob: TestPeer; carol: TestPeer } {
  const net = new TestNetwork();
  net.rates = given;
  const [alice, bob, carol] = [net.peer('alice'), net.peer('bob'), net.peer('carol')];
  return { net, alice, bob, carol };
}

/** Each entry signed, so that each may be the end of a piece. */
async function flood(author: TestPeer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await posts(author, GENERAL, 1, `${author.name} ${i}`);
}

describe('a member who floods a channel', () => {
  test('is taken up to the burst; the rest comes with time, in full, and the same at all', async () => {
    const { net, alice, bob, carol } = network();
    net.link(alice, bob);
    net.link(bob, carol);
    await flood(alice, 100);
    await net.settle(2_000);
    const [early, relayed] = [of(bob, alice), of(carol, alice)];
    expect(early).toBeGreaterThan(19);
    expect(early).toBeLessThan(70);
    expect(relayed).toBeLessThanOrEqual(early);
    await net.settle(180_000);
    expect([of(bob, alice), of(carol, alice)]).toEqual([100, 100]);
    expect(bob.held).toEqual(['alice']);
  });

  test('holds up nobody else, and the link that brings it stays', async () => {
    const { net, alice, bob } = network();
    const { b } = net.link(alice, bob);
    await flood(alice, 100);
    const carol = net.peer('carol');
    const side = net.link(bob, carol);
    await posts(carol, GENERAL, 5);
    await posts(bob, GENERAL, 5);
    await net.settle(1_000);
    expect([of(bob, carol), of(carol, bob)]).toEqual([5, 5]);
    expect([...b.refused, ...side.a.refused, ...side.b.refused]).toEqual([]);
    expect(of(bob, alice)).toBeLessThan(100);
  });

  test('is not asked for again and again while it waits', async () => {
    const { net, alice, bob } = network();
    await flood(alice, 100);
    const { b } = net.link(alice, bob);
    await net.settle(25_000);
    expect(b.sent.filter(({ type }) => type === 'want').length).toBeLessThan(10);
  });

  test('cannot bring a claimed past at once: what one user brings is bounded by our own clock', async () => {
    const { net, alice, bob } = network({ ...rates, userBurst: 30_500, userPerMs: 1 });
    // Its times keep to the rate: an hour of writing, told at once.
    for (let i = 0; i < 100; i++) {
      await posts(alice, GENERAL, 1, `alice ${i}`);
      net.now += 36_000;
    }
    net.link(alice, bob);
    await net.settle(1_000);
    expect(of(bob, alice)).toBeGreaterThan(20);
    expect(of(bob, alice)).toBeLessThan(40);
    await net.settle(240_000);
    expect(of(bob, alice)).toBe(100);
  });

  test('has no new burst by a restart of whoever takes it', async () => {
    const { net, alice, bob } = network({ ...rates, perMs: 0.1, userPerMs: 0.1, userBurst: 61_000 });
    net.link(alice, bob);
    await flood(alice, 100);
    await net.settle(2_000);
    const early = of(bob, alice);
    expect(early).toBeGreaterThan(19);
    bob.restart();
    net.link(alice, bob);
    await net.settle(5_000);
    expect(of(bob, alice)).toBeLessThanOrEqual(early + 2);
    await net.settle(1_000_000);
    expect(of(bob, alice)).toBe(100);
  });

  test('is refused by its own peer, and told for how long, once it is far ahead; what is for itself alone is not', async () => {
    const { net, alice } = network({ ...rates, perMs: 0.001 });
    await flood(alice, 20);
    await posts(alice, '@alice+alice', 50);
    expect(alice.log.ahead(GENERAL as ConversationId)).toBe(0);
    await flood(alice, 5);
    await expect(alice.post(GENERAL, 'one more')).rejects.toMatchObject({
      code: 'ahead_of_rate',
      message: expect.stringMatching(/ in \d+ minutes\.$/),
    });
    alice.restart();
    await expect(alice.post(GENERAL, 'after a restart')).rejects.toMatchObject({ code: 'ahead_of_rate' });
    net.now += 3600_000;
    await posts(alice, GENERAL, 1, 'an hour later');
  });

  test('of one user all own devices take all at once', async () => {
    const { net, alice } = network();
    const second = net.peer('alice/2');
    net.link(alice, second);
    await flood(alice, 100);
    await net.settle(1_000);
    expect(of(second, alice)).toBe(100);
  });

  test('makes up names of channels without end: few are remembered', async () => {
    const { net, alice, bob } = network();
    const { a } = net.link(alice, bob);
    for (let i = 0; i < 2_000; i++) a.send({ type: 'joined', channel: `c${i}` as never });
    await net.settle(0);
    const sync = Reflect.get(bob.mesh, 'sync') as { links: Map<number, { channels: Set<string> }> };
    expect([...sync.links.values()][0]?.channels.size).toBeLessThanOrEqual(512);
  });
});
