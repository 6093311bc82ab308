import { describe, expect, test } from '@jest/globals';
import { entryId, toWire, type Entry } from '../../protocol/entry.js';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { Sync } from './sync.js';
import { nextFields, posts, TestNetwork, type TestPeer } from './test-network.js';

describe('of another authority', () => {
  const general = '#general' as ConversationId;
  const [author, holder, second] = ['author', 'holder', 'second'].map((name) => name.padEnd(22, '0') as DeviceId);

  function asking(knows: (device: DeviceId) => boolean) {
    const wanted: unknown[] = [];
    let held = 0;
    const sync = new Sync({
      username: 'alice' as Username,
      device: 'alice'.padEnd(22, '0') as DeviceId,
      channels: new Set(['general' as ChannelName]),
      log: {
        durable: () => new Map<DeviceId, number>(),
        conversations: () => [],
        seq: (_conversation, device) => (device === author ? held : 0),
        knows,
      },
      out: {
        ranges: () => undefined,
        pruned: () => undefined,
        agreed: () => undefined,
        have: () => undefined,
        want: (link, _conversation, _device, from, to) => void wanted.push([link, from, to]),
        serve: () => undefined,
        stopServing: () => undefined,
        push: () => undefined,
        unfollow: () => undefined,
        receipt: () => undefined,
        ownTail: () => undefined,
      },
    });
    for (const [link, device] of [
      [1, holder],
      [2, second],
    ] as const) {
      if (!device) throw new Error('bug: no device');
      sync.linkUp({ link, username: 'bob' as Username, device, channels: ['general' as ChannelName] }, 0);
    }
    const tell = (link: number): void => {
      if (author) sync.have(link, new Map([[general, new Map([[author, 500]])]]), true, 0);
    };
    const brings = (seq: number, now: number): void => {
      held = seq;
      if (author) sync.durable(new Map([[general, new Map([[author, seq]])]]), now);
    };
    return { sync, wanted, tell, brings };
  }

  test('a log is asked for by its first entry, and by the rest once that is proven', () => {
    let proven = false;
    const { wanted, tell, brings } = asking(() => proven);
    tell(1);
    expect(wanted).toEqual([[1, 1, 1]]);
    proven = true;
    brings(4, 10);
    expect(wanted).toEqual([
      [1, 1, 1],
      [1, 5, 500],
    ]);
  });

  test('a log that nobody here can check is asked for once on each link, and never again', () => {
    const { sync, wanted, tell } = asking(() => false);
    tell(1);
    if (author) sync.asking.unproven(1, author, 10);
    tell(1);
    for (let now = 0; now < 120_000; now += 1_000) sync.tick(now);
    expect(wanted).toEqual([[1, 1, 1]]);
    tell(2);
    if (author) sync.asking.unproven(2, author, 10);
    for (let now = 120_000; now < 240_000; now += 1_000) sync.tick(now);
    expect(wanted).toEqual([
      [1, 1, 1],
      [2, 1, 1],
    ]);
    expect(sync.busy).toBe(false);
  });
});

