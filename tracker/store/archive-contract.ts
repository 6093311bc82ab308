/** The part of the store's contract that is about secrets, what watchers are told, and archives; see store-contract.ts. */
import assert from 'node:assert/strict';
import { userKey, type ChannelName, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import { addAccount, same, withStore, type ContractSubject, type Test } from './store-contract.js';
import type { ArchiveRecord, TrackerStore } from './tracker-store.js';

const alice = 'Alice' as Username;
const bob = 'bob' as Username;
const general = 'general' as ChannelName;
const tech = 'tech' as ChannelName;
const laptop = 'L'.repeat(22) as DeviceId;
const phone = 'P'.repeat(22) as DeviceId;

export function archiveContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, open);

  check('watchers hear of new accounts, of sessions that are removed, and of revocations', async ({ store }) => {
    const heard: string[] = [];
    const stops = [
      store.accounts.watch((username) => heard.push(`came ${username}`)),
      store.sessions.watch((hash) => heard.push(`ended ${hash}`)),
      store.devices.watch(({ device, user, revokedAt }) => heard.push(`revoked ${device[0]} ${user} ${revokedAt}`)),
    ];
    await addAccount(store, alice);
    await addAccount(store, 'ALICE' as Username);
    const session = { user: userKey(alice), username: alice, created: 1, expires: 10 ** 14, epoch: 0 };
    for (const hash of ['one', 'two', 'three']) await store.sessions.put({ ...session, hash });
    await store.sessions.remove('one');
    await store.sessions.remove('one');
    // Those whose time is over end by themselves.
    await store.sessions.removeExpired(10 ** 14);
    const device = { device: laptop, user: userKey(alice), username: alice, certificate: 'pem', created: 1 };
    await store.devices.put(device);
    await store.devices.revoke(laptop, 5);
    await store.devices.revoke(laptop, 6);
    for (const stop of stops) stop();
    await addAccount(store, bob);
    assert.deepEqual(heard, ['came Alice', 'ended one', 'revoked L alice 5']);
  });

  check('a secret is made once, and all who make it get the same', async ({ store: { secrets } }) => {
    assert.equal(await secrets.get('ca'), undefined);
    const made = await Promise.all([
      secrets.create('ca', Buffer.from([0, 255])),
      secrets.create('ca', Buffer.from([1])),
    ]);
    const [first, second] = made.map((value) => Buffer.from(value).toString('hex'));
    assert.equal(first, second);
    assert.equal(Buffer.from((await secrets.get('ca')) ?? []).toString('hex'), first);
    assert.equal(Buffer.from(await secrets.create('ca', Buffer.from([2]))).toString('hex'), first);
  });

  check('a store that can be written says so', async ({ store: { states } }) => {
    same(states.now(), { state: 'ready', problems: [] });
  });

  test('an archive puts all of a store into an empty one, and into no other', async () => {
    const [from, to] = [(await open()).store, (await open()).store];
    try {
      await fill(from);
      const records = await all(from);
      // A record of an account that was made and removed while the archive was read.
      const lost: ArchiveRecord = {
        noun: 'member',
        channel: tech,
        user: 'gone' as UserKey,
        username: 'gone' as Username,
      };
      await to.archive.restore(each([...records, lost]));
      same(await all(to), JSON.parse(JSON.stringify(records)));
      assert.deepEqual([...new Set(records.map(({ noun }) => noun))].sort(), [
        ...['account', 'channel', 'count', 'device', 'mail', 'member', 'prekey', 'record', 'secret', 'session'],
      ]);
      assert.equal((await to.accounts.find(userKey(alice)))?.epoch, 1);
      same(await to.accounts.admins(), ['Alice']);
      same(await to.accounts.stateChanges(9), [{ key: 'carol', username: 'Carol', state: 'disabled', since: 9 }]);
      same(await to.records.find('audit', 'one'), { action: 'disable', by: 'Alice' });
      same(await to.accounts.list({ limit: 9 }), [{ key: 'alice', username: 'Alice', lastSeen: 7 }]);
      assert.equal(await to.devices.lastSeen(laptop), 8);
      assert.equal(await to.accounts.lookAlike('A1ice' as Username), 'Alice');
      assert.equal(await to.mailboxes.bytes(userKey(alice)), 300);
      assert.equal(await to.dailyCounts.take(userKey(alice), 'join', 3, 1), false);
      await assert.rejects(to.archive.restore(each(records)), /accounts here already/);
    } finally {
      await from.close();
      await to.close();
    }
  });

  test('an archive that was put in by a half is gone on with, and nothing is there twice', async () => {
    const from = (await open()).store;
    await fill(from);
    const records = await all(from);
    await from.close();
    // Amid the letters, and when only the end of it was not seen.
    const cuts = [records.findIndex(({ noun }) => noun === 'mail') + 1, records.length];
    for (const cut of cuts) {
      const to = (await open()).store;
      try {
        await to.archive.restore(each(records.slice(0, cut)));
        await to.archive.restore(each(records), { again: true });
        same(await all(to), JSON.parse(JSON.stringify(records)));
        assert.equal(await to.mailboxes.bytes(userKey(alice)), 300);
      } finally {
        await to.close();
      }
    }
  });
}

