/** What entries say that came without it is asked of whoever may have it. */
import { describe, expect, test } from '@jest/globals';
import { toWire } from '../../protocol/entry.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { AGAIN_MS } from './content-asks.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const general = '#general' as ConversationId;
const MONTH_MS = 31 * 24 * 3600_000;

interface Scene {
  readonly net: TestNetwork;
  readonly alice: TestPeer;
  readonly bob: TestPeer;
  readonly carol: TestPeer;
}

/** Alice has forgotten `count` old entries that Bob holds; Carol has taken them from her, without their content. */
async function newcomer(count = 3): Promise<Scene> {
  const net = new TestNetwork();
  const [alice, bob, carol] = [net.peer('alice'), net.peer('bob'), net.peer('carol')];
  net.link(alice, bob);
  await posts(alice, general, count, 'old');
  await net.settle();
  net.now += MONTH_MS;
  await posts(alice, general, 1, 'new');
  await net.settle();
  alice.storage.prune(general, alice.device, count);
  net.link(alice, carol);
  await net.settle();
  expect(carol.texts(general)).toEqual([...Array<string>(count).fill(''), 'new 0']);
  return { net, alice, bob, carol };
}

const wants = (peer: TestPeer, other: string): LinkMessage[] =>
  peer.links.get(other)?.sent.filter(({ type }) => type === 'want') ?? [];
const old = (count: number): string[] => [...Array.from({ length: count }, (_, i) => `old ${i}`), 'new 0'];

/** That all of her log is there. */
const haveOf = ({ device }: TestPeer): LinkMessage => ({ type: 'have', conversations: { [general]: { [device]: 4 } } });

/** Sends lines in the name of the other end. */
const says = (from: TestPeer, to: string, ...messages: readonly LinkMessage[]): void => {
  for (const message of messages) from.links.get(to)?.send(message);
};

