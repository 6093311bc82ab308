import { describe, expect, test } from '@jest/globals';
import type { ConversationId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { PRUNED_FEATURE } from '../../protocol/pruned.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const general = '#general' as ConversationId;
const MONTH_MS = 31 * 24 * 3600_000;

/** Alice wrote `old 0` to `old 2`, which Bob has, and a month later `new 0`; the content of her old entries is gone where `forgets` says. */
async function aMonthLater(
  ...forgets: ('alice' | 'bob')[]
): Promise<{ net: TestNetwork; alice: TestPeer; bob: TestPeer }> {
  const net = new TestNetwork();
  const [alice, bob] = [net.peer('alice'), net.peer('bob')];
  net.link(alice, bob);
  await posts(alice, general, 3, 'old');
  await net.settle();
  net.now += MONTH_MS;
  await posts(alice, general, 1, 'new');
  await net.settle();
  for (const peer of [alice, bob])
    if (forgets.includes(peer.name as 'alice')) peer.storage.prune(general, alice.device, 3);
  return { net, alice, bob };
}

/** What a link is given to send, by type. */
function sent(link: { send(message: LinkMessage): void }): LinkMessage[] {
  const messages: LinkMessage[] = [];
  const send = link.send.bind(link);
  link.send = (message) => {
    messages.push(message);
    send(message);
  };
  return messages;
}

describe('entries without their content', () => {
  test('come from their author, so that what follows can come', async () => {
    const { net, alice } = await aMonthLater('alice');
    const carol = net.peer('carol');
    net.link(alice, carol);
    await net.settle();
    expect(carol.texts(general)).toEqual(['', '', '', 'new 0']);
    expect(carol.heads.durable(general).get(alice.device)).toBe(4);
    expect(carol.storage.prunedUpTo(general, alice.device)).toBe(3);
  });

  test('are not given by others, who say so, and whoever has the content is asked', async () => {
    const { net, alice, bob } = await aMonthLater('bob');
    const [carol, dave] = [net.peer('carol'), net.peer('dave')];
    net.link(alice, dave);
    await net.settle();
    alice.links.get('dave')?.cut();
    const { b } = net.link(bob, carol);
    const asked = sent(b);
    await net.settle(40_000);
    expect(carol.texts(general)).toEqual([]);
    // Once: what it is told to be gone is not asked for again.
    expect(asked.filter(({ type }) => type === 'want')).toHaveLength(1);
    net.link(dave, carol);
    await net.settle();
    expect(carol.texts(general)).toEqual(['old 0', 'old 1', 'old 2', 'new 0']);
  });

  test('are not sent to who would take them for damage', async () => {
    const { net, alice } = await aMonthLater('alice');
    const carol = net.peer('carol');
    carol.features = carol.features.filter((feature) => feature !== PRUNED_FEATURE);
    net.link(alice, carol);
    await net.settle(10_000);
    expect(carol.texts(general)).toEqual([]);
    expect(alice.links.has('carol')).toBe(true);
  });

  test('are not believed of what is new: nobody can have forgotten it', async () => {
    const net = new TestNetwork();
    const [alice, bob] = [net.peer('alice'), net.peer('bob')];
    await posts(alice, general, 2);
    alice.storage.prune(general, alice.device, 2);
    net.link(alice, bob);
    await net.settle(10_000);
    expect(bob.texts(general)).toEqual([]);
  });

  test('are not believed from anybody but their author', async () => {
    const { net, bob } = await aMonthLater('bob');
    const carol = net.peer('carol');
    // As a peer that gives them all the same.
    bob.storage.prunedUpTo = () => 0;
    Object.assign(bob, { username: 'alice' });
    bob.restart();
    Object.assign(bob, { username: 'bob' });
    net.link(bob, carol);
    await net.settle(10_000);
    expect(carol.texts(general)).toEqual([]);
  });

  test('are known as old even where a whole log of them is all that there is', async () => {
    const { net, alice } = await aMonthLater('alice');
    alice.storage.prune(general, alice.device, 4);
    net.now += MONTH_MS;
    const carol = net.peer('carol');
    net.link(alice, carol);
    await posts(alice, general, 1, 'later');
    await net.settle();
    expect(carol.texts(general)).toEqual(['', '', '', '', 'later 0']);
    alice.restart();
    carol.restart();
    net.link(alice, carol);
    await posts(alice, general, 1, 'last');
    await net.settle();
    expect(carol.texts(general).at(-1)).toBe('last 0');
  });
});
