/** Mailboxes over HTTP, for authorized and other users. The sealed letters are random bytes, since the tracker cannot read them. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { randomBytes, sign } from 'node:crypto';
import type { DeviceId, UserKey, Username } from '../protocol/ids.js';
import { MAILBOX_LIFE_MS, SEALED_CLASSES } from '../protocol/limits.js';
import { prekeyBytes, prekeyId, type Prekey } from '../protocol/mailbox-prekey.js';
import { SEALED_EXTRA, SEALED_VERSION } from '../protocol/sealed.js';
import { Mailboxes } from './mailbox.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { makeDevice, type TestDevice } from './testing/device.js';
import { EventsSocket } from './testing/events-socket.js';
import { FakeClock } from './testing/fake-clock.js';
import { TestTrackers, type TestTracker, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(() => trackers.clean());

const KIB = 1024;
const blob = (size = KIB): string =>
  Buffer.concat([Buffer.of(SEALED_VERSION), randomBytes(size + SEALED_EXTRA - 1)]).toString('base64url');

function prekeyOf(username: string, { device, privateKey }: TestDevice, key = randomBytes(32)): Prekey {
  const time = new Date().toISOString();
  const body = { username: username as Username, device: device as DeviceId, key: key.toString('base64url'), time };
  return { ...body, id: prekeyId(key), sig: sign(null, prekeyBytes(body), privateKey).toString('base64url') };
}

/** A user with a certified device and a published prekey. */
class Owner {
  readonly device = makeDevice();
  prekey: Prekey;

  private constructor(readonly user: TestUser) {
    this.prekey = prekeyOf(user.username, this.device);
  }

  static async make(at: TestTracker, name: string): Promise<Owner> {
    const owner = new Owner(await at.register(name));
    await owner.user.submit({ device: owner.device.device, csr: await owner.device.csr(name) });
    await owner.user.post('/prekeys', owner.prekey);
    return owner;
  }

  get letter() {
    return { device: this.device.device, prekey: this.prekey.id, blob: blob() };
  }

  async fetch(after?: string) {
    const more = after === undefined ? '' : `&after=${after}`;
    const { body } = await this.user.get(`/mailbox?device=${this.device.device}${more}`);
    return body as { mails: { id: string; prekey: string; blob: string }[]; more: boolean; prekey?: string };
  }

  ack(ids: readonly string[]) {
    return this.user.post('/mailbox/ack', { device: this.device.device, ids });
  }
}

const code = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body['code']];

