import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conversation, PASSWORD, username } from '../../local/test-services.js';
import { TestHost } from '../test-host.js';
import { Pace } from './pace.js';
import type { LINE_LIMITS } from './server.js';
import { startLineServer, type LineServer } from './server.js';
import { CLIENT_LINE_MAX, ClientLines, type Piece } from './split.js';
import { TestLineClient } from './test-line-client.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let host: TestHost;
let server: LineServer;
let clients: TestLineClient[];

async function start(limits: Partial<typeof LINE_LIMITS> = {}): Promise<void> {
  host = new TestHost();
  const address = { host: '127.0.0.1', port: 0 };
  server = await startLineServer({ host, address, plain: true, web: undefined, log: quiet, limits });
}

function client(): TestLineClient {
  const made = TestLineClient.plain(server.port);
  clients.push(made);
  return made;
}

beforeEach(async () => {
  clients = [];
  await start();
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await server.close();
});

describe('bytes become lines', () => {
  test('the same ones, however they are cut', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', 'é', '🙂', '\0', 'x'.repeat(CLIENT_LINE_MAX), 'y'.repeat(CLIENT_LINE_MAX + 5)),
    );
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat({ max: 9000 })), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const whole = [...new ClientLines().push(bytes)];
        const splitter = new ClientLines();
        const pieces: Piece[] = [];
        let start = 0;
        for (const cut of [...cuts].sort((a, b) => a - b)) {
          pieces.push(...splitter.push(bytes.subarray(start, Math.min(cut, bytes.length))));
          start = Math.max(start, Math.min(cut, bytes.length));
        }
        pieces.push(...splitter.push(bytes.subarray(start)));
        // Of a line that is too long it is told when that is seen, at its end or before it.
        const ended = bytes.includes(10) ? bytes.subarray(0, bytes.lastIndexOf(10) + 1) : Buffer.alloc(0);
        const rest = bytes.length - ended.length > CLIENT_LINE_MAX + 1 ? 1 : 0;
        expect(whole.length).toBe([...new ClientLines().push(ended)].length + rest);
        expect(pieces).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test('a line of exactly the limit is one, with either end', () => {
    const text = 'x'.repeat(CLIENT_LINE_MAX);
    expect([...new ClientLines().push(Buffer.from(`${text}\n${text}\r\n`))]).toEqual([{ line: text }, { line: text }]);
    expect([...new ClientLines().push(Buffer.from(`${text}x\nfine\n`))]).toMatchObject([
      { broken: 'line_too_long' },
      { line: 'fine' },
    ]);
  });
});

test('pace: told once, then slowed, then over; who keeps to it again begins anew', () => {
  const pace = new Pace(0, { burst: 10, perSecond: 10, badLine: 5, patienceMs: 5000 });
  for (let n = 0; n < 10; n += 1) expect(pace.line(0, false)).toEqual({ pace: 'well' });
  expect(pace.line(0, false)).toEqual({ pace: 'wait', ms: 100, first: true });
  expect(pace.line(0, true)).toEqual({ pace: 'wait', ms: 600, first: false });
  expect(pace.line(2000, false)).toEqual({ pace: 'well' });
  for (let n = 0; n < 9; n += 1) pace.line(2000, false);
  expect(pace.line(6000, true)).toEqual({ pace: 'well' });
  for (let at = 6000; at < 30_000; at += 10) {
    const verdict = pace.line(at, false);
    if (verdict.pace === 'over') return;
  }
  throw new Error('it was never over');
});

