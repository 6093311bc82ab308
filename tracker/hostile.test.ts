/** Slow, endless, broken and idle connections cost little, and do not affect others. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import net from 'node:net';
import fc from 'fast-check';
import { talk as rawTalk } from './testing/raw.js';
import { TestTrackers, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;

beforeAll(async () => {
  const timings = { requestHead: 200, request: 400, keepAlive: 200, idle: 1000, check: 50 };
  tracker = await trackers.start({ timings });
});
afterAll(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

const talk = (...parts: string[]) => rawTalk(tracker.tracker.port, ...parts);

const post = (length: number, type = 'application/json') =>
  `POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

describe('a connection that', () => {
  test('sends nothing is closed', async () => {
    expect(await talk()).toMatch(/^$|408/);
  });
  test('never ends its headers is closed', async () => {
    expect(await talk('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toContain('408 Request Timeout');
  });
  test('never ends its body is closed', async () => {
    expect(await talk(post(1000), '{"username":"')).toContain('408 Request Timeout');
  });
  test('is kept alive without a request is closed', async () => {
    expect(await talk('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('{"status":"success"}');
  });
  test('announces too large a body is refused before it sends the body', async () => {
    expect(await talk(post(10_000_000))).toMatch(/^HTTP\/1.1 413[^]*"code":"too_large"/);
  });
  test('sends an endless body is closed at the limit', async () => {
    const head =
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    expect(await talk(head, ...Array.from({ length: 20 }, () => chunk))).toContain('"code":"too_large"');
  });
  test('sends too long headers is refused', async () => {
    const answer = await talk(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431[^]*"code":"too_large"/);
  });
  test('does not speak HTTP gets an error', async () => {
    expect(await talk('{"type":"register","user_id":"Ali"}\n')).toMatch(/^HTTP\/1.1 400[^]*"code":"bad_request"/);
    expect(await talk('\u0016\u0003\u0001\u0002\u0000\u0001')).toMatch(/^HTTP\/1.1 400/);
  });
  test('asks for an unknown WebSocket is refused', async () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    expect(await talk(`GET //evil HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1.1 404/);
    expect(await talk(`GET http:// HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1.1 4/);
  });
});

test('a client that closes while its request arrives is no error of the tracker', async () => {
  const patient = await trackers.start();
  let closed = 0;
  const close = (message: unknown) => {
    (message as { socket: net.Socket }).socket.destroy();
    closed += 1;
  };
  subscribe('http.server.request.start', close);
  try {
    await expect(patient.post('/login', { username: 'fuzz', password: 'wrong' })).rejects.toThrow();
  } finally {
    unsubscribe('http.server.request.start', close);
  }
  expect(closed).toBe(1);
  expect((await patient.fetch('/healthz')).status).toBe(200);
  expect(trackers.errors).toEqual([]);
});

async function answered(socket: net.Socket): Promise<void> {
  const data = new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve).once('close', () => reject(new Error('it was refused')));
  });
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  expect((await data).toString('latin1', 0, 12)).toBe('HTTP/1.1 200');
}

describe('many connections', () => {
  test('idle ones do not affect others, and are closed soon', async () => {
    const sockets = Array.from({ length: 500 }, () => net.connect(tracker.tracker.port, '127.0.0.1'));
    const closed = sockets.map(
      (socket) => new Promise((resolve) => socket.on('error', () => {}).once('close', resolve)),
    );
    for (const socket of sockets) socket.resume();
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    // Where the machine stands still for that long, this one is too slow as well, and asks again.
    let other = await tracker.fetch('/healthz');
    while (other.status === 408) other = await tracker.fetch('/healthz');
    expect(other.status).toBe(200);
    await Promise.all(closed);
  });

  test('more than the limit are refused, and one address does not take the last of them', async () => {
    const small = await trackers.start({ limits: { connections: 10 } });
    const open = (from: string, count: number): net.Socket[] =>
      Array.from({ length: count }, () =>
        net
          .connect({ port: small.tracker.port, host: '127.0.0.1', localAddress: from })
          .on('error', () => {})
          .resume(),
      );
    const greedy = open('127.0.0.1', 30);
    const refused = await new Promise<Set<net.Socket>>((resolve) => {
      const ended = new Set<net.Socket>();
      for (const socket of greedy) socket.once('close', () => ended.add(socket).size === 22 && resolve(ended));
    });
    // Where all of this network is the machine itself, as on Linux, somebody else is easily played.
    const others = process.platform === 'linux' ? [...open('127.0.0.2', 1), ...open('127.0.0.3', 1)] : [];
    await Promise.all(others.map((socket) => answered(socket)));
    expect(refused.size).toBe(22);
    for (const socket of [...greedy, ...others]) socket.destroy();
  });
});

describe('any request body', () => {
  test('gets an answer with a code, and never 500', async () => {
    // To hash a password can take longer than the one above waits.
    const user = await (await trackers.start()).register('fuzz');
    const paths = [
      '/register',
      '/login',
      '/password',
      '/submit-info',
      '/add-list',
      '/get-list',
      '/channels/tech/topic',
    ];
    const field = fc.oneof(fc.string(), fc.integer(), fc.jsonValue(), fc.constant('fuzz'), fc.constant('tech'));
    const keys = [
      'username',
      'password',
      'port',
      'ip',
      'channel',
      'channels',
      'device',
      'csr',
      'addresses',
      'sample',
      'after',
      'topic',
      'old',
      'new',
    ];
    const record = fc.record(Object.fromEntries(keys.map((key) => [key, field])), { requiredKeys: [] });
    const body = fc.oneof(
      record.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async (path, text) => {
        const answer = await user.at.post(path, text, user.headers);
        expect(answer.status).toBeLessThan(500);
        expect(answer.body).toMatchObject({ status: answer.status === 200 ? 'success' : 'failed' });
      }),
      { numRuns: 300 },
    );
  });
});