describe('a mailbox', () => {
  test('gives a letter to its device until it is acknowledged, and tells the socket of the device', async () => {
    const at = await trackers.start();
    const [alice, bob] = [await Owner.make(at, 'alice'), await Owner.make(at, 'Bob')];
    const socket = await EventsSocket.open(bob.user, `?device=${bob.device.device}`);
    const [another, foreign] = [await EventsSocket.open(bob.user), await EventsSocket.open(alice.user)];
    const letter = bob.letter;
    // Upper and lower case are the same in names.
    expect(code(await alice.user.post('/mailbox/BOB', letter))).toEqual([200, undefined]);
    await socket.until((message) => (message.type as string) === 'mailbox');
    const { mails, more, prekey } = await bob.fetch();
    expect(mails).toEqual([{ id: expect.any(String), prekey: bob.prekey.id, blob: letter.blob }]);
    expect([more, prekey]).toEqual([false, bob.prekey.id]);
    expect((await bob.fetch()).mails).toHaveLength(1);
    await bob.ack(mails.map(({ id }) => id));
    expect((await bob.fetch()).mails).toEqual([]);
    // A later event shows that the others were not told.
    await alice.user.post('/add-list', { username: 'alice', channel: 'tech' });
    for (const other of [another, foreign]) {
      await other.until((message) => message.type === 'channel_joined');
      expect(other.heard.map(({ type }) => type as string)).not.toContain('mailbox');
    }
    for (const open of [socket, another, foreign]) await open.close();
  });

  test('keeps accepted letters over a restart, and gives them in order and in pages', async () => {
    const dataDir = await trackers.directory();
    const first = await trackers.start({ dataDir });
    const [alice, bob] = [await Owner.make(first, 'alice'), await Owner.make(first, 'bob')];
    const letters = Array.from({ length: 70 }, () => bob.letter);
    for (const letter of letters) expect((await alice.user.post('/mailbox/bob', letter)).status).toBe(200);
    await first.tracker.close();
    const again = await trackers.start({ dataDir });
    const user = await again.login('bob');
    const page = async (after: string) => (await user.get(`/mailbox?device=${bob.device.device}${after}`)).body;
    const one = (await page('')) as { mails: { id: string; blob: string }[]; more: boolean };
    expect([one.mails.length, one.more]).toEqual([64, true]);
    const two = (await page(`&after=${one.mails.at(-1)?.id ?? ''}`)) as typeof one;
    expect(two.more).toBe(false);
    expect([...one.mails, ...two.mails].map(({ blob: text }) => text)).toEqual(letters.map(({ blob: text }) => text));
  });

  test('of another user cannot be read or emptied', async () => {
    const at = await trackers.start();
    const [alice, bob] = [await Owner.make(at, 'alice'), await Owner.make(at, 'bob')];
    await alice.user.post('/mailbox/bob', bob.letter);
    const { device } = bob.device;
    const [mail] = (await bob.fetch()).mails;
    const ids = [mail?.id ?? ''];
    expect(code(await alice.user.get(`/mailbox?device=${device}`))).toEqual([403, 'forbidden']);
    expect(code(await alice.user.post('/mailbox/ack', { device, ids }))).toEqual([403, 'forbidden']);
    expect(code(await alice.ack(ids))).toEqual([200, undefined]);
    expect((await bob.fetch()).mails).toHaveLength(1);
    expect(code(await at.fetch(`/mailbox?device=${device}`))).toEqual([401, 'not_signed_in']);
    expect(code(await at.post('/mailbox/bob', bob.letter))).toEqual([401, 'not_signed_in']);
    expect(code(await bob.user.get(`/mailbox?device=${'x'.repeat(22)}`))).toEqual([404, 'not_found']);
  });

  test('works for a user called ack', async () => {
    const at = await trackers.start();
    const [alice, ack] = [await Owner.make(at, 'alice'), await Owner.make(at, 'ack')];
    expect((await alice.user.post('/mailbox/ACK', ack.letter)).status).toBe(200);
    expect((await ack.fetch()).mails).toHaveLength(1);
  });
});

