/** The store's contract on real NATS servers: one that stands alone, and a cluster of three. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userKey, type Username } from '../../../protocol/ids.js';
import type { PeerRecord } from '../../../protocol/tracker-api.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { TestNats } from '../../testing/nats-servers.js';
import { silent } from '../../testing/test-tracker.js';
import { adminContract } from '../admin-contract.js';
import { archiveContract } from '../archive-contract.js';
import { channelContract } from '../channel-contract.js';
import { deviceContract } from '../device-contract.js';
import { epochContract } from '../epoch-contract.js';
import { mailboxContract } from '../mailbox-contract.js';
import { sharingContract } from '../sharing-contract.js';
import { addAccount, storeContract } from '../store-contract.js';
import type { PresenceKey } from '../tracker-store.js';
import type { NatsServers } from './packages.js';
import { openNatsStore } from './nats-store.js';

const PEER: PeerRecord = {
  username: 'alice',
  ...{ ip: '10.0.0.5', port: 9101, addresses: [], status: 'online', channels: [] },
};

const openStore = (servers: NatsServers, clock: FakeClock, replicas: number) =>
  openNatsStore({ servers, clock, log: silent, replicas, name: 'test' });

describe('the store over one NATS server', () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await TestNats.start(1);
  });
  afterAll(() => nats.stop());

  const open = async () => {
    const clock = new FakeClock();
    const store = await openStore(nats.newAccount()(0), clock, 1);
    return { store, pass: async (ms: number) => clock.advance(ms) };
  };
  storeContract(test, open);
  mailboxContract(test, open);
  archiveContract(test, open);
  channelContract(test, open);
  adminContract(test, open);
  epochContract(test, open);
  deviceContract(test, open);

  test('a clock that is set ahead lets nobody leave', async () => {
    const [clock, at] = [new FakeClock(), nats.newAccount()(0)];
    const [one, other] = await Promise.all([openStore(at, clock, 1), openStore(at, clock, 1)]);
    const key = 'u:alice' as PresenceKey;
    const told: string[] = [];
    const arrived = new Promise<void>((resolve) => {
      void other.presence.watch(({ key: of, after }) => {
        told.push(`${of} ${after ? 'is there' : 'has left'}`);
        resolve();
      });
    });
    await one.presence.put(key, PEER, 45_000);
    await arrived;
    // Each turn looks who is silent; a silent node's peers would leave with the second one.
    for (const by of [3600_000, 3600_000, -7200_000, 3600_000]) {
      clock.set(by);
      clock.advance(1_000);
    }
    expect(await one.presence.touch(key, 45_000)).toBe(true);
    expect(told).toEqual(['u:alice is there']);
    await Promise.all([one.close(), other.close()]);
  });
});

describe('two stores of a cluster of three NATS servers', () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await TestNats.start(3);
  });
  afterAll(() => nats.stop());

  const openBoth = async () => {
    const clock = new FakeClock();
    const at = nats.newAccount();
    const stores = await Promise.all([openStore(at(0, 1, 2), clock, 3), openStore(at(1, 2, 0), clock, 3)]);
    return {
      stores,
      pass: async (ms: number) => clock.advance(ms),
    };
  };
  sharingContract(test, openBoth);

  test('without a quorum nothing is written, nobody is taken for unknown, and all goes on by itself', async () => {
    const { stores } = await openBoth();
    const [one, other] = stores;
    await addAccount(one, 'Alice' as Username);
    const session = {
      user: userKey('Alice' as Username),
      username: 'Alice' as Username,
      created: 1,
      expires: 10 ** 14,
      epoch: 0,
    };
    await one.sessions.put({ ...session, hash: 'one' });
    await nats.kill(1);
    await nats.kill(2);
    await expect(addAccount(one, 'bob' as Username)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 2 });
    expect(one.states.now().state).toBe('read_only');
    expect(await one.sessions.find('one')).toMatchObject({ username: 'Alice' });
    // Another node may have opened it: that it is unknown here does not say that it is none.
    const unknown = () =>
      one.sessions.find('two').then(
        () => undefined,
        (error: unknown) => error,
      );
    // A leader that has lost the others notices it after some seconds.
    let answer: unknown;
    while (answer === undefined) answer = await unknown();
    expect(answer).toMatchObject({ code: 'unavailable' });
    await Promise.all([nats.startServer(1), nats.startServer(2)]);
    while (!(await addAccount(one, 'carol' as Username).catch(() => false))) continue;
    expect((await other.accounts.find(userKey('carol' as Username)))?.username).toBe('carol');
    await one.close();
    await other.close();
  });
});
