/** What the specification promises to foreign programs, asked by foreign programs: curl at the tracker, OpenSSL at a peer. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PeerReady } from '../scripts/daemon/daemon.js';
import { curl, json, runProgram, type HttpAnswer } from './support/programs.js';
import { World, type Restartable } from './support/world.js';

let world: World;
let url: string;
let peer: Restartable<PeerReady>;

beforeAll(async () => {
  world = await World.create('contract');
  const tracker = await world.startTracker();
  ({ url } = tracker.ready);
  peer = await world.startPeer({ username: 'carol', tracker, password: 'a long password', register: true });
});
afterAll(() => world.close(), 60_000);

const jar = (name: string): string => join(world.folder, `${name}.cookies`);

/** A POST of a literal body, with the cookies that a user's earlier answers set. */
function post(path: string, body: string, user = 'alice'): Promise<HttpAnswer> {
  return curl('-b', jar(user), '-c', jar(user), '-H', 'Content-Type: application/json', '-d', body, `${url}${path}`);
}

const get = (path: string, user = 'alice'): Promise<HttpAnswer> => curl('-b', jar(user), `${url}${path}`);

describe('the tracker answers the literal bodies of section 2', () => {
  test('POST /register', async () => {
    const answer = await post('/register', '{"username":"alice","password":"correct horse"}');
    expect([200, 201]).toContain(answer.status);
    expect(json(answer)).toMatchObject({ status: 'success', username: 'alice' });
    const again = await post('/register', '{"username":"ALICE","password":"another one"}', 'nobody');
    expect(again.status).toBe(409);
    expect(json(again)).toMatchObject({ status: 'failed', code: 'name_taken', message: expect.any(String) });
  });

  test('POST /login', async () => {
    const answer = await post('/login', '{"username":"alice","password":"correct horse"}');
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ status: 'success', token: expect.stringMatching(/^[\w-]{43,}$/) });
    const wrong = await post('/login', '{"username":"alice","password":"wrong password"}', 'nobody');
    const unknown = await post('/login', '{"username":"nobody-here","password":"wrong password"}', 'nobody');
    expect(wrong.status).toBe(401);
    expect(json(wrong)).toEqual({ status: 'failed', code: 'invalid_credentials', message: 'Invalid credentials' });
    expect({ ...unknown, body: json(unknown) }).toEqual({ ...wrong, body: json(wrong) });
  });

  test('POST /login from an HTML form', async () => {
    const form = ['--data-urlencode', 'username=alice', '--data-urlencode', 'password=correct horse'];
    const answer = await curl('-c', jar('form'), ...form, `${url}/login`);
    expect(answer.status).toBeLessThan(400);
    expect((await get('/me', 'form')).status).toBe(200);
  });

  test('GET /me, by cookie and by bearer token', async () => {
    expect(json(await get('/me'))).toMatchObject({ status: 'success', username: 'alice' });
    const { token } = json(await post('/login', '{"username":"alice","password":"correct horse"}', 'other')) as {
      token: string;
    };
    expect(json(await curl('-H', `Authorization: Bearer ${token}`, `${url}/me`))).toMatchObject({ username: 'alice' });
    expect((await get('/me', 'nobody')).status).toBe(401);
  });

  test('POST /submit-info', async () => {
    const answer = await post(
      '/submit-info',
      '{"username":"alice","ip":"192.168.1.20","port":9101,"channels":["general"]}',
    );
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ status: 'success', peer_id: expect.any(String), total_peers: 2 });
    const foreign = await post('/submit-info', '{"username":"carol","ip":"192.168.1.20","port":9101}');
    expect(foreign.status).toBe(403);
    expect(json(foreign)).toMatchObject({ status: 'failed', code: 'forbidden' });
    const loose = '{"username":"alice","ip":"192.168.1.20","port":"9101","status":"active","peer_port":9101}';
    expect(json(await post('/submit-info', loose))).toMatchObject({ status: 'success', total_peers: 2 });
    expect((await post('/submit-info', '{"username":"alice","ip":"","port":9101}')).status).toBe(200);
    expect((await post('/submit-info', loose)).status).toBe(200);
    expect((await post('/submit-info', '{"username":"alice","port":"70000"}')).status).toBe(400);
    expect((await post('/submit-info', '{"username":"alice","port":9101}', 'nobody')).status).toBe(401);
    expect((await post('/submit-info', '{"username":"alice","port":"many"}')).status).toBe(400);
    expect((await post('/submit-info', '{"username":')).status).toBe(400);
  });

  test('POST /add-list', async () => {
    const answer = await post('/add-list', '{"username":"alice","channel":"tech"}');
    expect(answer.status).toBe(200);
    expect(json(answer)).toEqual({ status: 'success', channel: 'tech', members: ['alice'], member_count: 1 });
    expect(json(await post('/add-list', '{"username":"alice","channel":"tech","extra":1}'))).toEqual(json(answer));
    // Everyone is in a permanent channel: the tracker's accounts.
    const general = json(await post('/add-list', '{"username":"alice","channel":"general"}'));
    expect(general).toEqual({ status: 'success', channel: 'general', members: ['alice', 'carol'], member_count: 2 });
    expect((await post('/add-list', '{"username":"alice"}')).status).toBe(400);
    const foreign = await post('/add-list', '{"username":"carol","channel":"tech"}');
    expect(foreign.status).toBe(403);
  });

  test('POST and GET /get-list', async () => {
    const alice = { username: 'alice', ip: '192.168.1.20', port: 9101, status: 'online' };
    const all = json(await post('/get-list', '{}')) as { peers: { username: string }[] };
    expect(all).toMatchObject({ status: 'success' });
    expect(all.peers.map(({ username }) => username).sort()).toEqual(['alice', 'carol']);
    expect(all.peers.find(({ username }) => username === 'alice')).toMatchObject(alice);
    const tech = json(await post('/get-list', '{"channel":"tech"}')) as { peers: unknown[] };
    expect(tech.peers).toEqual([expect.objectContaining(alice)]);
    expect(json(await get('/get-list?channel=tech'))).toEqual(tech);
  });

  test('GET /channels, and leaving one', async () => {
    const { channels } = json(await get('/channels')) as { channels: { name: string }[] };
    expect(channels.map(({ name }) => name)).toEqual(expect.arrayContaining(['general', 'broadcast', 'tech', 'game']));
    expect((await post('/channels/tech/leave', '{}')).status).toBe(200);
    expect((await post('/channels/general/leave', '{}')).status).toBe(403);
  });

  test('GET /devices', async () => {
    const { devices } = json(await get('/devices?username=carol')) as { devices: unknown[] };
    expect(devices).toEqual([
      expect.objectContaining({
        username: 'carol',
        revoked: false,
        certificate: expect.stringContaining('BEGIN CERTIFICATE'),
      }),
    ]);
  });

  test('pages, liveness, metrics and documentation', async () => {
    expect((await curl(`${url}/`)).status).toBe(401);
    expect((await get('/')).status).toBe(200);
    for (const open of ['/login.html', '/register.html', '/healthz', '/metrics', '/docs']) {
      expect([open, (await curl('-L', `${url}${open}`)).status]).toEqual([open, 200]);
    }
  });

  test('a body over the limit', async () => {
    const large = join(world.folder, 'large.json');
    await writeFile(large, `{"username":"alice","password":"${'x'.repeat(200_000)}"}`);
    const headers = ['-H', 'Content-Type: application/json', '-H', 'Expect:'];
    const answer = await curl(...headers, '--data-binary', `@${large}`, `${url}/login`);
    expect(answer.status).toBe(413);
  });

  test('POST /logout ends the session', async () => {
    expect((await post('/logout', '{}')).status).toBe(200);
    expect((await get('/me')).status).toBe(401);
  });
});

