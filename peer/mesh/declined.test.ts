/** A member of whom one peer takes nothing: missed by nobody else, claimed by nobody who lacks it, and fetched afterwards. */
import { describe, expect, test } from '@jest/globals';
import type { ConversationId, Username } from '../../protocol/ids.js';
import type { TestPeer } from './test-network.js';
import { posts, TestNetwork } from './test-network.js';

const GENERAL = '#general';
const mallory = 'mallory' as Username;
const of = (peer: TestPeer, author: string): number =>
  peer.texts(GENERAL).filter((text) => text.startsWith(author)).length;
const claims = (link: { sent: readonly { type: string }[] }, author: TestPeer): number =>
  Math.max(
    0,
    ...link.sent.flatMap((message) => {
      const heads = message.type === 'have' ? (message as unknown as Have).conversations : {};
      return heads[GENERAL as ConversationId]?.[author.device] ?? 0;
    }),
  );
interface Have {
  readonly conversations: Record<string, Record<string, number> | undefined>;
}

function decline(peer: TestPeer, declined: boolean): void {
  if (declined) peer.declined.add(mallory);
  else peer.declined.delete(mallory);
  peer.mesh.reconsider();
}

describe('somebody who is blocked', () => {
  test('is not stored, asked for or claimed from then on; what was there before stays, and others are heard', async () => {
    const net = new TestNetwork();
    const [alice, bob, evil] = [net.peer('alice'), net.peer('bob'), net.peer('mallory')];
    const { a: toEvil } = net.link(alice, evil);
    const { a: toBob } = net.link(alice, bob);
    net.link(bob, evil);
    await posts(evil, GENERAL, 3);
    await net.settle();
    decline(alice, true);
    toEvil.sent.length = toBob.sent.length = 0;
    await posts(evil, GENERAL, 5, 'mallory again');
    await posts(bob, GENERAL, 2);
    await net.settle(40_000);
    expect([of(alice, 'mallory'), of(alice, 'bob'), of(bob, 'mallory')]).toEqual([3, 2, 8]);
    expect([...toEvil.sent, ...toBob.sent].filter(({ type }) => type === 'want')).toEqual([]);
    expect([claims(toEvil, evil), claims(toBob, evil)]).toEqual([0, 0]);
    expect([...toEvil.refused, ...toBob.refused]).toEqual([]);
    expect([...alice.links.keys()].sort()).toEqual(['bob', 'mallory']);
  });

  test('is fetched when they no longer are, from themself or from others', async () => {
    for (const from of ['mallory', 'bob']) {
      const net = new TestNetwork();
      const [alice, bob, evil] = [net.peer('alice'), net.peer('bob'), net.peer('mallory')];
      net.link(bob, evil);
      decline(alice, true);
      net.link(alice, from === 'bob' ? bob : evil);
      await posts(evil, GENERAL, 5);
      await net.settle();
      expect(of(alice, 'mallory')).toBe(0);
      decline(alice, false);
      await net.settle(10_000);
      expect(of(alice, 'mallory')).toBe(5);
    }
  });

  test('in the middle of a piece: nothing of it is stored, and all of it comes in the end', async () => {
    const net = new TestNetwork();
    const [alice, evil] = [net.peer('alice'), net.peer('mallory')];
    net.link(alice, evil);
    const written = Array.from({ length: 600 }, (_, i) => evil.post(GENERAL, `mallory ${i}`));
    decline(alice, true);
    await net.settle(5_000);
    await Promise.all(written);
    expect(of(alice, 'mallory')).toBe(0);
    decline(alice, false);
    await net.settle(10_000);
    expect(of(alice, 'mallory')).toBe(600);
  });

  test('by those in between reaches everybody who has another way', async () => {
    const net = new TestNetwork();
    const [alice, bob, carol, evil] = [net.peer('alice'), net.peer('bob'), net.peer('carol'), net.peer('mallory')];
    decline(bob, true);
    net.link(evil, bob);
    net.link(bob, carol);
    net.link(evil, alice);
    net.link(alice, carol);
    await posts(evil, GENERAL, 4);
    await net.settle(2_000);
    expect([of(alice, 'mallory'), of(bob, 'mallory'), of(carol, 'mallory')]).toEqual([4, 0, 4]);
  });
});
