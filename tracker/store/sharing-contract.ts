/**
 * What must hold of two stores of one cluster, each of another tracker: what one wrote the other finds and hears, and of two that
 * want the same one gets it. See store-contract.ts.
 */
import assert from 'node:assert/strict';
import { userKey, type ChannelName, type DeviceId, type Username } from '../../protocol/ids.js';
import type { PeerRecord } from '../../protocol/tracker-api.js';
import { addAccount, same, type Test } from './store-contract.js';
import type { TrackerStore } from './tracker-store.js';

export interface SharingSubject {
  stores: readonly [TrackerStore, TrackerStore];
  /** Moves the clock of both, for presence. */
  pass(ms: number): Promise<void>;
}

const alice = 'Alice' as Username;
const tech = 'tech' as ChannelName;
const general = 'general' as ChannelName;
const laptop = 'L'.repeat(22) as DeviceId;
const peer: PeerRecord = { username: alice, ip: '10.0.0.5', port: 9101, addresses: [], status: 'online', channels: [] };
const session = { user: userKey(alice), username: alice, created: 1, expires: 10 ** 14, epoch: 0 };

export function sharingContract(test: Test, open: () => Promise<SharingSubject>): void {
  const check = (
    name: string,
    run: (one: TrackerStore, other: TrackerStore, subject: SharingSubject) => Promise<void>,
  ) =>
    test(name, async () => {
      const subject = await open();
      const [one, other] = subject.stores;
      try {
        await run(one, other, subject);
      } finally {
        await one.close();
        await other.close();
      }
    });

  check('what one wrote the other finds at once', async (one, other) => {
    await addAccount(one, alice);
    assert.equal((await other.accounts.find(userKey(alice)))?.username, 'Alice');
    for (let n = 0; n < 50; n += 1) {
      const [from, to] = n % 2 === 0 ? [one, other] : [other, one];
      await from.sessions.put({ ...session, hash: `hash-${n}` });
      assert.equal((await to.sessions.find(`hash-${n}`))?.username, 'Alice');
      const device = `D${String(n).padStart(21, '0')}` as DeviceId;
      await from.devices.put({ device, user: userKey(alice), username: alice, certificate: 'pem', created: n });
      assert.equal((await to.devices.find(device))?.created, n);
    }
    assert.equal(await other.sessions.find('no such session'), undefined);
  });

  check('a name is won by one, whoever asks where', async (one, other) => {
    const names = Array.from({ length: 40 }, (_, n) => [`user-${n}i`, `user-${n}l`] as const);
    const won = await Promise.all(
      names.map(([a, b]) => Promise.all([addAccount(one, a as Username), addAccount(other, b as Username)])),
    );
    assert.deepEqual(
      won.map(([a, b]) => Number(a) + Number(b)),
      names.map(() => 1),
    );
    const make = (store: TrackerStore, name: string) =>
      store.channels.create({ name: name as ChannelName, permanent: false, created: 1 });
    const made = await Promise.all([
      make(one, 'genera1'),
      make(other, 'general'),
      make(one, 'tech'),
      make(other, 'tech'),
    ]);
    assert.deepEqual([made.slice(0, 2).filter(Boolean).length, made.slice(2).filter(Boolean).length], [1, 1]);
    await make(one, 'rust');
    const titled = await Promise.all([
      one.channels.edit(tech, { title: 'linux' as ChannelName }, 5),
      other.channels.edit('rust' as ChannelName, { title: '1inux' as ChannelName }, 5),
    ]);
    assert.deepEqual([...titled].sort(), ['changed', 'taken']);
  });

  check('of counts, joins and secrets at both none is lost or counted twice', async (one, other) => {
    await addAccount(one, alice);
    await one.channels.create({ name: tech, permanent: false, created: 1 });
    const both = [one, other, one, other, one, other];
    const joined = await Promise.all(both.map((store) => store.channels.join(tech, userKey(alice), alice)));
    assert.equal(joined.filter(Boolean).length, 1);
    const taken = await Promise.all(both.map((store) => store.dailyCounts.take(userKey(alice), 'join', 1, 4)));
    assert.equal(taken.filter(Boolean).length, 4);
    const secrets = await Promise.all(both.map((store, n) => store.secrets.create('ca', Buffer.from([n]))));
    assert.equal(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size, 1);
  });

  check('what changes at one is heard at the other', async (one, other) => {
    await one.channels.create({ name: general, permanent: true, created: 1 });
    const heard = new Heard();
    other.accounts.watch((username) => heard.add(`came ${username}`));
    other.sessions.watch((hash) => heard.add(`ended ${hash}`));
    other.devices.watch(({ device }) => heard.add(`revoked ${device[0]}`));
    other.mailboxes.watch(({ user, device }) => heard.add(`letter ${user} ${device[0]}`));
    other.channels.watch((change) => {
      heard.add(
        change.type === 'updated'
          ? `${change.channel.name} ${change.channel.members}`
          : `${change.type} ${change.name}`,
      );
    });
    await addAccount(one, alice);
    await heard.all('came Alice', 'general 1');
    await one.channels.create({ name: tech, permanent: false, created: 1 });
    await one.channels.join(tech, userKey(alice), alice);
    await heard.all('joined tech', 'tech 1');
    await one.channels.leave(tech, userKey(alice), alice);
    await heard.all('left tech', 'tech 0');
    await one.channels.join(tech, userKey(alice), alice);
    await heard.all('joined tech', 'tech 1');
    await other.channels.edit(tech, { state: 'deleted' }, 5);
    await heard.all('left tech', 'tech 0');
    assert.equal(await one.channels.join(tech, userKey(alice), alice), false);
    await one.sessions.put({ ...session, hash: 'one' });
    await one.sessions.remove('one');
    await heard.all('ended one');
    await one.devices.put({ device: laptop, user: userKey(alice), username: alice, certificate: 'pem', created: 1 });
    await one.devices.revoke(laptop, 5);
    await heard.all('revoked L');
    await one.mailboxes.put(
      { user: userKey(alice), device: laptop, prekey: 'k', blob: Buffer.alloc(9, 7), created: 1 },
      99,
    );
    await heard.all('letter alice L');
    const { mails } = await other.mailboxes.list({ user: userKey(alice), device: laptop }, undefined, 9, 99);
    assert.deepEqual(
      mails.map(({ blob }) => Buffer.from(blob).toString('hex')),
      ['07'.repeat(9)],
    );
    await other.mailboxes.remove(
      { user: userKey(alice), device: laptop },
      mails.map(({ id }) => id),
    );
    assert.equal(await other.mailboxes.bytes(userKey(alice)), 0);
  });

  check('a session that is ended at one stays ended, whatever the other does with it', async (one, other) => {
    await addAccount(one, alice);
    await one.sessions.put({ ...session, hash: 'one' });
    assert.ok(await other.sessions.find('one'));
    await Promise.all([
      one.sessions.remove('one'),
      other.sessions.extend('one', 10 ** 15),
      other.sessions.bind('one', laptop),
    ]);
    await other.sessions.extend('one', 10 ** 15);
    assert.equal(await other.sessions.bind('one', laptop), false);
    assert.equal(await one.sessions.find('one'), undefined);
    assert.equal(await other.sessions.find('one'), undefined);
  });

  check('a session of an earlier password is over, at whichever it was opened', async (one, other) => {
    await addAccount(one, alice);
    assert.ok(await other.accounts.find(userKey(alice)));
    await Promise.all([
      one.accounts.setPassword(userKey(alice), 'next'),
      other.sessions.put({ ...session, hash: 'late' }),
    ]);
    assert.equal((await one.accounts.find(userKey(alice)))?.epoch, 1);
    assert.equal(await one.sessions.find('late'), undefined);
  });

  check('a peer is online where it came last, and leaves from there', async (one, other, { pass }) => {
    const key = `d:${laptop}` as const;
    // What is told before the servers know who listens comes with the next beat.
    for (const store of [one, other]) store.notes.subscribe('heard', () => true);
    const beat = async () => {
      await pass(1_000);
      // Behind the beats: no second goes by before they have arrived.
      await Promise.all([one.notes.ask('heard', 0), other.notes.ask('heard', 0)]);
    };
    const heard = new Heard();
    await other.presence.watch(({ before, after }) => heard.add(`${before?.port ?? 'new'} ${after?.port ?? 'gone'}`));
    await one.presence.put(key, peer, 10 ** 9);
    await heard.before(beat, 'new 9101');
    assert.equal(await other.presence.touch(key, 1_000), false);
    assert.equal(await other.presence.replace(key, peer), false);
    await other.presence.put(key, { ...peer, port: 9102 }, 10 ** 9);
    const atOne = new Heard();
    await one.presence.watch(({ before, after }) => atOne.add(`${before?.port ?? 'new'} ${after?.port ?? 'gone'}`));
    await atOne.before(beat, (list) => list.some((what) => what.endsWith(' 9102')));
    // The first one has nothing to say of it any more.
    await one.presence.shorten(key, 1);
    await one.presence.remove(key);
    await pass(2_000);
    assert.equal(await one.presence.touch(key, 1_000), false);
    assert.equal(await other.presence.touch(key, 10 ** 9), true);
    await other.presence.remove(key);
    await atOne.before(beat, '9102 gone');
    assert.deepEqual(heard.list, ['new 9101', '9101 9102', '9102 gone']);
  });

  check('notes reach the other, and one that asks is told whether it was taken', async (one, other) => {
    const heard = new Heard();
    const stop = other.notes.subscribe('circuit', (data) => {
      heard.add(JSON.stringify(data));
      return (data as { take?: boolean }).take === true;
    });
    one.notes.subscribe('circuit', () => heard.add('its own') > 0);
    // What is told before the servers know who listens reaches nobody. They learn of a later subscription later.
    other.notes.subscribe('ready', () => true);
    while (!(await one.notes.ask('ready', 0))) continue;
    one.notes.publish('circuit', { n: 1 });
    await heard.all('{"n":1}');
    assert.equal(await one.notes.ask('circuit', { take: true }), true);
    assert.equal(await one.notes.ask('circuit', { take: false }), false);
    stop();
    assert.equal(await one.notes.ask('circuit', { take: true }), false);
    same(heard.list, ['{"n":1}', '{"take":true}', '{"take":false}']);
  });
}

/** What was heard, and waiting for more of it. */
class Heard {
  readonly list: string[] = [];
  #wake: (() => void) | undefined;

  add(what: string): number {
    const length = this.list.push(what);
    this.#wake?.();
    return length;
  }

  /** The clock goes on until it was heard. */
  async before(pass: () => Promise<void>, wanted: string | ((list: readonly string[]) => boolean)): Promise<void> {
    const isHeard = typeof wanted === 'string' ? (list: readonly string[]) => list.includes(wanted) : wanted;
    while (!isHeard(this.list)) await pass();
  }

  async all(...wanted: readonly string[]): Promise<void> {
    while (!wanted.every((one) => this.list.includes(one))) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
