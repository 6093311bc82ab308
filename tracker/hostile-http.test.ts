/** Requests that no browser sends: each gets an answer that is no fault of the tracker, and the next caller is served. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { frame, talk } from './testing/raw.js';
import { TestTrackers, TestUser, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let user: TestUser;

beforeAll(async () => {
  // To hash a password can take longer than the one under test waits.
  const patient = await trackers.start();
  const { token } = await patient.register('alice');
  await patient.tracker.close();
  const timings = { requestHead: 500, request: 1000, keepAlive: 200, idle: 2000, check: 50 };
  tracker = await trackers.start({
    timings,
    trustedProxies: ['127.0.0.1'],
    registration: 'open',
    dataDir: patient.dataDir,
  });
  user = new TestUser(tracker, 'alice', token);
});
afterEach(async () => {
  // Where the machine stands still for that long, this one is too slow as well, and asks again.
  let next = await tracker.fetch('/healthz');
  while (next.status === 408) next = await tracker.fetch('/healthz');
  expect(next.status).toBe(200);
  expect(trackers.errors).toEqual([]);
});
afterAll(() => trackers.clean());

const END = '\r\n\r\n';
const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers].join('\r\n') + END;
const post = (path: string, body: string | Uint8Array, ...headers: string[]) => {
  const bytes = Buffer.from(body);
  const head = [`POST ${path} HTTP/1.1`, 'Host: x', 'Connection: close', `Content-Length: ${bytes.length}`, ...headers];
  return Buffer.concat([Buffer.from(head.join('\r\n') + END), bytes]);
};

/** No answer at all is one too: what is no request may be hung up on. */
async function answered(...parts: (string | Uint8Array)[]): Promise<number> {
  const answer = await talk(tracker.tracker.port, ...parts);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
  expect(answer).not.toMatch(/^HTTP\/1\.1 5(?!05)/);
  expect(answer).not.toMatch(/node_modules|\.js:\d/);
  return status;
}

