/** Whether a peer can be dialled, by its tracker's word (SPEC.md section 2): real peers, and listeners that are none or hostile. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Peer } from '../peer/peer.js';
import { freePort } from '../peer/reach/reflect.js';
import { makeCertificate } from '../peer/gateway/self-made.js';
import type { DeviceId } from '../protocol/ids.js';
import { ALPN } from '../protocol/limits.js';
import type { CheckedPort } from '../protocol/reach.js';
import { systemClock } from '../tracker/clock.js';
import { ReachChecks } from '../tracker/reach-checks.js';
import { expectFailure, TestTrackers, type TestTracker, type TestUser } from '../tracker/testing/test-tracker.js';
import { InProcess } from './support/in-process.js';
import { ownAddress } from './support/own-address.js';

const lasting = 60_000;
const host = ownAddress();
const trackers = new TestTrackers();
const servers = new Set<Server>();
const sockets = new Set<Socket>();
let world: InProcess;
let at: TestTracker;

beforeEach(async () => {
  world = await InProcess.create();
  at = await trackers.start({ host, registration: 'open', limits: { requestsPerAddress: 100_000 } });
}, lasting);
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.clear();
  await world.close();
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
}, lasting);

/** A peer, and its user in another session. */
async function party(name: string): Promise<{ peer: Peer; user: TestUser; device: string; port: number }> {
  const peer = await world.signedIn(name, [at.url], { host, asksReach: false });
  const { account, p2p } = peer.services;
  return { peer, user: await at.login(name), device: account.device, port: p2p.port };
}

const check = (user: TestUser, device: string, ports: readonly unknown[]) =>
  user.post('/reach/check', { device, ports });