/** One of each. */
async function fill(store: TrackerStore): Promise<void> {
  const user = userKey(alice);
  await addAccount(store, alice);
  await store.accounts.setPassword(user, 'second');
  await store.accounts.seen(new Map([[user, 7]]));
  await store.accounts.create({ key: userKey(bob), username: bob, passwordHash: '', created: 2, guest: 'here' });
  await store.accounts.guestLeft(userKey(bob));
  await store.sessions.put({
    hash: 'one',
    user,
    username: alice,
    created: 1,
    expires: 10 ** 14,
    epoch: 1,
    device: laptop,
  });
  await store.channels.create({ name: general, permanent: true, created: 1 });
  await store.channels.create({ name: tech, permanent: false, creator: user, created: 2 });
  await store.channels.setTopic(tech, 'compilers');
  await store.channels.join(tech, user, alice);
  for (const device of [laptop, phone])
    await store.devices.put({ device, user, username: alice, certificate: 'pem', created: 1 });
  await store.devices.setEpoch(laptop, 1);
  await store.devices.setLineage(laptop, { mark: 'mark', copied: true });
  await store.devices.describe(laptop, { name: 'Lap', platform: 'Linux' });
  await store.devices.seen(new Map([[laptop, 8]]));
  await store.devices.revoke(phone, 5);
  const prekey = {
    username: alice,
    device: laptop,
    id: 'i'.repeat(22),
    key: 'k'.repeat(43),
    time: 'T',
    sig: 's'.repeat(86),
  };
  await store.prekeys.put({ prekey, user, published: 3 });
  const mail = { user, device: laptop, prekey: 'i'.repeat(22), created: Date.now() };
  for (const size of [100, 200]) await store.mailboxes.put({ ...mail, blob: Buffer.alloc(size, size) }, 1000);
  await store.dailyCounts.take(user, 'join', 3, 5);
  await store.secrets.create('ca', Buffer.from([1, 2]));
  await store.accounts.change(user, { admin: true }, 1);
  await addAccount(store, 'Carol' as Username);
  await store.accounts.change('carol' as UserKey, { state: 'disabled' }, 9);
  await store.records.update('audit', 'one', () => ({ action: 'disable', by: 'Alice' }));
}

async function all(store: TrackerStore): Promise<ArchiveRecord[]> {
  const records: ArchiveRecord[] = [];
  for await (const record of store.archive.records()) records.push(plain(record));
  return records;
}

/** Bytes of every kind as one kind, so that they compare. */
function plain(record: ArchiveRecord): ArchiveRecord {
  if (record.noun === 'mail') return { ...record, mail: { ...record.mail, blob: Buffer.from(record.mail.blob) } };
  return record.noun === 'secret' ? { ...record, value: Buffer.from(record.value) } : record;
}

async function* each(records: readonly ArchiveRecord[]): AsyncGenerator<ArchiveRecord> {
  yield* records;
}
