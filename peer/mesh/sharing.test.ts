import { describe, expect, test } from '@jest/globals';
import { toWire } from '../../protocol/entry.js';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { Sync } from './sync.js';
import { posts, TestNetwork, type TestPeer } from './test-network.js';

const tech = 'tech' as ChannelName;

function join(peer: TestPeer): void {
  peer.channels.add(tech);
  peer.mesh.joined(tech);
}

function leave(peer: TestPeer): void {
  peer.channels.delete(tech);
  peer.mesh.left(tech);
}

describe('membership that changes while a link is up', () => {
  test('what is joined while a handshake is under way is shared on the link that it leads to', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob', 'tech')];
    const greeted = [...alice.channels];
    await posts(bob, '#tech', 2);
    join(alice);
    await posts(alice, '#tech', 1);
    network.link(alice, bob, greeted);
    await network.settle();
    expect(alice.texts('#tech')).toHaveLength(3);
    expect(bob.texts('#tech')).toEqual(alice.texts('#tech'));
  });

  test('what is left while a handshake is under way is not told on the link that it leads to', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice', 'tech'), network.peer('bob', 'tech')];
    const greeted = [...alice.channels];
    leave(alice);
    const link = network.link(alice, bob, greeted);
    await network.settle();
    await posts(bob, '#tech', 2);
    await network.settle();
    expect(link.b.sent.filter(({ type }) => type === 'broadcast')).toEqual([]);
    expect(alice.texts('#tech')).toEqual([]);
  });

  test('who leaves asks nobody any more for what it lacked', async () => {
    const network = new TestNetwork();
    const [alice, bob, carol] = [
      network.peer('alice', 'tech'),
      network.peer('bob', 'tech'),
      network.peer('carol', 'tech'),
    ];
    const dave = network.peer('dave', 'tech').device;
    const toAlice = network.link(carol, alice);
    const toBob = network.link(carol, bob);
    await network.settle();
    // Both hold what a fourth wrote; one of them was asked.
    const heads = { ['#tech' as ConversationId]: { [dave]: 5 } };
    toAlice.b.send({ type: 'have', conversations: heads });
    toBob.b.send({ type: 'have', conversations: heads });
    await network.settle(0);
    const wants = (): number => [...toAlice.a.sent, ...toBob.a.sent].filter(({ type }) => type === 'want').length;
    expect(wants()).toBe(1);
    leave(carol);
    await network.settle(10_000);
    expect(wants()).toBe(1);
  });

  test('an entry of a channel that was just left costs nothing of what else came with it', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice', 'tech'), network.peer('bob', 'tech')];
    const link = network.link(alice, bob);
    await posts(alice, '#general', 2);
    await posts(alice, '#tech', 1);
    leave(bob);
    // One chunk, sent before the `left` had arrived: an entry of the channel, then one that bob is to have, then a `have`.
    const [tech] = alice.storage.timeline('#tech' as ConversationId);
    const [first, second] = alice.storage.timeline('#general' as ConversationId);
    if (!tech || !first || !second) throw new Error('bug: nothing was posted');
    const other = 'elsewhere'.padEnd(22, '0') as DeviceId;
    const have = { type: 'have', conversations: { ['#general']: { [other]: 7 } } };
    const lines = [tech, first, second].map(toWire);
    link.a.sendLines([...lines, have].map((message) => `${JSON.stringify(message)}\n`).join(''));
    await network.settle(0);
    expect(bob.texts('#general')).toEqual(['alice 0', 'alice 1']);
    expect(link.b.sent).toContainEqual(expect.objectContaining({ type: 'want', device: other, to: 7 }));
    expect(link.b.sent.filter(({ type }) => type === 'error')).toHaveLength(1);
  });

  test('who joins is told nothing by somebody who has left', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice', 'tech'), network.peer('bob')];
    const link = network.link(alice, bob);
    await posts(alice, '#tech', 3);
    leave(alice);
    await network.settle();
    join(bob);
    await network.settle();
    expect(JSON.stringify(link.a.sent)).not.toContain('#tech');
    join(alice);
    await network.settle();
    expect(bob.texts('#tech')).toHaveLength(3);
  });
});

describe('what was written under a former authority', () => {
  const id = (name: string): DeviceId => name.padEnd(22, '0') as DeviceId;
  const [direct, general] = ['@alice+bob', '#general'] as ConversationId[] as [ConversationId, ConversationId];

  /** What a new link of this user is told, and what it is served when it asks for everything all the same. */
  function shownTo(username: string): { told: string[]; served: string[] } {
    const told: string[] = [];
    const served: string[] = [];
    const logs = new Map([
      [id('former'), 3],
      [id('alice'), 2],
    ]);
    const sync = new Sync({
      username: 'alice' as Username,
      device: id('alice'),
      channels: new Set(['general' as ChannelName]),
      log: {
        durable: () => logs,
        conversations: () => [direct, general],
        seq: (_conversation, device) => logs.get(device) ?? 0,
        isFormer: (device) => device === id('former'),
      },
      out: {
        ranges: () => undefined,
        pruned: () => undefined,
        agreed: () => undefined,
        have: (_link, heads) => {
          for (const [conversation, devices] of heads)
            for (const device of devices.keys()) told.push(`${conversation} ${device.replace(/0+$/, '')}`);
        },
        want: () => undefined,
        serve: (_link, conversation, device) => void served.push(`${conversation} ${device.replace(/0+$/, '')}`),
        stopServing: () => undefined,
        push: () => undefined,
        unfollow: () => undefined,
        receipt: () => undefined,
        ownTail: () => undefined,
      },
    });
    const channels = ['general' as ChannelName];
    sync.linkUp({ link: 1, username: username as Username, device: id('other'), channels }, 0);
    for (const conversation of [direct, general])
      for (const device of logs.keys()) sync.want(1, conversation, device, 1, 9);
    // It comes from somebody else only now.
    sync.durable(new Map([[direct, new Map([[id('former'), 3]])]]), 0);
    sync.tick(1_000);
    return { told, served };
  }

  test('to somebody goes to nobody who has their name now, but for what is said in channels', () => {
    const shown = ['#general alice', '#general former', '@alice+bob alice'];
    const { told, served } = shownTo('bob');
    expect([told.sort(), served.sort()]).toEqual([shown, shown]);
  });

  test('goes whole to the user’s own other devices', () => {
    const shown = ['@alice+bob former', '@alice+bob alice', '#general former', '#general alice'];
    const { told, served } = shownTo('ALICE');
    expect(new Set(told)).toEqual(new Set(shown));
    expect(served).toEqual(shown);
  });
});
