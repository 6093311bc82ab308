/** Start, stop, and another start with the same data. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { startTracker } from './main.js';
import { defaultSettings } from './settings.js';
import { makeDevice } from './testing/device.js';
import { talk } from './testing/raw.js';
import { PASSWORD, silent, TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

describe('a tracker that starts again', () => {
  test('has everything as before', async () => {
    const first = await trackers.start();
    const alice = await first.register('Alice');
    await alice.post('/add-list', { username: 'Alice', channel: 'tea' });
    await alice.post('/channels/tea/topic', { topic: 'leaves' });
    await alice.post('/add-list', { username: 'Alice', channel: 'game' });
    const device = makeDevice();
    const { body } = await alice.submit({ csr: await device.csr('Alice') });
    const left = await first.login('Alice');
    await left.post('/logout', {});
    const channels = (await alice.get('/channels')).body;
    await first.tracker.close();

    const second = await trackers.start({ dataDir: first.dataDir });
    const again = { headers: alice.headers };
    expect((await second.fetch('/me', again)).body).toMatchObject({ username: 'Alice' });
    expect((await second.fetch('/me', { headers: left.headers })).status).toBe(401);
    expect((await second.fetch('/channels', again)).body).toEqual(channels);
    expect((await second.fetch('/devices', again)).body).toMatchObject({
      devices: [{ device: device.device, certificate: body['certificate'], revoked: false }],
    });
    expect((await second.fetch('/ca')).body['text']).toBe(body['ca']);
    expect((await second.post('/login', { username: 'alice', password: PASSWORD })).status).toBe(200);
    // Presence is not stored.
    expect((await second.fetch('/get-list', again)).body).toEqual({ status: 'success', peers: [] });
  });

  test('does not make initial channels again, and keeps secrets from other accounts', async () => {
    const first = await trackers.start();
    await first.tracker.close();
    const mode = async (name: string) => (await stat(join(first.dataDir, name))).mode & 0o777;
    expect(await mode('.')).toBe(0o700);
    for (const name of ['ca-key.pem', 'settings.json', 'tracker.db'])
      expect([name, await mode(name)]).toEqual([name, 0o600]);
    await writeFile(join(first.dataDir, 'settings.json'), JSON.stringify({ initialChannels: ['late'] }));
    await chmod(first.dataDir, 0o755);
    const second = await trackers.start({ dataDir: first.dataDir });
    expect(await mode('.')).toBe(0o700);
    const user = await second.register('alice');
    const names = ((await user.get('/channels')).body['channels'] as { name: string }[]).map((channel) => channel.name);
    expect(names).toEqual(['broadcast', 'game', 'general', 'tech']);
    const database = await readFile(join(first.dataDir, 'tracker.db'));
    expect(database.includes(user.token) || database.includes(PASSWORD)).toBe(false);
  });

  test('makes the certificate after a crash between key and certificate', async () => {
    const first = await trackers.start();
    await first.tracker.close();
    await rm(join(first.dataDir, 'ca.pem'));
    const second = await trackers.start({ dataDir: first.dataDir });
    expect((await second.fetch('/ca')).body['text']).toMatch(/^-----BEGIN CERTIFICATE/);
  });
});

describe('a stop', () => {
  test('answers requests under way, and may be called twice', async () => {
    const tracker = await trackers.start();
    const calls = Array.from({ length: 6 }, (_, at) =>
      tracker.post('/register', { username: `user${at}`, password: PASSWORD }),
    );
    // The first answer shows that the other requests have arrived: they wait in the queue for a hash.
    await Promise.race(calls);
    await Promise.all([tracker.tracker.close(), tracker.tracker.close()]);
    expect((await Promise.all(calls)).map((answer) => answer.status)).toEqual(calls.map(() => 200));
    await expect(tracker.fetch('/healthz')).rejects.toThrow();
  });
});

describe('a tracker that cannot start says why', () => {
  test('the port is in use', async () => {
    const other = await trackers.start();
    const { port } = other.tracker;
    expect(await trackers.startError({ port })).toBe(`Port ${port} is in use. Choose another one with --port.`);
  });

  test('the host is not an address of this machine', async () => {
    expect(await trackers.startError({ host: '203.0.113.7' })).toContain('--host');
  });

  test('another tracker uses the directory; when it has stopped, the lock is gone', async () => {
    const other = await trackers.start();
    expect(await trackers.startError({ dataDir: other.dataDir })).toContain('Another tracker runs on');
    await other.tracker.close();
    await trackers.start({ dataDir: other.dataDir });
  });

  test('the directory is a file', async () => {
    const file = join(await trackers.directory(), 'file');
    await writeFile(file, '');
    expect(await trackers.startError({ dataDir: file })).toContain('--data-dir');
  });

  test.each([
    ['{"name":', 'settings.json is not valid JSON'],
    ['[]', 'settings.json must hold one JSON object'],
    ['{"registration":"maybe"}', 'settings.json: registration must'],
    ['{"limits":{"connections":"many"}}', 'settings.json: limits.connections must be integer'],
    ['{"limits":3}', 'settings.json: limits must be object'],
    ['{"initialChannels":["Tech"]}', 'settings.json: initialChannels.0 must match'],
    ['{"wellcome":"hi"}', 'settings.json: wellcome'],
  ])('settings.json holds %s', async (text, why) => {
    const dataDir = await trackers.directory();
    const file = join(dataDir, 'settings.json');
    await writeFile(file, text);
    expect(await trackers.startError({ dataDir })).toContain(why);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test.each([
    ['ca-key.pem is gone', 'ca-key.pem', undefined, 'ca-key.pem is missing'],
    ['ca-key.pem is broken', 'ca-key.pem', 'nonsense', 'does not hold an Ed25519 key'],
    ['ca.pem is broken', 'ca.pem', 'nonsense', 'is not the certificate of'],
    ['tracker.db is broken', 'tracker.db', 'nonsense'.repeat(1000), 'tracker.db cannot be opened'],
  ])('%s', async (_title, name, text, why) => {
    const first = await trackers.start();
    await first.tracker.close();
    const file = join(first.dataDir, name);
    await (text === undefined ? rm(file) : writeFile(file, text));
    expect(await trackers.startError({ dataDir: first.dataDir })).toContain(why);
  });

  test('the TLS files are missing or invalid', async () => {
    const directory = await trackers.directory();
    const file = join(directory, 'x.pem');
    expect(await trackers.startError({ tls: { certFile: file, keyFile: file } })).toContain('Check --tls-cert');
    await writeFile(file, 'x');
    expect(await trackers.startError({ tls: { certFile: file, keyFile: file } })).toContain(
      'no certificate with its key',
    );
  });
});

describe('settings', () => {
  test('are written on the first start; missing fields have their default', async () => {
    const first = await trackers.start();
    const file = join(first.dataDir, 'settings.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(defaultSettings);
    await first.tracker.close();
    await writeFile(file, '{"limits":{"channelsPerAccount":1}}');
    const second = await trackers.start({ dataDir: first.dataDir });
    const user = await second.register('alice');
    const join1 = (channel: string) => user.post('/add-list', { username: 'alice', channel });
    expect([(await join1('one')).status, (await join1('two')).status]).toEqual([200, 403]);
  });
});

describe('TLS', () => {
  test('has https, a Secure cookie, and HSTS', async () => {
    const directory = await trackers.directory();
    const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync(
      'openssl',
      [
        ...request,
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        keyFile,
        '-out',
        certFile,
      ],
      { stdio: 'ignore' },
    );
    const tracker = await startTracker(
      { host: '127.0.0.1', port: 0, dataDir: join(directory, 'data'), tls: { certFile, keyFile } },
      silent,
    );
    try {
      expect(tracker.url).toMatch(/^https:/);
      const ca = await readFile(certFile);
      const call = (path: string) =>
        new Promise<string[]>((resolve, reject) => {
          const headers = { 'content-type': 'application/json' };
          const sent = https.request(tracker.url + path, { method: 'POST', ca, headers, agent: false }, (response) => {
            response.resume();
            resolve([String(response.headers['set-cookie']), String(response.headers['strict-transport-security'])]);
          });
          sent.on('error', reject);
          sent.end(JSON.stringify({ username: 'alice', password: PASSWORD }));
        });
      await call('/register');
      const [cookie, hsts] = await call('/login');
      expect(cookie).toContain('; Secure; SameSite=Lax');
      expect(hsts).toContain('max-age');

      const body = 'x'.repeat(100_000);
      for (const said of [
        'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
        `POST /login HTTP/1.1\r\nContent-Length: 100000\r\n\r\n${body}`,
        'hello\n',
      ])
        expect(await talk(tracker.port, said)).toMatch(
          /^HTTP\/1\.1 400 .*"This port speaks HTTPS\. Use https:\/\/ in its address\."\}$/s,
        );
      // A hello in pieces is one of TLS all the same; what ends before it has begun is dropped.
      net.connect(tracker.port, '127.0.0.1').end();
      const slow = net.connect(tracker.port, '127.0.0.1');
      const wire = new Duplex({
        read: () => void slow.resume(),
        write: (chunk: Buffer, _encoding, done) => {
          slow.write(chunk.subarray(0, 1));
          setImmediate(() => (slow.writable ? slow.write(chunk.subarray(1), done) : done()));
        },
      });
      slow.setNoDelay().on('data', (chunk) => void wire.push(chunk));
      slow.on('end', () => void wire.push(null));
      const secure = connect({ socket: wire, ca, servername: 'localhost', checkServerIdentity: () => undefined });
      await once(secure, 'secureConnect');
      secure.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
      expect(await text(secure)).toMatch(/^HTTP\/1\.1 200 /);
      slow.destroy();
    } finally {
      await tracker.close();
    }
  });
});