describe('what must not pass', () => {
  const attack = async (
    craft: (alice: TestPeer) => Entry[],
  ): Promise<{ bob: TestPeer; alice: TestPeer; codes: unknown[] }> => {
    const network = new TestNetwork();
    const [alice, bob] = [network.peer('alice'), network.peer('bob')];
    const link = network.link(alice, bob);
    await posts(alice, '#general', 2);
    await network.settle();
    for (const entry of craft(alice)) link.a.send(toWire(entry));
    await network.settle();
    const errors = link.b.sent.flatMap((message) => (message.type === 'error' ? [message.code] : []));
    return { alice, bob, codes: [...link.b.refused, ...errors] };
  };
  const signed = (alice: TestPeer, fields: Omit<Entry, 'id' | 'sig'>, by = alice): Entry => {
    const id = entryId(fields);
    return { ...fields, id, sig: by.network.keys(by.device).sign(id) };
  };

  test('a forged signature closes the link', async () => {
    const { bob, codes } = await attack((alice) => {
      const mallory = alice.network.peer('mallory');
      return [signed(alice, nextFields(alice, 'forged'), mallory)];
    });
    expect(codes).toContain('bad_signature');
    expect(bob.texts('#general')).toHaveLength(2);
  });

  test('an entry in the name of another user is refused', async () => {
    const { bob, codes } = await attack((alice) => [signed(alice, { ...nextFields(alice, 'x'), from: bobName })]);
    expect(codes).toContain('identity_mismatch');
    expect(bob.texts('#general')).toHaveLength(2);
  });

  test('a gap is not stored', async () => {
    const { bob } = await attack((alice) => [signed(alice, { ...nextFields(alice, 'gap'), seq: 9 })]);
    expect(bob.texts('#general')).toHaveLength(2);
  });

  test('a replayed entry changes nothing', async () => {
    const { bob, codes } = await attack((alice) => alice.storage.timeline('#general' as ConversationId));
    expect(bob.texts('#general')).toHaveLength(2);
    expect(bob.shown).toHaveLength(2);
    expect(codes).toEqual([]);
  });

  test('a fork is noticed, and the first entry stands', async () => {
    const { alice, bob } = await attack((author) => {
      const [first] = author.storage.timeline('#general' as ConversationId);
      if (!first) throw new Error('bug: nothing was posted');
      const { id: _id, sig: _sig, ...fields } = first;
      return [signed(author, { ...fields, message: 'another' })];
    });
    expect(bob.forks).toEqual([`#general ${alice.device} 1`]);
    expect(bob.texts('#general')).toEqual(['alice 0', 'alice 1']);
  });

  test('a fork in an entry that only a later signature covers is noticed', async () => {
    const { alice, bob } = await attack((author) => {
      const [first] = author.storage.timeline('#general' as ConversationId);
      if (!first) throw new Error('bug: nothing was posted');
      const { id: _id, sig: _sig, ...fields } = first;
      const other = { ...fields, message: 'another' };
      const unsigned = { ...other, id: entryId(other) };
      return [unsigned, signed(author, { ...other, seq: 2, prev: unsigned.id })];
    });
    expect(bob.forks).toEqual([`#general ${alice.device} 1`]);
    expect(bob.texts('#general')).toEqual(['alice 0', 'alice 1']);
  });

  test('nobody is said to have forked for what another made up', async () => {
    const { bob, codes } = await attack((author) => {
      const fields = nextFields(author, 'made up');
      const real = signed(author, nextFields(author, 'real'));
      return [{ ...fields, id: entryId(fields) }, real];
    });
    expect(bob.forks).toEqual([]);
    expect(codes).toContain('broken_chain');
  });

  test('a conversation that is not shared is not taken', async () => {
    const { bob, codes } = await attack((alice) => [
      signed(alice, { ...nextFields(alice, 'x'), seq: 1, prev: '', conversation: '#other' as ConversationId }),
    ]);
    expect(codes).toContain('not_served');
    expect(bob.texts('#other')).toEqual([]);
  });

  test('logs of devices that do not exist fill no memory without end', () => {
    const [general, channels] = ['#general' as ConversationId, new Set(['general' as ChannelName])];
    const log = { durable: () => new Map(), conversations: () => [], seq: () => 0, limit: () => Infinity };
    const [self, other] = ['a', 'b'].map((letter) => letter.repeat(22) as DeviceId) as [DeviceId, DeviceId];
    let wants = 0;
    const quiet = {
      have() {},
      ranges() {},
      pruned() {},
      agreed() {},
      serve() {},
      stopServing() {},
      push() {},
      unfollow() {},
      receipt() {},
      ownTail() {},
    };
    const sync = new Sync({
      username: bobName,
      device: self,
      channels,
      log,
      out: { ...quiet, want: () => void wants++ },
    });
    sync.linkUp({ link: 1, username: 'mallory' as Username, device: other, channels }, 0);
    for (let line = 0; line < 70; line++) {
      const devices = Array.from({ length: 1_000 }, (_, i) => [`${line}_${i}`.padEnd(22, 'x') as DeviceId, 1] as const);
      sync.have(1, new Map([[general, new Map(devices)]]), false, 0);
    }
    expect(wants).toBe(65_000);
  });

  test('endless unsigned entries are cut off', async () => {
    const { codes } = await attack((alice) => {
      let fields = nextFields(alice, 'flood');
      return Array.from({ length: 400 }, () => {
        const entry: Entry = { ...fields, id: entryId(fields) };
        fields = { ...fields, seq: fields.seq + 1, prev: entry.id };
        return entry;
      });
    });
    expect(codes).toContain('unsigned_run_too_long');
  });
});

const bobName = 'bob' as Entry['from'];