describe('a letter that a mailbox does not accept', () => {
  test('is refused with a code that says why', async () => {
    const at = await trackers.start();
    const [alice, bob] = [await Owner.make(at, 'alice'), await Owner.make(at, 'bob')];
    const { letter } = bob;
    const sized = (bytes: number): string => Buffer.alloc(bytes, 1).toString('base64url');
    const largest = (SEALED_CLASSES.at(-1) ?? 0) + SEALED_EXTRA;
    const wrong: readonly (readonly [string, object, number, string])[] = [
      ['/mailbox/nobody', letter, 404, 'unknown_user'],
      ['/mailbox/alice', letter, 404, 'not_found'],
      ['/mailbox/bob', { ...letter, device: alice.device.device }, 404, 'not_found'],
      ['/mailbox/bob', { ...letter, prekey: alice.prekey.id }, 409, 'stale_prekey'],
      ['/mailbox/bob', { ...letter, blob: sized(1000) }, 400, 'bad_sealed'],
      ['/mailbox/bob', { ...letter, blob: sized(largest + 1) }, 400, 'bad_request'],
      [
        '/mailbox/bob',
        { ...letter, blob: Buffer.alloc(KIB + SEALED_EXTRA, 2).toString('base64url') },
        400,
        'bad_sealed',
      ],
      ['/mailbox/bob', { ...letter, blob: '<script>' }, 400, 'bad_request'],
      ['/mailbox/bob', { ...letter, blob: '' }, 400, 'bad_request'],
      ['/mailbox/bob', { ...letter, device: 7 }, 400, 'bad_request'],
      ['/mailbox/bob', { ...letter, blob: 'A'.repeat(400 * KIB) }, 413, 'too_large'],
      ['/mailbox/ack', { device: bob.device.device, ids: ['../..'] }, 400, 'bad_request'],
      ['/mailbox/ack', { device: alice.device.device, ids: Array.from({ length: 65 }, String) }, 400, 'bad_request'],
    ];
    for (const [path, body, status, why] of wrong) {
      expect([path, ...code(await alice.user.post(path, body))]).toEqual([path, status, why]);
    }
    expect((await bob.fetch()).mails).toEqual([]);
    expect((await alice.user.post('/mailbox/bob', { ...letter, blob: sized(largest) })).status).toBe(200);
    expect(trackers.errors).toEqual([]);
  });

  test('is over the limit of the mailbox, or of one sender', async () => {
    const at = await trackers.start({ limits: { mailboxKib: 10 } });
    const people = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => Owner.make(at, name)));
    const bob = await Owner.make(at, 'bob');
    const post = ({ user }: Owner) => user.post('/mailbox/bob', bob.letter);
    const [first, ...rest] = people;
    if (!first) throw new Error('there are people');
    // One sender may use a quarter of the ten KiB.
    expect(code(await post(first))).toEqual([200, undefined]);
    expect(code(await post(first))).toEqual([200, undefined]);
    expect(code(await post(first))).toEqual([413, 'mailbox_full']);
    const answers = [];
    for (const other of rest) answers.push(code(await post(other)), code(await post(other)));
    expect(answers.filter(([status]) => status === 200)).toHaveLength(7);
    expect(answers.at(-1)).toEqual([413, 'mailbox_full']);
    const { mails } = await bob.fetch();
    await bob.ack([mails[0]?.id ?? '']);
    expect(code(await post(people[5] ?? first))).toEqual([200, undefined]);
  });

  test('is over what one sender may put into all of them in a day', async () => {
    const at = await trackers.start({ limits: { letterKibPerDay: 3 } });
    const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((name) => Owner.make(at, name)));
    if (!alice || !bob || !carol) throw new Error('there are three');
    const post = (from: Owner, to: Owner) => from.user.post(`/mailbox/${to.user.username}`, to.letter);
    const answers = [await post(alice, bob), await post(alice, carol), await post(alice, carol)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(bob, carol)).status).toBe(200);
  });

  test('comes too fast', async () => {
    const at = await trackers.start({ limits: { mailsPerAccount: 5, mailboxReadsPerAccount: 8 } });
    const [alice, bob] = [await Owner.make(at, 'alice'), await Owner.make(at, 'bob')];
    const posts = await Promise.all(Array.from({ length: 12 }, () => alice.user.post('/mailbox/bob', bob.letter)));
    expect(posts.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(posts.filter(({ status }) => status === 429)).toHaveLength(7);
    const looks = await Promise.all(Array.from({ length: 12 }, () => alice.user.get('/prekeys?username=bob')));
    expect(looks.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    // Others are not affected.
    expect((await bob.user.post('/mailbox/alice', alice.letter)).status).toBe(200);
  });

  test('is older than 30 days', async () => {
    const clock = new FakeClock();
    const store = openSqliteStore(':memory:', clock);
    const mailboxes = new Mailboxes({ store, clock, maxBytes: 1e6, maxSentADay: 1e9 });
    const [user, device] = ['bob' as UserKey, 'D'.repeat(22) as DeviceId];
    await store.accounts.create({ key: user, username: 'bob' as Username, passwordHash: '', created: 0 });
    const mail = { user, device, prekey: 'k'.repeat(22), blob: Buffer.alloc(10) };
    await store.mailboxes.put({ ...mail, created: clock.now() }, 1e6);
    clock.advance(MAILBOX_LIFE_MS - 1);
    await mailboxes.prune();
    expect(await store.mailboxes.bytes(user)).toBe(10);
    clock.advance(1);
    await mailboxes.prune();
    expect(await store.mailboxes.bytes(user)).toBe(0);
    await store.close();
  });
});