/** A listener that does this to whoever connects. @returns its port */
async function listener(accept: (socket: Socket) => void, server = createServer()): Promise<number> {
  servers.add(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    accept(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** By a tracker with little patience. */
async function codeAt(port: number, device: string): Promise<CheckedPort['code']> {
  const ca = String((await at.fetch('/ca')).body['text']);
  const checks = new ReachChecks({ ca, clock: systemClock, timeoutMs: 500 });
  const [result] = await checks.check(host, 'alice', device as DeviceId, [port]);
  return result?.code;
}

describe('POST /reach/check', () => {
  test(
    'says whose peer answers at the address that the tracker sees, and what else is there',
    async () => {
      const [alice, bob] = [await party('alice'), await party('bob')];
      const refused = await freePort();
      const first = await check(alice.user, alice.device, [alice.port, refused]);
      const ms = expect.any(Number);
      expect([first.status, first.body]).toEqual([
        200,
        {
          ...{ status: 'success', host },
          results: [
            { port: alice.port, open: true, ms },
            { port: refused, open: false, code: 'refused', ms },
          ],
        },
      ]);
      const other = await check(bob.user, bob.device, [alice.port]);
      expect(other.body['results']).toEqual([{ port: alice.port, open: false, code: 'another_device', ms }]);
    },
    lasting,
  );

  test(
    'is refused for devices of others and unknown ones, ports of services, more than two, and a second time',
    async () => {
      const [alice, bob] = [await party('alice'), await party('bob')];
      for (const ports of [[], [22], [1023], [0], [65_536], [1.5], ['9101'], [9101, 9102, 9103], [9101, 9101]])
        expectFailure(await check(alice.user, alice.device, ports), 400, 'bad_request');
      expectFailure(await check(alice.user, 'short', [9101]), 400, 'bad_request');
      expectFailure(await check(alice.user, bob.device, [bob.port]), 409, 'device_taken');
      expectFailure(await check(alice.user, 'x'.repeat(22), [9101]), 403, 'forbidden');
      expectFailure(await at.post('/reach/check', { device: alice.device, ports: [9101] }), 401, 'not_signed_in');
      // None of these has used up what alice may.
      expect((await check(alice.user, alice.device, [alice.port])).status).toBe(200);
      const again = await check(alice.user, alice.device, [alice.port]);
      expectFailure(again, 429, 'rate_limited');
      expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(20);
    },
    lasting,
  );

  test(
    'dials nowhere but at the caller: what a request says of its address does not count',
    async () => {
      const alice = await party('alice');
      let connections = 0;
      const elsewhere = createServer(() => (connections += 1)).listen(0, '127.0.0.1');
      servers.add(elsewhere);
      await once(elsewhere, 'listening');
      const { port } = elsewhere.address() as AddressInfo;
      const body = { device: alice.device, ports: [port], host: '127.0.0.1', ip: '127.0.0.1', address: '127.0.0.1' };
      const answer = await alice.user.post('/reach/check', body);
      expect(answer.body).toMatchObject({ host, results: [{ port, code: 'refused' }] });
      const forwarded = { ...alice.user.headers, 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' };
      expectFailure(await at.post('/reach/check', body, forwarded), 400, 'bad_request');
      expect(connections).toBe(0);
    },
    lasting,
  );

  test(
    'a trusted proxy says where the caller is, but leads neither to the machine of the tracker nor to many machines at once',
    async () => {
      const proxied = await trackers.start({ host, trustedProxies: [host], registration: 'open' });
      const user = await proxied.register('alice');
      for (const [index, seen] of [
        '127.0.0.1',
        '127.9.9.9',
        '::1',
        '0.0.0.0',
        '169.254.169.254',
        '224.0.0.1',
      ].entries()) {
        const peer = await world.signedIn(`alice`, [proxied.url], { host, asksReach: false, folder: `alice ${index}` });
        const body = { device: peer.services.account.device, ports: [peer.services.p2p.port] };
        const answer = await proxied.post('/reach/check', body, { ...user.headers, 'x-forwarded-for': seen });
        expectFailure(answer, 400, 'bad_request');
        await peer.close();
      }
    },
    lasting,
  );

  test(
    'a flood: each device once, and no more than so many at a time',
    async () => {
      const alice = await party('alice');
      const hanging = await listener(() => undefined);
      const answers = await Promise.all(Array.from({ length: 200 }, () => check(alice.user, alice.device, [hanging])));
      const statuses = answers.map(({ status }) => status);
      expect([statuses.filter((s) => s === 200).length, statuses.filter((s) => s === 429).length]).toEqual([1, 199]);
      const ca = String((await at.fetch('/ca')).body['text']);
      const device = alice.device as DeviceId;
      /** How many of four at once are made, by so many users. */
      const made = async (more: Partial<ConstructorParameters<typeof ReachChecks>[0]>, users: number) => {
        const checks = new ReachChecks({ ca, clock: systemClock, timeoutMs: 300, ...more });
        const all = await Promise.allSettled(
          [0, 1, 2, 3].map((at) => checks.check(host, `user ${at % users}`, device, [hanging])),
        );
        // All places are free again.
        expect(await checks.check(host, 'user 0', device, [alice.port])).toMatchObject([{ open: true }]);
        return all.filter(({ status }) => status === 'fulfilled').length;
      };
      expect(await made({ max: 2 }, 4)).toBe(2);
      expect(await made({ maxUser: 1 }, 1)).toBe(1);
      expect(await made({ maxUser: 1 }, 4)).toBe(4);
      expect(await made({ maxAddress: 3 }, 4)).toBe(3);
    },
    lasting,
  );
});

describe('what is no peer', () => {
  const device = 'x'.repeat(22);
  const endless = Buffer.alloc(64 * 1024, 0x16);

  test('who takes connections and never speaks, or speaks for ever, or hangs up', async () => {
    expect(await codeAt(await listener(() => undefined), device)).toBe('not_a_peer');
    const talker = await listener((socket) => {
      const talk = (): void => {
        if (socket.destroyed) return;
        if (socket.write(endless)) setImmediate(talk);
        else socket.once('drain', talk);
      };
      talk();
    });
    expect(await codeAt(talker, device)).toBe('not_a_peer');
    expect(await codeAt(await listener((socket) => void socket.destroy()), device)).toBe('not_a_peer');
    expect(await codeAt(await listener((socket) => void socket.end()), device)).toBe('not_a_peer');
    // A reset may overtake the news that the connection stands.
    const reset = await listener((socket) => void socket.resetAndDestroy());
    expect(['not_a_peer', 'refused']).toContain(await codeAt(reset, device));
  });

  test('a TLS handshake without an end: each record is well formed, and says that more will come', async () => {
    // A handshake record of 16 KiB after the other, of one message that says that it has 16 MiB.
    const record = Buffer.concat([Buffer.from([0x16, 3, 3, 0x40, 0]), Buffer.alloc(16 * 1024)]);
    Buffer.from([2, 0xff, 0xff, 0xff]).copy(record, 5);
    const port = await listener((socket) => {
      const timer = setInterval(() => socket.write(record), 5);
      socket.once('close', () => clearInterval(timer));
    });
    expect(await codeAt(port, device)).toBe('not_a_peer');
  });

  test('another server with TLS, also one that speaks our protocol by a certificate of its own making', async () => {
    const tls = await makeCertificate([host], Date.now());
    const plain = await listener(() => undefined, createTls({ cert: tls.cert, key: tls.key }));
    expect(await codeAt(plain, device)).toBe('not_a_peer');
    const liar = createTls({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.3', ALPNProtocols: [ALPN] });
    expect(await codeAt(await listener(() => undefined, liar), device)).toBe('not_a_peer');
  });
});
