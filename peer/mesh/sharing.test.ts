import { describe, expect, test } from '@jest/globals';
import type { ChannelName } from '../../protocol/ids.js';
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
