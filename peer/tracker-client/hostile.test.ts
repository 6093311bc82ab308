import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ChannelName, Username } from '../../protocol/ids.js';
import { channelsOf, makeClient, type TestClient } from './test-client.js';

/** What one request of a method and path is answered with; `head` is the request's head. */
type Answers = Record<string, (socket: Socket, head: string) => void>;

const TOKEN = 'a'.repeat(43);
/** Of a client that is to be answered, on a busy machine; and of one that never is. */
const PATIENCE_MS = 30_000;
const SILENCE_MS = 500;
const timeoutFor = (reason: RegExp): number => (reason.source === 'does not answer' ? SILENCE_MS : PATIENCE_MS);
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A server of raw bytes. */
async function hostile(answers: Answers): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      const head = bytes.toString('latin1');
      const [method = '', path = ''] = head.split(' ');
      const answer = answers[`${method} ${path.split('?')[0] ?? ''}`] ?? answers['*'];
      if (answer) answer(socket, head);
      else socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function signedIn(answers: Answers, requestTimeoutMs = PATIENCE_MS, needsRenewal = false): Promise<TestClient> {
  const identity = { csr: () => Promise.resolve('a request'), needsRenewal: () => needsRenewal };
  const made = await makeClient([await hostile(answers)], 'alice', { identity, tuning: { requestTimeoutMs } });
  undo.push(() => made.stop());
  made.token = TOKEN;
  return made;
}

