/** What comes to the gRPC port that should not: it is told what to do, costs little, and changes nothing for others. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentials, status } from '@grpc/grpc-js';
import { GrpcClient } from '../../../test/support/grpc-client.js';
import { ParleyError } from '../../../protocol/errors.js';
import { makeCertificate, type TlsFiles } from '../../gateway/self-made.js';
import { TestPeer, conversation, username } from '../../local/test-services.js';
import type { TokenHost } from '../host.js';
import type { GrpcLimits } from './limits.js';
import { startGrpcServer, type GrpcServer } from './server.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = conversation('#general');

let certificate: TlsFiles;
let peer: TestPeer;
let isGood: boolean;
let held: number;
let door: GrpcServer;
let doors: GrpcServer[];
let sockets: Socket[];
let clients: GrpcClient[];

/** Each token is that of one user's peer; only alice's is good. */
const users: TokenHost = {
  async byToken(token) {
    if (token !== 'good' || !isGood) throw new ParleyError('not_signed_in');
    held += 1;
    let isHeld = true;
    const leave = (): void => {
      if (isHeld) held -= 1;
      isHeld = false;
    };
    return { username: peer.me, services: peer, over: new Promise(() => undefined), leave, isGood: () => isGood };
  },
};

async function open(limits: Partial<GrpcLimits> = {}, tls?: TlsFiles): Promise<void> {
  door = await startGrpcServer({
    users,
    host: '127.0.0.1',
    port: 0,
    log: quiet,
    limits: { closeMs: 200, ...limits },
    tls,
  });
  doors.push(door);
}

function client(
  token: string | undefined = 'good',
  ...rest: [] | [ReturnType<typeof credentials.createSsl>]
): GrpcClient {
  const made = new GrpcClient(door.port, token, ...rest);
  clients.push(made);
  return made;
}

async function raw(bytes = ''): Promise<Socket> {
  const socket = connect(door.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

async function answerTo(bytes: string): Promise<string> {
  const parts: Buffer[] = [];
  const socket = await raw(bytes);
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts).toString('latin1');
}

beforeAll(async () => {
  certificate = await makeCertificate(['localhost'], Date.now());
});
beforeEach(async () => {
  peer = new TestPeer();
  isGood = true;
  held = 0;
  [sockets, clients, doors] = [[], [], []];
  await open({});
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const each of clients) each.close();
  for (const each of doors) await each.close();
});

describe('a call is refused with what to do next', () => {
  test.each([
    ['without a token', undefined, 'parley token'],
    ['with one of nobody', 'bad', 'not good here'],
    ['with what is none', 'bad\u00e9'.slice(0, 3) + '!', 'parley token'],
  ])('%s', async (_what, token, says) => {
    const refused = new GrpcClient(door.port, token);
    clients.push(refused);
    await expect(refused.call('ListUsers')).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      details: expect.stringContaining(says),
    });
    expect(held).toBe(0);
  });

  test.each([
    ['Post', { conversation: '#nowhere', message: 'x' }, status.PERMISSION_DENIED, 'not_member'],
    ['Post', { conversation: 'general', message: 'x' }, status.INVALID_ARGUMENT, 'bad_request'],
    ['Post', { conversation: '@alice+nobody', message: 'x' }, status.NOT_FOUND, 'unknown_user'],
    ['Post', { conversation: general, message: 'a\0b' }, status.INVALID_ARGUMENT, 'bad_entry'],
    ['Post', { conversation: general, message: '' }, status.INVALID_ARGUMENT, 'bad_request'],
    ['React', { target: 'x', emoji: '👍' }, status.INVALID_ARGUMENT, 'bad_request'],
    ['Search', { query: 'a\0' }, status.INVALID_ARGUMENT, 'bad_text'],
    ['Post', { conversation: general, message: 'x'.repeat(70_000) }, status.RESOURCE_EXHAUSTED, undefined],
  ])('%s of %j', async (method, request, code, parley) => {
    const error: unknown = await client()
      .call(method, request)
      .catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code, details: expect.stringMatching(/[.!]$/) });
    const { metadata } = error as { metadata: { get(name: string): unknown[] } };
    expect(metadata.get('parley-code')).toEqual(parley === undefined ? [] : [parley]);
    expect(peer.errors).toEqual([]);
  });

  test.each(['7.AAAAAAAAAA', 'x', '-1', 'a\0b', '9'.repeat(60_000)])('a cursor that is none: %.12s', async (cursor) => {
    await expect(client().stream('Subscribe', { cursor }).next()).rejects.toMatchObject({ code: status.NOT_FOUND });
  });
});

