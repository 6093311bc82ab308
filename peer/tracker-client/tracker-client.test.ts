import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChannelName, Username } from '../../protocol/ids.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { startTracker, type Tracker } from '../../tracker/main.js';
import { Cable } from './test-cable.js';
import { selfMadeTls } from './test-tls.js';
import { channelsOf, makeClient, quiet, Story, type TestClient } from './test-client.js';

const PASSWORD = 'correct horse';
const tech = 'tech' as ChannelName;

let dir: TempDir;
let tracker: Tracker;
let cleanUp: (() => Promise<void>)[];

beforeEach(async () => {
  dir = new TempDir();
  cleanUp = [];
  tracker = await begin();
});

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  await tracker.close();
  await dir.remove();
});

function begin(port = 0, dataDir = 'tracker', tls?: { certFile: string; keyFile: string }): Promise<Tracker> {
  const timings = { eventsWindow: 5, eventsCloseGrace: 50 };
  return startTracker(
    { host: '127.0.0.1', port, dataDir: join(dir.path, dataDir), timings, ...(tls && { tls }) },
    quiet,
  );
}

async function client(
  username: string,
  overrides: Parameters<typeof makeClient>[2] = {},
  urls = [tracker.url],
): Promise<TestClient> {
  const made = await makeClient(urls, username, overrides);
  cleanUp.push(() => made.stop());
  return made;
}

async function registered(username: string, overrides: Parameters<typeof makeClient>[2] = {}): Promise<TestClient> {
  const made = await client(username, overrides);
  await made.client.login(PASSWORD, true);
  await made.state('connected');
  return made;
}

