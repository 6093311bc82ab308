/** Files over HTTP: what is taken in and how it ends, what is given out, and with which headers. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { UploadView } from '../../protocol/local-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { rangeOf } from './file-headers.js';
import { startLocalServer } from './server.js';
import { LocalSessions } from './sessions.js';
import { TestPeer } from './test-services.js';
import { requestText, TestDoor } from './test-socket.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const MIB = 1024 * 1024;

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start({ limits: { bodyIdleMs: 300, bodyRestMs: 300 } });
});
afterEach(() => local.stop());

const own = (): Record<string, string> => ({ authorization: `Bearer ${local.token}` });
const send = (path: string, body: Buffer | string, headers: Record<string, string> = {}): Promise<Response> =>
  local.fetch(path, { method: 'POST', headers: { ...own(), ...headers }, body: new Uint8Array(Buffer.from(body)) });
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  local.fetch(path, { method, headers: { ...own(), ...headers } });
const given = (bytes: Buffer | string, mime?: string): string =>
  local.peer.files.given(Buffer.from(bytes), mime).sha256;

describe('bytes are taken in', () => {
  test('as they are, and their type is what they are', async () => {
    const body = Buffer.alloc(3 * MIB, 7);
    const answer = await send('/api/uploads', body, { 'content-type': 'image/png' });
    expect(answer.status).toBe(201);
    const { sha256, size, mime } = (await answer.json()) as UploadView;
    expect([size, mime]).toEqual([body.length, 'application/octet-stream']);
    expect(local.peer.files.bytes.get(sha256)?.equals(body)).toBe(true);
  });

  test.each([
    undefined,
    'text/plain',
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('whatever type they are called: %s', async (type) => {
    const answer = await send('/api/uploads', '{"a', type === undefined ? {} : { 'content-type': type });
    expect([answer.status, ((await answer.json()) as UploadView).size]).toEqual([201, 3]);
  });

  test('an empty file is a file', async () => {
    expect(await (await send('/api/uploads', '')).json()).toMatchObject({ size: 0, sha256: given('') });
  });

  test('and written into a conversation at once', async () => {
    const query = new URLSearchParams({ conversation: '#general', name: 'plan.png', message: 'the plan' });
    const answer = await send(`/api/files?${query}`, PNG);
    const { entry, sha256 } = (await answer.json()) as UploadView;
    expect([answer.status, sha256]).toEqual([201, given(PNG)]);
    const page = await get('/api/history?conversation=%23general');
    expect(await page.json()).toMatchObject({
      entries: [
        {
          id: entry,
          kind: 'file',
          message: 'the plan',
          here: true,
          data: { name: 'plan.png', mime: 'image/png', size: 16 },
        },
      ],
    });
  });

  test.each([
    ['/api/files?name=x', 400],
    ['/api/files?conversation=%23general', 400],
    [`/api/files?conversation=%23general&name=${'%C3%A9'.repeat(200)}`, 400],
    ['/api/files?conversation=%23general&name=%00', 400],
    ['/api/files?conversation=%23nowhere&name=x', 403],
    ['/api/files?conversation=%40bob%2Bcarol&name=x', 403],
    ['/api/uploads?mime=html', 400],
  ])('%s → %i, and nothing is kept', async (path, status) => {
    const answer = await send(path, PNG);
    expect([answer.status, local.peer.files.bytes.size]).toEqual([status, 0]);
  });

  test('of nobody without a session, and of no page of another origin', async () => {
    expect((await send('/api/uploads', PNG, { authorization: 'Bearer x' })).status).toBe(401);
    expect((await send('/api/uploads', PNG, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await get(`/api/files/${given(PNG)}`, { authorization: 'Bearer x' })).status).toBe(401);
  });

  const raw = (length: number, body: string) => {
    const socket = connect(local.server.port, '127.0.0.1');
    const headers = { host: `localhost:${local.server.port}`, 'content-length': String(length), ...own() };
    socket.write(requestText('POST /api/uploads', headers, body));
    return socket;
  };

  test('a sender that goes away in the middle leaves nothing', async () => {
    const socket = raw(100, 'half');
    socket.end();
    await once(socket.resume(), 'close');
    expect(local.peer.files.bytes.size).toBe(0);
  });

  test('a sender that stands still is ended, and leaves nothing', async () => {
    const socket = raw(100, 'half').on('error', () => undefined);
    await once(socket.resume(), 'close');
    expect(local.peer.files.bytes.size).toBe(0);
  });

  test('what comes after the announced length is no part of it', async () => {
    const socket = raw(4, 'halfmore');
    await once(socket.resume(), 'close');
    // It is no request either, so that the one before may be refused with it.
    for (const bytes of local.peer.files.bytes.values()) expect(String(bytes)).toBe('half');
  });

  test('who goes on after a refusal is read for a moment, and then no more', async () => {
    const sending = request({
      ...{ port: local.server.port, host: '127.0.0.1', method: 'POST', path: '/api/uploads' },
      headers: { 'transfer-encoding': 'chunked' },
    });
    // Cut off while it writes, it may be told of that before it is closed.
    sending.on('error', () => undefined);
    const closed = new Promise((resolve) => sending.once('close', resolve));
    const more = setInterval(() => sending.write('more'), 20);
    closed.then(() => clearInterval(more)).catch(() => undefined);
    const [answer] = (await once(sending, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(401);
    await closed;
    expect(local.peer.files.bytes.size).toBe(0);
  });
});

describe('a range', () => {
  test.each([
    [undefined, 'all'],
    ['', 'all'],
    ['bytes=0-', [0, 10]],
    ['bytes=0-0', [0, 1]],
    ['bytes=3-5', [3, 6]],
    ['bytes=9-', [9, 10]],
    ['bytes=5-99999', [5, 10]],
    ['Bytes = 2 - 4', [2, 5]],
    ['bytes=-3', [7, 10]],
    ['bytes=-99', [0, 10]],
    ['bytes=-0', 'none'],
    ['bytes=10-', 'none'],
    ['bytes=10-20', 'none'],
    ['bytes=5-3', 'all'],
    ['bytes=-', 'all'],
    ['bytes=a-b', 'all'],
    ['bytes=0-1,3-4', 'all'],
    ['items=0-1', 'all'],
    ['bytes=99999999999999999999-', 'all'],
  ])('%s of 10 bytes', (header, expected) => {
    expect(rangeOf(header, 10)).toEqual(expected);
  });

  test.each(['bytes=0-', 'bytes=-1', 'bytes=0-0'])('%s of nothing is not there', (header) => {
    expect(rangeOf(header, 0)).toBe('none');
  });

  test('is given with its place, or refused with the size', async () => {
    const sha256 = given('0123456789');
    const answer = async (headers: Record<string, string>): Promise<unknown[]> => {
      const { status, ...response } = await get(`/api/files/${sha256}`, headers).then(async (all) => ({
        status: all.status,
        place: all.headers.get('content-range'),
        length: all.headers.get('content-length'),
        text: await all.text(),
      }));
      return [status, response.place, response.length, response.text];
    };
    const whole = [200, null, '10', '0123456789'];
    const part = [206, 'bytes 2-4/10', '3', '234'];
    expect(await answer({})).toEqual(whole);
    expect(await answer({ range: 'bytes=2-4' })).toEqual(part);
    expect(await answer({ range: 'bytes=2-4', 'if-range': `"${sha256}"` })).toEqual(part);
    expect(await answer({ range: 'bytes=2-4', 'if-range': '"another"' })).toEqual(whole);
    expect((await answer({ range: 'bytes=10-' })).slice(0, 2)).toEqual([416, 'bytes */10']);
    expect((await answer({ 'if-none-match': `"${sha256}"` }))[0]).toBe(304);
  });

  test('HEAD says what GET would', async () => {
    const sha256 = given('0123456789');
    for (const range of ['', 'bytes=2-4']) {
      const [head, whole] = [
        await get(`/api/files/${sha256}`, { range }, 'HEAD'),
        await get(`/api/files/${sha256}`, { range }),
      ];
      const told = ({ status, headers }: Response): unknown => [
        status,
        ...['content-length', 'content-range', 'content-type', 'etag', 'content-disposition'].map((name) =>
          headers.get(name),
        ),
      ];
      expect(told(head)).toEqual(told(whole));
      expect(await head.text()).toBe('');
    }
  });

  test('what is not here is not found, whatever its name', async () => {
    for (const path of ['0'.repeat(64), 'x', '..%2f..%2fetc%2fpasswd', given('x').toUpperCase()])
      expect((await get(`/api/files/${path}`)).status).toBe(404);
  });
});

test('a name of 255 bytes fits into the address', async () => {
  const sha256 = given(PNG);
  const { status, headers } = await get(`/api/files/${sha256}/${encodeURIComponent('é'.repeat(120))}.png`);
  expect([status, headers.get('content-disposition')]).toEqual([200, expect.stringContaining('.png"')]);
});

test('the door opens before the daemon is signed in, when nobody has any files yet', async () => {
  const peer = new TestPeer();
  Object.defineProperty(peer, 'files', {
    get: () => {
      throw new ParleyError('not_signed_in');
    },
  });
  const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
  const server = await startLocalServer({ services: peer, sessions, host: '127.0.0.1', port: 0, uiDir: tmpdir() });
  await server.close();
});