describe('a subscription', () => {
  test('ends when it is cancelled, when its time is over, and when its token counts no more', async () => {
    await open({ tokenMs: 20 });
    const cancelled = client().stream('Subscribe');
    await cancelled.next();
    expect(held).toBe(1);
    cancelled.call.cancel();
    await expect(cancelled.next()).rejects.toMatchObject({ code: status.CANCELLED });
    const late = client().stream('Subscribe', {}, { deadline: Date.now() + 300 });
    await expect(late.next().then(() => late.next())).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    const over = client().stream('Subscribe');
    await over.next();
    isGood = false;
    await expect(over.next()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    while (held > 0) await new Promise(setImmediate);
    expect(peer.events.listenerCount('durable')).toBe(0);
  });

  test('that is never read holds no more than a page, and is cut off', async () => {
    await open({ stallMs: 300 });
    const messages = Array.from({ length: 40 }, (_, n) => `${n} ${'x'.repeat(10_000)}`);
    peer.add(general, username('Bob'), messages);
    const session = connectHttp2(`http://127.0.0.1:${door.port}`, { settings: { initialWindowSize: 16_384 } });
    session.on('error', () => undefined);
    const call = session.request({
      ...{ ':method': 'POST', ':path': '/parley.v1.Parley/Subscribe' },
      ...{ 'content-type': 'application/grpc', te: 'trailers', authorization: 'Bearer good' },
    });
    call.on('error', () => undefined);
    // {cursor: "0"}, and nothing of the answer is read.
    call.end(Buffer.from([0, 0, 0, 0, 3, 10, 1, 0x30]));
    await new Promise((resolve) => call.once('close', resolve));
    expect(call.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    while (held > 0) await new Promise(setImmediate);
    expect(peer.events.listenerCount('durable')).toBe(0);
    session.close();
    const again = client().stream('Subscribe', { cursor: '0' });
    const texts: string[] = [];
    while (texts.length < 40) {
      const entry = (await again.next())?.['entry'] as { message: string } | null | undefined;
      if (entry) texts.push(entry.message);
    }
    expect(texts).toEqual(messages);
  });

  test('of one user beyond the bound is refused, and others are unharmed', async () => {
    await open({ callsPerUser: 3 });
    const some = [1, 2, 3].map(() => client().stream('Subscribe'));
    for (const each of some) await each.next();
    await expect(client().call('ListUsers')).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    some[0]?.call.cancel();
    while (held > 2) await new Promise(setImmediate);
    await client().call('ListUsers');
  });
});

describe('a connection', () => {
  test('that speaks HTTP/1 is answered in words, and with JSON where it calls a method', async () => {
    expect(await answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404[^]*This port is for gRPC/,
    );
    const url = `http://127.0.0.1:${door.port}/parley.v1.Parley/Post`;
    const headers = { 'content-type': 'application/json', authorization: 'Bearer good' };
    const body = JSON.stringify({ conversation: general, message: 'by curl' });
    const posted = await fetch(url, { method: 'POST', headers, body });
    expect(await posted.json()).toMatchObject({
      entry: { from: 'alice', message: 'by curl', seq: expect.anything() },
    });
    const refused = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([refused.status, await refused.json()]).toEqual([401, expect.objectContaining({ code: 'unauthenticated' })]);
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
  });

  test('with TLS at a plain port gets an alert, and a plain one at a TLS port the reason', async () => {
    const secure = connectTls({ port: door.port, host: '127.0.0.1', rejectUnauthorized: false });
    const [error] = (await once(secure, 'error')) as [Error & { code: string }];
    expect(error.message).toMatch(/alert|version/);
    await open({}, certificate);
    await expect(client().call('ListUsers')).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining('speaks TLS alone'),
    });
    expect(await answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain('speaks TLS alone');
    const trusting = credentials.createSsl(Buffer.from(certificate.cert));
    expect(await client('good', trusting).call('ListUsers')).toHaveProperty('users');
  });

  test('of thousands that say nothing makes room for the next one, and leaves those that are signed in', async () => {
    await open({ strangers: 20 });
    const subscription = client().stream('Subscribe');
    await subscription.next();
    const idle: Socket[] = [];
    for (let n = 0; n < 300; n++) idle.push(await raw());
    while (door.connections > 21) await new Promise(setImmediate);
    peer.add(general, username('Bob'), ['still there']);
    expect((await subscription.next())?.['entry']).toMatchObject({ message: 'still there' });
    expect(idle).toHaveLength(300);
  });

  test('of noise, of a preface without an end, and of an address that is none ends nothing but itself', async () => {
    await open({ firstByteMs: 100 });
    for (const bytes of [
      '\0\x01\x02',
      'PRI * HT',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff',
      '\x16\x03\x01junk',
      'POST / HTTP/1.1\r\n',
    ])
      await answerTo(bytes);
    const session = connectHttp2(`http://127.0.0.1:${door.port}`);
    session.on('error', () => undefined);
    const bad = session.request({
      ':method': 'POST',
      ':path': '/parley.v1.Parley/Post',
      ':authority': 'a b[',
      'content-type': 'application/grpc',
    });
    bad.on('error', () => undefined);
    bad.end();
    await new Promise((resolve) => bad.once('close', resolve));
    const unknown = session.request({
      ':method': 'POST',
      ':path': '/nobody.Knows/It',
      'content-type': 'application/grpc',
    });
    const [headers] = (await once(unknown, 'response')) as [Record<string, string>];
    expect(headers['grpc-status']).toBe(String(status.UNIMPLEMENTED));
    const broken = session.request({
      ':method': 'POST',
      ':path': '/parley.v1.Parley/Post',
      'content-type': 'application/grpc',
    });
    broken.end(Buffer.from([0, 0, 0, 0, 3, 10, 1, 255]));
    const [trailers] = (await once(broken.resume(), 'trailers')) as [Record<string, string>];
    expect(trailers['grpc-status']).toBe(String(status.INVALID_ARGUMENT));
    session.close();
    expect(await client().call('ListUsers')).toHaveProperty('users');
  });

  test('that goes away in the packet in which it came, or keeps its end open, ends nothing but itself', async () => {
    await open({ lookMs: 20, strangerIdleMs: 200 });
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
    // HPACK without a table: `:method: POST`, `:scheme: http`, a path, a type.
    const field = (name: string, value: string): string =>
      `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`;
    const block = Buffer.from(
      `\x83\x86${field(':path', '/no.Such/Call')}${field('content-type', 'application/grpc')}`,
      'latin1',
    );
    const headers = Buffer.concat([Buffer.from([0, 0, block.length, 1, 4, 0, 0, 0, 1]), block]);
    const reset = Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8]);
    const goAway = (code: number): Buffer => Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, code]);
    for (const frames of [[headers, reset], [headers, goAway(1)], [goAway(0)], [headers, goAway(0)], []])
      (await raw()).write(Buffer.concat([preface, ...frames]));
    await once(await raw('POST / HTTP/1.1\r\nHost: a\r\n\r\n'), 'data');
    // Until each was looked at, none of which ends by itself.
    for (const socket of sockets.slice(0, -1)) if (!socket.closed) await once(socket.resume(), 'end');
    while (door.connections > 1) await new Promise(setImmediate);
    expect(await client().call('ListUsers')).toHaveProperty('users');
  });

  test('of half a request over TLS is closed in time, as over plain text', async () => {
    await open({ firstByteMs: 200 }, certificate);
    const socket = connectTls({
      port: door.port,
      host: '127.0.0.1',
      ca: certificate.cert,
      ALPNProtocols: ['http/1.1'],
      checkServerIdentity: () => undefined,
    });
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\n');
    await once(socket.resume(), 'close');
    expect(door.connections).toBe(0);
  });

  test('of who guesses tokens is closed', async () => {
    await open({ refusals: 3 });
    const guessing = client('guess');
    for (let n = 0; n < 4; n++) await guessing.call('ListUsers').catch(() => undefined);
    while (door.connections > 0) await new Promise(setImmediate);
    expect(await client().call('ListUsers')).toHaveProperty('users');
  });
});