/** In the name of a client, beside it. */
async function post(path: string, body: object, token: string | undefined): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token ?? ''}` };
  const answer = await fetch(new URL(path, tracker.url), { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

describe('signing in', () => {
  test('registers, is certified for its own device, and sees itself online', async () => {
    const alice = await registered('Alice');
    expect(new X509Certificate(alice.issued[0]?.certificate ?? '').subjectAltName).toBe(
      `URI:parley:device:${alice.device}`,
    );
    expect(alice.client.peers()).toMatchObject([
      { username: 'Alice', device: alice.device, port: 9101, ip: '127.0.0.1' },
    ]);
    expect(
      alice.client
        .channels()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['broadcast', 'game', 'general', 'tech']);
    expect(alice.views.told.map(({ state }) => state)).toEqual(['connecting', 'connected']);
    expect(alice.skews.map((ms) => Math.round(Math.abs(ms) / 60_000))).toEqual(alice.skews.map(() => 0));
  });

  test('a stop waits for the certificate that is just being written down', async () => {
    const disk = new Story<string>();
    const ignore = (): void => undefined;
    const certified = async (): Promise<void> => {
      disk.tell('begun');
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
      disk.tell('written');
    };
    const events = { tracker: ignore, heard: ignore, clockSkew: ignore, certified };
    const alice = await client('Alice', { events });
    await alice.client.login(PASSWORD, true);
    await disk.until((what) => what === 'begun');
    await alice.client.stop();
    expect(disk.told).toEqual(['begun', 'written']);
  });

  test('says what is wrong: password, name, taken name, short password', async () => {
    await registered('alice');
    const other = await client('Alice');
    await expect(other.client.login('wrong password', false)).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(other.client.login(PASSWORD, true)).rejects.toMatchObject({ code: 'name_taken' });
    await expect((await client('bob')).client.login('short', true)).rejects.toMatchObject({ code: 'bad_password' });
    await expect((await client('a b')).client.login(PASSWORD, true)).rejects.toMatchObject({ code: 'bad_name' });
    expect(other.views.told).toEqual([]);
    expect(other.token).toBeUndefined();
  });

  test('needs no password with a stored token; without one it says so', async () => {
    const first = await registered('alice');
    await first.client.stop();
    const second = await client('alice');
    second.client.start();
    expect((await second.state('signed_out')).reason).toMatch(/Sign in with your password\.$/);
    second.token = first.token;
    await second.client.stop();
    second.client.start();
    await second.state('connected');
  });

  test('a session that ended: in again by itself with the password in memory', async () => {
    const alice = await registered('alice');
    const before = alice.token;
    await post('/logout', {}, before);
    await alice.views.next(({ state }) => state === 'connected');
    expect(alice.token).not.toBe(before);
    expect(alice.views.told.map(({ state }) => state)).not.toContain('unreachable');
  });

  test('a session that ended without a password in memory: signed out, and the token forgotten', async () => {
    const first = await registered('alice');
    const second = await client('alice');
    second.token = first.token;
    second.client.start();
    await second.state('connected');
    await post('/logout', {}, second.token);
    await second.state('signed_out');
    expect(second.token).toBeUndefined();
    await second.client.login(PASSWORD, false);
    await second.state('connected');
  });

  test('a password that was changed elsewhere is not tried again and again', async () => {
    const alice = await registered('alice');
    await post('/password', { old: PASSWORD, new: 'another password' }, alice.token);
    expect((await alice.state('signed_out')).reason).toContain('Sign in');
    await alice.client.login('another password', false);
    await alice.state('connected');
  });

  test('over https with a certificate of its own making, when that is given to be trusted', async () => {
    await tracker.close();
    const { pem, tls } = await selfMadeTls(dir.path);
    tracker = await begin(0, 'secure', tls);
    const alice = await client('alice', { ca: pem });
    await alice.client.login(PASSWORD, true);
    await alice.state('connected');
    const bob = await client('bob');
    await expect(bob.client.login(PASSWORD, true)).rejects.toThrow(/not one that this computer trusts.*--tracker-ca/);
  });
});

describe('presence', () => {
  test('two see each other come, change and go', async () => {
    const alice = await registered('alice');
    const bob = await registered('Bob', { channelsIn: ['tech'] });
    await alice.online('alice', 'Bob');
    expect(alice.client.peers().find(({ username }) => username === 'Bob')?.channels).toContain('tech');
    await bob.client.addList('games-night' as ChannelName);
    await alice.events.until(() => alice.client.channels().some(({ name }) => name === 'games-night'));
    await bob.client.stop();
    await alice.online('alice');
  });

  test('joins, leaves and lists channels; finds the devices of others', async () => {
    const alice = await registered('alice');
    const joined = async () => (await channelsOf(alice)).find(({ name }) => name === 'tech')?.joined;
    await alice.client.addList(tech);
    expect(await joined()).toBe(true);
    await alice.client.leave(tech);
    expect(await joined()).toBe(false);
    await expect(alice.client.leave('general' as ChannelName)).rejects.toMatchObject({ code: 'permanent_channel' });
    expect(await alice.client.devices('ALICE' as Username)).toMatchObject([
      { device: alice.device, certificate: alice.issued[0]?.certificate, revoked: false },
    ]);
    await expect(alice.client.devices('nobody' as Username)).rejects.toMatchObject({ code: 'unknown_user' });
  });

  test('a change of address is told without waiting for the next heart-beat', async () => {
    let port = 9101;
    const alice = await registered('alice', { p2p: () => ({ port, addresses: [] }), random: () => 0.9 });
    port = 9202;
    alice.client.announce();
    await alice.events.next(() => alice.client.peers()[0]?.port === 9202);
  });

  test('heart-beats keep a peer on the list although nothing else happens', async () => {
    const beats: number[] = [];
    const alice = await registered('alice', {
      tuning: { heartbeatMs: 5 },
      p2p: () => ({ port: 9000 + beats.push(0), addresses: [] }),
    });
    await alice.events.next(() => (alice.client.peers()[0]?.port ?? 0) >= 9004);
    expect(alice.issued).toHaveLength(1);
  });
});

describe('faults', () => {
  test('a tracker that restarts on the same port is found again by all, with their old sessions', async () => {
    const [alice, bob] = [await registered('alice'), await registered('bob')];
    await alice.online('alice', 'bob');
    const tokens = [alice.token, bob.token];
    const { port } = tracker;
    await tracker.close();
    expect((await alice.state('unreachable')).reason).toMatch(
      /^No tracker runs at .* now\. Check the address; .*ask whoever runs the tracker\.$/,
    );
    await bob.state('unreachable');
    expect(alice.client.peers()).toHaveLength(2);
    await expect(alice.client.addList(tech)).rejects.toMatchObject({ code: 'tracker_unreachable' });
    tracker = await begin(port);
    await Promise.all([alice.state('connected'), bob.state('connected')]);
    await Promise.all([alice.online('alice', 'bob'), bob.online('alice', 'bob')]);
    expect([alice.token, bob.token]).toEqual(tokens);
  });

  test('cut connections are made again; a tracker that falls silent is noticed by its missing signs of life', async () => {
    const cable = await Cable.to(tracker.port);
    cleanUp.push(() => cable.remove());
    const alice = await client('alice', { tuning: { beatMs: 300, heartbeatMs: 3600_000, requestTimeoutMs: 2000 } }, [
      cable.url,
    ]);
    await alice.client.login(PASSWORD, true);
    await alice.state('connected');
    cable.cut();
    await alice.views.next(({ state }) => state === 'connecting');
    await alice.state('connected');
    cable.frozen = true;
    expect((await alice.views.next()).reason).toMatch(/does not answer.*firewall/);
    await alice.state('unreachable');
    cable.cut();
    cable.frozen = false;
    await alice.state('connected');
  });

  test('the next tracker in the list is taken when the first is away', async () => {
    const gone = await Cable.to(tracker.port);
    await gone.remove();
    const alice = await client('alice', {}, [gone.url, tracker.url]);
    await alice.client.login(PASSWORD, true);
    expect((await alice.state('connected')).url).toBe(`${tracker.url}/`);
    await alice.client.stop();
    alice.client.start();
    expect((await alice.views.next(({ state }) => state === 'connected')).url).toBe(`${tracker.url}/`);
  });

  test('a tracker with another CA is mistrusted: nothing of it is taken, and it is left when the right one is back', async () => {
    let pinned: string | undefined;
    const trustsCa = (ca: string): boolean => (pinned ??= ca) === ca;
    const alice = await registered('alice', { trustsCa });
    const { port } = tracker;
    await tracker.close();
    tracker = await begin(port, 'impostor');
    await alice.state('signed_out');
    const events = alice.events.told.length;
    await alice.client.login(PASSWORD, true);
    expect((await alice.state('mistrusted')).reason).toMatch(/not the one that this peer knows.*Check the address/);
    expect(alice.issued).toHaveLength(1);
    expect(alice.events.told).toHaveLength(events);
    await expect(alice.client.devices('alice' as Username)).rejects.toMatchObject({ code: 'tracker_unreachable' });
    await tracker.close();
    tracker = await begin(port);
    await alice.client.login(PASSWORD, false);
    await alice.state('connected');
  });

  test('how far the clocks differ is told with each answer; certificates are renewed by the tracker’s', async () => {
    const behind = await registered('alice', { clock: { now: () => Date.now() - 12 * 60_000 } });
    expect(Math.round((behind.skews.at(-1) ?? 0) / 60_000)).toBe(-12);
    const ahead = await registered('bob', {
      clock: { now: () => Date.now() + 40 * 24 * 3600_000 },
      tuning: { heartbeatMs: 5 },
      channelsIn: ['tech'],
    });
    await ahead.client.stop();
    ahead.client.start();
    await ahead.views.next(({ state }) => state === 'connected');
    expect(Math.round((ahead.skews.at(-1) ?? 0) / (24 * 3600_000))).toBe(40);
    expect(ahead.issued).toHaveLength(1);
  });

  test('addresses that are none are refused at the start', async () => {
    for (const url of ['', 'tracker', 'ftp://a', 'http://user:secret@a', 'javascript:1']) {
      await expect(makeClient([url], 'alice')).rejects.toMatchObject({ code: 'bad_request' });
    }
    const alone = await client('alice', {}, []);
    alone.client.start();
    expect((await alone.state('unreachable')).reason).toContain('--tracker');
    await expect(alone.client.login(PASSWORD, false)).rejects.toThrow('--tracker');
  });
});