describe('prekeys', () => {
  test('come with the certificate that proves them, and not for a revoked device', async () => {
    const at = await trackers.start();
    const [alice, bob] = [await Owner.make(at, 'alice'), await Owner.make(at, 'bob')];
    const { body } = await alice.user.get('/prekeys?username=BOB');
    expect(body['prekeys']).toEqual([{ ...bob.prekey, certificate: expect.stringContaining('BEGIN CERTIFICATE') }]);
    const next = prekeyOf('bob', bob.device);
    await bob.user.post('/prekeys', next);
    expect((await alice.user.get('/prekeys?username=bob')).body['prekeys']).toEqual([expect.objectContaining(next)]);
    expect(code(await alice.user.post('/mailbox/bob', bob.letter))).toEqual([409, 'stale_prekey']);
    await bob.user.post(`/devices/${bob.device.device}/revoke`, {});
    expect((await alice.user.get('/prekeys?username=bob')).body['prekeys']).toEqual([]);
    bob.prekey = next;
    expect(code(await alice.user.post('/mailbox/bob', bob.letter))).toEqual([403, 'device_revoked']);
    expect(code(await bob.user.get(`/mailbox?device=${bob.device.device}`))).toEqual([403, 'device_revoked']);
  });

  test('of a channel are only for its members', async () => {
    const at = await trackers.start();
    const [alice, bob, carol] = [
      await Owner.make(at, 'alice'),
      await Owner.make(at, 'bob'),
      await Owner.make(at, 'carol'),
    ];
    for (const { user } of [alice, bob]) await user.post('/add-list', { username: user.username, channel: 'tech' });
    const names = async ({ user }: Owner, channel: string) =>
      ((await user.get(`/prekeys?channel=${channel}`)).body['prekeys'] as Prekey[])
        .map(({ username }) => username)
        .sort();
    expect(await names(alice, 'tech')).toEqual(['alice', 'bob']);
    expect(await names(carol, 'general')).toEqual(['alice', 'bob', 'carol']);
    for (const channel of ['tech', 'unheard-of']) {
      expect(code(await carol.user.get(`/prekeys?channel=${channel}`))).toEqual([403, 'not_member']);
    }
  });

  test('are accepted only when signed by the device, and sent by its own user', async () => {
    const at = await trackers.start();
    const [alice, bob] = [await Owner.make(at, 'alice'), await Owner.make(at, 'bob')];
    const mallory = makeDevice();
    const wrong: readonly (readonly [Owner, object, number, string])[] = [
      [alice, prekeyOf('bob', bob.device), 403, 'forbidden'],
      [alice, prekeyOf('alice', bob.device), 403, 'forbidden'],
      [bob, prekeyOf('bob', mallory), 404, 'not_found'],
      [bob, prekeyOf('bob', { ...mallory, device: bob.device.device }), 400, 'bad_prekey'],
      [bob, { ...prekeyOf('bob', bob.device), id: alice.prekey.id }, 400, 'bad_prekey'],
      [bob, { ...prekeyOf('bob', bob.device), time: '2020-01-01T00:00:00.000Z' }, 400, 'bad_prekey'],
      [bob, { ...prekeyOf('bob', bob.device), key: 'short' }, 400, 'bad_request'],
      [bob, {}, 400, 'bad_request'],
    ];
    for (const [owner, body, status, why] of wrong) {
      expect(code(await owner.user.post('/prekeys', body))).toEqual([status, why]);
    }
    expect((await alice.user.get('/prekeys?username=bob')).body['prekeys']).toEqual([
      expect.objectContaining(bob.prekey),
    ]);
    for (const query of ['', '?username=bob&channel=general', '?username=b%20b', '?channel=UP']) {
      expect((await alice.user.get(`/prekeys${query}`)).status).toBe(400);
    }
    expect(code(await alice.user.get('/prekeys?username=nobody'))).toEqual([404, 'unknown_user']);
  });
});
