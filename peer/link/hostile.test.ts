import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import fc from 'fast-check';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { createSecureContext, type ConnectionOptions } from 'node:tls';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { pipe } from './test-support.js';
import { code, greeting, listening, memory, tcp, TestWorld, toldUntilEnd, typing } from './test-world.js';

const DAY = 24 * 3600_000;
const world = new TestWorld();
beforeAll(() => world.prepare());
afterEach(() => world.clear());

describe.each([tcp, memory(64 * 1024), memory(7)])('over $name, a peer', (wire) => {
  test.each<[string, string, () => Promise<TestDevice | undefined>, ConnectionOptions?]>([
    ['another CA', 'certificate_unknown', async () => (await TestCa.create('Another CA')).device('alice'), {}],
    [
      'an expired certificate',
      'certificate_expired',
      () => world.ca.device('alice', { notBefore: Date.now() - 3 * DAY, notAfter: Date.now() - DAY }),
      {},
    ],
    ['no certificate', '', () => Promise.resolve(undefined), {}],
    ['no ALPN', '', () => Promise.resolve(world.alice), { ALPNProtocols: undefined as never }],
    ['another ALPN', '', () => Promise.resolve(world.alice), { ALPNProtocols: ['h2'] }],
    [
      'TLS 1.2',
      '',
      () => Promise.resolve(world.alice),
      { secureContext: createSecureContext({ maxVersion: 'TLSv1.2' }) },
    ],
  ])('refuses %s: %s', async (_, expected, who, options) => {
    const b = world.peer(world.bob);
    const socket = world.dressed(await wire.stranger(b), await who(), options);
    socket.once('secureConnect', () => socket.write(greeting(world.alice)));
    const told = await toldUntilEnd(socket);
    expect(told === '' ? '' : (JSON.parse(told) as { type: string; code: string })).toEqual(
      expected === '' ? '' : expect.objectContaining({ type: 'handshake_refused', code: expected }),
    );
    expect(b.ups).toEqual([]);
  });

  test.each<[string, string, (device: TestDevice) => string]>([
    ['another name', 'identity_mismatch', (device) => greeting(device, { username: 'mallory' })],
    ['another device', 'identity_mismatch', (device) => greeting(device, { device: world.bob.device })],
    ['another version', 'version_mismatch', (device) => greeting(device, { version: 2 })],
    ['a message first', 'handshake_expected', () => '{"type":"ping"}\n'],
    ['half a greeting', 'handshake_expected', () => '{"type":"handshake"}\n'],
    ['broken JSON', 'bad_json', () => 'GET / HTTP/1.1\r\n'],
    ['an endless line', 'line_too_long', () => 'x'.repeat(300_000)],
  ])('refuses %s in the handshake: %s', async (_, expected, text) => {
    const b = world.peer(world.bob);
    const socket = world.dressed(await wire.stranger(b), world.alice);
    await once(socket, 'secureConnect');
    socket.write(text(world.alice));
    expect(JSON.parse(await toldUntilEnd(socket))).toMatchObject({ type: 'handshake_refused', code: expected });
    expect(b.ups).toEqual([]);
  });

  test('refuses a revoked device, one of a disabled account, and one link too many', async () => {
    const b = world.peer(world.bob, { links: 1, localLinks: 1 });
    b.revoked.add(world.alice.device);
    await expect(wire.dial(world.peer(world.alice), b)).rejects.toEqual(code('device_revoked'));
    const erin = await world.ca.device('erin');
    b.shut.add('erin');
    await expect(wire.dial(world.peer(erin), b)).rejects.toEqual(code('account_disabled'));
    await wire.dial(world.peer(await world.ca.device('carol')), b);
    await expect(wire.dial(world.peer(await world.ca.device('dave')), b)).rejects.toEqual(code('too_many_links'));
  });

  test('half a handshake ends after ten seconds, at each stage', async () => {
    const b = world.peer(world.bob);
    const [silent, tls] = [await wire.stranger(b), world.dressed(await wire.stranger(b), world.alice)];
    world.strays.push(silent);
    silent.on('error', () => undefined);
    silent.resume();
    await once(tls, 'secureConnect');
    tls.write(greeting(world.alice).slice(0, 20));
    while (b.links.opening < 2) await new Promise(setImmediate);
    world.time.advance(9_999);
    expect(b.links.opening).toBe(2);
    // The listener may be a flight behind the dialler; either way its time is over.
    const ends = [new Promise((resolve) => silent.once('close', resolve)), toldUntilEnd(tls)];
    world.time.advance(1);
    expect(b.links.opening).toBe(0);
    await Promise.all(ends);
  });

  test.each<[string, string, string]>([
    ['broken JSON', 'bad_json', `${JSON.stringify(typing)}\n{"type":\n${JSON.stringify(typing)}\n`],
    ['an endless line', 'line_too_long', `${JSON.stringify(typing)}\n${'x'.repeat(300_000)}`],
    ['what is not UTF-8', 'bad_json', `${JSON.stringify(typing)}\n\xff\n`],
  ])('ends on %s: %s, after what came before it', async (_, expected, text) => {
    const b = world.peer(world.bob);
    const socket = await world.rawLink(wire, b, world.alice);
    socket.write(Buffer.from(text, 'latin1'));
    const told = (await toldUntilEnd(socket)).trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(told)).toMatchObject({ type: 'error', code: expected, fatal: true });
    expect(b.heard).toEqual([typing]);
    expect(b.lastReason).toBe(expected);
  });

  test('ignores what it does not know, and says so three times', async () => {
    const b = world.peer(world.bob);
    const socket = await world.rawLink(wire, b, world.alice);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    socket.write(`${'{"type":"dance"}\n{"type":"want"}\n'.repeat(20)}${greeting(world.alice)}{"type":"ping"}\n`);
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
    const b = world.peer(world.bob, { queueHigh: 1024 * 1024 });
    const socket = await world.rawLink(wire, b, world.alice);
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
        const b = world.peer(world.bob);
        const socket = await world.rawLink(wire, b, world.alice);
        socket.resume();
        socket.end(Buffer.concat([Buffer.from(texts.map((text) => `${text}\n`).join('')), tail]));
        await b.until(({ downs }) => downs.length === 1);
        expect(['closed', 'bad_json', 'line_too_long', 'unavailable', 'internal']).toContain(b.lastReason);
        socket.destroy();
        await b.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('strangers', () => {
  test('a thousand idle connections do not keep a friend out', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const at = await listening(b);
    let closed = 0;
    const idle = Array.from({ length: 1000 }, () => {
      const socket = new Socket();
      world.strays.push(socket.on('error', () => undefined));
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
    const forger = await world.otherCa.device('alice');
    const pairs = [duplexPair(), ...[1, 7, 100, 1000, 100_000].map((piece) => pipe(piece))];
    for (const [near, far] of pairs) {
      const b = world.peer(world.bob);
      const attached = b.links.attach(far, 'listener');
      const socket = world.dressed(near, forger);
      socket.once('secureConnect', () => {
        for (let n = 0; n < 20; n++) socket.write(greeting(forger));
      });
      await expect(attached).rejects.toBeDefined();
      expect(b.ups).toEqual([]);
      for (let n = 0; n < 20; n++) await new Promise(setImmediate);
    }
  });
});
