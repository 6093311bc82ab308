import { describe, expect, test } from '@jest/globals';
import { entryId, toWire } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ChannelName, ConversationId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { nextFields, posts, TestNetwork, type TestPeer } from './test-network.js';

const entriesIn = (messages: readonly LinkMessage[]): number =>
  messages.filter(({ type }) => type === 'chat' || type === 'broadcast').length;

describe('two peers', () => {
  test('an entry arrives, is shown once, and is acknowledged', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    network.link(alice, bob);
    await network.settle();
    const posted = alice.post('#general', 'hello');
    await network.settle();
    expect((await posted).seq).toBe(1);
    expect(bob.shown.map(({ message }) => message)).toEqual(['hello']);
    expect(alice.receipts.get('#general bob')).toBe(1);
  });

  test('what was written while apart is exchanged on meeting, in one order', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    await posts(alice, '#general', 300);
    await posts(bob, '#general', 20);
    network.link(alice, bob);
    await network.settle();
    expect(alice.texts('#general')).toHaveLength(320);
    expect(bob.texts('#general')).toEqual(alice.texts('#general'));
  });

  test('one signature covers a burst, and an unsigned tail is not shown before it is proven', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    const link = network.link(alice, bob);
    await network.settle();
    await posts(alice, '#general', 100);
    const signed = alice.storage.timeline('#general' as ConversationId).filter(({ sig }) => sig !== undefined);
    expect(signed.map(({ seq }) => seq)).toEqual([100]);
    await network.settle();
    expect(bob.texts('#general')).toHaveLength(100);
    const fields = { ...nextFields(alice, 'unsigned'), kind: 'text' };
    link.a.send(toWire({ ...fields, id: entryId(fields) }));
    await network.settle();
    expect(bob.texts('#general')).toHaveLength(100);
  });

  test('a direct conversation begins after the link is up', async () => {
    const network = new TestNetwork();
    const [alice, bob, carol] = [network.peer('alice'), network.peer('bob'), network.peer('carol')];
    network.link(alice, bob);
    network.link(alice, carol);
    await network.settle();
    await posts(alice, '@alice+bob', 2);
    await network.settle();
    await posts(bob, '@alice+bob', 1);
    await network.settle();
    expect(bob.texts('@alice+bob')).toEqual(['alice 0', 'alice 1', 'bob 0']);
    expect(alice.texts('@alice+bob')).toEqual(bob.texts('@alice+bob'));
    expect(carol.shown).toEqual([]);
    expect(JSON.stringify(alice.links.get('carol')?.sent)).not.toContain('@alice+bob');
  });

  test('a cut in the middle of a long catch-up loses nothing', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    await posts(alice, '#general', 3_000);
    const first = network.link(alice, bob);
    for (let i = 0; i < 3; i++) await network.settle(0);
    first.a.cut();
    network.link(alice, bob);
    await network.settle();
    expect(bob.texts('#general')).toEqual(alice.texts('#general'));
  });

  test('a channel that both join later is exchanged, one that only one has is never mentioned', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice', 'secret'), network.peer('bob')];
    const link = network.link(alice, bob);
    await posts(alice, '#secret', 3);
    await network.settle();
    expect(JSON.stringify(link.a.sent)).not.toContain('#secret');
    bob.channels.add('secret' as ChannelName);
    bob.mesh.joined('secret' as ChannelName);
    await network.settle();
    expect(bob.texts('#secret')).toHaveLength(3);
    bob.channels.delete('secret' as ChannelName);
    bob.mesh.left('secret' as ChannelName);
    await posts(alice, '#secret', 1);
    await network.settle();
    expect(bob.texts('#secret')).toHaveLength(3);
  });

  test('a post repeated with its mark is written once, before and after a restart', async () => {
    const network = new TestNetwork();
    const alice = network.peer('alice');
    const both = [alice.post('#general', 'once', 'mark'), alice.post('#general', 'once', 'mark')];
    await network.settle();
    const [first, second] = await Promise.all(both);
    alice.restart();
    const third = await alice.post('#general', 'once', 'mark');
    expect(new Set([first?.id, second?.id, third.id]).size).toBe(1);
    expect(alice.texts('#general')).toEqual(['once']);
  });

  test('what was written before a refusal is answered when it is posted again; anything else is refused', async () => {
    const network = new TestNetwork();
    const alice = network.peer('alice');
    const conversation = '#general' as ConversationId;
    const again = (client?: string) =>
      alice.log.append(
        { conversation, kind: 'text', message: 'hi', data: {}, ...(client !== undefined && { client }) },
        new ParleyError('channel_archived'),
      );
    const both = [alice.post('#general', 'hi', 'one'), again('one')];
    await network.settle();
    const [first, joined] = await Promise.all(both);
    expect(new Set([first?.id, joined?.id, (await again('one')).id]).size).toBe(1);
    for (const client of ['two', undefined])
      await expect(again(client)).rejects.toMatchObject({ code: 'channel_archived' });
    expect(alice.texts('#general')).toEqual(['hi']);
  });
});