describe('what came without its content', () => {
  test('comes from another member who has it, and can then be given on', async () => {
    const { net, bob, carol } = await newcomer(600);
    net.link(bob, carol);
    await net.settle(5_000);
    expect(carol.texts(general)).toEqual(old(600));
    expect(carol.storage.contents.size).toBe(0);
    const dave = net.peer('dave');
    net.link(carol, dave);
    await net.settle();
    expect(dave.texts(general)).toEqual(old(600));
  });

  test('comes also where a log has many edits, far from each other', async () => {
    const net = new TestNetwork();
    const [alice, bob, carol] = [net.peer('alice'), net.peer('bob'), net.peer('carol')];
    net.link(alice, bob);
    const said = await Promise.all([alice.post(general, 'old'), net.settle()]).then(([entry]) => entry);
    const edits = ['wrong', 'better', 'right'];
    for (const message of edits) {
      const edit = alice.log.append({ conversation: general, kind: 'edit', message, data: { target: said.id } });
      await net.settle();
      await edit;
      await posts(alice, general, 300, message);
      await net.settle();
    }
    const count = bob.texts(general).length;
    net.now += MONTH_MS;
    await posts(alice, general, 1, 'new');
    await net.settle();
    alice.storage.prune(general, alice.device, count);
    net.link(alice, carol);
    await net.settle();
    expect(carol.texts(general).filter(Boolean)).toEqual(['new 0']);
    net.link(bob, carol);
    await net.settle(10_000);
    expect(carol.texts(general)).toEqual(bob.texts(general));
    expect(carol.storage.contents.size).toBe(0);
  });

  test('is still asked for after a restart', async () => {
    const { net, bob, carol } = await newcomer();
    carol.restart();
    net.link(carol, bob);
    await net.settle(3_000);
    expect(carol.texts(general)).toEqual(old(3));
  });

  test('of which nobody has anything is asked for now and then, and ever more rarely, however often links come', async () => {
    const { net, alice, bob, carol } = await newcomer();
    bob.storage.prune(general, alice.device, 3);
    let asked = 0;
    for (let i = 0; i < 60; i++) {
      net.link(bob, carol);
      await net.settle(AGAIN_MS / 2);
      asked += wants(carol, 'bob').length;
      carol.links.get('bob')?.cut();
    }
    // After 1, 2, 4, 8 and 16 minutes of half an hour.
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(6);
    expect(wants(carol, 'alice')).toEqual([]);
  });

  test('is asked of the next one when somebody says that they have it, and give nothing', async () => {
    const { net, alice, bob, carol } = await newcomer();
    const mallory = net.peer('mallory');
    net.link(mallory, carol);
    says(mallory, 'carol', haveOf(alice));
    await net.settle(2_000);
    expect(wants(carol, 'mallory')).toHaveLength(1);
    net.link(bob, carol);
    await net.settle(8_000);
    expect(carol.texts(general)).toEqual(old(3));
    expect(wants(carol, 'mallory')).toHaveLength(1);
  });

  test('is taken only if it is what was signed, asked for or not', async () => {
    const { net, alice, bob, carol } = await newcomer();
    const [first] = bob.storage.range(general, alice.device, 1, 1);
    if (!first) throw new Error('bug: Bob holds nothing');
    const mallory = net.peer('mallory');
    net.link(mallory, carol);
    // As the same entry, with words of their own.
    says(mallory, 'carol', { ...toWire(first), message: 'I never said that' });
    await net.settle();
    expect(carol.texts(general)).toEqual(['', '', '', 'new 0']);
    // That ends the link.
    expect(carol.links.has('mallory')).toBe(false);
    net.link(mallory, carol);
    says(mallory, 'carol', toWire(first));
    await net.settle();
    expect(carol.texts(general)).toEqual(['old 0', '', '', 'new 0']);
  });

  test('never brings back what was forgotten here', async () => {
    const { net, alice, bob, carol } = await newcomer();
    net.link(bob, carol);
    await net.settle(3_000);
    carol.storage.prune(general, alice.device, 2);
    carol.restart();
    net.link(bob, carol);
    for (const entry of bob.storage.range(general, alice.device, 1, 4)) says(bob, 'carol', toWire(entry));
    await net.settle(10_000);
    expect(carol.texts(general)).toEqual(['', '', 'old 2', 'new 0']);
    expect(wants(carol, 'bob')).toEqual([]);
  });

  test('waits while nothing of its author is taken, and for what was said again of it', async () => {
    const net = new TestNetwork();
    const [alice, bob, carol] = [net.peer('alice'), net.peer('bob'), net.peer('carol')];
    net.link(alice, bob);
    const said = await Promise.all([alice.post(general, 'old'), net.settle()]).then(([entry]) => entry);
    const edit = alice.log.append({ conversation: general, kind: 'edit', message: 'right', data: { target: said.id } });
    await net.settle();
    await edit;
    net.now += MONTH_MS;
    await posts(alice, general, 1, 'new');
    alice.storage.prune(general, alice.device, 2);
    net.link(alice, carol);
    await net.settle();
    expect(carol.texts(general)).toEqual(['', '', 'new 0']);
    const mallory = net.peer('mallory');
    net.link(mallory, carol);
    const [text, change] = bob.storage.range(general, alice.device, 1, 2);
    if (!text || !change) throw new Error('bug: Bob holds nothing');
    // Who gives the old text alone could make it look as the last word.
    says(mallory, 'carol', toWire(text));
    await net.settle();
    expect(carol.texts(general)).toEqual(['', '', 'new 0']);
    carol.declined.add(alice.username);
    says(mallory, 'carol', toWire(change));
    await net.settle();
    expect(carol.texts(general)).toEqual(['', '', 'new 0']);
    carol.declined.clear();
    net.link(bob, carol);
    await net.settle(5_000);
    expect(carol.texts(general)).toEqual(['old', 'right', 'new 0']);
  });

  test('counts as what its author sends: two who act together bring no more than one', async () => {
    const net = new TestNetwork();
    net.rates = { overhead: 512, burst: 64 * 1024, perMs: 4, userBurst: 20_000, userPerMs: 0.001 };
    const [alice, bob, carol] = [net.peer('alice'), net.peer('bob'), net.peer('carol')];
    net.link(alice, bob);
    for (let i = 0; i < 3; i++) {
      await Promise.all([alice.post(general, `${i} ${'x'.repeat(9_000)}`), net.settle()]);
      net.now += MONTH_MS;
    }
    alice.storage.prune(general, alice.device, 3);
    net.link(alice, carol);
    await net.settle();
    net.link(bob, carol);
    await net.settle(20_000);
    expect(carol.texts(general).filter(Boolean)).toHaveLength(1);
    net.now += MONTH_MS;
    carol.restart();
    net.link(bob, carol);
    await net.settle(20_000);
    expect(carol.texts(general).filter(Boolean).length).toBeGreaterThan(1);
  });

  test('counts once, however often it is sent: nobody uses up what an author may send', async () => {
    const net = new TestNetwork();
    net.rates = { overhead: 512, burst: 64 * 1024, perMs: 4, userBurst: 40_000, userPerMs: 0.001 };
    const [alice, bob, carol] = [net.peer('alice'), net.peer('bob'), net.peer('carol')];
    net.link(alice, bob);
    for (let i = 0; i < 3; i++) {
      await Promise.all([alice.post(general, `${i} ${'x'.repeat(9_000)}`), net.settle()]);
      net.now += MONTH_MS;
    }
    alice.storage.prune(general, alice.device, 3);
    net.link(alice, carol);
    await net.settle();
    const mallory = net.peer('mallory');
    net.link(mallory, carol);
    const [first, ...rest] = bob.storage.range(general, alice.device, 1, 3).map(toWire);
    if (!first) throw new Error('bug: Bob holds nothing');
    says(mallory, 'carol', first, first, first, first, ...rest);
    await net.settle();
    expect(carol.texts(general).map((text) => text.at(0))).toEqual(['0', '1', '2']);
  });

  test('a link that says without end that it has nothing keeps nobody busy', async () => {
    const { net, alice, carol } = await newcomer();
    const mallory = net.peer('mallory');
    net.link(mallory, carol);
    const { device } = alice;
    const lines = Array.from({ length: 300 }, (_, i): LinkMessage => ({
      type: 'pruned',
      conversation: general,
      device,
      upTo: i + 1,
    }));
    says(mallory, 'carol', haveOf(alice));
    await net.settle();
    says(mallory, 'carol', ...lines);
    await net.settle(20_000);
    expect(wants(carol, 'mallory').length).toBeLessThanOrEqual(2);
  });
});
