import 'reflect-metadata';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { once } from 'node:events';
import { connect as tcpConnect, createServer, Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { connect as tlsConnect, createSecureContext, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ALPN } from '../../protocol/limits.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { pipe, TestPeer, TestTime } from './test-support.js';
import type { Link, LinkLimits } from './types.js';

const DAY = 24 * 3600_000;
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const typing: LinkMessage = JSON.parse('{"type":"typing","conversation":"#general"}') as LinkMessage;

let ca: TestCa;
let otherCa: TestCa;
let alice: TestDevice;
let bob: TestDevice;
beforeAll(async () => {
  ca = await TestCa.create();
  otherCa = await TestCa.create();
  const [a, b] = [await ca.device('alice'), await ca.device('bob')];
  // Alice has the smaller id throughout.
  [alice, bob] =
    a.device < b.device ? [a, b] : [await ca.certify(b.privateKey, 'alice'), await ca.certify(a.privateKey, 'bob')];
});

let peers: TestPeer[] = [];
let strays: Duplex[] = [];
const time = new TestTime();
afterEach(async () => {
  for (const stray of strays) stray.destroy();
  strays = [];
  await Promise.all(peers.map((peer) => peer.close()));
  peers = [];
  expect(time.timers).toBe(0);
});

function peer(device: TestDevice, limits: Partial<LinkLimits> = {}, channels?: string[]): TestPeer {
  const made = new TestPeer(device, time, limits, channels);
  peers.push(made);
  return made;
}

interface Wire {
  name: string;
  /** `from` dials `to`. */
  dial(from: TestPeer, to: TestPeer): Promise<Link>;
  /** A stranger's connection to a listening peer, before TLS. */
  stranger(to: TestPeer): Promise<Duplex>;
}

const tcp: Wire = {
  name: 'TCP',
  dial: async (from, to) => from.links.dial({ ...(await listening(to)), device: to.self.device }),
  stranger: async (to) => {
    const socket = tcpConnect({ ...(await listening(to)), noDelay: true });
    await once(socket, 'connect');
    return socket;
  },
};

function memory(piece: number): Wire {
  return {
    name: `memory, ${piece} bytes a piece`,
    dial: (from, to) => {
      const [near, far] = pipe(piece);
      to.links.attach(far, 'listener').catch(() => undefined);
      return from.links.attach(near, 'dialler', to.self.device);
    },
    stranger: (to) => {
      const [near, far] = pipe(piece);
      to.links.attach(far, 'listener').catch(() => undefined);
      return Promise.resolve(near);
    },
  };
}

const addresses = new WeakMap<TestPeer, Promise<{ host: string; port: number }>>();
function listening(to: TestPeer): Promise<{ host: string; port: number }> {
  const address = addresses.get(to) ?? to.links.listen({ host: '127.0.0.1', port: 0 });
  addresses.set(to, address);
  return address;
}

/** A stranger's TLS over such a connection, with whatever it likes. */
function dressed(stream: Duplex, as: TestDevice | undefined, options: ConnectionOptions = {}): TLSSocket {
  const keys = as && { key: as.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: as.certificatePem };
  const socket = tlsConnect({
    socket: stream,
    secureContext: createSecureContext({ ...keys, ca: ca.pem }),
    ALPNProtocols: [ALPN],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...options,
  });
  socket.on('error', () => undefined);
  stream.on('error', () => undefined);
  strays.push(socket, stream);
  return socket;
}

/** What it was told until the other side ended. */
async function toldUntilEnd(socket: Duplex): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

const greeting = (device: TestDevice, change: object = {}): string =>
  `${JSON.stringify({ type: 'handshake', username: device.username, device: device.device, version: 1, features: [], channels: ['general'], ...change })}\n`;

/** A stranger that has shaken hands as `device`. */
async function rawLink(wire: Wire, to: TestPeer, device: TestDevice): Promise<TLSSocket> {
  const socket = dressed(await wire.stranger(to), device);
  await once(socket, 'secureConnect');
  socket.write(greeting(device));
  await to.until(({ ups }) => ups.length > 0);
  return socket;
}

describe.each([tcp, memory(64 * 1024), memory(7)])('a link over $name', (wire) => {
  test('comes up on both sides, with proven names', async () => {
    const [a, b] = [peer(alice, {}, ['general', 'tech']), peer(bob)];
    const link = await wire.dial(a, b);
    await b.until(({ ups }) => ups.length === 1);
    expect(link.remote).toEqual({ username: 'bob', device: bob.device, certificate: bob.certificatePem });
    expect([...link.channels]).toEqual(['general']);
    expect(link.dialled).toBe(true);
    const theirs = b.links.get(alice.device);
    expect(theirs).toMatchObject({ dialled: false, remote: { username: 'alice', device: alice.device } });
    expect([...(theirs?.channels ?? [])]).toEqual(['general', 'tech']);
    expect([...a.links.all()]).toEqual([link]);
  });

  test('carries messages in order, as few batches; says goodbye', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const link = await wire.dial(a, b);
    for (let seq = 1; seq <= 500; seq++)
      link.send({ ...typing, type: 'want', device: alice.device, from: seq, to: seq } as LinkMessage);
    link.sendLines(`${JSON.stringify(typing)}\n`.repeat(10));
    await b.until(({ heard }) => heard.length === 510);
    expect(b.heard.slice(0, 500).map((message) => message.type === 'want' && message.from)).toEqual(
      Array.from({ length: 500 }, (_, n) => n + 1),
    );
    link.close();
    await Promise.all([a.until(({ downs }) => downs.length === 1), b.until(({ downs }) => downs.length === 1)]);
    expect([a.lastReason, b.lastReason]).toEqual(['closed', 'closed']);
    expect(a.links.get(bob.device)).toBeUndefined();
    link.send(typing);
    expect(link.queued).toBe(0);
  });

  test('follows joined and left', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const link = await wire.dial(a, b);
    link.sendLines('{"type":"joined","channel":"tech"}\n{"type":"left","channel":"general"}\n');
    await b.until(({ heard }) => heard.length === 2);
    expect([...(b.links.get(alice.device)?.channels ?? [])]).toEqual(['tech']);
  });

  test('a closing link says why', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    (await wire.dial(a, b)).close('device_revoked');
    expect(a.downs).toEqual([]);
    await b.until(({ downs }) => downs.length === 1);
    expect([a.lastReason, b.lastReason]).toEqual(['device_revoked', 'device_revoked']);
  });

  test('pause holds the other side up, resume lets it go on', async () => {
    const [a, b] = [peer(alice, { queueLow: 64 * 1024 }), peer(bob)];
    const link = await wire.dial(a, b);
    await b.until(({ ups }) => ups.length === 1);
    b.ups[0]?.pause();
    let sent = 0;
    const line = `${JSON.stringify({ ...typing, pad: 'x'.repeat(50_000) })}\n`;
    const enough = wire.name === 'TCP' ? 64 * 1024 : Infinity;
    while (sent < 40 || (link.queued < enough && enough !== Infinity && sent < 400)) {
      link.sendLines(line);
      sent += 1;
      await new Promise(setImmediate);
    }
    const held = b.heard.length;
    expect(held).toBeLessThan(sent);
    b.ups[0]?.resume();
    await b.until(({ heard }) => heard.length === sent);
    expect(link.queued).toBe(0);
    if (enough !== Infinity) expect(a.drains).toBeGreaterThan(0);
  });

  test('pings silence, and gives up the dead', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const socket = await rawLink(wire, b, alice);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    time.advance(15_000);
    while (!told.includes('{"type":"ping"}')) await once(socket, 'data');
    socket.write('{"type":"pong"}\n{"type":"typing","conversation":"#general"}\n');
    await b.until(({ heard }) => heard.length === 1);
    time.advance(44_999);
    expect(b.downs).toEqual([]);
    time.advance(1);
    expect(b.lastReason).toBe('unavailable');
    expect(a.downs).toEqual([]);
  });

  test('answers a ping', async () => {
    const b = peer(bob);
    const socket = await rawLink(wire, b, alice);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    socket.write('{"type":"ping"}\n');
    while (!told.includes('pong')) await once(socket, 'data');
    expect(b.heard).toEqual([]);
  });

  test.each<[string, string, () => Promise<TestDevice | undefined>, ConnectionOptions?]>([
    ['another CA', 'certificate_unknown', async () => (await TestCa.create('Another CA')).device('alice'), {}],
    [
      'an expired certificate',
      'certificate_expired',
      () => ca.device('alice', { notBefore: Date.now() - 3 * DAY, notAfter: Date.now() - DAY }),
      {},
    ],
    [
      'a certificate of tomorrow',
      'certificate_expired',
      () => ca.device('alice', { notBefore: Date.now() + DAY, notAfter: Date.now() + 2 * DAY }),
      {},
    ],
    ['no certificate', '', () => Promise.resolve(undefined), {}],
    ['no ALPN', '', () => Promise.resolve(alice), { ALPNProtocols: undefined as never }],
    ['another ALPN', '', () => Promise.resolve(alice), { ALPNProtocols: ['h2'] }],
    ['TLS 1.2', '', () => Promise.resolve(alice), { secureContext: createSecureContext({ maxVersion: 'TLSv1.2' }) }],
  ])('refuses %s: %s', async (_, expected, who, options) => {
    const b = peer(bob);
    const socket = dressed(await wire.stranger(b), await who(), options);
    socket.once('secureConnect', () => socket.write(greeting(alice)));
    const told = await toldUntilEnd(socket);
    expect(told === '' ? '' : (JSON.parse(told) as { type: string; code: string })).toEqual(
      expected === '' ? '' : expect.objectContaining({ type: 'handshake_refused', code: expected }),
    );
    expect(b.ups).toEqual([]);
  });

  test.each<[string, string, (device: TestDevice) => string]>([
    ['another name', 'identity_mismatch', (device) => greeting(device, { username: 'mallory' })],
    ['another device', 'identity_mismatch', (device) => greeting(device, { device: bob.device })],
    ['another version', 'version_mismatch', (device) => greeting(device, { version: 2 })],
    ['a message first', 'handshake_expected', () => '{"type":"ping"}\n'],
    ['half a greeting', 'handshake_expected', () => '{"type":"handshake"}\n'],
    ['broken JSON', 'bad_json', () => 'GET / HTTP/1.1\r\n'],
    ['an endless line', 'line_too_long', () => 'x'.repeat(300_000)],
  ])('refuses %s in the handshake: %s', async (_, expected, text) => {
    const b = peer(bob);
    const socket = dressed(await wire.stranger(b), alice);
    await once(socket, 'secureConnect');
    socket.write(text(alice));
    expect(JSON.parse(await toldUntilEnd(socket))).toMatchObject({ type: 'handshake_refused', code: expected });
    expect(b.ups).toEqual([]);
  });

  test('refuses a revoked device, and one link too many', async () => {
    const b = peer(bob, { links: 1 });
    b.revoked.add(alice.device);
    await expect(wire.dial(peer(alice), b)).rejects.toEqual(code('device_revoked'));
    await wire.dial(peer(await ca.device('carol')), b);
    await expect(wire.dial(peer(await ca.device('dave')), b)).rejects.toEqual(code('too_many_links'));
  });

  test('half a handshake ends after ten seconds, at each stage', async () => {
    const b = peer(bob);
    const [silent, tls] = [await wire.stranger(b), dressed(await wire.stranger(b), alice)];
    strays.push(silent);
    silent.on('error', () => undefined);
    silent.resume();
    await once(tls, 'secureConnect');
    tls.write(greeting(alice).slice(0, 20));
    while (b.links.opening < 2) await new Promise(setImmediate);
    time.advance(9_999);
    expect(b.links.opening).toBe(2);
    // The listener may be a flight behind the dialler; either way its time is over.
    const ends = [new Promise((resolve) => silent.once('close', resolve)), toldUntilEnd(tls)];
    time.advance(1);
    expect(b.links.opening).toBe(0);
    await Promise.all(ends);
  });

  test.each<[string, string, string]>([
    ['broken JSON', 'bad_json', `${JSON.stringify(typing)}\n{"type":\n${JSON.stringify(typing)}\n`],
    ['an endless line', 'line_too_long', `${JSON.stringify(typing)}\n${'x'.repeat(300_000)}`],
    ['what is not UTF-8', 'bad_json', `${JSON.stringify(typing)}\n\xff\n`],
  ])('ends on %s: %s, after what came before it', async (_, expected, text) => {
    const b = peer(bob);
    const socket = await rawLink(wire, b, alice);
    socket.write(Buffer.from(text, 'latin1'));
    const told = (await toldUntilEnd(socket)).trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(told)).toMatchObject({ type: 'error', code: expected, fatal: true });
    expect(b.heard).toEqual([typing]);
    expect(b.lastReason).toBe(expected);
  });

  test('ignores what it does not know, and says so three times', async () => {
    const b = peer(bob);
    const socket = await rawLink(wire, b, alice);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    socket.write(`${'{"type":"dance"}\n{"type":"want"}\n'.repeat(20)}${greeting(alice)}{"type":"ping"}\n`);
    while (!told.includes('pong')) await once(socket, 'data');
    const errors = told.split('\n').filter((line) => line.includes('"error"'));
    expect(errors.map((line) => (JSON.parse(line) as { code: string }).code)).toEqual([
      'unknown_type',
      'bad_request',
      'unknown_type',
    ]);
    expect(b.heard).toEqual([]);
    expect(b.downs).toEqual([]);
  });

  test('a reader too slow costs the bound and no more', async () => {
    const b = peer(bob, { queueHigh: 1024 * 1024 });
    const socket = await rawLink(wire, b, alice);
    socket.pause();
    const link = b.ups[0];
    let highest = 0;
    while (link && b.downs.length === 0) {
      for (let n = 0; n < 10; n++)
        link.send({ type: 'error', code: 'internal', message: 'x'.repeat(60_000), fatal: false });
      highest = Math.max(highest, link.queued);
      await new Promise(setImmediate);
      if (wire.name !== 'TCP')
        for (let n = 0; n < 40; n++)
          link.send({ type: 'error', code: 'internal', message: 'x'.repeat(60_000), fatal: false });
    }
    expect(b.lastReason).toBe('queue_full');
    expect(highest).toBeLessThan(2 * 1024 * 1024);
  });

  test('hostile bytes after the handshake never do more than end the link', async () => {
    const lines = fc.oneof(
      fc.constantFrom(
        '{"type":"ping"}',
        '{"type":"typing","conversation":"#general"}',
        '{"type":"x"}',
        '{}',
        '[]',
        '\\',
        '{"type":"error","code":"x","message":"","fatal":true}',
      ),
      fc.string({ maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(lines, { maxLength: 10 }), fc.uint8Array({ maxLength: 20 }), async (texts, tail) => {
        const b = peer(bob);
        const socket = await rawLink(wire, b, alice);
        socket.resume();
        socket.end(Buffer.concat([Buffer.from(texts.map((text) => `${text}\n`).join('')), tail]));
        await b.until(({ downs }) => downs.length === 1);
        expect(['closed', 'bad_json', 'line_too_long', 'unavailable', 'internal']).toContain(b.lastReason);
        socket.destroy();
        await b.close();
        peers = [];
      }),
      { numRuns: 25 },
    );
  });

  test('a renewed certificate is shown to new links, and old ones stay', async () => {
    const [a, c] = [peer({ ...alice }), peer(await ca.device('carol'))];
    const b = peer(bob);
    const old = await wire.dial(a, b);
    const renewed = await ca.certify(alice.privateKey, 'alice', { notAfter: Date.now() + 60 * DAY });
    Object.assign(a.self, { certificate: renewed.certificate, certificatePem: renewed.certificatePem });
    a.links.updateCredentials();
    const fresh = await wire.dial(c, a);
    expect(fresh.remote.certificate).toBe(renewed.certificatePem);
    old.send(typing);
    await b.until(({ heard }) => heard.length === 1);
    expect(b.ups[0]?.remote.certificate).toBe(alice.certificatePem);
  });

  test('a link does not outlive the certificate of the other side', async () => {
    const brief = await ca.certify(alice.privateKey, 'alice', {
      notAfter: Math.ceil(time.now() / 1000) * 1000 + 20_000,
    });
    const b = peer(bob);
    await rawLink(wire, b, brief);
    time.advance(15_000);
    expect(b.downs).toEqual([]);
    time.advance(15_000);
    await b.until(({ downs }) => downs.length === 1);
    expect(b.lastReason).toBe('certificate_expired');
  });

  test('the second dial to a device is the first link', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const first = await wire.dial(a, b);
    expect(await a.links.dial({ host: '192.0.2.1', port: 1, device: bob.device })).toBe(first);
  });

  test('dialled from both sides at once, one link stays, the same on both', async () => {
    for (let round = 0; round < 30; round++) {
      const [a, b] = [new TestPeer(alice, time), new TestPeer(bob, time)];
      await Promise.all([listening(a), listening(b)]);
      const wait = async (turns: number): Promise<void> => {
        for (let n = 0; n < turns; n++) await new Promise(setImmediate);
      };
      const dials = [
        wait(Math.max(0, round - 15)).then(() => wire.dial(a, b)),
        wait(Math.max(0, 15 - round)).then(() => wire.dial(b, a)),
      ];
      const results = await Promise.allSettled(dials);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toEqual(code('duplicate_link'));
      await Promise.all([a.until(({ ups }) => ups.length > 0), b.until(({ ups }) => ups.length > 0)]);
      while (a.links.opening + b.links.opening > 0) await new Promise(setImmediate);
      const [one, other] = [a.links.get(bob.device), b.links.get(alice.device)];
      expect([one?.dialled, other?.dialled].sort()).toEqual([false, true]);
      one?.send(typing);
      other?.send(typing);
      await Promise.all([a.until(({ heard }) => heard.length === 1), b.until(({ heard }) => heard.length === 1)]);
      expect([a.ups.length, b.ups.length, a.downs.length, b.downs.length]).toEqual([1, 1, 0, 0]);
      await Promise.all([a.close(), b.close()]);
    }
  });
});

