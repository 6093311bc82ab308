/** Clients that send what means two things, and backends that break off, lie or say nothing. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type http from 'node:http';
import { createHash } from 'node:crypto';
import net, { type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { SWITCHES_PROTOCOL } from '../../test/support/answering.js';
import { talk } from '../testing/raw.js';
import { defaultProxyTimings } from './config.js';
import { answer, TestProxies, told } from './test-backend.js';

const proxies = new TestProxies();
afterEach(() => proxies.clean());

/** A backend that notes what it was asked. */
async function noting() {
  const asked: { url: string; method: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const backend = await proxies.http((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers, body });
      response.end('{"status":"success"}');
    });
  });
  const proxy = await proxies.start([backend]);
  return { asked, proxy, backend };
}

describe('what means one thing here and another one there never reaches a tracker', () => {
  const length = 'Content-Length: 4\r\n';
  test.each([
    ['a length and chunks', `POST / HTTP/1.1\r\nHost: a\r\n${length}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `POST / HTTP/1.1\r\nHost: a\r\n${length}Content-Length: 5\r\n\r\nabcd`],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd'],
    ['another coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a coding that only looks like one', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd'],
    ['a header that goes on in the next line', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n Host: b\r\n\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['a host with a user', 'GET / HTTP/1.1\r\nHost: a@b\r\n\r\n'],
    ['an address of another server', 'GET http://evil.test/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no path at all', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a tunnel', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a way up', 'GET /a/../../etc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a way up in disguise', 'GET /a/%2e%2e/etc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['an address that cannot be decoded', 'GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['HTTP/2 in disguise', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['a WebSocket by POST', 'POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
    [
      'a WebSocket with a body',
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n${length}\r\nabcd`,
    ],
    ['endless headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%s', async (_what, request) => {
    const { asked, proxy } = await noting();
    // What is refused closes the connection, or answers and then takes the next request: which ends it.
    const read = await talk(proxy.port, request, 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(read).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(asked.filter(({ url }) => url !== '/last')).toEqual([]);
  });

  test('a second request in the body of the first is a body', async () => {
    const { asked, proxy } = await noting();
    const inner = 'GET /inner HTTP/1.1\r\nHost: a\r\n\r\n';
    const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    const head = 'POST /outer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
    await talk(proxy.port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    expect(asked).toMatchObject([{ url: '/outer', body: inner, headers: { 'content-length': String(inner.length) } }]);
    expect(asked[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  test('a body that a GET should not have stays here', async () => {
    const { asked, proxy } = await noting();
    await talk(proxy.port, 'GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd');
    expect(asked).toMatchObject([{ url: '/a', body: '' }]);
    expect(asked[0]?.headers).not.toHaveProperty('content-length');
  });

  test('what is meant for one connection is told to no other', async () => {
    const { asked, proxy } = await noting();
    const hop = 'Keep-Alive: 5\r\nTE: trailers\r\nProxy-Authorization: secret\r\nX-Mine: 1\r\nUpgrade: x\r\n';
    const named = 'Connection: close, X-Mine, X-Forwarded-For\r\n';
    await talk(proxy.port, `GET /a HTTP/1.1\r\nHost: a\r\n${hop}${named}\r\n`);
    const [{ headers } = { headers: {} }] = asked;
    expect(Object.keys(headers).sort()).toEqual([
      ...['connection', 'host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
    ]);
  });
});

test('JSON goes on byte by byte', async () => {
  const { asked, proxy } = await noting();
  const body = '{ "a": 1.0, "b":"\\u00e4" }';
  await fetch(`${proxy.url}/submit-info?x=%2F&y`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(asked).toMatchObject([{ url: '/submit-info?x=%2F&y', body, headers: { 'content-type': 'application/json' } }]);
});

test('a body over the limit, and one that does not come', async () => {
  const { asked, proxy, backend } = await noting();
  expect(await told(proxy.url, { method: 'POST', body: 'x'.repeat(70_000) })).toMatchObject({
    status: 413,
    code: 'too_large',
  });
  const slow = await proxies.start([backend], {
    timings: { ...defaultProxyTimings, request: 100, requestHead: 100, check: 20 },
  });
  const half = await talk(slow.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
  expect(half).toMatch(/^HTTP\/1\.1 408 /);
  expect(await talk(slow.port, 'GET / HTT')).toMatch(/^HTTP\/1\.1 408 /);
  expect(asked).toEqual([]);
});

describe('a backend that', () => {
  const quick = { ...defaultProxyTimings, healthEvery: 60_000, health: 20_000 };
  const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

  test('says nothing: 504, with its name', async () => {
    const backend = await proxies.tcp(() => undefined);
    const { url } = await proxies.start([backend], { timings: { ...quick, answer: 50 } });
    const failure = await told(url, post);
    expect(failure).toMatchObject({ status: 504, code: 'unavailable' });
    expect(failure.message).toContain(`${backend} has not answered within 0.05 s`);
    expect(await (await fetch(url, { headers: { accept: 'text/html' } })).text()).toContain('The tracker is too slow');
  });

  test('breaks off before it answers: what changes something is not sent twice', async () => {
    let count = 0;
    const backend = await proxies.tcp((socket) => {
      count += 1;
      socket.destroy();
    });
    const other = await proxies.http((_request, response) => void response.end('{"from":"other"}'));
    const { url } = await proxies.start([backend, other]);
    const failure = await told(url, post);
    expect(failure).toMatchObject({ status: 502 });
    expect(failure.message).toContain(`${backend} did not answer: it broke off the connection`);
    expect(count).toBe(1);
    // What only asks goes to the next one.
    expect(await (await fetch(url)).json()).toEqual({ from: 'other' });
  });

  test('breaks off in the middle of its answer: nobody takes the half for the whole', async () => {
    const heads = [
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
    ];
    const backend = await proxies.tcp((socket, head) => {
      socket.write(heads[head.startsWith('GET /chunks') ? 1 : 0] ?? '');
      setImmediate(() => socket.destroy());
    });
    const { url } = await proxies.start([backend]);
    for (const path of ['/length', '/chunks'])
      await expect(fetch(url + path).then((got) => got.text())).rejects.toThrow();
  });

  test('does not end its answer is cut off', async () => {
    let drip: NodeJS.Timeout | undefined;
    const backend = await proxies.tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      drip = setInterval(() => socket.write('x'), 5);
      socket.once('close', () => clearInterval(drip));
    });
    const { url } = await proxies.start([backend], { timings: { ...quick, wholeAnswer: 100 } });
    await expect(fetch(url).then((got) => got.text())).rejects.toThrow();
  });

  test.each([
    ['speaks another language', 'SSH-2.0-OpenSSH\r\n', 'what it answers is not HTTP'],
    ['has a head without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, 'the head of its answer does not end'],
    ['changes the protocol', SWITCHES_PROTOCOL, 'it changed the protocol, which nobody had asked for'],
    ['answers with two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 'not HTTP'],
  ])('%s: 502', async (_what, bytes, why) => {
    const backend = await proxies.tcp((socket, head) =>
      head.startsWith('GET /open') ? socket.write(bytes) : socket.end(bytes),
    );
    const { url, backends } = await proxies.start([backend]);
    for (const path of ['/open', '/ended']) {
      const failure = await told(url + path);
      expect(failure.status).toBe(502);
      expect(failure.message).toContain(why);
    }
    expect(backends.map(({ load }) => load)).toEqual([0]);
  });

  test('says how its connection is to be kept says it to the proxy alone', async () => {
    const head = 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=77\r\nX-Mine: 1\r\nProxy-Authenticate: Basic';
    const backend = await proxies.tcp((socket) => socket.end(answer('ok', head).replace('close', 'X-Mine')));
    const { url } = await proxies.start([backend]);
    const { headers } = await fetch(url);
    expect([headers.get('x-mine'), headers.get('proxy-authenticate')]).toEqual([null, null]);
    expect(headers.get('keep-alive') ?? '').not.toContain('77');
  });

  test('answers after the client has gone holds no place, and is asked once whatever it says', async () => {
    const asked: http.ServerResponse[] = [];
    let heard = (): void => undefined;
    const backend = await proxies.http((_request, response) => {
      asked.push(response);
      heard();
    });
    const { url, backends } = await proxies.start([backend], { bounds: { requests: 1 } });
    const leaving = new AbortController();
    const first = new Promise<void>((resolve) => (heard = resolve));
    const left = fetch(url, { signal: leaving.signal }).catch(() => undefined);
    await first;
    leaving.abort();
    await left;
    asked[0]?.end('late');
    while (backends.some(({ load }) => load > 0)) await new Promise(setImmediate);
    const second = new Promise<void>((resolve) => (heard = resolve));
    const busy = fetch(url);
    await second;
    asked[1]?.writeHead(503, { 'retry-after': '0' }).end('busy');
    expect((await busy).status).toBe(503);
    expect(asked).toHaveLength(2);
  });

  test('was away is used again', async () => {
    const gone = await proxies.http(() => undefined);
    const port = Number(new URL(gone).port);
    await proxies.clean();
    const proxy = await proxies.start([gone], { timings: { ...quick, healthEvery: 20 } });
    expect((await told(proxy.url)).status).toBe(503);
    await proxies.http((_request, response) => void response.end('{"code":"back","message":""}'), port);
    let status = 503;
    while (status === 503) ({ status } = await told(proxy.url));
    expect(status).toBe(200);
  });
});

describe('WebSockets', () => {
  test('that are refused hold no connection: what comes after is not read, and a stop is not kept waiting', async () => {
    const proxy = await proxies.start([await proxies.http((_request, response) => void response.end())]);
    const socket = net.connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n');
    await once(socket, 'data');
    socket.write('x');
    await proxy.close();
    socket.destroy();
  });

  const accept = (head: string): string => {
    const key = /sec-websocket-key: (.*)\r/i.exec(head)?.[1] ?? '';
    return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted(key)}\r\n\r\n`;
  };

  test('what a backend says with its acceptance is not lost, and its end is the end', async () => {
    let theirs: Socket | undefined;
    const backend = await proxies.tcp((socket, head) => {
      theirs = socket;
      socket.write(Buffer.concat([Buffer.from(accept(head)), Buffer.from([0x81, 2, 0x68, 0x69])]));
    });
    const proxy = await proxies.start([backend]);
    const socket = new WebSocket(proxy.url.replace('http', 'ws'));
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(data.toString()).toBe('hi');
    expect(proxy.backends[0]?.load).toBe(1);
    const closed = once(socket, 'close');
    theirs?.destroy();
    await closed;
  });

  test('one that nobody accepts, or whose client leaves before, holds nothing', async () => {
    let left: Promise<unknown> | undefined;
    const backend = await proxies.tcp((socket, head) => {
      if (head.includes('/refuse')) return void socket.destroy();
      left = once(socket, 'close');
      impatient.terminate();
    });
    const proxy = await proxies.start([backend]);
    const refused = new WebSocket(`${proxy.url.replace('http', 'ws')}/refuse`);
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toContain('502');
    const impatient = new WebSocket(proxy.url.replace('http', 'ws')).on('error', () => undefined);
    await new Promise((resolve) => impatient.once('close', resolve));
    await left;
    expect(proxy.backends[0]?.load).toBe(0);
  });
});

function accepted(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
