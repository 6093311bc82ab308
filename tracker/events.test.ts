/** /events over real WebSockets (SPEC.md section 2). */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TrackerEvent } from '../protocol/tracker-api.js';
import { makeDevice } from './testing/device.js';
import { EventsSocket, refusal } from './testing/events-socket.js';
import { PASSWORD, TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

type Of<Type extends TrackerEvent['type']> = Extract<TrackerEvent, { type: Type }>;
const left = (username: string) => (message: { type: string; username?: string }) =>
  message.type === 'peer_left' && message.username === username;

describe('events', () => {
  test('everyone gets a snapshot first, then every change', async () => {
    const tracker = await trackers.start();
    const [alice, bob] = await tracker.registerAll('Alice', 'bob');
    await alice.submit({ channels: ['tech'] });
    const events = await EventsSocket.open(bob);
    const [snapshot] = events.heard as [Of<'snapshot'>];
    expect(snapshot.peers).toMatchObject([
      { username: 'Alice', port: 9101, channels: ['broadcast', 'general', 'tech'] },
    ]);
    expect(snapshot.channels).toContainEqual({ name: 'tech', topic: '', members: 1, joined: false });
    expect(snapshot.channels).toContainEqual({ name: 'general', topic: '', members: 2, joined: true });

    await bob.submit({ port: 9200 });
    const joined = await events.until<Of<'peer_joined'>>(
      (message) => message.type === 'peer_joined' && message.peer.username === 'bob',
    );
    expect(joined.peer).toMatchObject({ port: 9200, status: 'online' });
    await bob.submit({ port: 9300 });
    const updated = await events.until<Of<'peer_updated'>>((message) => message.type === 'peer_updated');
    expect(updated.peer).toMatchObject({ username: 'bob', port: 9300 });

    await bob.post('/add-list', { username: 'bob', channel: 'tech' });
    await events.until((message) => message.type === 'channel_joined' && message.channel === 'tech');
    const own = await events.until<Of<'channel_updated'>>(
      (message) =>
        message.type === 'channel_updated' && message.channel.name === 'tech' && message.channel.members === 2,
    );
    expect(own.channel.joined).toBe(true);
    await bob.post('/channels/tech/leave', {});
    await events.until((message) => message.type === 'channel_left' && message.username === 'bob');
    await events.until((message) => message.type === 'channel_updated' && message.channel.members === 1);
    await tracker.post('/register', { username: 'carol', password: PASSWORD });
    await events.until(
      (message) =>
        message.type === 'channel_updated' && message.channel.name === 'general' && message.channel.members === 3,
    );
  });

  test('of many who come at once each gets all peers and its own channels', async () => {
    const tracker = await trackers.start();
    const users = await tracker.registerAll('alice', 'bob', 'carol');
    for (const user of users) {
      await user.post('/add-list', { username: user.username, channel: `of-${user.username}` });
      await user.submit({});
    }
    const sockets = await Promise.all(
      users.flatMap((user) =>
        Array.from({ length: 25 }, () => EventsSocket.open(user).then((events) => ({ user, events }))),
      ),
    );
    for (const { user, events } of sockets) {
      const [snapshot] = events.heard as [Of<'snapshot'>];
      expect(snapshot.peers.map(({ username }) => username)).toEqual(['alice', 'bob', 'carol']);
      const own = snapshot.channels.filter(({ joined, name }) => joined && name.startsWith('of-'));
      expect(own.map(({ name }) => name)).toEqual([`of-${user.username}`]);
    }
  });

  test('`joined` is about the user who receives it', async () => {
    const tracker = await trackers.start();
    const [alice, bob] = await tracker.registerAll('alice', 'bob');
    const [atAlice, atBob] = [await EventsSocket.open(alice), await EventsSocket.open(bob)];
    await alice.post('/add-list', { username: 'alice', channel: 'tea' });
    const about = (message: { type: string; channel?: unknown }) =>
      message.type === 'channel_updated' && (message.channel as { name: string }).name === 'tea';
    expect(await atAlice.until(about)).toMatchObject({ channel: { name: 'tea', members: 1, joined: true } });
    expect(await atBob.until(about)).toMatchObject({ channel: { name: 'tea', members: 1, joined: false } });
  });

  test('only the last state of a window is sent', async () => {
    // Long enough for all steps on a busy machine.
    const tracker = await trackers.start({ timings: { eventsWindow: 4000 } });
    const [alice, bob] = await tracker.registerAll('alice', 'bob');
    const events = await EventsSocket.open(bob);
    await tracker.post('/register', { username: 'carol', password: PASSWORD });
    // A window begins when something is told.
    await events.until(({ type }) => type === 'user_registered');
    for (const port of [1, 2, 3]) await alice.submit({ port });
    const device = makeDevice();
    await alice.submit({ csr: await device.csr('alice') });
    await alice.post(`/devices/${device.device}/revoke`, {});
    await events.until(left('alice'));
    const told = events.heard.filter(({ type }) => type.startsWith('peer_'));
    expect(told).toMatchObject([
      { type: 'peer_joined', peer: { username: 'alice', port: 3 } },
      { type: 'peer_left', username: 'alice', device: device.device },
    ]);
  });

  test('long messages arrive complete', async () => {
    const tracker = await trackers.start();
    const alice = await tracker.register('alice');
    const events = await EventsSocket.open(alice);
    const addresses = Array.from({ length: 16 }, (_, at) => ({ host: `${at}`.padEnd(255, 'x'), port: 1 }));
    await alice.submit({ addresses });
    const message = await events.until<Of<'peer_joined'>>(({ type }) => type === 'peer_joined');
    expect(message.peer.addresses).toEqual(addresses);
    const names = Array.from({ length: 1000 }, (_, at) => `${at}`.padEnd(70, 'y'));
    for (let at = 0; at < names.length; at += 16) {
      await alice.submit({ addresses: names.slice(at, at + 16).map((host) => ({ host, port: 1 })) });
    }
    const last = await events.until<Of<'peer_updated'>>(
      (update) => update.type === 'peer_updated' && update.peer.addresses.at(-1)?.host === names.at(-1),
    );
    expect(last.peer.addresses).toHaveLength(1000 % 16);
  });
});

describe('presence', () => {
  test('lasts while there are heart-beats, and ends after silence', async () => {
    const tracker = await trackers.start({ timings: { presenceExpiry: 300 } });
    const [alice, bob] = await tracker.registerAll('alice', 'bob');
    const events = await EventsSocket.open(bob);
    await alice.submit();
    const start = performance.now();
    while (performance.now() - start < 500) expect((await alice.submit()).status).toBe(200);
    expect(events.heard.filter(left('alice'))).toEqual([]);
    await events.until(left('alice'));
    expect((await bob.post('/get-list', {})).body['peers']).toEqual([]);
    const again = await alice.submit();
    expect(again.body).toMatchObject({ status: 'success', total_peers: 1 });
  });

  test('lasts as long as the events socket of the device answers pings, and ends soon after it closes', async () => {
    const tracker = await trackers.start({ timings: { presenceExpiry: 400, eventsPing: 100, eventsCloseGrace: 50 } });
    const [alice, bob] = await tracker.registerAll('alice', 'bob');
    const device = makeDevice();
    const [first, second] = [
      await EventsSocket.open(alice, `?device=${device.device}`),
      await EventsSocket.open(alice, `?device=${device.device}`),
    ];
    await alice.submit({ device: device.device, csr: await device.csr('alice') });
    const events = await EventsSocket.open(bob);
    let pings = 0;
    const alive = new Promise<void>((resolve) => {
      second.socket.on('ping', () => (pings += 1) === 8 && resolve());
    });
    await alive;
    await first.close();
    expect((await bob.post('/get-list', {})).body['peers']).toHaveLength(1);
    await second.close();
    await events.until(left('alice'));
  });

  test('stays unchanged when a socket reconnects within the grace period', async () => {
    const tracker = await trackers.start({
      timings: { presenceExpiry: 60_000, eventsCloseGrace: 150, eventsPing: 50 },
    });
    const alice = await tracker.register('alice');
    const device = makeDevice();
    await alice.submit({ csr: await device.csr('alice') });
    const watcher = await EventsSocket.open(alice);
    await (await EventsSocket.open(alice, `?device=${device.device}`)).close();
    const back = await EventsSocket.open(alice, `?device=${device.device}`);
    let pings = 0;
    await new Promise<void>((resolve) => back.socket.on('ping', () => (pings += 1) === 6 && resolve()));
    expect(watcher.heard.filter(left('alice'))).toEqual([]);
  });

  test('does not end with the socket of another user', async () => {
    const tracker = await trackers.start({ timings: { eventsCloseGrace: 10 } });
    const [alice, bob] = await tracker.registerAll('alice', 'bob');
    const unregistered = 'A'.repeat(22);
    await alice.submit({ device: unregistered });
    const mallory = await EventsSocket.open(bob, `?device=${unregistered}`);
    mallory.socket.send(JSON.stringify({ type: 'status', status: 'busy' }));
    await mallory.close();
    const events = await EventsSocket.open(bob);
    await bob.submit();
    // The first events may repeat what is in the snapshot, so this waits for bob, not for alice.
    await events.until((message) => message.type === 'peer_joined' && message.peer.username === 'bob');
    await bob.submit({ port: 1 });
    await events.until((message) => message.type === 'peer_updated');
    expect((await bob.post('/get-list', {})).body['peers']).toMatchObject([
      { username: 'alice', device: unregistered, status: 'online' },
      { username: 'bob' },
    ]);
  });
});

describe('messages of a client', () => {
  test('only its status is accepted', async () => {
    const tracker = await trackers.start();
    const alice = await tracker.register('alice');
    await alice.submit();
    const events = await EventsSocket.open(alice);
    events.socket.send(JSON.stringify({ type: 'status', status: 'away' }));
    await events.until((message) => 'peer' in message && message.peer.status === 'away');
    await alice.submit({ port: 9999 });
    await events.until((message) => 'peer' in message && message.peer.port === 9999);
    expect((await alice.post('/get-list', {})).body['peers']).toMatchObject([{ status: 'away', port: 9999 }]);
    const nonsense: [string | Buffer, string][] = [
      ['{', 'bad_json'],
      ['3', 'bad_json'],
      [Buffer.from([1, 2]), 'bad_json'],
      ['{"type":"dance"}', 'unknown_type'],
      ['{"type":"status","status":"rich"}', 'bad_request'],
    ];
    for (const [text, code] of nonsense) {
      const before = events.heard.length;
      events.socket.send(text);
      await events.until((message) => message.type === 'error' && events.heard.indexOf(message) >= before);
      expect(events.heard.at(-1)).toEqual({ type: 'error', code, message: expect.any(String) });
    }
    events.socket.send('x'.repeat(5000));
    expect(await events.closed).toBe(1009);
  });
});

describe('access', () => {
  test('a socket needs a session, no foreign origin, and a device of its own user', async () => {
    const tracker = await trackers.start({ limits: { socketsPerAccount: 1 } });
    const [alice, bob] = await tracker.registerAll('alice', 'bob');
    const device = makeDevice();
    await alice.submit({ csr: await device.csr('alice') });
    const url = `${tracker.url}/events`;
    const failed = (code: string) => ({ status: 'failed', code, message: expect.any(String) });
    expect(await refusal(url, {})).toEqual([401, failed('not_signed_in')]);
    expect(await refusal(url, { authorization: 'Bearer nonsense' })).toEqual([401, failed('not_signed_in')]);
    expect(await refusal(url, { ...bob.headers, origin: 'http://evil.example' })).toEqual([
      403,
      failed('foreign_origin'),
    ]);
    expect(await refusal(`${url}?device=x`, bob.headers)).toEqual([400, failed('bad_request')]);
    expect(await refusal(`${url}?device=${device.device}`, bob.headers)).toEqual([409, failed('device_taken')]);
    expect(await refusal(`${tracker.url}/elsewhere`, bob.headers)).toEqual([404, failed('not_found')]);
    const events = await EventsSocket.open(bob);
    expect(await refusal(url, bob.headers)).toEqual([429, failed('rate_limited')]);
    await events.close();
    const cookie = { cookie: `session_token=${alice.token}`, origin: tracker.url };
    await expect(refusal(url, cookie)).rejects.toThrow('accepted');
  });

  test('a socket closes when its session, its device or the tracker ends', async () => {
    const tracker = await trackers.start();
    const alice = await tracker.register('alice');
    const device = makeDevice();
    await alice.submit({ csr: await device.csr('alice') });
    const revoked = await EventsSocket.open(alice, `?device=${device.device}`);
    await alice.post(`/devices/${device.device}/revoke`, {});
    expect(await revoked.closed).toBe(1008);
    const events = await EventsSocket.open(alice);
    await alice.post('/logout', {});
    expect(await events.closed).toBe(1008);
    const again = await EventsSocket.open(await tracker.login('alice'));
    await tracker.tracker.close();
    expect(await again.closed).toBe(1001);
  });
});