describe('a dial that fails says what to do', () => {
  test('nobody there, somebody else, another device, ourselves', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const at = await listening(b);
    const vacant = createServer();
    await new Promise<void>((resolve) => vacant.listen(0, '127.0.0.1', resolve));
    const { port } = vacant.address() as { port: number };
    await new Promise((resolve) => vacant.close(resolve));
    await expect(a.links.dial({ host: '127.0.0.1', port })).rejects.toThrow(`Nothing listens at 127.0.0.1:${port}.`);

    const web = createServer((socket) => {
      strays.push(socket);
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    await expect(a.links.dial({ host: '127.0.0.1', port: (web.address() as { port: number }).port })).rejects.toThrow(
      'is not a peer',
    );
    web.close();

    await expect(a.links.dial({ ...at, device: (await ca.device('x')).device })).rejects.toThrow(
      'Another device answers there',
    );
    await expect(b.links.dial(at)).rejects.toThrow('this peer itself');
    expect(b.ups).toEqual([]);
  });

  test('silence', async () => {
    const a = peer(alice);
    const mute = createServer((socket) => strays.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const dialled = a.links.dial({ host: '127.0.0.1', port: (mute.address() as { port: number }).port });
    const [heard] = (await once(mute, 'connection')) as [Socket];
    await once(heard, 'data');
    time.advance(10_000);
    await expect(dialled).rejects.toEqual(code('handshake_timeout'));
    mute.close();
  });

  test('a peer of another tracker, an expired one, and our own wrong clock', async () => {
    const a = peer(alice);
    const [foreign, expired] = [
      peer(await otherCa.device('bob')),
      peer(await ca.device('bob', { notBefore: Date.now() - 3 * DAY, notAfter: Date.now() - DAY })),
    ];
    await expect(a.links.dial(await listening(foreign))).rejects.toEqual(code('certificate_unknown'));
    await expect(a.links.dial(await listening(expired))).rejects.toEqual(code('certificate_expired'));
    await expect(expired.links.dial(await listening(a))).rejects.toEqual(code('clock_wrong'));
  });

  test('not signed in: nobody gets in, nothing dials, until there is a certificate', async () => {
    const a = peer({ ...alice, certificate: undefined as never });
    const turnedAway = await tcp.stranger(a);
    await once(turnedAway.resume(), 'close');
    await expect(a.links.dial({ host: '127.0.0.1', port: 1 })).rejects.toEqual(code('not_signed_in'));
    const [stream] = pipe();
    await expect(a.links.attach(stream, 'listener')).rejects.toEqual(code('not_signed_in'));
    expect(a.links.opening).toBe(0);

    Object.assign(a.self, { certificate: alice.certificate });
    a.links.updateCredentials();
    expect((await tcp.dial(peer(bob), a)).remote.username).toBe('alice');
  });

  test('a port in use', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    await expect(b.links.listen(await listening(a))).rejects.toEqual(code('EADDRINUSE'));
  });
});

describe('strangers', () => {
  test('a thousand idle connections do not keep a friend out', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const at = await listening(b);
    let closed = 0;
    const idle = Array.from({ length: 1000 }, () => {
      const socket = new Socket();
      strays.push(socket.on('error', () => undefined));
      socket.on('close', () => (closed += 1));
      return once(socket.connect(at).resume(), 'connect');
    });
    await Promise.all(idle);
    while (closed < 744) await new Promise(setImmediate);
    expect(b.links.opening).toBe(256);
    const link = await a.links.dial(at);
    expect(link.remote.username).toBe('bob');
  });

  test('a forged certificate ends the connection, not the process, however its bytes arrive', async () => {
    const forger = await otherCa.device('alice');
    const pairs = [duplexPair(), ...[1, 7, 100, 1000, 100_000].map((piece) => pipe(piece))];
    for (const [near, far] of pairs) {
      const b = peer(bob);
      const attached = b.links.attach(far, 'listener');
      const socket = dressed(near, forger);
      socket.once('secureConnect', () => {
        for (let n = 0; n < 20; n++) socket.write(greeting(forger));
      });
      await expect(attached).rejects.toBeDefined();
      expect(b.ups).toEqual([]);
      for (let n = 0; n < 20; n++) await new Promise(setImmediate);
    }
  });
});

