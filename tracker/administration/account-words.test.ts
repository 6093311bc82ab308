/** What the CA says of accounts, where more of them were disabled than a snapshot names. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { userKey, type Username } from '../../protocol/ids.js';
import { Authority, selfSign } from '../authority.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { FakeClock } from '../testing/fake-clock.js';
import { AccountWords } from './account-words.js';

test('who is let in again is told so, also after a start and a thousand later changes', async () => {
  const clock = new FakeClock();
  const store = openSqliteStore(':memory:', clock);
  const { accounts } = store;
  const options = { clock, randomBytes };
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const authority = await Authority.open({ key, certificate: await selfSign(privateKey, options) }, options);
  const add = async (name: string, state: 'disabled' | 'used') => {
    const username = name as Username;
    const account = { key: userKey(username), username, passwordHash: 'hash', created: clock.now() };
    await accounts.create(account);
    clock.advance(10);
    await accounts.change(account.key, { state: 'disabled' }, clock.now());
    if (state === 'used') await accounts.change(account.key, { state }, clock.now());
  };
  await add('Bob', 'used');
  for (let n = 0; n < 1_000; n += 1) await add(`u${n}`, 'disabled');

  const words = await AccountWords.open({ store: accounts, authority }, (error) => {
    throw error;
  });
  const bob = words.list(userKey('Bob' as Username));
  expect([bob.length, bob.at(-1)]).toEqual([1_000, expect.objectContaining({ username: 'Bob', used: true })]);
  const other = words.list(userKey('carol' as Username));
  expect([other.length, other[0]?.username, other.at(-1)?.username]).toEqual([1_000, 'u999', 'u0']);
  await store.close();
});