describe('a head with', () => {
  test.each([
    ['two lengths', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3', 400],
    ['a length and chunks', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked', 400],
    ['a negative length', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1', 400],
    ['a length without end', `POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: ${'9'.repeat(40)}`, 400],
    ['an unknown encoding', 'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip', 400],
    ['no host', 'GET /healthz HTTP/1.1', 400],
    ['a blank in a name', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX Y: z', 400],
    ['a NUL', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b', 400],
    ['a line that is no header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nnonsense', 400],
    ['another version', 'GET /healthz HTTP/9.9\r\nHost: x', 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM', 400],
    ['too long a path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x`, 431],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\n${`X: ${'y'.repeat(20)}\r\n`.repeat(1500)}`, 431],
    ['an unknown method', 'BREW /login HTTP/1.1\r\nHost: x', 400],
    ['TRACE', 'TRACE /login HTTP/1.1\r\nHost: x\r\nConnection: close', 404],
    ['an expectation', 'POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: tea', 417],
    ['a whole address', 'GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\nConnection: close', 200],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close', 404],
  ])('%s', async (_what, head, status) => {
    expect(await answered(head + END)).toBe(status);
  });

  test('CONNECT is hung up on', async () => {
    expect(await answered(`CONNECT evil.example:443 HTTP/1.1\r\nHost: x${END}`)).toBeLessThan(500);
  });

  test.each(
    [
      ...[
        '/%',
        '/%zz',
        '/%ff',
        '/%00',
        '/users/%E0%A4%A',
        '/users/%ed%a0%80',
        '/users/%00',
        '/..%2f..%2fetc',
        '//',
        '/\\x',
      ],
      ...['/users?q=%', '/users?q=%ff', '/users?q=a&q=b', '/get-list?limit=1&limit=2', '/get-list?__proto__[x]=1'],
      ...['/get-list?constructor=1', '/docs/%2e%2e', `/get-list?${'a=1&'.repeat(2000)}`, '/join?%', '/?%E0', '/#%'],
    ].map((path) => [path.slice(0, 40), path]),
  )('the path %s', async (_name, path) => {
    for (const headers of [[], [`Authorization: Bearer ${user.token}`]]) {
      expect(await answered(get(path, ...headers))).toBeLessThan(500);
    }
  });

  test.each(
    [
      ...[
        'Cookie: ',
        'Cookie: ;;;==;',
        'Cookie: session_token',
        'Cookie: session_token=%zz',
        'Cookie: session_token="',
      ],
      ...['Cookie: __proto__=x; constructor=y', `Cookie: ${'a=b; '.repeat(2500)}`, 'Cookie: session_token=\xff\xfe'],
      ...['Authorization: Bearer', 'Authorization: Bearer ', 'Authorization: Basic Og==', 'Authorization: \xff'],
      ...['Authorization: Bearer x\r\nAuthorization: Bearer y', `Authorization: Bearer ${'x'.repeat(9000)}`],
      ...['X-Forwarded-For: ,,,', 'X-Forwarded-For: x, y, z', `X-Forwarded-For: ${'1.1.1.1, '.repeat(1500)}1.1.1.1`],
      ...[
        'X-Forwarded-Proto: javascript',
        'X-Forwarded-Host: a b',
        'X-Forwarded-Host: "><b>',
        'X-Forwarded-Prefix: /\r\nX-Forwarded-Prefix: /a',
      ],
      ...['Accept: \0'.replace('\0', '*'.repeat(9000)), 'If-None-Match: "\xff"', 'Range: bytes=0-999999999999'],
    ].map((header) => [header.slice(0, 40), header]),
  )('the header %j', async (_name, header) => {
    for (const path of ['/', '/me', '/login.html', '/join'])
      expect(await answered(get(path, header))).toBeLessThan(500);
  });
});

describe('a body', () => {
  const json = 'Content-Type: application/json';
  const deep = (open: string, times: number) => open.repeat(times);

  test.each([
    ['nested without end', deep('[', 60_000)],
    ['nested and whole', deep('[', 30_000) + deep(']', 30_000)],
    ['objects nested without end', deep('{"a":', 12_000)],
    ['objects nested and whole', `${deep('{"a":', 10_000)}1${deep('}', 10_000)}`],
    ['a number without end', '9'.repeat(60_000)],
    ['an infinite number', '{"username":1e999,"password":-1e999}'],
    ['the same key twice', '{"username":"a","username":"b","password":"c"}'],
    ['keys without end', `{${Array.from({ length: 6000 }, (_, at) => `"k${at}":1`).join(',')}}`],
    ['__proto__', '{"username":"a","password":"b","__proto__":{"admin":true}}'],
    ['__proto__ within', '{"username":"a","password":"b","x":{"__proto__":{"admin":true}}}'],
    ['constructor.prototype', '{"username":"a","password":"b","constructor":{"prototype":{"admin":true}}}'],
    ['toString and length', '{"username":"a","password":"b","toString":1,"length":9,"hasOwnProperty":2}'],
    ['a byte order mark', '\uFEFF{"username":"a","password":"b"}'],
    ['no UTF-8', Buffer.from('7b22757365726e616d65223a22ff22fe7d', 'hex')],
    ['a list', '[{"username":"a","password":"b"}]'],
    ['null', 'null'],
    ['a text', '"username"'],
  ])('of %s', async (_what, body) => {
    for (const path of [
      '/login',
      '/register',
      '/submit-info',
      '/add-list',
      '/get-list',
      '/mailbox/alice',
      '/prekeys',
    ]) {
      const status = await answered(post(path, body, json, `Authorization: Bearer ${user.token}`));
      expect(status).toBeLessThan(500);
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    }
  });

  test.each([
    ...[
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/json;;;',
      'APPLICATION/JSON',
    ],
    ...[
      'application/x-www-form-urlencoded; charset=\xff',
      '/',
      'application/',
      'text/json\t',
      'application/json, text/html',
    ],
    'application/json\r\nContent-Type: text/html',
  ])('of the type %j', async (type) => {
    const body = '{"username":"a","password":"b"}';
    for (const path of ['/login', '/add-list']) {
      expect(await answered(post(path, body, `Content-Type: ${type}`))).toBeLessThan(500);
    }
  });

  test.each([
    '%ff%fe=%',
    '__proto__=x&username=a&password=b',
    'username[]=a&password[x]=b',
    '&'.repeat(5000),
    '=',
    'username=a&username=b',
    'username=%00&password=%ed%a0%80',
  ])('of a form, %j', async (body) => {
    const form = 'Content-Type: application/x-www-form-urlencoded';
    for (const path of ['/login', '/register', '/logout'])
      expect(await answered(post(path, body, form))).toBeLessThan(500);
  });

  test('of a form that ends never, or is no form, of somebody who is not signed in', async () => {
    const form = 'Content-Type: application/x-www-form-urlencoded';
    const head = `POST /admin/settings HTTP/1.1\r\nHost: x\r\n${form}\r\n`;
    for (const body of [
      `Content-Length: 1000${END}welcome=`,
      `Transfer-Encoding: chunked${END}8\r\nwelcome=\r\n`,
      `Transfer-Encoding: chunked${END}zz\r\n`,
      `Content-Length: 99${'9'.repeat(12)}${END}${'x'.repeat(200_000)}`,
      `Connection: close\r\nContent-Length: 7${END}\0\xff%ff%=`,
    ])
      expect(await answered(head + body)).toBeLessThan(500);
  });

  test('in chunks that are none', async () => {
    const head = `POST /login HTTP/1.1\r\nHost: x\r\n${json}\r\nTransfer-Encoding: chunked${END}`;
    for (const chunks of ['zz\r\n', '-1\r\n', `${'f'.repeat(30)}\r\n`, `1;${'x'.repeat(20_000)}\r\n`, '0\r\nX: y']) {
      expect(await answered(head + chunks)).toBeLessThan(500);
    }
  });
});

describe('an events socket', () => {
  const upgrade = (...headers: string[]) =>
    ['GET /events HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', `Authorization: Bearer ${user.token}`, ...headers].join('\r\n') + END; // prettier-ignore
  const VERSION = 'Sec-WebSocket-Version: 13';
  const KEY = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';

  test.each([
    ['without a key', [VERSION], 400],
    ['with a key that is none', [VERSION, 'Sec-WebSocket-Key: x'], 400],
    ['of another version', ['Sec-WebSocket-Version: 9', KEY], 400],
    ['of no version', ['Sec-WebSocket-Version: \xff', KEY], 400],
    ['with extensions that are none', [VERSION, KEY, 'Sec-WebSocket-Extensions: ;;;'], 101],
    ['with protocols that are none', [VERSION, KEY, 'Sec-WebSocket-Protocol: ,,'], 400],
  ])('%s', async (_what, headers, status) => {
    const answer = talk(tracker.tracker.port, upgrade(...headers), frame(0x88, Buffer.alloc(0)));
    expect(Number((await answer).slice(9, 12))).toBe(status);
  });

  const big = Buffer.alloc(5000, 'x');
  test.each([
    ['a frame that is too large', [frame(0x81, big)]],
    ['a frame that says it is huge', [Buffer.from([0x81, 0xff, 0x7f, ...Array<number>(7).fill(0xff), 0, 0, 0, 0])]],
    ['parts that are too large together', [frame(0x01, big.subarray(0, 3000)), frame(0x80, big.subarray(0, 3000))]],
    ['a part of nothing', [frame(0x80, Buffer.from('x'))]],
    ['an unmasked frame', [Buffer.from([0x81, 1, 120])]],
    ['a reserved bit', [frame(0xc1, Buffer.from('x'))]],
    ['an unknown opcode', [frame(0x83, Buffer.from('x'))]],
    ['a ping that is too long', [frame(0x89, big.subarray(0, 200))]],
    ['a close of a wrong code', [frame(0x88, Buffer.from([0, 5]))]],
    ['a text that is no UTF-8', [frame(0x81, Buffer.from([0xff, 0xfe]))]],
    ['a thousand empty parts', [frame(0x01, Buffer.alloc(0)), ...Array.from({ length: 1000 }, () => frame(0x00, Buffer.alloc(0))), frame(0x88, Buffer.alloc(0))]], // prettier-ignore
    ['nonsense that is well formed', [frame(0x81, Buffer.from('[[[[')), frame(0x82, Buffer.from('{}')), frame(0x88, Buffer.alloc(0))]], // prettier-ignore
  ])('that sends %s is closed', async (_what, frames) => {
    expect(await talk(tracker.tracker.port, upgrade(VERSION, KEY), ...frames)).toMatch(/^HTTP\/1\.1 101/);
  });

  test('that asks without end and reads nothing is ended, before its answers fill the memory', async () => {
    const socket = net.connect(tracker.tracker.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).pause();
    socket.write(upgrade(VERSION, KEY));
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(0x89, big.subarray(0, 125))));
    let asked = 0;
    const more = (): void => {
      // Loopback buffers hold some megabytes; a tracker that kept every answer would take all of this.
      while (!socket.destroyed && asked < 200_000_000) {
        asked += pings.length;
        if (!socket.write(pings)) return;
      }
    };
    socket.on('drain', more);
    more();
    // A paused socket hears of the end only by its writes.
    await closed;
    expect(asked).toBeLessThan(200_000_000);
  });
});