const http =
  (status: string, body: string, headers = '') =>
  (socket: Socket) => {
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}Connection: close\r\n\r\n${body}`,
    );
  };
const json = (body: object, status = '200 OK', headers = '') => http(status, JSON.stringify(body), headers);
const failure = (code: string, message = 'No.') => ({ status: 'failed', code, message });
const submitted = { status: 'success', peer_id: 'x', total_peers: 1 };

/** Writes for ever, as fast as it is read. */
const endless = (head: string, chunk: string) => (socket: Socket) => {
  socket.write(head);
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk)) if (socket.writableLength > 1 << 20) return;
  };
  socket.on('drain', more);
  more();
};

const frame = (text: string): Buffer => {
  const payload = Buffer.from(text);
  const head = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 6);
  return Buffer.concat([head, payload]);
};
/** Opens the events socket, and then does as told. */
const events = (then: (socket: Socket) => void) => (socket: Socket, head: string) => {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(head)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  // A goodbye, or whatever else the client says, ends it.
  socket.on('data', () => socket.destroy());
  then(socket);
};
const snapshot = frame('{"type":"snapshot","peers":[],"channels":[]}');

describe('an answer to a call', () => {
  const notATracker = /is not a tracker that this peer understands/;
  const cases: [string, (socket: Socket, head: string) => void, RegExp][] = [
    ['that is a page', http('200 OK', '<html>'), notATracker],
    ['that is empty', http('200 OK', ''), notATracker],
    ['that is no HTTP', (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'), /broke/],
    ['of wrong types', json({ status: 'success', channels: [{ name: 7 }] }), notATracker],
    ['without the list', json({ status: 'success' }), notATracker],
    ['with null', http('200 OK', 'null'), notATracker],
    ['that leads elsewhere', http('302 Found', '{}', 'Location: http://127.0.0.1:1/\r\n'), /leads elsewhere/],
    ['that ends too early', (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'), /broke/],
    ['that never comes', () => undefined, /does not answer/],
    [
      'that comes by drops',
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'),
      /does not answer/,
    ],
    [
      'whose body does not end',
      endless('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', '[['.repeat(32_768)),
      /does not end/,
    ],
    ['whose head does not end', endless('HTTP/1.1 200 OK\r\nX: ', 'x'.repeat(65_536)), /broke/],
    [
      'with too many channels',
      json({
        status: 'success',
        channels: Array.from({ length: 20_001 }, () => ({ name: 'x', topic: '', members: 1, joined: false })),
      }),
      notATracker,
    ],
    ['that is cut', (socket) => void socket.destroy(), /broke/],
  ];
  test.each(cases)('%s is an error that says what to do', async (_name, answer, reason) => {
    const alice = await signedIn({ 'GET /channels': answer }, timeoutFor(reason));
    const asked = channelsOf(alice);
    await expect(asked).rejects.toMatchObject({ name: 'ParleyError', code: 'tracker_unreachable' });
    await expect(asked).rejects.toThrow(reason);
    await expect(asked).rejects.toThrow(/(Check|Start|tried again)[^\n]*\.$/);
  });

  test('that fails keeps its code; its text only when it is a plain sentence', async () => {
    const told = async (body: object) => {
      const alice = await signedIn({ '*': json(body, '403 Forbidden') });
      return alice.client.addList('x' as ChannelName).catch((error: unknown) => error);
    };
    expect(await told(failure('forbidden', 'Registration is closed here.'))).toMatchObject({
      code: 'forbidden',
      message: 'Registration is closed here.',
    });
    for (const text of ['a\nb', '\u202egnp.exe', '\u001b[2J', 'x'.repeat(301), '']) {
      expect(await told(failure('forbidden', text))).toMatchObject({
        message: expect.stringMatching(/Sign in as that user/),
      });
    }
    expect(await told(failure('__proto__'))).toMatchObject({ code: 'unavailable' });
  });

  test('with a token that is none is not taken, and nothing is stored', async () => {
    for (const token of ['', 'a\r\nX-Evil: 1', 'x'.repeat(600), 7]) {
      const alice = await signedIn({ 'POST /login': json({ status: 'success', username: 'alice', token }) });
      alice.token = undefined;
      await expect(alice.client.login('password', false)).rejects.toMatchObject({ code: 'tracker_unreachable' });
      expect(alice.token).toBeUndefined();
      expect(alice.views.told).toEqual([]);
    }
  });

  test('asked for while the client stops ends with it', async () => {
    const alice = await signedIn({}, 60_000);
    const asked = [alice.client.devices('bob' as Username), alice.client.login('password', true)];
    const settled = Promise.allSettled(asked);
    await alice.client.stop();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('a stored token that somebody has broken counts as none', async () => {
    const alice = await signedIn({});
    alice.token = 'a\r\nb';
    alice.client.start();
    await alice.state('signed_out');
  });
});

describe('a connection', () => {
  test.each([
    ['no certificate', submitted, /issues no certificate/],
    ['a broken certificate', { ...submitted, certificate: 'garbage', ca: 'garbage' }, /certificate/],
    ['wrong types', { ...submitted, total_peers: 'many' }, /another form/],
  ])('to a tracker that answers with %s does not come about', async (_name, body, reason) => {
    const alice = await signedIn({ 'POST /submit-info': json(body) }, PATIENCE_MS, true);
    alice.client.start();
    expect((await alice.state('unreachable')).reason).toMatch(reason);
    expect(alice.issued).toEqual([]);
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['garbage', (socket) => void socket.write(Buffer.alloc(64, 0xff)), /broke/],
    ['text that is no JSON', (socket) => void socket.write(frame('{"type":')), /events have another form/],
    ['a binary message', (socket) => void socket.write(Buffer.from([0x82, 1, 7])), /events have another form/],
    [
      'a change before the snapshot',
      (socket) => void socket.write(frame('{"type":"peer_left","username":"b"}')),
      /snapshot/,
    ],
    [
      'a snapshot of wrong types',
      (socket) => void socket.write(frame('{"type":"snapshot","peers":{}}')),
      /another form/,
    ],
    [
      'a message of a gigabyte',
      (socket) => void socket.write(Buffer.from([0x81, 127, 0, 0, 0, 0, 64, 0, 0, 0])),
      /broke/,
    ],
    ['nothing', () => undefined, /does not answer/],
    ['an end', (socket) => void socket.destroy(), /broke/],
  ])(
    'whose events are %s is given up with a reason, and made again once the tracker is well',
    async (_name, ill, reason) => {
      let well = false;
      const answers = {
        'POST /submit-info': json(submitted),
        'GET /events': events((socket) => (well ? void socket.write(snapshot) : ill(socket))),
      };
      const alice = await signedIn(answers, timeoutFor(reason));
      alice.client.start();
      const { state, reason: told } = await alice.views.next(({ reason: text }) => reason.test(text ?? ''));
      expect(state).toBe('unreachable');
      expect(told).toMatch(reason);
      well = true;
      await alice.state('connected');
    },
  );

  test('that is refused its events is signed out when the session is to blame', async () => {
    const alice = await signedIn({
      'POST /submit-info': json(submitted),
      'GET /events': json(failure('not_signed_in'), '401 Unauthorized'),
    });
    alice.client.start();
    await alice.state('signed_out');
  });

  test('waits as long as a busy tracker asks', async () => {
    const waits: number[] = [];
    const busy = json(failure('rate_limited'), '429 Too Many Requests', 'Retry-After: 7\r\n');
    const alice = await makeClient([await hostile({ '*': busy })], 'alice', {
      timers: { after: (ms) => (waits.push(ms), () => undefined) },
    });
    undo.push(() => alice.stop());
    alice.token = TOKEN;
    alice.client.start();
    expect((await alice.state('unreachable')).reason).toMatch(/Wait a moment|No\./);
    expect(waits.at(-1)).toBeCloseTo(7000, -2);
  });

  test('survives a flood of events of unknown types and users who come and go', async () => {
    const peer = (n: number) => ({
      username: `u${n % 30_000}`,
      ip: 'h',
      port: 1,
      addresses: [],
      status: 'online',
      channels: [],
    });
    // Made beforehand: the client has to be connected within its time while this process writes them.
    const flood = Buffer.concat([
      snapshot,
      ...Array.from({ length: 30_000 }, (_, n) => frame(JSON.stringify({ type: 'peer_joined', peer: peer(n) }))),
      ...Array.from({ length: 1000 }, () => frame('{"type":"mailbox","count":1}')),
      frame('{"type":"peer_left","username":"u0"}'),
    ]);
    const answers = {
      'POST /submit-info': json(submitted),
      'GET /events': events((socket) => void socket.write(flood)),
    };
    const alice = await signedIn(answers);
    alice.client.start();
    await alice.events.until((event) => event.type === 'peer_left');
    expect(alice.client.peers()).toHaveLength(19_999);
    expect(alice.client.view().state).toBe('connected');
  });
});