describe('a client that sends anything', () => {
  test('over-long lines, NUL, and no UTF-8 are told one by one, and it goes on', async () => {
    const ali = await client().register('Ali', PASSWORD);
    ali.send('x'.repeat(100_000));
    expect(await ali.next('error')).toMatchObject({ code: 'line_too_long' });
    ali.send('a\0b');
    expect(await ali.next('error')).toMatchObject({ code: 'bad_text' });
    ali.socket.write(Buffer.from([0xc3, 0x28, 10]));
    expect(await ali.next('error')).toMatchObject({ code: 'bad_text' });
    const half = Buffer.from('grüße 🙂\n');
    for (const byte of half) ali.socket.write(Buffer.from([byte]));
    expect(await ali.next('chat')).toMatchObject({ text: 'grüße 🙂' });
    ali.send({ type: 'chat', text: 'a\0b' });
    expect(await ali.next('error')).toMatchObject({ code: expect.stringMatching(/bad_text|bad_entry/) });
    expect(ali.lines.filter(({ type }) => type === 'error')).toHaveLength(4);
  });

  test('noise from many does nothing to the others', async () => {
    const ali = await client().register('Ali', PASSWORD);
    const noisy = Array.from({ length: 20 }, client);
    for (const one of noisy) one.socket.write(randomBytes(64 * 1024));
    for (let n = 0; n < 20; n += 1) {
      ali.send(`message ${n}`);
      expect(await ali.next('chat')).toMatchObject({ text: `message ${n}` });
    }
  });

  test('a flood is told, slowed, and closed in the end; what was taken of it is there', async () => {
    await server.close();
    await start({ pace: { burst: 20, perSecond: 20, badLine: 1, patienceMs: 300 } });
    const ali = await client().register('Ali', PASSWORD);
    ali.socket.write(Array.from({ length: 2000 }, (_, n) => `flood ${n}\n`).join(''));
    expect(await ali.next('error')).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(/waits/) });
    // On a busy machine it may be told more than once.
    while (!String((await ali.next('error'))['message']).includes('again later'));
    await ali.closed;
    const taken = host.peer('Ali').history.page(conversation('#general'), undefined, 200).entries;
    expect(taken.length).toBeGreaterThan(19);
    expect(taken.length).toBeLessThan(2000);
  });

  test.each([
    ['a line without end', 'x'],
    ['empty lines', '\n'],
  ])('%s: told, slowed, and closed in the end', async (_what, piece) => {
    await server.close();
    await start({ pace: { burst: 20, perSecond: 20, badLine: 1, patienceMs: 300 } });
    const ali = await client().register('Ali', PASSWORD);
    const much = piece.repeat(64 * 1024);
    const more = (): void => {
      while (!ali.socket.destroyed && ali.socket.write(much));
    };
    ali.socket.on('drain', more);
    more();
    for (let told = ''; !told.includes('again later');) {
      const { code, message } = await ali.next('error');
      if (code !== 'line_too_long') expect(code).toBe('rate_limited');
      told = String(message);
    }
    await ali.closed;
  });

  test('while the host is behind, what was sent waits, and nothing more is read', async () => {
    const turns: (() => void)[] = [];
    host.admit = async (work) => {
      await new Promise<void>((resolve) => turns.push(resolve));
      return work();
    };
    const [ali, sara] = [await client().register('Ali', PASSWORD), await client().register('Sara', PASSWORD)];
    for (let n = 0; n < 50; n += 1) ali.send(`flood ${n}`);
    while (turns.length === 0) await new Promise(setImmediate);
    sara.send('hello');
    while (turns.length === 1) await new Promise(setImmediate);
    // Of each client one request waits, however many it has sent.
    expect(turns).toHaveLength(2);
    for (const go of turns.splice(0)) go();
    expect(await sara.next('chat')).toMatchObject({ text: 'hello' });
    expect(await ali.next('chat')).toMatchObject({ text: 'flood 0' });
    host.admit = undefined;
    while (turns.length === 0) await new Promise(setImmediate);
    for (const go of turns.splice(0)) go();
    for (let n = 1; n < 50; n += 1) expect(await ali.next('chat')).toMatchObject({ text: `flood ${n}` });
  });

  test('one that does not read is closed with the reason, and the others go on', async () => {
    await server.close();
    await start({ unsentBytes: 64 * 1024, closeMs: 60_000 });
    const [ali, sara] = [await client().register('Ali', PASSWORD), await client().register('Ali', PASSWORD)];
    ali.socket.pause();
    const text = 'x'.repeat(10_000);
    for (let n = 0; n < 600 && host.held > 1; n += 1) {
      host.peer('Ali').add(conversation('#general'), username('Bob'), [text, text, text, text]);
      for (let told = 0; told < 4; told += 1) await sara.next('chat');
    }
    expect(host.held).toBe(1);
    ali.socket.resume();
    expect(await ali.next('error')).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/too slowly/),
    });
    await ali.closed;
  });
});

test('who resets the connection before it is accepted is no client, of no address', async () => {
  host.guests = true;
  const addresses: string[] = [];
  const guest = host.guest.bind(host);
  host.guest = (request) => {
    addresses.push(request.address);
    return guest(request);
  };
  for (let n = 0; n < 20; n++) {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('/register gone\n');
    socket.resetAndDestroy();
  }
  await client().send('/register here').next('registered');
  expect(addresses.filter((address) => address !== '127.0.0.1')).toEqual([]);
});
