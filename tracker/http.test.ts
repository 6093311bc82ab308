/** The HTTP contract of SPEC.md section 2, with its literal bodies, over a real socket. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { expectFailure, type TestTracker, TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let count = 0;
const fresh = () => `user${(count += 1)}`;

beforeAll(async () => {
  tracker = await trackers.start();
  await tracker.register('alice');
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

describe('presence', () => {
  test('the literal requests of old clients are accepted', async () => {
    const user = await tracker.register(fresh());
    const { username } = user;
    const before = ((await user.post('/get-list', {})).body['peers'] as unknown[]).length;
    const submitted = await user.post('/submit-info', {
      username,
      ip: '192.168.1.5',
      port: 9101,
      channels: ['general'],
    });
    expect([submitted.status, submitted.body]).toEqual([
      200,
      { status: 'success', peer_id: username, total_peers: before + 1 },
    ]);
    const added = await user.post('/add-list', { username, channel: `only-${username}` });
    expect([added.status, added.body]).toEqual([
      200,
      { status: 'success', channel: `only-${username}`, members: [username], member_count: 1 },
    ]);
    const listed = await user.post('/get-list', { channel: `only-${username}` });
    const peer = {
      username,
      ip: '192.168.1.5',
      port: 9101,
      addresses: [],
      status: 'online',
      channels: ['broadcast', 'general', `only-${username}`],
    };
    expect([listed.status, listed.body]).toEqual([200, { status: 'success', peers: [peer] }]);
    expect(listed.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect((await user.get(`/get-list?channel=only-${username}`)).body).toEqual(listed.body);
    for (const everyone of [await user.post('/get-list', ''), await user.post('/get-list', { channel: 'general' })]) {
      expect(everyone.body['peers']).toContainEqual(peer);
    }
  });

  test('without an ip, a peer has the address that the tracker sees', async () => {
    const user = await tracker.register(fresh());
    await user.post('/submit-info', { username: user.username, port: 9101, addresses: [{ host: '::1', port: 9102 }] });
    const { body } = await user.post('/get-list', {});
    const own = { username: user.username, ip: '127.0.0.1', addresses: [{ host: '::1', port: 9102 }] };
    expect(body['peers']).toContainEqual(expect.objectContaining(own));
  });

  test('a repeated submission changes nothing; another one changes the list', async () => {
    const user = await tracker.register(fresh());
    const own = async () =>
      ((await user.post('/get-list', {})).body['peers'] as { username: string; port: number }[]).filter(
        (peer) => peer.username === user.username,
      );
    const first = await user.submit();
    expect((await user.submit()).body).toEqual(first.body);
    expect(await own()).toMatchObject([{ port: 9101 }]);
    await user.submit({ port: 9109 });
    expect(await own()).toMatchObject([{ port: 9109 }]);
  });

  test('a heart-beat does not join a channel again that was left', async () => {
    const user = await tracker.register(fresh());
    const channels = ['general', 'tech'];
    await user.submit({ channels });
    expect((await user.post('/channels/tech/leave', {})).status).toBe(200);
    await user.submit({ channels });
    await user.submit({ channels, port: 9110 });
    expect((await user.get('/me')).body['channels']).toEqual(['broadcast', 'general']);
    await user.submit({ channels: ['game', 'tech'] });
    expect((await user.get('/me')).body['channels']).toEqual(['broadcast', 'game', 'general', 'tech']);
  });

  test.each([
    [{ port: 0 }, 'bad_request'],
    [{ port: '9101x' }, 'bad_request'],
    [{ port: 70_000 }, 'bad_request'],
    [{ ip: 5 }, 'bad_request'],
    [{ ip: 'x'.repeat(256) }, 'bad_request'],
    [{ username: '../x' }, 'bad_name'],
    [{ channels: ['Tech'] }, 'bad_channel'],
    [{ channels: Array.from({ length: 513 }, (_, at) => `c${at}`) }, 'bad_request'],
    [{ device: 'short' }, 'bad_request'],
    [{ csr: 'x'.repeat(9000) }, 'bad_request'],
    [{ csr: 'nonsense' }, 'bad_csr'],
    [{ addresses: [{ host: 'h' }] }, 'bad_request'],
    [{ addresses: Array.from({ length: 17 }, () => ({ host: 'h', port: 1 })) }, 'bad_request'],
  ])('submit-info refuses %j: %s', async (part, code) => {
    const user = await tracker.login('alice');
    expectFailure(await user.submit(part), 400, code);
  });

  test('get-list refuses invalid queries', async () => {
    const user = await tracker.login('alice');
    expectFailure(await user.post('/get-list', { channel: 'nowhere' }), 404, 'not_found');
    expectFailure(await user.post('/get-list', { channel: 'No Where' }), 400, 'bad_channel');
    expectFailure(await user.post('/get-list', { limit: 0 }), 400, 'bad_request');
    expectFailure(await user.post('/get-list', { sample: '3' }), 400, 'bad_request');
    expectFailure(await user.get('/get-list?limit=many'), 400, 'bad_request');
    expect((await user.get('/get-list?limit=1')).body['peers']).toHaveLength(1);
  });
});

describe('channels', () => {
  test('a new tracker has four channels', async () => {
    const fourth = await trackers.start();
    const user = await fourth.register('alice');
    const channel = (name: string, members: number) => ({ name, topic: '', members, joined: members > 0 });
    expect((await user.get('/channels')).body).toEqual({
      status: 'success',
      channels: [channel('broadcast', 1), channel('game', 0), channel('general', 1), channel('tech', 0)],
    });
  });

  test('can be joined, given a topic and left', async () => {
    const [user, other] = await tracker.registerAll(fresh(), fresh());
    const name = `c-${user.username}`;
    for (const [at, one] of [user, other, other].entries()) {
      const { body } = await one.post('/add-list', { username: one.username, channel: name });
      const members = [user, other].slice(0, at + 1).map(({ username }) => username);
      expect(body).toEqual({ status: 'success', channel: name, members, member_count: members.length });
    }
    // The binding of SQLite would cut the text at a NUL character.
    for (const cut of ['te\0a', 'tea\ud800']) {
      const refused = await user.post(`/channels/${name}/topic`, { topic: cut });
      expect([refused.status, refused.body]).toEqual([400, expect.objectContaining({ code: 'bad_text' })]);
    }
    const topic = await user.post(`/channels/${name}/topic`, { topic: 'tea' });
    expect(topic.body).toEqual({ status: 'success', channel: name, topic: 'tea' });
    expect((await user.get('/channels')).body['channels']).toContainEqual({
      name,
      topic: 'tea',
      members: 2,
      joined: true,
    });
    const left = { status: 'success', channel: name, members: [other.username], member_count: 1 };
    expect((await user.post(`/channels/${name}/leave`, {})).body).toEqual(left);
    expect((await user.post(`/channels/${name}/leave`, {})).body).toEqual(left);
    expectFailure(await user.post(`/channels/${name}/topic`, { topic: 'coffee' }), 403, 'not_member');
  });

  test('impossible changes are refused', async () => {
    const user = await tracker.login('alice');
    expectFailure(await user.post('/channels/general/leave', {}), 403, 'permanent_channel');
    expectFailure(await user.post('/channels/nowhere/leave', {}), 404, 'not_found');
    expectFailure(await user.post('/channels/No%20Where/leave', {}), 400, 'bad_channel');
    expectFailure(await user.post('/add-list', { username: 'alice', channel: 'Tech' }), 400, 'bad_channel');
    expectFailure(await user.post('/channels/general/topic', { topic: 'x'.repeat(257) }), 400, 'bad_request');
  });
});

describe('the service', () => {
  test('every failure has the same form', async () => {
    expectFailure(await tracker.fetch('/nowhere'), 404, 'not_found');
    expectFailure(await tracker.fetch('/login', { method: 'DELETE' }), 404, 'not_found');
    expectFailure(await tracker.post('/login', '{"username":'), 400, 'bad_json');
    expectFailure(await tracker.post('/login', '{"__proto__":{"x":1},"username":"a","password":"b"}'), 400, 'bad_json');
    expectFailure(await tracker.post('/login', 'x', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
    expectFailure(await tracker.post('/login', { username: 'x'.repeat(70_000), password: 'x' }), 413, 'too_large');
    const user = await tracker.login('alice');
    expectFailure(await tracker.form('/add-list', {}, user.headers), 415, 'unsupported_media_type');
    expectFailure(await tracker.fetch('/events'), 400, 'bad_request');
    expectFailure(await tracker.fetch('/%zz'), 400, 'bad_request');
  });

  test('has a health check, OpenAPI with the schemas of every call, and metrics without user names', async () => {
    expect((await tracker.fetch('/healthz')).body).toEqual({ status: 'success' });
    const { body } = await tracker.fetch('/docs/json');
    const paths = Object.keys(body['paths'] as object);
    const calls = [
      '/register',
      '/login',
      '/logout',
      '/me',
      '/submit-info',
      '/add-list',
      '/get-list',
      '/channels',
      '/devices',
    ];
    expect(paths).toEqual(
      expect.arrayContaining([...calls, '/channels/{name}/leave', '/devices/{device}/revoke', '/ca']),
    );
    expect(JSON.stringify(body)).toContain('"total_peers":{"type":"integer"}');
    const user = await tracker.login('alice');
    await user.post('/channels/tech/leave', {});
    const metrics = String((await tracker.fetch('/metrics')).body['text']);
    expect(metrics).toMatch(/^parley_peers_online [1-9]/m);
    expect(metrics).toMatch(/^parley_sessions [1-9]/m);
    expect(metrics).toMatch(/^parley_event_loop_delay_p99_seconds [\d.e-]+$/m);
    expect(metrics).toContain('route="/channels/:name/leave"');
    expect(metrics).toMatch(/_count{method="POST",route="\/submit-info",status="200"} [1-9]/);
    expect(metrics).toMatch(/_count{method="POST",route="\/submit-info",status="400"} [1-9]/);
    expect(metrics).toMatch(/_count{method="GET",route="none",status="404"} [1-9]/);
    expect(metrics).not.toMatch(/alice|user1|tech/i);
  });
});
