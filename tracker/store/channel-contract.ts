/** The part of the store's contract that is about what admins make of channels; see store-contract.ts. */
import assert from 'node:assert/strict';
import { userKey, type ChannelName, type Username } from '../../protocol/ids.js';
import { addAccount, same, withStore, type ContractSubject, type Test } from './store-contract.js';
import type { ChannelChange, TrackerStore } from './tracker-store.js';

const alice = 'Alice' as Username;
const bob = 'bob' as Username;
const general = 'general' as ChannelName;
const tech = 'tech' as ChannelName;
const rust = 'rust' as ChannelName;
const linux = 'linux' as ChannelName;

export function channelContract(test: Test, open: () => Promise<ContractSubject>): void {
  const check = withStore(test, open);

  check('a title is unlike all other names and titles, and its channel keeps its name', async ({ store }) => {
    const { channels } = store;
    await fill(store);
    assert.equal(await channels.edit('nowhere' as ChannelName, { title: linux }, 5), 'unknown');
    assert.equal(await channels.edit(general, { title: linux }, 5), 'permanent');
    assert.equal(await channels.edit(general, { state: 'archived' }, 5), 'permanent');
    for (const taken of ['rust', 'genera1', 'general']) {
      assert.equal(await channels.edit(tech, { title: taken as ChannelName }, 5), 'taken', taken);
    }
    assert.equal(await channels.edit(tech, { title: tech }, 5), 'same');
    assert.equal(await channels.edit(tech, { title: linux }, 5), 'changed');
    assert.equal(await channels.edit(tech, { title: linux }, 5), 'same');
    same(await one(store, tech), { title: 'linux', since: 5, topic: '', members: 2 });
    // Neither its title nor its name is free for others.
    for (const name of ['linux', '1inux', 'tech'])
      assert.equal(await channels.create({ name: name as ChannelName, permanent: false, created: 2 }), false, name);
    assert.equal(await channels.lookAlike(linux), tech);
    assert.equal(await channels.edit(rust, { title: 'tech' as ChannelName }, 5), 'taken');
    assert.equal(await channels.edit(rust, { title: linux }, 5), 'taken');
    // It may look like its own name, or like its title of before; the title that it gave up is free.
    assert.equal(await channels.edit(tech, { title: 'l1nux' as ChannelName }, 5), 'changed');
    assert.equal(await channels.edit(tech, { title: 'te-ch' as ChannelName }, 5), 'changed');
    assert.equal(await channels.edit(rust, { title: linux }, 5), 'changed');
    assert.equal(await channels.edit(tech, { title: tech }, 5), 'changed');
    // Each time is later than the one before, whatever the clock says.
    same(await one(store, tech), { since: 8, topic: '', members: 2 });
    assert.equal(await channels.lookAlike('te-ch' as ChannelName), undefined);
    assert.equal(await channels.lookAlike(tech), tech);
  });

  check('of two who give one title at once, one does', async ({ store }) => {
    const { channels } = store;
    await fill(store);
    const [first, second, made] = await Promise.all([
      channels.edit(tech, { title: linux }, 5),
      channels.edit(rust, { title: linux }, 5),
      channels.create({ name: '1inux' as ChannelName, permanent: false, created: 1 }),
    ]);
    const winners = [first === 'changed', second === 'changed', made].filter((won) => won);
    assert.equal(winners.length, 1);
  });

  check('an archived channel keeps its members; a deleted one has none, for good', async ({ store }) => {
    const { channels } = store;
    await fill(store);
    const heard: string[] = [];
    channels.watch((change) => heard.push(told(change)));
    assert.equal(await channels.edit(tech, { state: 'archived' }, 5), 'changed');
    same(await one(store, tech), { state: 'archived', since: 5, topic: '', members: 2 });
    assert.equal(await channels.edit(tech, { state: 'used' }, 6), 'changed');
    same(await one(store, tech), { since: 6, topic: '', members: 2 });
    await channels.edit(tech, { title: linux }, 7);
    assert.equal(await channels.edit(tech, { state: 'deleted' }, 8), 'changed');
    assert.equal(await channels.edit(tech, { state: 'deleted' }, 9), 'same');
    for (const state of ['used', 'archived'] as const) assert.equal(await channels.edit(tech, { state }, 9), 'deleted');
    assert.equal(await channels.edit(tech, { title: 'other' as ChannelName }, 9), 'deleted');
    same(await one(store, tech), { title: 'linux', state: 'deleted', since: 8, topic: '', members: 0 });
    assert.equal(await channels.join(tech, userKey(alice), alice), false);
    assert.equal(await channels.leave(tech, userKey(alice), alice), false);
    same(await channels.ofUser(userKey(alice)), [general]);
    same(await channels.memberNames(tech, 9), []);
    assert.equal(await channels.create({ name: tech, permanent: false, created: 9 }), false);
    assert.deepEqual(heard, [
      ...['tech archived 2', 'tech used 2', 'tech used 2'],
      ...['Alice left tech', 'bob left tech', 'tech deleted 0'],
    ]);
  });

  test('an archive has what admins made of channels', async () => {
    const [from, to] = [(await open()).store, (await open()).store];
    try {
      await fill(from);
      await from.channels.edit(tech, { title: linux, state: 'archived' }, 5);
      await from.channels.edit(rust, { state: 'deleted' }, 6);
      await to.archive.restore(from.archive.records());
      same(await to.channels.list(), JSON.parse(JSON.stringify(await from.channels.list())));
      assert.equal(await to.channels.lookAlike('1inux' as ChannelName), tech);
    } finally {
      await from.close();
      await to.close();
    }
  });
}

async function fill(store: TrackerStore): Promise<void> {
  await store.channels.create({ name: general, permanent: true, created: 1 });
  for (const name of [tech, rust]) await store.channels.create({ name, permanent: false, created: 1 });
  for (const name of [alice, bob]) {
    await addAccount(store, name);
    await store.channels.join(tech, userKey(name), name);
  }
}

/** Without what was there when it was made. */
async function one({ channels }: TrackerStore, name: ChannelName): Promise<object | undefined> {
  const found = (await channels.list()).find((channel) => channel.name === name);
  if (!found) return undefined;
  const { name: _, permanent: __, created: ___, ...rest } = found;
  return rest;
}

function told(change: ChannelChange): string {
  if (change.type !== 'updated') return `${change.username} ${change.type} ${change.name}`;
  return `${change.channel.name} ${change.channel.state ?? 'used'} ${change.channel.members}`;
}
