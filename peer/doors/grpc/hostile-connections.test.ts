/** What comes to the gRPC port that is no call, or never ends: it costs little, and changes nothing for others. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentials, status } from '@grpc/grpc-js';
import { makeCertificate, type TlsFiles } from '../../gateway/self-made.js';
import { conversation, username } from '../../local/test-services.js';
import { TestGrpcPort } from './test-grpc-port.js';

const general = conversation('#general');

let certificate: TlsFiles;
beforeAll(async () => {
  certificate = await makeCertificate(['localhost'], Date.now());
});

let at: TestGrpcPort;
beforeEach(async () => {
  at = new TestGrpcPort();
  await at.open();
});
afterEach(() => at.close());

describe('a connection', () => {
  test('that speaks HTTP/1 is answered in words, and with JSON where it calls a method', async () => {
    expect(await at.answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404[^]*This port is for gRPC/,
    );
    const url = `http://127.0.0.1:${at.door.port}/parley.v1.Parley/Post`;
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
    const secure = connectTls({ port: at.door.port, host: '127.0.0.1', rejectUnauthorized: false });
    const [error] = (await once(secure, 'error')) as [Error & { code: string }];
    expect(error.message).toMatch(/alert|version/);
    await at.open({}, certificate);
    await expect(at.client().call('ListUsers')).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining('speaks TLS alone'),
    });
    expect(await at.answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain('speaks TLS alone');
    const trusting = credentials.createSsl(Buffer.from(certificate.cert));
    expect(await at.client('good', trusting).call('ListUsers')).toHaveProperty('users');
  });

  test('of thousands that say nothing makes room for the next one, and leaves those that are signed in', async () => {
    await at.open({ strangers: 20 });
    const subscription = at.client().stream('Subscribe');
    await subscription.next();
    const idle: Socket[] = [];
    for (let n = 0; n < 300; n++) idle.push(await at.raw());
    while (at.door.connections > 21) await new Promise(setImmediate);
    at.peer.add(general, username('Bob'), ['still there']);
    expect((await subscription.next())?.['entry']).toMatchObject({ message: 'still there' });
    expect(idle).toHaveLength(300);
  });

  test('of noise, of a preface without an end, and of an address that is none ends nothing but itself', async () => {
    await at.open({ firstByteMs: 100 });
    for (const bytes of [
      '\0\x01\x02',
      'PRI * HT',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff',
      '\x16\x03\x01junk',
      'POST / HTTP/1.1\r\n',
    ])
      await at.answerTo(bytes);
    const session = connectHttp2(`http://127.0.0.1:${at.door.port}`);
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
    expect(await at.client().call('ListUsers')).toHaveProperty('users');
  });

  test('that goes away in the packet in which it came, or keeps its end open, ends nothing but itself', async () => {
    await at.open({ lookMs: 20, strangerIdleMs: 200 });
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
      (await at.raw()).write(Buffer.concat([preface, ...frames]));
    await once(await at.raw('POST / HTTP/1.1\r\nHost: a\r\n\r\n'), 'data');
    // Until each was looked at, none of which ends by itself.
    for (const socket of at.sockets.slice(0, -1)) if (!socket.closed) await once(socket.resume(), 'end');
    while (at.door.connections > 1) await new Promise(setImmediate);
    // A slow machine may take longer than the port waits for who has shown no token: it may come again.
    let answer: unknown;
    while (answer === undefined)
      answer = await at
        .client()
        .call('ListUsers')
        .catch(() => undefined);
    expect(answer).toHaveProperty('users');
  });

  test('of half a request over TLS is closed in time, as over plain text', async () => {
    await at.open({ firstByteMs: 200 }, certificate);
    const socket = connectTls({
      port: at.door.port,
      host: '127.0.0.1',
      ca: certificate.cert,
      ALPNProtocols: ['http/1.1'],
      checkServerIdentity: () => undefined,
    });
    at.sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\n');
    await once(socket.resume(), 'close');
    expect(at.door.connections).toBe(0);
  });

  test('of who guesses tokens is closed', async () => {
    await at.open({ refusals: 3 });
    const guessing = at.client('guess');
    for (let n = 0; n < 4; n++) await guessing.call('ListUsers').catch(() => undefined);
    while (at.door.connections > 0) await new Promise(setImmediate);
    expect(await at.client().call('ListUsers')).toHaveProperty('users');
  });
});
