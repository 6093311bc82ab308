/** The part of the store's contract that is about epochs: what a new password, and a sign-out everywhere, leave standing. */
import assert from 'node:assert/strict';
import { userKey, type Username } from '../../protocol/ids.js';
import { addAccount, withStore, type ContractSubject, type Test } from './store-contract.js';

const [alice, bob] = ['Alice', 'bob'] as readonly string[] as readonly [Username, Username];

export function epochContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, open);

  check('a new password begins an epoch, and says which devices it leaves let in', async ({ store }) => {
    await addAccount(store, alice);
    const { accounts } = store;
    const epochs = async (): Promise<unknown> => {
      const { epoch, devicesSince = epoch } = (await accounts.find(userKey(alice))) ?? { epoch: -1 };
      return [epoch, devicesSince];
    };
    assert.equal(await accounts.setPassword(userKey(alice), 'one', { keepDevices: true }), true);
    assert.deepEqual(await epochs(), [1, 0]);
    assert.equal(await accounts.setPassword(userKey(alice), 'two', { was: 'hash', keepDevices: true }), false);
    const change = { was: 'one', keepDevices: true };
    const both = ['two', 'three'].map((hash) => accounts.setPassword(userKey(alice), hash, change));
    assert.deepEqual((await Promise.all(both)).sort(), [false, true]);
    assert.deepEqual(await epochs(), [2, 0]);
    assert.equal(await accounts.setPassword(userKey(alice), 'four'), true);
    assert.deepEqual(await epochs(), [3, 3]);
    await accounts.setPassword(userKey(alice), 'five', { keepDevices: true });
    await accounts.endSignIns(userKey(alice));
    assert.deepEqual(await epochs(), [5, 5]);
    assert.equal((await accounts.find(userKey(alice)))?.passwordHash, 'five');
    assert.equal(await accounts.setPassword(userKey(bob), 'one'), false);
    await accounts.endSignIns(userKey(bob));
  });

  check('a session of an earlier epoch is over, also one that was opened too late', async ({ store }) => {
    await addAccount(store, alice);
    const session = { user: userKey(alice), username: alice, expires: 100, created: 1 };
    await store.sessions.put({ ...session, hash: 'one', epoch: 0 });
    await store.accounts.endSignIns(userKey(alice));
    await store.sessions.put({ ...session, hash: 'late', epoch: 0 });
    await store.sessions.put({ ...session, hash: 'two', epoch: 1 });
    assert.equal(await store.sessions.find('one'), undefined);
    assert.equal(await store.sessions.find('late'), undefined);
    assert.equal((await store.sessions.find('two'))?.hash, 'two');
  });
}