describe('a dead link', () => {
  test('gives way when the other side, which knows, dials again', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const [near, far] = pipe();
    b.links.attach(far, 'listener').catch(() => undefined);
    await a.links.attach(near, 'dialler');
    await b.until(({ ups }) => ups.length === 1);
    near.silent = true;
    far.silent = true;
    near.destroy();
    await a.until(({ downs }) => downs.length === 1);
    const again = await tcp.dial(a, b);
    expect(b.downs.map(([, reason]) => reason.code)).toEqual(['duplicate_link']);
    again.send(typing);
    await b.until(({ heard }) => heard.length === 1);
  });

  test('also when the dead one had been dialled by the side that still believes in it', async () => {
    const [a, b] = [peer(alice), peer(bob)];
    const [near, far] = pipe();
    a.links.attach(far, 'listener').catch(() => undefined);
    await b.links.attach(near, 'dialler');
    await a.until(({ ups }) => ups.length === 1);
    near.silent = true;
    far.silent = true;
    far.destroy();
    await a.until(({ downs }) => downs.length === 1);
    const again = await tcp.dial(a, b);
    expect(b.downs.map(([, reason]) => reason.code)).toEqual(['duplicate_link']);
    expect(b.links.get(alice.device)).toBe(b.ups[1]);
    again.send(typing);
    await b.until(({ heard }) => heard.length === 1);
  });
});
