/**
 * What may come to any port of a gateway: bytes that are nothing, halves, too much, thousands that say nothing. Nothing of it is a fault of
 * the gateway, and whoever is honest comes in at the same port all the while.
 */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { TestLineClient } from '../peer/doors/lines/test-line-client.js';
import { startGateway, type RunningGateway } from '../peer/gateway/gateway.js';
import { makeCertificate, type TlsFiles } from '../peer/gateway/self-made.js';
import { TestSocket } from '../peer/local/test-socket.js';
import { GrpcClient } from './support/grpc-client.js';
import { InProcess, PASSWORD } from './support/in-process.js';
import { TlsIrc } from './support/tls-irc.js';

type Door = 'web' | 'ws' | 'lines' | 'irc' | 'grpc' | 'p2p';

const LASTING = 120_000;
const doors: readonly Door[] = ['web', 'ws', 'lines', 'irc', 'grpc', 'p2p'];
const faults: unknown[] = [];
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (what: unknown) => void faults.push(what) };

let world: InProcess;
let gateway: RunningGateway;
let certificate: TlsFiles;
let token: string;
const opened: { destroy(): void }[] = [];

beforeAll(async () => {
  world = await InProcess.create();
  certificate = await makeCertificate(['127.0.0.1', 'localhost'], Date.now());
  const tracker = await world.tracker();
  gateway = await startGateway(
    {
      ...{ name: 'Test', dataDir: world.path('gateway'), trackers: [tracker.url], trackerCa: undefined },
      ...{ host: '127.0.0.1', ports: { p2p: 0, web: 0, ws: 0, lines: 0, irc: 0, grpc: 0 } },
      ...{ plain: { web: true, lines: true }, allowedHosts: [], tls: certificate, uiDir: world.path('ui') },
      ...{ idleMs: 600_000, look: { stylesheet: 'body {}', icon: '<svg/>' } },
    },
    log,
  );
  const answer = await fetch(new URL('/api/login', gateway.addresses.web), {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ username: 'ali', password: PASSWORD, register: true }),
  });
  ({ token } = (await answer.json()) as { token: string });
}, LASTING);
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy();
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await gateway.close();
  await world.close();
});

function portOf(door: Door): number {
  const { web, ws, lines, irc, grpc, p2p } = gateway.addresses;
  const ports = { web: Number(new URL(web).port), ws: Number(new URL(ws).port), lines: lines.port, irc: irc.port };
  return { ...ports, grpc: grpc?.port ?? 0, p2p: p2p.port }[door];
}

async function raw(door: Door, tls = false): Promise<Socket> {
  const at = { port: portOf(door), host: '127.0.0.1' };
  const socket = tls ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
  opened.push(socket);
  socket.on('error', () => undefined);
  socket.resume();
  // Also where it is closed at once.
  await new Promise<void>((resolve) =>
    socket.once(tls ? 'secureConnect' : 'connect', () => resolve()).once('close', () => resolve()),
  );
  return socket;
}

/** Somebody honest comes in, and is answered. */
const honest: Readonly<Record<Door, () => Promise<unknown>>> = {
  web: async () => expect((await fetch(new URL('/healthz', gateway.addresses.web))).status).toBe(200),
  ws: async () => {
    const socket = new WebSocket(gateway.addresses.ws);
    opened.push({ destroy: () => socket.terminate() });
    const window = new TestSocket(socket);
    await once(socket, 'open');
    window.send({ id: 1, command: 'session.login', username: 'ali', password: PASSWORD });
    await window.type('snapshot');
  },
  lines: async () => {
    const client = TestLineClient.plain(portOf('lines'));
    opened.push(client.socket);
    await client.register('ali', PASSWORD);
  },
  irc: async () => {
    const client = new TlsIrc(portOf('irc'), `PASS :${PASSWORD}`, 'NICK ali', 'USER a 0 * :a');
    opened.push({ destroy: () => client.close() });
    await client.line(/ 376 /);
  },
  grpc: async () => {
    const client = new GrpcClient(portOf('grpc'), token, credentials.createSsl(Buffer.from(certificate.cert)));
    opened.push({ destroy: () => client.close() });
    expect(await client.call('ListUsers')).toHaveProperty('users');
  },
  p2p: async () => {
    // Of itself it is asked nothing by who is no peer: that it takes connections is all that can be seen.
    const socket = await raw('p2p');
    expect(socket.destroyed).toBe(false);
  },
};

const half = Buffer.from('{"type":"chat","text":"grüße').subarray(0, -2);
const tlsHello = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
const hostile: readonly (readonly [string, () => Buffer])[] = [
  ['binary noise', () => randomBytes(64 * 1024)],
  ['NUL', () => Buffer.from('a\0b\n\0\r\n\0')],
  ['half a line that ends within a character', () => half],
  ['a line of 100 kB', () => Buffer.from(`${'x'.repeat(100_000)}\n`)],
  ['empty lines', () => Buffer.alloc(64 * 1024, '\n')],
  ['half of a TLS hello', () => tlsHello],
  ['a TLS hello, then noise', () => Buffer.concat([tlsHello, randomBytes(16 * 1024)])],
  [
    'half a request',
    () => Buffer.from('POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"us'),
  ],
  ['endless headers', () => Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(64 * 1024)}`)],
  [
    'an upgrade, then noise',
    () =>
      Buffer.concat([
        Buffer.from(
          'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
        ),
        randomBytes(4096),
      ]),
  ],
  [
    'the beginning of HTTP/2, then noise',
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff', 'latin1'),
  ],
  ['a line end in every name', () => Buffer.from('NICK a\r\r\nUSER \r\n/register a\rb c\n/register "\\r\\n" x\n')],
];

test.each(doors)(
  'the port of %s bears what is nothing, whole or cut off, and over TLS',
  async (door) => {
    for (const tls of [false, true])
      for (const [, bytes] of hostile) {
        const [stays, goes] = [await raw(door, tls), await raw(door, tls)];
        stays.write(bytes());
        goes.write(bytes(), () => goes.destroy());
      }
    await honest[door]();
  },
  LASTING,
);

test.each(doors)(
  'the port of %s lets somebody in beside more silent ones than it keeps',
  async (door) => {
    // As many as any port keeps, and some.
    for (let n = 0; n < 1100; n += 1) await raw(door);
    await honest[door]();
  },
  LASTING,
);

test(
  'WebSockets that do not sign in make room for each other; frames over the limit, or without end, close one',
  async () => {
    const codes: number[] = [];
    const sockets = await Promise.all(
      Array.from({ length: 520 }, async () => {
        const socket = new WebSocket(gateway.addresses.ws);
        opened.push({ destroy: () => socket.terminate() });
        socket.on('error', () => undefined);
        socket.once('close', (code) => codes.push(code));
        const closed = once(socket, 'close') as Promise<[number]>;
        await once(socket, 'open');
        return { socket, closed };
      }),
    );
    while (codes.length < 8) await new Promise(setImmediate);
    expect(codes).toEqual(Array<number>(8).fill(1013));
    const [large, many, binary] = sockets.filter(({ socket }) => socket.readyState === WebSocket.OPEN);
    large?.socket.send('x'.repeat(2_000_000));
    for (let n = 0; n < 40; n += 1) many?.socket.send('{"half');
    expect((await large?.closed)?.[0]).toBe(1009);
    expect((await many?.closed)?.[0]).toBe(1008);
    binary?.socket.send(randomBytes(100));
    const [answer] = (await once(binary?.socket ?? new WebSocket(null), 'message')) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({ type: 'error', code: 'not_signed_in' });
    await honest.ws();
  },
  LASTING,
);
