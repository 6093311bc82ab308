/** What was taken of an invite, where the store fails while the account is made: over a real store that is made to fail. */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import { Accounts } from '../accounts.js';
import { Argon2Hasher } from '../password-hasher.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { AccountStore, TrackerStore } from '../store/tracker-store.js';
import { FakeClock } from '../testing/fake-clock.js';
import { PASSWORD } from '../testing/test-tracker.js';
import { InviteReturns } from './invite-returns.js';
import { Invites } from './invites.js';

let clock: FakeClock;
let store: TrackerStore;
let invites: Invites;
let returns: InviteReturns;
let accounts: Accounts;
/** What happens at the next making of an account, and whether it is asked for in vain. */
let failing: { code: ErrorCode; writes?: boolean } | undefined;
let isSilent: boolean;

beforeEach(() => {
  [failing, isSilent] = [undefined, false];
  clock = new FakeClock();
  store = openSqliteStore(':memory:', clock);
  invites = new Invites({ records: store.records, clock, randomBytes, hasAdmin: async () => true });
  returns = new InviteReturns({ invites, clock });
  const over: Pick<AccountStore, 'create' | 'find' | 'lookAlike'> = {
    create: async (account) => {
      const how = failing;
      failing = undefined;
      if (how === undefined || how.writes === true) await store.accounts.create(account);
      if (how) throw new ParleyError(how.code);
      return true;
    },
    find: (key) => (isSilent ? Promise.reject(new ParleyError('unavailable')) : store.accounts.find(key)),
    lookAlike: (name) => store.accounts.lookAlike(name),
  };
  const flaky = Object.assign(Object.create(store.accounts) as AccountStore, over);
  accounts = new Accounts({
    ...{ store: flaky, hasher: new Argon2Hasher(), clock, invites, returns },
    settings: { registration: 'invite', isLocal: false },
  });
});
afterEach(async () => {
  returns.stop();
  await store.close();
});

const make = async (uses: number): Promise<string> => (await invites.make('Ada', { uses, days: 1 })).code;
const used = async (): Promise<number | undefined> => (await invites.list())[0]?.used;
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
};

async function fails(name: string, invite: string, code: ErrorCode): Promise<void> {
  await expect(accounts.register(name, PASSWORD, { invite })).rejects.toMatchObject({ code });
}

test('a full disk costs no use', async () => {
  const invite = await make(1);
  failing = { code: 'storage_full' };
  await fails('alice', invite, 'storage_full');
  expect([await used(), clock.pending]).toEqual([0, 0]);
  expect(await accounts.register('alice', PASSWORD, { invite })).toBe('alice');
  expect(await used()).toBe(1);
});

test('where it is not known whether the account is there, it is given back once it is known that it is not', async () => {
  const invite = await make(1);
  failing = { code: 'unavailable' };
  await fails('alice', invite, 'unavailable');
  isSilent = true;
  for (let again = 0; again < 5; again += 1) {
    clock.advance(10_000);
    await turns();
    expect([await used(), clock.pending]).toEqual([1, 1]);
  }
  isSilent = false;
  clock.advance(10_000);
  await turns();
  expect([await used(), clock.pending]).toEqual([0, 0]);
});

test('an account that has come about after all has cost its use; one of another by the same name has not', async () => {
  const invite = await make(3);
  failing = { code: 'unavailable', writes: true };
  await fails('alice', invite, 'unavailable');
  failing = { code: 'unavailable' };
  await fails('bob', invite, 'unavailable');
  expect(await accounts.register('bob', 'another password', { invite })).toBe('bob');
  expect(await used()).toBe(3);
  clock.advance(10_000);
  await turns();
  expect([await used(), clock.pending]).toEqual([2, 0]);
});

test('nothing is waited for without end, nor after the end', async () => {
  const invite = await make(2);
  failing = { code: 'unavailable' };
  await fails('alice', invite, 'unavailable');
  isSilent = true;
  for (let looks = 0; clock.pending > 0; looks += 1) {
    expect(looks).toBeLessThan(1_000);
    clock.advance(10_000);
    await turns();
  }
  isSilent = false;
  failing = { code: 'unavailable' };
  await fails('bob', invite, 'unavailable');
  returns.stop();
  expect([await used(), clock.pending]).toEqual([2, 0]);
});
