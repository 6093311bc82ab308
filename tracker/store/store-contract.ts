/**
 * Tests that every implementation of TrackerStore must pass. They need no test runner: the test file of an implementation
 * passes `test` and a function that opens an empty store.
 */
import assert from 'node:assert/strict';
import { userKey, type ChannelName, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import type { PeerRecord } from '../../protocol/tracker-api.js';
import type { ChannelChange, PresenceChange, TrackerStore } from './tracker-store.js';

export interface ContractSubject {
  store: TrackerStore;
  /** Moves the store's clock forward, for presence. */
  pass(ms: number): Promise<void>;
}

const alice = 'Alice' as Username;
const bob = 'bob' as Username;
const tech = 'tech' as ChannelName;
const general = 'general' as ChannelName;
const device = 'D'.repeat(22) as DeviceId;
const peer: PeerRecord = { username: alice, ip: '10.0.0.5', port: 9101, addresses: [], status: 'online', channels: [] };

export async function addAccount(store: TrackerStore, username: Username): Promise<boolean> {
  return store.accounts.create({ key: userKey(username), username, passwordHash: 'hash', created: 1, admin: 'first' });
}

/** Compares as data: an implementation may return objects of a native module, which have other prototypes. */
export function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(JSON.parse(JSON.stringify(actual)), expected);
}

export type Test = (name: string, run: () => Promise<void>) => void;
export type Check = (name: string, run: (subject: ContractSubject) => Promise<void>) => void;

/** A `test` whose body gets an empty store, which is closed afterwards. */
export function withStore(test: Test, open: () => Promise<ContractSubject>): Check {
  return (name, run) =>
    test(name, async () => {
      const subject = await open();
      try {
        await run(subject);
      } finally {
        await subject.store.close();
      }
    });
}

