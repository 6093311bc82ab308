/** The part of the store's contract that is about devices: whose they are, what they are called, when they were there. */
import assert from 'node:assert/strict';
import { userKey, type DeviceId, type Username } from '../../protocol/ids.js';
import { addAccount, same, withStore, type ContractSubject, type Test } from './store-contract.js';

const [alice, bob] = ['Alice', 'bob'] as readonly string[] as readonly [Username, Username];
const device = 'D'.repeat(22) as DeviceId;
const stranger = 'S'.repeat(22) as DeviceId;
const own = { device, user: userKey(alice), username: alice, certificate: 'first', created: 1 };

export function deviceContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, open);

  check('a device stays with its first user, can be renewed, and is revoked permanently', async ({ store }) => {
    await addAccount(store, alice);
    await addAccount(store, bob);
    assert.equal(await store.devices.put(own), true);
    assert.equal(await store.devices.put({ ...own, certificate: 'second' }), true);
    assert.equal(await store.devices.put({ ...own, user: userKey(bob), username: bob }), false);
    same(await store.devices.find(device), { ...own, certificate: 'second', revoked: false });
    await store.devices.setEpoch(device, 0);
    assert.equal((await store.devices.find(device))?.epoch, 0);
    assert.equal(await store.devices.put({ ...own, certificate: 'second' }), true);
    assert.equal((await store.devices.find(device))?.epoch, 0);
    await store.devices.setEpoch(device, -1);
    assert.equal((await store.devices.find(device))?.epoch, -1);
    same(await store.devices.revoked(10), []);
    const both = await Promise.all([store.devices.revoke(device, 5), store.devices.revoke(device, 6)]);
    same(both, [true, false]);
    same(await store.devices.revoked(10), [{ device, revokedAt: 5 }]);
    same(await store.devices.revoked(0), []);
    assert.equal(await store.devices.put({ ...own, certificate: 'third' }), false);
    const [only] = await store.devices.ofUser(userKey(alice));
    assert.equal(only?.revoked, true);
    assert.equal(only.revokedAt, 5);
    assert.equal(only.certificate, 'second');
  });

  check('a device has the name that it was given, and what it says itself only until then', async ({ store }) => {
    await addAccount(store, alice);
    await store.devices.put(own);
    const told = async () => {
      const { name, platform } = (await store.devices.find(device)) ?? {};
      return [name, platform];
    };
    same(await told(), [null, null]);
    await store.devices.describe(device, { platform: 'Linux' });
    same(await told(), [null, 'Linux']);
    await store.devices.describe(device, { name: 'laptop' });
    await store.devices.describe(device, { name: 'another', platform: 'macOS' });
    same(await told(), ['laptop', 'macOS']);
    await store.devices.rename(device, "Lena's laptop");
    await store.devices.describe(device, { name: 'laptop', platform: 'macOS' });
    await store.devices.put({ ...own, certificate: 'second' });
    same(await told(), ["Lena's laptop", 'macOS']);
    assert.equal((await store.devices.ofUser(userKey(alice)))[0]?.name, "Lena's laptop");
    // Nothing is made by a word on what is not there.
    await store.devices.describe(stranger, { name: 'x' });
    await store.devices.rename(stranger, 'x');
    assert.equal(await store.devices.find(stranger), undefined);
  });

  check('a device was last seen at the latest time that was ever told', async ({ store: { accounts, devices } }) => {
    const seen = async (at: number, of = device) => {
      await devices.seen(new Map([[of, at]]));
      return devices.lastSeen(of);
    };
    await accounts.create({ key: userKey(alice), username: alice, passwordHash: 'hash', created: 1 });
    await devices.put(own);
    assert.equal(await devices.lastSeen(device), undefined);
    assert.deepEqual([await seen(20), await seen(10), await seen(30)], [20, 20, 30]);
    assert.equal(await seen(40, stranger), undefined);
    await devices.put({ ...own, certificate: 'second' });
    assert.equal(await devices.lastSeen(device), 30);
    await devices.seen(new Map());
  });
}