describe('more than two', () => {
  test('whoever holds an entry gives it: the author is away', async () => {
    const network = new TestNetwork();
    const [alice, bob, carol] = [network.peer('alice'), network.peer('bob'), network.peer('carol')];
    const link = network.link(alice, bob);
    await posts(alice, '#general', 700);
    await network.settle();
    link.a.cut();
    network.link(bob, carol);
    await network.settle();
    expect(carol.texts('#general')).toEqual(alice.texts('#general'));
  });

  test('in a full mesh each entry crosses each link to each member once', async () => {
    const network = new TestNetwork();
    const peers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => network.peer(name));
    peers.forEach((one, i) => peers.slice(i + 1).forEach((other) => network.link(one, other)));
    await network.settle();
    for (const peer of peers) await posts(peer, '#general', 10);
    await network.settle(5_000);
    for (const peer of peers) {
      expect(peer.texts('#general')).toEqual(peers[0]?.texts('#general'));
      const received = [...peer.links.values()].map(({ other }) => entriesIn(other?.sent ?? []));
      expect(received.reduce((sum, count) => sum + count, 0)).toBe(50);
    }
  });

  test('a source that holds more but brings nothing is left for another', async () => {
    const network = new TestNetwork();
    const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => network.peer(name)) as [
      TestPeer,
      TestPeer,
      TestPeer,
      TestPeer,
    ];
    network.link(alice, bob);
    await posts(alice, '#general', 5);
    await network.settle();
    alice.restart();
    // Carol only claims.
    const liar = network.link(carol, dave);
    await network.settle();
    liar.a.send({ type: 'have', conversations: { ['#general' as ConversationId]: { [alice.device]: 5 } } });
    await network.settle();
    network.link(bob, dave);
    await network.settle(8_000);
    expect(dave.texts('#general')).toHaveLength(5);
  });

  test('a clock that is set back by an hour holds nobody up for an hour', async () => {
    const network = new TestNetwork();
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => network.peer(name)) as [
      TestPeer,
      TestPeer,
      TestPeer,
    ];
    network.link(alice, bob);
    await network.settle();
    network.link(bob, carol);
    await network.settle();
    await posts(alice, '#general', 1);
    expect(carol.texts('#general')).toEqual([]);
    network.now -= 3_600_000;
    await network.settle(2_000);
    expect(carol.texts('#general')).toEqual(['alice 0']);
  });

  test('another device of the same user gets direct conversations too', async () => {
    const network = new TestNetwork();
    const [desk, lap, bob] = [network.peer('alice/desk'), network.peer('alice/lap'), network.peer('bob')];
    network.link(desk, bob);
    await posts(bob, '@alice+bob', 2);
    await network.settle();
    network.link(desk, lap);
    await network.settle();
    expect(lap.texts('@alice+bob')).toEqual(['bob 0', 'bob 1']);
    // Bob holds nothing of what this device wrote, and its own user's laptop gives no receipts.
    expect([...desk.receipts]).toEqual([['@alice+bob bob', 0]]);
  });
});

describe('when storage or power fails', () => {
  test('a full disk refuses posts, loses nothing, and goes on when there is room', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    network.link(alice, bob);
    await network.settle();
    bob.storage.full = true;
    const refused = bob.post('#general', 'no room');
    const failed = refused.catch((error: unknown) => (error as { code?: string }).code);
    await posts(alice, '#general', 5);
    await network.settle();
    expect(await failed).toBe('storage_full');
    expect(alice.receipts.get('#general bob')).toBeUndefined();
    bob.storage.full = false;
    await network.settle(10_000);
    expect(bob.texts('#general')).toEqual(alice.texts('#general'));
    expect(alice.receipts.get('#general bob')).toBe(5);
  });

  test('what was taken but could not be written is asked for again, though nobody tells of it again', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    network.link(alice, bob);
    await network.settle();
    const syncs: (() => void)[] = [];
    const sync = bob.storage.sync.bind(bob.storage);
    bob.storage.sync = (done) => void syncs.push(done);
    await posts(alice, '#general', 1);
    // It waits for the sync of the first, and the disk is full by then.
    await posts(alice, '#general', 1);
    await network.settle();
    expect(bob.log.seq('#general' as ConversationId, alice.device)).toBe(2);
    bob.storage.full = true;
    bob.storage.sync = sync;
    syncs[0]?.();
    await network.settle();
    expect(bob.texts('#general')).toHaveLength(1);
    bob.storage.full = false;
    await network.settle(10_000);
    expect(bob.texts('#general')).toEqual(alice.texts('#general'));
  });

  test('a device that lost its own tail fetches it back before it writes again', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    const link = network.link(alice, bob);
    await posts(alice, '#general', 10);
    await network.settle();
    link.a.cut();
    alice.storage.lose('#general' as ConversationId, alice.device, 10);
    alice.restart();
    network.link(alice, bob);
    await network.settle(200);
    await posts(alice, '#general', 1, 'after');
    await network.settle();
    expect(bob.forks).toEqual([]);
    expect(alice.texts('#general')).toHaveLength(11);
    expect(bob.texts('#general')).toEqual(alice.texts('#general'));
  });

  test('a mere claim about our own tail does not keep us from writing for long', async () => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    const link = network.link(alice, bob);
    await network.settle();
    link.b.send({ type: 'have', conversations: { ['#general' as ConversationId]: { [alice.device]: 99 } } });
    await network.settle(0);
    await expect(alice.post('#general', 'too early')).rejects.toMatchObject({ code: 'recovering' });
    await network.settle(5_000);
    await posts(alice, '#general', 1);
    expect(alice.texts('#general')).toEqual(['alice 0']);
  });
});
