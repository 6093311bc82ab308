/** Who is online, between two nodes over a real NATS server: much of it at once, and listeners that fail. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PeerRecord } from '../../../protocol/tracker-api.js';
import { BEAT_MS } from '../../cluster/presence-mirror.js';
import type { Log } from '../../log.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { TestNats } from '../../testing/nats-servers.js';
import { silent } from '../../testing/test-tracker.js';
import type { PresenceKey, TrackerStore } from '../tracker-store.js';
import { openNatsStore } from './nats-store.js';

const LONG_MS = 10 ** 9;

const peer = (username: string, more: Partial<PeerRecord> = {}): PeerRecord => ({
  ...{ username, ip: '127.0.0.1', port: 9000, addresses: [], status: 'online', channels: [] },
  ...more,
});

const keyOf = (username: string) => `u:${username}` as PresenceKey;

describe('presence between two nodes', () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await TestNats.start(1);
  });
  afterAll(() => nats.stop());

  const opener = () => {
    const servers = nats.newAccount()(0);
    return (clock: FakeClock, log: Log = silent) =>
      openNatsStore({ servers, clock, log, replicas: 1, name: `test ${Math.random()}` });
  };

  /** @returns when `other` knows all of them */
  async function heard(other: TrackerStore, keys: readonly PresenceKey[]): Promise<void> {
    const missing = new Set(keys);
    await new Promise<void>((resolve) => {
      const look = (key: PresenceKey): void => {
        missing.delete(key);
        if (missing.size === 0) resolve();
      };
      void other.presence.watch(({ key }) => look(key));
    });
  }

  test('all of a node is learnt, also where that is more than a message may be', async () => {
    const open = opener();
    const clock = new FakeClock();
    const errors: object[] = [];
    const one = await open(clock, { ...silent, error: (facts: object) => void errors.push(facts) });
    // 400 records of about 6 KB, which one message may not hold.
    const channels = Array.from({ length: 200 }, (_, n) => `channel-of-tests-number-${n}`);
    const keys = Array.from({ length: 400 }, (_, n) => keyOf(`user${n}`));
    for (const key of keys) await one.presence.put(key, peer(key.slice(2), { channels }), LONG_MS);
    const other = await open(new FakeClock());
    const all = heard(other, keys);
    clock.advance(BEAT_MS);
    await all;
    expect(errors).toEqual([]);
    await one.close();
    await other.close();
  });

  test('a listener that fails keeps the change from nobody, and stops nothing', async () => {
    const open = opener();
    const errors: object[] = [];
    const [one, other] = [
      await open(new FakeClock()),
      await open(new FakeClock(), { ...silent, error: (facts: object) => void errors.push(facts) }),
    ];
    const failure = new Error('a listener that fails');
    await other.presence.watch(() => {
      throw failure;
    });
    const both = heard(other, [keyOf('alice'), keyOf('bob')]);
    await one.presence.put(keyOf('alice'), peer('alice'), LONG_MS);
    await one.presence.put(keyOf('bob'), peer('bob'), LONG_MS);
    await both;
    expect(errors).toEqual(['alice', 'bob'].map((name) => ({ err: failure, key: keyOf(name) })));
    await one.close();
    await other.close();
  });
});
