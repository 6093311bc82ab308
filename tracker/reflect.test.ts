import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';
import { Reflected } from '../protocol/reach.js';
import { Value } from 'typebox/value';
import { startTracker } from './main.js';
import { talk } from './testing/raw.js';
import { expectFailure, TestTrackers, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

const head = (user: TestUser, more = '') =>
  `GET /reflect HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${user.token}\r\n${more}\r\n`;

/** One call over a connection that is not closed from here before the tracker has; then from where it came. */
async function reflect(port: number, request: string, localPort?: number) {
  const socket = net.connect({
    port,
    host: '127.0.0.1',
    allowHalfOpen: true,
    ...(localPort !== undefined && { localPort }),
  });
  let read = '';
  socket.setEncoding('latin1').on('data', (data: string) => (read += data));
  await once(socket, 'connect');
  const from = socket.localPort;
  socket.write(request);
  await once(socket, 'end');
  socket.destroy();
  await once(socket, 'close');
  const body = JSON.parse(read.slice(read.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;
  return { from, head: read.slice(0, read.indexOf('\r\n\r\n')), body };
}

/**
 * One call after the other from one port of this machine, which is free again at once. Another program may take it meanwhile, now and then;
 * a connection that was closed here first would hold it each time.
 */
async function fromOnePort(main: number, other: number, request: string) {
  for (let tries = 5; ; tries -= 1) {
    const { from } = await reflect(main, request);
    try {
      return [from, await reflect(other, request, from)] as const;
    } catch (error) {
      if (tries === 1) throw error;
    }
  }
}

describe('GET /reflect', () => {
  test('says where the connection comes from, and closes it first, on both ports alike', async () => {
    const at = await trackers.start({ reflectPort: 0 });
    const alice = await at.register('alice');
    const main = at.tracker.port;
    const first = await reflect(main, head(alice));
    const other = first.body['other_port'] as number;
    expect(Value.Check(Reflected, first.body)).toBe(true);
    const seen = { status: 'success', host: '127.0.0.1', proxied: false };
    expect(first.body).toEqual({ ...seen, port: first.from, other_port: other });
    expect(first.head).toMatch(/^connection: close$/im);
    expect(first.head).not.toMatch(/^(content-length|transfer-encoding):/im);
    const [from, second] = await fromOnePort(main, other, head(alice));
    expect(second.body).toEqual({ ...seen, port: from, other_port: main });
  });

  test('the second port answers nothing else, and not without a session', async () => {
    const at = await trackers.start({ reflectPort: 0 });
    const alice = await at.register('alice');
    const other = Number((await alice.get('/reflect')).body['other_port']);
    const url = `http://127.0.0.1:${other}`;
    const answers = ['/healthz', '/ca', '/get-list', '/login', '/metrics', '/', '/events'].map((path) =>
      fetch(url + path, { headers: alice.headers }),
    );
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(404);
    expect((await fetch(`${url}/reflect`, { method: 'POST', headers: alice.headers })).status).toBe(404);
    expect((await fetch(`${url}/reflect`)).status).toBe(401);
    expectFailure(await at.fetch('/reflect'), 401, 'not_signed_in');
    await at.tracker.close();
    await expect(fetch(`${url}/reflect`)).rejects.toThrow();
  });

  test('behind a proxy the host is what a trusted one says, and the port means nothing', async () => {
    const at = await trackers.start({ trustedProxies: ['127.0.0.1'], registration: 'open', reflectPort: 0 });
    const alice = await at.register('alice');
    const ask = async (more: string) => (await reflect(at.tracker.port, head(alice, more))).body;
    const forwarded = await ask('X-Forwarded-For: 203.0.113.9\r\n');
    expect(forwarded).toEqual({ status: 'success', host: '203.0.113.9', port: expect.any(Number), proxied: true });
    for (const junk of ['x, y, z', ',,,', '1'.repeat(4000)]) {
      const body = await ask(`X-Forwarded-For: ${junk}\r\n`);
      expect([junk.slice(0, 9), Value.Check(Reflected, body), body['proxied']]).toEqual([junk.slice(0, 9), true, true]);
    }
  });

  test('a proxy that is not trusted is not believed, but noticed', async () => {
    const at = await trackers.start({ reflectPort: 0 });
    const alice = await at.register('alice');
    for (const more of ['X-Forwarded-For: 203.0.113.9', 'Via: 1.1 proxy', 'Forwarded: for=203.0.113.9']) {
      const { body } = await reflect(at.tracker.port, head(alice, `${more}\r\n`));
      expect(body).toEqual({ status: 'success', host: '127.0.0.1', port: expect.any(Number), proxied: true });
    }
  });

  test('a session has 60 of them a minute; another session has its own', async () => {
    const at = await trackers.start();
    const alice = await at.register('alice');
    const again = await at.login('alice');
    // Also a refusal ends the connection.
    const ask = (user: TestUser) => talk(at.tracker.port, head(user));
    const statuses = async (user: TestUser, count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => ask(user)));
      return answers.map((answer) => answer.slice(9, 12));
    };
    const first = await statuses(alice, 70);
    expect([first.filter((s) => s === '200').length, first.filter((s) => s === '429').length]).toEqual([60, 10]);
    expect(await statuses(again, 1)).toEqual(['200']);
  });

  test('a second port that is in use is no fault of the start', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    const warnings: string[] = [];
    const none = () => undefined;
    const log = { debug: none, info: none, error: none, warn: (_: object, text: string) => void warnings.push(text) };
    const dataDir = await trackers.directory();
    const tracker = await startTracker({ host: '127.0.0.1', port: 0, reflectPort: port, dataDir }, log);
    expect(warnings).toEqual([expect.stringContaining('--reflect-port')]);
    await tracker.close();
    const at = await trackers.start({ dataDir, reflectPort: port });
    const alice = await at.register('alice');
    expect((await alice.get('/reflect')).body).not.toHaveProperty('other_port');
    taken.close();
  });
});
