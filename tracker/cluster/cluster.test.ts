/** Trackers of one cluster: what happens at one is so at the other. Real trackers over a real NATS server. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CircuitEvent } from '../../protocol/circuit.js';
import { userKey, type Username } from '../../protocol/ids.js';
import { freePort } from '../../scripts/daemon/free-ports.js';
import { systemClock } from '../clock.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { ask, party, Side, type Party } from '../testing/circuit.js';
import { FakeClock } from '../testing/fake-clock.js';
import { EventsSocket } from '../testing/events-socket.js';
import { TestNats } from '../testing/nats-servers.js';
import {
  expectFailure,
  PASSWORD,
  silent,
  TestTrackers,
  type TestTracker,
  type TestUser,
} from '../testing/test-tracker.js';
import { backUp } from './backup.js';

describe('two trackers of one cluster', () => {
  const trackers = new TestTrackers();
  let nats: TestNats;
  beforeAll(async () => {
    nats = await TestNats.start(1);
  });
  afterEach(() => trackers.clean());
  afterAll(() => nats.stop());

  async function both(imported?: string): Promise<[TestTracker, TestTracker]> {
    const { servers, user = '', password = '' } = nats.newAccount()(0);
    const cluster = { nats: `nats://${user}:${password}@${servers[0] ?? ''}`, replicas: 1 };
    const start = async (more: { import?: string | undefined; join?: string } = {}) => {
      const port = await freePort();
      return trackers.start({ port, cluster: { ...cluster, ...more, publicUrl: `http://127.0.0.1:${port}` } });
    };
    const first = await start({ import: imported });
    return [first, await start({ join: await readFile(join(first.dataDir, 'cluster-secret'), 'utf8') })];
  }

  test('an account, its sessions and its channels are those of both', async () => {
    const [one, other] = await both();
    const alice = await one.register('alice');
    expect((await other.fetch('/me', { headers: alice.headers })).body).toMatchObject({ username: 'alice' });
    expectFailure(await other.post('/register', { username: 'A1ice', password: PASSWORD }), 409, 'name_confusable');
    const page = String((await alice.get('/admin-settings.html')).body['text']);
    expect(page).toContain('all trackers of this cluster');
    expect(page).toContain('>Save<');
    const there = await other.login('alice');
    await there.post('/logout', {});
    // One that follows the stream hears of it a moment later.
    let over = await one.fetch('/me', { headers: there.headers });
    while (over.status === 200) over = await one.fetch('/me', { headers: there.headers });
    expectFailure(over, 401, 'not_signed_in');
    expect((await one.fetch('/ca')).body).toEqual((await other.fetch('/ca')).body);
    expect((await one.fetch('/healthz')).body).toEqual({ status: 'success' });
    expect(trackers.errors).toEqual([]);
  });

  test('settings that are changed at one hold at both, over what each machine’s file says', async () => {
    const [one, other] = await both();
    const here = await one.register('Ada');
    const wanted = { name: 'Chess', registration: 'invite', guests: true } as const;
    expect((await here.post('/admin/settings', wanted)).status).toBe(200);
    const there = await other.login('Ada');
    /** One that follows the stream hears of it a moment later. */
    const holds = async (user: TestUser, all: object): Promise<void> => {
      for (;;) {
        const { settings } = (await user.get('/admin/settings')).body as { settings: object };
        if (JSON.stringify({ ...settings, ...all }) === JSON.stringify(settings)) return;
      }
    };
    await holds(there, wanted);
    expectFailure(await other.post('/register', { username: 'eve', password: PASSWORD }), 403, 'invite_needed');
    // Of two who change something else at once, both have done so.
    const answers = await Promise.all([
      here.post('/admin/settings', { welcome: 'Hi' }),
      there.post('/admin/settings', { userList: 'shared-channels' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const user of [here, there]) await holds(user, { ...wanted, welcome: 'Hi', userList: 'shared-channels' });
    expect(JSON.parse(await readFile(join(one.dataDir, 'settings.json'), 'utf8'))).toMatchObject({ name: 'Parley' });
  });

  test('failed sign-ins are counted together', async () => {
    const [one, other] = await both();
    await one.register('alice');
    const wrong = (at: TestTracker) => at.post('/login', { username: 'alice', password: 'not hers at all' });
    for (let n = 0; n < 10; n += 1) expectFailure(await wrong(one), 401, 'invalid_credentials');
    expectFailure(await wrong(one), 429, 'rate_limited');
    let answer = await wrong(other);
    while (answer.status === 401) answer = await wrong(other);
    expectFailure(answer, 429, 'rate_limited');
  });

  test('who signs out, and a device that is revoked, are disconnected from both, and all hear of it', async () => {
    const [one, other] = await both();
    const alice = await one.register('alice');
    const bob = await party(other, 'bob');
    const watching = await EventsSocket.open(alice);
    const { status } = await one.post(`/devices/${bob.device}/revoke`, {}, bob.user.headers);
    expect(status).toBe(200);
    expect(await bob.events.closed).toBe(1008);
    await watching.until((message) => message.type === 'device_revoked' && message.revocation.device === bob.device);
    const again = await other.login('alice');
    const there = await EventsSocket.open(again);
    await one.post('/logout', {}, again.headers);
    expect(await there.closed).toBe(1008);
    await watching.close();
  });

  test('a circuit joins a device of each, at the relay of the tracker that was asked', async () => {
    const [one, other] = await both();
    const alice = await party(one, 'alice');
    const bob = await party(other, 'bob');
    // Who is online elsewhere is told with the next beat at the latest.
    let asked = await ask(alice, bob);
    while (asked.body['code'] === 'not_online') asked = await ask(alice, bob);
    const relay = `${one.url.replace('http', 'ws')}/circuit`;
    expect(asked.body).toMatchObject({ status: 'success', relay });
    const told = await bob.events.until<CircuitEvent>((message) => message.type === 'circuit');
    expect(told.relay).toBe(relay);
    const sides = [
      await Side.open(relay, String(asked.body['ticket'])),
      await Side.open(told.relay, told.ticket),
    ] as const;
    await Promise.all(sides.map(({ joined }) => joined));
    sides[0].socket.send(Buffer.from('over the relay'));
    expect(String(await sides[1].until(14))).toBe('over the relay');
    await Promise.all([alice, bob].map(({ events }: Party) => events.close()));
  });

  test('all of a tracker that ran alone is put into a new cluster, and a copy of that holds it as well', async () => {
    const alone = await trackers.start();
    const alice = await alone.register('alice');
    await alice.post('/add-list', { username: 'alice', channel: 'tech' });
    const ca = (await alone.fetch('/ca')).body;
    await alone.tracker.close();
    const [one, other] = await both(alone.dataDir);
    for (const at of [one, other]) {
      expect((await at.fetch('/ca')).body).toEqual(ca);
      const { body } = await at.fetch('/me', { headers: alice.headers });
      expect(body['channels']).toContain('tech');
    }
    expect(
      await trackers.startError({ cluster: { nats: 'nats://127.0.0.1:1', import: one.dataDir, join: 'too short' } }),
    ).toMatch(/--join takes the secret/);
    const folder = await trackers.directory();
    const from = openSqliteStore(join(alone.dataDir, 'tracker.db'), systemClock);
    const clock = new FakeClock();
    for (let day = 0; day < 9; day += 1) {
      await backUp({ folder, archive: from.archive, clock, log: silent });
      await backUp({ folder, archive: from.archive, clock, log: silent });
      clock.advance(24 * 3600_000);
    }
    await from.close();
    const files = (await readdir(folder)).filter((file) => file.endsWith('.db'));
    expect(files).toHaveLength(7);
    const copy = openSqliteStore(join(folder, files.at(-1) ?? ''), systemClock);
    expect((await copy.accounts.find(userKey('alice' as Username)))?.username).toBe('alice');
    await copy.close();
  });
});