export function storeContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, open);

  check('an account is made once, and keeps its spelling', async ({ store }) => {
    const both = await Promise.all([addAccount(store, alice), addAccount(store, 'ALICE' as Username)]);
    assert.deepEqual(both, [true, false]);
    const found = await store.accounts.find(userKey(alice));
    assert.equal(found?.username, 'Alice');
    await store.accounts.setPassword(userKey(alice), 'another');
    const changed = await store.accounts.find(userKey(alice));
    assert.deepEqual([changed?.passwordHash, changed?.epoch], ['another', 1]);
    await store.accounts.rehash(userKey(alice), 'the same, hashed anew', 'another');
    const rehashed = await store.accounts.find(userKey(alice));
    assert.deepEqual([rehashed?.passwordHash, rehashed?.epoch], ['the same, hashed anew', 1]);
    assert.equal(await store.accounts.find(userKey(bob)), undefined);
    assert.equal(await store.accounts.count(), 1);
  });

  check('a confusable name is refused, and existing names stay', async ({ store }) => {
    const { accounts, channels } = store;
    const both = await Promise.all([addAccount(store, 'aIice' as Username), addAccount(store, alice)]);
    assert.deepEqual(both, [true, false]);
    assert.equal(await accounts.lookAlike(alice), 'aIice');
    assert.equal(await accounts.lookAlike(bob), undefined);
    await accounts.rehash(userKey('aIice' as Username), 'late', 'another than the present one');
    await accounts.setPassword(userKey('aIice' as Username), 'late', { was: 'another than the present one' });
    assert.equal((await accounts.find(userKey('aIice' as Username)))?.passwordHash, 'hash');
    const made = ['genera1', 'general'].map((name) =>
      channels.create({ name: name as ChannelName, permanent: false, created: 1 }),
    );
    assert.deepEqual(await Promise.all(made), [true, false]);
    assert.equal(await channels.lookAlike(general), 'genera1');
    assert.equal(await channels.create({ name: general, permanent: true, created: 1 }), true);
    assert.equal(await channels.lookAlike('genera1' as ChannelName), general);
  });

  check('accounts are listed by name and by any part of it, in pages that contain each once', async ({ store }) => {
    const { accounts, channels } = store;
    const names = ['Anna', 'banana', 'anand', 'Bob', 'x-an', 'hannah_an', '_an', 'zed'];
    for (const name of names) await addAccount(store, name as Username);
    const pages = async (limit: number, query: { part?: string; sharing?: UserKey } = {}) => {
      const found: string[] = [];
      for (let after: UserKey | undefined; ; after = userKey(found.at(-1) as Username)) {
        const page = await accounts.list({ ...query, after, limit });
        found.push(...page.map(({ username }) => username));
        if (page.length < limit) return found;
      }
    };
    const all = ['_an', 'anand', 'Anna', 'banana', 'Bob', 'hannah_an', 'x-an', 'zed'];
    const an = ['anand', 'Anna', '_an', 'x-an', 'banana', 'hannah_an'];
    for (const limit of [1, 2, 3, 8, 100]) {
      same(await pages(limit), all);
      same(await pages(limit, { part: 'an' }), an);
      same(await pages(limit, { part: 'na' }), ['Anna', 'hannah_an', 'banana', 'anand']);
      same(await pages(limit, { part: '_' }), ['_an', 'hannah_an']);
      for (const part of ['nobody', '%', "'"]) same(await pages(limit, { part }), []);
    }
    await channels.create({ name: general, permanent: true, created: 1 });
    await channels.create({ name: tech, permanent: false, created: 1 });
    for (const name of ['banana', 'Bob', 'Anna']) {
      await channels.join(tech, name.toLowerCase() as UserKey, name as Username);
    }
    for (const limit of [1, 2, 100]) {
      same(await pages(limit, { sharing: 'bob' as UserKey }), ['Anna', 'banana', 'Bob']);
      same(await pages(limit, { sharing: 'bob' as UserKey, part: 'an' }), ['Anna', 'banana']);
      same(await pages(limit, { sharing: 'zed' as UserKey }), ['zed']);
    }
  });

  check('last-seen times are written together, and never go back', async ({ store }) => {
    const { accounts } = store;
    await addAccount(store, alice);
    assert.equal(await accounts.lastSeen(userKey(alice)), undefined);
    await accounts.seen(
      new Map([
        [userKey(alice), 5],
        [userKey(bob), 5],
      ]),
    );
    await accounts.seen(new Map([[userKey(alice), 4]]));
    assert.equal(await accounts.lastSeen(userKey(alice)), 5);
    assert.equal(await accounts.lastSeen(userKey(bob)), undefined);
    same(await accounts.list({ limit: 10 }), [{ key: 'alice', username: 'Alice', lastSeen: 5 }]);
  });

  check('sessions are found by hash, extended, listed newest first, and removed', async ({ store }) => {
    await addAccount(store, alice);
    const session = { user: userKey(alice), username: alice, expires: 100, epoch: 3 };
    await store.sessions.put({ ...session, hash: 'one', created: 1 });
    await store.sessions.put({ ...session, hash: 'two', created: 2 });
    await store.sessions.extend('two', 200);
    same(await store.sessions.find('two'), { ...session, hash: 'two', created: 2, expires: 200 });
    same(await store.sessions.ofUser(userKey(alice)), ['two', 'one']);
    same(await store.sessions.ofDevice(device), []);
    assert.equal(await store.sessions.bind('one', device), true);
    assert.equal(await store.sessions.bind('three', device), false);
    await store.sessions.put({ ...session, hash: 'three', created: 3, device });
    assert.equal((await store.sessions.find('one'))?.device, device);
    same(await store.sessions.ofDevice(device), ['three', 'one']);
    await store.sessions.remove('three');
    assert.equal(await store.sessions.removeExpired(100), 1);
    assert.equal(await store.sessions.find('one'), undefined);
    await store.sessions.remove('two');
    assert.equal(await store.sessions.count(), 0);
  });

  check('a channel counts its members, a permanent one all accounts; watchers get every change', async ({ store }) => {
    const changes: ChannelChange[] = [];
    await store.channels.create({ name: general, permanent: true, created: 1 });
    const stop = store.channels.watch((change) => changes.push(change));
    await addAccount(store, alice);
    await addAccount(store, bob);
    assert.equal(
      await store.channels.create({ name: tech, permanent: false, creator: userKey(bob), created: 1 }),
      true,
    );
    assert.equal(await store.channels.create({ name: tech, permanent: false, created: 1 }), false);
    same(await store.channels.createdBy(userKey(bob)), [1]);
    assert.equal(await store.channels.join(tech, userKey(alice), alice), true);
    assert.equal(await store.channels.join(tech, userKey(alice), alice), false);
    assert.equal(await store.channels.join(general, userKey(alice), alice), false);
    await store.channels.setTopic(tech, 'compilers');
    same(await store.channels.ofUser(userKey(alice)), [general, tech]);
    same(await store.channels.list(), [
      { name: general, topic: '', permanent: true, created: 1, members: 2 },
      { name: tech, topic: 'compilers', permanent: false, creator: 'bob', created: 1, members: 1 },
    ]);
    same(await store.channels.memberNames(tech, 10), [alice]);
    same(await store.channels.memberNames(general, 10), [alice, bob]);
    same(await store.channels.memberNames(general, 1), [alice]);
    same(await store.channels.memberNames('nowhere' as ChannelName, 10), []);
    assert.equal(await store.channels.leave(tech, userKey(alice), alice), true);
    assert.equal(await store.channels.leave(tech, userKey(alice), alice), false);
    stop();
    await store.channels.join(tech, userKey(bob), bob);
    const heard = changes.map((change) =>
      change.type === 'updated'
        ? `${change.channel.name}:${change.channel.members}`
        : `${change.username} ${change.type}`,
    );
    assert.deepEqual(heard, [
      'general:1',
      'general:2',
      'tech:0',
      'Alice joined',
      'tech:1',
      'tech:1',
      'Alice left',
      'tech:0',
    ]);
  });

  check(
    'what an account does in a day is counted up to a bound, for each kind; another day begins anew',
    async ({ store }) => {
      for (const username of [alice, bob]) await addAccount(store, username);
      const take = (what: 'certificate' | 'join', day: number, max = 2, username = alice) =>
        store.dailyCounts.take(userKey(username), what, day, max);
      assert.deepEqual([await take('join', 1), await take('join', 1), await take('join', 1)], [true, true, false]);
      assert.deepEqual([await take('certificate', 1), await take('join', 1, 2, bob)], [true, true]);
      assert.deepEqual(
        [await take('join', 1, 3), await take('join', 2), await take('join', 2, 1)],
        [true, true, false],
      );
      assert.equal(await take('certificate', 3, 0), false);
    },
  );

  check('presence lasts as long as it is touched', async ({ store: { presence }, pass }) => {
    const key = `d:${device}` as const;
    const changes: PresenceChange[] = [];
    const note = (change: PresenceChange) => void changes.push(change);
    const stop = await presence.watch(note);
    assert.equal(await presence.touch(key, 1000), false);
    await presence.put(key, peer, 1000);
    await pass(600);
    assert.equal(await presence.touch(key, 1000), true);
    await pass(600);
    assert.equal(await presence.replace(key, { ...peer, status: 'away' }), true);
    assert.deepEqual(
      changes.map(({ after }) => after?.status),
      ['online', 'away'],
    );
    const late: PresenceChange[] = [];
    (await presence.watch((change) => void late.push(change)))();
    assert.equal(late.length, 1);
    await pass(600);
    assert.deepEqual(
      changes.map(({ before, after }) => [before?.status, after?.status]),
      [
        [undefined, 'online'],
        ['online', 'away'],
        ['away', undefined],
      ],
    );
    stop();
  });

  check('presence can be shortened, but not extended that way, and removed', async ({ store: { presence }, pass }) => {
    const [first, second, third] = ['u:a', 'u:b', 'u:c'] as unknown as [
      `d:${DeviceId}`,
      `d:${DeviceId}`,
      `d:${DeviceId}`,
    ];
    for (const key of [first, second, third]) await presence.put(key, peer, 1000);
    await presence.shorten(first, 100);
    await presence.shorten(second, 5000);
    await presence.remove(third);
    assert.equal(await presence.replace(third, peer), false);
    await pass(150);
    assert.equal(await presence.replace(first, peer), false);
    assert.equal(await presence.replace(second, peer), true);
    await pass(900);
    assert.equal(await presence.replace(second, peer), false);
  });
}
