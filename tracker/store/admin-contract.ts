/** The part of the store's contract that is about who runs the tracker: states of accounts, admins, records; see store-contract.ts. */
import assert from 'node:assert/strict';
import { userKey, type ChannelName, type Username } from '../../protocol/ids.js';
import { addAccount, same, withStore, type ContractSubject, type Test } from './store-contract.js';
import type { AccountChange, TrackerStore } from './tracker-store.js';

const [alice, bob, carol] = ['Alice', 'bob', 'carol'] as readonly string[] as readonly [Username, Username, Username];

const change = (store: TrackerStore, name: Username, what: AccountChange, now = 1) =>
  store.accounts.change(userKey(name), what, now);

export function adminContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, open);

  check('the first account is an admin, also of several at once, and a guest never is', async ({ store }) => {
    const { accounts } = store;
    const guest = 'guest-Zoe' as Username;
    const visit = { key: userKey(guest), username: guest, passwordHash: '', created: 1, guest: 'here' as const };
    assert.equal(await accounts.create(visit), true);
    same(await accounts.admins(), []);
    await Promise.all([alice, bob, carol].map((name) => addAccount(store, name)));
    const admins = await accounts.admins();
    assert.equal(admins.length, 1);
    const [first] = admins;
    assert.equal((await accounts.find(userKey(first ?? bob)))?.admin, true);
  });

  check('an account is an admin where it is made as one, and else is none', async ({ store: { accounts } }) => {
    const make = (username: Username, admin?: true) =>
      accounts.create({ key: userKey(username), username, passwordHash: 'hash', created: 1, ...(admin && { admin }) });
    assert.deepEqual([await make(alice), await make(bob, true), await make(bob, true)], [true, true, false]);
    same(await accounts.admins(), ['bob']);
  });

  check('there is always an admin who can sign in, whatever is asked for at once', async ({ store }) => {
    const { accounts } = store;
    for (const name of [alice, bob]) await addAccount(store, name);
    assert.equal(await change(store, 'nobody' as Username, { admin: true }), 'unknown');
    for (const what of [{ admin: false }, { state: 'disabled' }, { state: 'removed' }] as const) {
      assert.equal(await change(store, alice, what), 'last_admin');
    }
    assert.equal(await change(store, bob, { admin: true }), 'changed');
    assert.equal(await change(store, bob, { admin: true }), 'same');
    same(await accounts.admins(), ['Alice', 'bob']);
    const both = await Promise.all([change(store, alice, { state: 'disabled' }), change(store, bob, { admin: false })]);
    assert.deepEqual([...both].sort(), ['changed', 'last_admin']);
    assert.equal((await accounts.admins()).length, 1);
  });

  check('who is not used is in no list, has no session, and keeps the name; and comes back', async ({ store }) => {
    const { accounts, channels, sessions } = store;
    await channels.create({ name: 'general' as ChannelName, permanent: true, created: 1 });
    for (const name of [alice, bob]) await addAccount(store, name);
    const heard: string[] = [];
    const stops = [
      accounts.watch((name) => heard.push(`came ${name}`)),
      accounts.watchStates(({ username, state }) => heard.push(`${username} ${state ?? 'used'}`)),
    ];
    const pending = {
      key: userKey(carol),
      username: carol,
      passwordHash: 'hash',
      created: 7,
      state: 'pending' as const,
    };
    assert.equal(await accounts.create(pending), true);
    const session = { user: userKey(bob), username: bob, created: 1, expires: 10 ** 14, epoch: 0 };
    await sessions.put({ ...session, hash: 'one' });
    const seen = async () => ({
      all: (await accounts.list({ limit: 9 })).map(({ username }) => username),
      part: (await accounts.list({ limit: 9, part: 'o' })).map(({ username }) => username),
      members: (await channels.list())[0]?.members,
      names: await channels.memberNames('general' as ChannelName, 9),
      session: (await sessions.find('one'))?.username ?? null,
    });
    const onlyAlice = { all: ['Alice'], part: [], members: 1, names: ['Alice'], session: null };
    const both = { all: ['Alice', 'bob'], part: ['bob'], members: 2, names: ['Alice', 'bob'], session: 'bob' };
    same(await seen(), both);
    assert.equal(await change(store, bob, { state: 'disabled' }), 'changed');
    same(await seen(), onlyAlice);
    assert.equal((await accounts.find(userKey(bob)))?.state, 'disabled');
    assert.equal(await addAccount(store, 'B0B' as Username), false);
    assert.equal(await change(store, bob, { state: 'removed' }), 'changed');
    assert.equal(await change(store, bob, { state: 'removed' }), 'same');
    same(await seen(), onlyAlice);
    assert.equal(await change(store, bob, { state: 'used' }), 'changed');
    same(await seen(), both);
    assert.equal((await accounts.find(userKey(bob)))?.state, undefined);
    assert.equal(await change(store, carol, { state: 'used' }), 'changed');
    for (const stop of stops) stop();
    assert.deepEqual((await seen()).members, 3);
    assert.deepEqual(heard, ['bob disabled', 'bob removed', 'bob used', 'came carol', 'carol used']);
  });

  check(
    'peers are told who is disabled or comes back, each time with a later time, the latest first',
    async ({ store }) => {
      const { accounts } = store;
      for (const name of [alice, bob, carol]) await addAccount(store, name);
      const dan = { key: userKey('dan' as Username), username: 'dan' as Username, passwordHash: 'hash', created: 1 };
      await accounts.create({ ...dan, state: 'pending' });
      const heard: unknown[] = [];
      const stop = accounts.watchStates(({ username, state, since }) => heard.push([username, state, since]));
      await change(store, 'dan' as Username, { state: 'used' }, 5);
      same(await accounts.stateChanges(9), []);
      await change(store, bob, { state: 'disabled' }, 10);
      await change(store, carol, { state: 'removed' }, 20);
      // A clock that was set back.
      await change(store, bob, { state: 'used' }, 3);
      await change(store, bob, { admin: true }, 50);
      await change(store, bob, { state: 'removed' }, 30);
      await change(store, bob, { state: 'removed' }, 40);
      stop();
      same(heard, [
        ['dan', null, null],
        ['bob', 'disabled', 10],
        ['carol', 'removed', 20],
        ['bob', null, 11],
        ['bob', 'removed', 30],
      ]);
      const last = [
        { key: 'bob', username: 'bob', state: 'removed', since: 30 },
        { key: 'carol', username: 'carol', state: 'removed', since: 20 },
      ];
      same(await accounts.stateChanges(9), last);
      same(await accounts.stateChanges(1), last.slice(0, 1));
    },
  );

  check('admins are shown all accounts but guests, in pages, by state and by name', async ({ store }) => {
    const { accounts } = store;
    for (const name of [alice, bob, carol, 'dan' as Username]) await addAccount(store, name);
    const guest = 'guest-ann' as Username;
    await accounts.create({ key: userKey(guest), username: guest, passwordHash: '', created: 1, guest: 'here' });
    await change(store, bob, { state: 'disabled' });
    await change(store, carol, { state: 'removed' });
    await change(store, 'dan' as Username, { admin: true });
    await accounts.seen(new Map([[userKey(bob), 5]]));
    const names = async (query: object) => (await accounts.listAll({ limit: 9, ...query })).map((one) => one.username);
    same(await names({}), ['Alice', 'bob', 'carol', 'dan']);
    same(await names({ limit: 2 }), ['Alice', 'bob']);
    same(await names({ limit: 2, after: 'bob' }), ['carol', 'dan']);
    same(await names({ part: 'a' }), ['Alice', 'carol', 'dan']);
    same(await names({ part: '%' }), []);
    same(await names({ state: 'used' }), ['Alice', 'dan']);
    same(await names({ state: 'disabled' }), ['bob']);
    same(await names({ state: 'removed', part: 'x' }), []);
    same(await names({ admin: true }), ['Alice', 'dan']);
    same(await names({ admin: true, after: 'alice' }), ['dan']);
    const [found] = await accounts.listAll({ limit: 1, part: 'bob' });
    same(found, { key: 'bob', username: 'bob', created: 1, lastSeen: 5, state: 'disabled', admin: false });
    assert.deepEqual([await accounts.countSince(0), await accounts.countSince(1)], [4, 0]);
    assert.deepEqual([await accounts.countIn('disabled'), await accounts.countIn('pending')], [1, 0]);
  });

  check('records are written with a change, and not where nothing is changed', async ({ store }) => {
    const { accounts, records } = store;
    for (const name of [alice, bob]) await addAccount(store, name);
    const heard: string[] = [];
    const stop = records.watch((kind, id) => heard.push(`${kind} ${id}`));
    const write = (id: string) => [{ kind: 'audit' as const, id, value: { id } }];
    const disable = (name: Username, id: string) => accounts.change(userKey(name), { state: 'disabled' }, 1, write(id));
    assert.deepEqual([await disable(bob, '1'), await disable(bob, '2')], ['changed', 'same']);
    assert.deepEqual([await disable(alice, '3'), await disable(carol, '4')], ['last_admin', 'unknown']);
    const was = (await accounts.find(userKey(bob)))?.passwordHash;
    const next = (hash: string, id: string) =>
      accounts.setPassword(userKey(bob), hash, { was, alongside: [...write(id), ...write(`${id}+`)] });
    const set = await Promise.all([next('one', '5'), next('other', '6')]);
    stop();
    assert.deepEqual([...set].sort(), [false, true]);
    const [id] = set[0] ? ['5'] : ['6'];
    assert.equal((await accounts.find(userKey(bob)))?.passwordHash, set[0] ? 'one' : 'other');
    same(
      await records.list('audit', { limit: 9 }),
      [`${id}+`, id, '1'].map((one) => ({ id: one, value: { id: one } })),
    );
    assert.deepEqual(heard, ['audit 1', `audit ${id}`, `audit ${id}+`]);
  });

  check('a record is changed one at a time, listed last first, and removed once', async ({ store: { records } }) => {
    const heard: string[] = [];
    const stop = records.watch((kind, id) => heard.push(`${kind} ${id}`));
    assert.equal(await records.find('invite', 'a'), undefined);
    const put = (id: string, value: unknown) => records.update('audit', id, () => value);
    const take = () => {
      let isTaken = false;
      const changed = records.update('invite', 'a', (known) => {
        const { left = 2 } = (known ?? {}) as { left?: number };
        isTaken = left > 0;
        return isTaken ? { left: left - 1 } : undefined;
      });
      return changed.then(() => isTaken);
    };
    const taken = await Promise.all([take(), take(), take(), take()]);
    assert.equal(taken.filter(Boolean).length, 2);
    same(await records.find('invite', 'a'), { left: 0 });
    for (const id of ['1', '2', '3']) await put(id, { id });
    stop();
    assert.deepEqual(heard, ['invite a', 'invite a', 'audit 1', 'audit 2', 'audit 3']);
    const ids = async (query: { before?: string; limit: number }) =>
      (await records.list('audit', query)).map(({ id }) => id);
    same(await ids({ limit: 2 }), ['3', '2']);
    same(await ids({ limit: 9, before: '3' }), ['2', '1']);
    same(await records.list('reset', { limit: 9 }), []);
    await records.keepLast('audit', 2);
    same(await ids({ limit: 9 }), ['3', '2']);
    await records.keepLast('audit', 2);
    assert.deepEqual([await records.remove('audit', '3'), await records.remove('audit', '3')], [true, false]);
    same(await ids({ limit: 9 }), ['2']);
    same(await records.find('invite', 'a'), { left: 0 });
  });
}