describe('a peer, asked by OpenSSL', () => {
  /** Waits for what the peer says after the handshake, too: with TLS 1.3 a refusal of the certificate comes then. */
  const connect = (...more: string[]): ReturnType<typeof runProgram> => {
    const { host, port } = peer.ready.p2p;
    return runProgram(
      'openssl',
      ['s_client', '-connect', `${host}:${port}`, '-alpn', 'parley/1', '-ign_eof', ...more],
      15_000,
    );
  };

  test('speaks TLS 1.3 and refuses who has no certificate', async () => {
    const { stdout, stderr, code } = await connect();
    expect(stdout).toMatch(/TLSv1\.3/);
    expect(stdout).toMatch(/CN ?= ?carol/);
    expect(stderr).toMatch(/certificate required|alert number 116/);
    expect(code).not.toBe(0);
  });

  test('refuses a certificate of another authority', async () => {
    const [key, certificate] = [join(world.folder, 'mallory.key'), join(world.folder, 'mallory.pem')];
    const made = [
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-subj',
      '/CN=alice',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    expect((await runProgram('openssl', ['req', ...made])).code).toBe(0);
    const { stdout, stderr, code } = await connect('-cert', certificate, '-key', key);
    expect(stdout).toMatch(/TLSv1\.3/);
    // OpenSSL's words for an alert, or the peer's own for a link that it refuses after the handshake.
    expect(`${stdout}\n${stderr}`).toMatch(
      /alert (unknown ca|bad certificate|certificate unknown)|certificate_unknown/,
    );
    expect(stdout).not.toMatch(/"handshake_ack"/);
    expect(code).not.toBeNull();
  });

  test('refuses TLS 1.2', async () => {
    const { stderr, code } = await connect('-tls1_2');
    expect(stderr).toMatch(/protocol version|alert number 70/);
    expect(code).not.toBe(0);
  });
});
