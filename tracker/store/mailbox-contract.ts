/** The part of the store's contract that is about mailboxes and prekeys; see store-contract.ts. */
import assert from 'node:assert/strict';
import { userKey, type ChannelName, type DeviceId, type Username } from '../../protocol/ids.js';
import type { StoredPrekey } from './mailbox-store.js';
import { addAccount, same, withStore, type ContractSubject, type Test } from './store-contract.js';

const alice = 'Alice' as Username;
const bob = 'bob' as Username;
const laptop = 'L'.repeat(22) as DeviceId;
const phone = 'P'.repeat(22) as DeviceId;
const others = 'O'.repeat(22) as DeviceId;
const general = 'general' as ChannelName;
const tech = 'tech' as ChannelName;

const mail = (size: number, device = laptop, username = alice, created = 1) => ({
  user: userKey(username),
  device,
  prekey: 'k'.repeat(22),
  blob: Buffer.alloc(size, size % 251),
  created,
});

const prekey = (device: DeviceId, username: Username, published: number): StoredPrekey => ({
  prekey: { username, device, id: 'i'.repeat(22), key: 'k'.repeat(43), time: 'T', sig: 's'.repeat(86) },
  user: userKey(username),
  published,
});

export function mailboxContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, async () => {
    const subject = await open();
    for (const username of [alice, bob]) await addAccount(subject.store, username);
    return subject;
  });

  check(
    'a mailbox gives its mails in order and in pages, and only to their device',
    async ({ store: { mailboxes } }) => {
      const told: string[] = [];
      const stop = mailboxes.watch(({ user, device }) => told.push(`${user} ${device[0] ?? ''}`));
      for (const size of [10, 20, 30, 40]) assert.equal(await mailboxes.put(mail(size), 1000), true);
      await mailboxes.put(mail(50, phone), 1000);
      stop();
      await mailboxes.put(mail(60, others, bob), 1000);
      assert.deepEqual(told, ['alice L', 'alice L', 'alice L', 'alice L', 'alice P']);
      const of = { user: userKey(alice), device: laptop };
      const sizes = async (after: string | undefined, count: number, bytes: number) => {
        const { mails, more } = await mailboxes.list(of, after, count, bytes);
        return { sizes: mails.map(({ blob }) => blob.length), more, last: mails.at(-1)?.id };
      };
      const first = await sizes(undefined, 2, 1000);
      assert.deepEqual(first, { sizes: [10, 20], more: true, last: first.last });
      assert.deepEqual((await sizes(first.last, 9, 1000)).sizes, [30, 40]);
      assert.deepEqual((await sizes(undefined, 9, 30)).sizes, [10, 20]);
      // A page has at least one mail, however small its limit.
      assert.deepEqual(await sizes(undefined, 9, 1), { sizes: [10], more: true, last: await firstId() });
      assert.deepEqual((await mailboxes.list({ ...of, device: others }, undefined, 9, 1000)).mails, []);
      async function firstId() {
        return (await mailboxes.list(of, undefined, 1, 1)).mails[0]?.id;
      }
    },
  );

  check('only a device’s own mails are removed, and no id is used twice', async ({ store: { mailboxes } }) => {
    await mailboxes.put(mail(10), 1000);
    const of = { user: userKey(alice), device: laptop };
    const [first] = (await mailboxes.list(of, undefined, 9, 1000)).mails;
    const id = first?.id ?? '';
    await mailboxes.remove({ ...of, device: phone }, [id]);
    await mailboxes.remove({ user: userKey(bob), device: laptop }, [id, 'nonsense', '0']);
    assert.equal((await mailboxes.list(of, undefined, 9, 1000)).mails.length, 1);
    await mailboxes.remove(of, [id]);
    await mailboxes.remove(of, [id]);
    assert.equal((await mailboxes.list(of, undefined, 9, 1000)).mails.length, 0);
    await mailboxes.put(mail(11), 1000);
    assert.notEqual((await mailboxes.list(of, undefined, 9, 1000)).mails[0]?.id, id);
  });

  check('a user’s mailbox has one limit over all devices', async ({ store: { mailboxes } }) => {
    assert.equal(await mailboxes.put(mail(60), 100), true);
    assert.equal(await mailboxes.put(mail(41, phone), 100), false);
    assert.equal(await mailboxes.put(mail(40, phone), 100), true);
    assert.equal(await mailboxes.put(mail(100, others, bob), 100), true);
    assert.equal(await mailboxes.bytes(userKey(alice)), 100);
    await mailboxes.removeDevice(phone);
    assert.equal(await mailboxes.bytes(userKey(alice)), 60);
    assert.equal(await mailboxes.put(mail(40, laptop, alice, 5), 100), true);
    assert.equal(await mailboxes.removeOlder(4), 2);
    assert.equal(await mailboxes.bytes(userKey(alice)), 40);
    assert.equal(await mailboxes.bytes(userKey(bob)), 0);
  });

  check('a device has one prekey; users and channels have the prekeys of their devices', async ({ store }) => {
    const { prekeys, channels } = store;
    await channels.create({ name: general, permanent: true, created: 1 });
    await channels.create({ name: tech, permanent: false, created: 1 });
    await channels.join(tech, userKey(bob), bob);
    await prekeys.put(prekey(laptop, alice, 1));
    await prekeys.put(prekey(phone, alice, 2));
    await prekeys.put(prekey(others, bob, 3));
    await prekeys.put(prekey(laptop, alice, 4));
    assert.equal((await prekeys.find(laptop))?.published, 4);
    assert.equal((await prekeys.find('X'.repeat(22) as DeviceId))?.published, undefined);
    const devices = (found: readonly StoredPrekey[]) => found.map(({ prekey: { device } }) => device);
    same(devices(await prekeys.ofUser(userKey(alice), 9)), [laptop, phone]);
    same(devices(await prekeys.ofUser(userKey(alice), 1)), [laptop]);
    same(devices(await prekeys.ofChannel(general, 9)), [laptop, others, phone]);
    same(devices(await prekeys.ofChannel(tech, 9)), [others]);
    same(devices(await prekeys.ofChannel('none' as ChannelName, 9)), []);
  });
}
