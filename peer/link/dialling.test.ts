import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { pipe, TestPeer } from './test-support.js';
import { code, listening, memory, tcp, TestWorld, typing } from './test-world.js';

const DAY = 24 * 3600_000;
const world = new TestWorld();
beforeAll(() => world.prepare());
afterEach(() => world.clear());

describe.each([tcp, memory(64 * 1024), memory(7)])('over $name', (wire) => {
  test('dialled from both sides at once, one link stays, the same on both', async () => {
    for (let round = 0; round < 30; round++) {
      const [a, b] = [new TestPeer(world.alice, world.time), new TestPeer(world.bob, world.time)];
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
      const [one, other] = [a.links.get(world.bob.device), b.links.get(world.alice.device)];
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
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const at = await listening(b);
    const vacant = createServer();
    await new Promise<void>((resolve) => vacant.listen(0, '127.0.0.1', resolve));
    const { port } = vacant.address() as { port: number };
    await new Promise((resolve) => vacant.close(resolve));
    await expect(a.links.dial({ host: '127.0.0.1', port })).rejects.toThrow(`Nothing listens at 127.0.0.1:${port}.`);

    const web = createServer((socket) => {
      world.strays.push(socket);
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    await expect(a.links.dial({ host: '127.0.0.1', port: (web.address() as { port: number }).port })).rejects.toThrow(
      'is not a peer',
    );
    web.close();

    await expect(a.links.dial({ ...at, device: (await world.ca.device('x')).device })).rejects.toThrow(
      'Another device answers there',
    );
    await expect(b.links.dial(at)).rejects.toThrow('this peer itself');
    expect(b.ups).toEqual([]);
  });

  test('silence', async () => {
    const a = world.peer(world.alice);
    const mute = createServer((socket) => world.strays.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const dialled = a.links.dial({ host: '127.0.0.1', port: (mute.address() as { port: number }).port });
    const [heard] = (await once(mute, 'connection')) as [Socket];
    await once(heard, 'data');
    world.time.advance(10_000);
    await expect(dialled).rejects.toEqual(code('handshake_timeout'));
    mute.close();
  });

  test('a peer of another tracker, an expired one, and our own certificate that has ended', async () => {
    const a = world.peer(world.alice);
    const [foreign, expired] = [
      world.peer(await world.otherCa.device('bob')),
      world.peer(await world.ca.device('bob', { notBefore: Date.now() - 3 * DAY, notAfter: Date.now() - DAY })),
    ];
    await expect(a.links.dial(await listening(foreign))).rejects.toEqual(code('certificate_unknown'));
    await expect(a.links.dial(await listening(expired))).rejects.toEqual(code('certificate_expired'));
    await expect(expired.links.dial(await listening(a))).rejects.toEqual(code('certificate_ended'));
  });

  test('a CA whose own certificate is over, or has not begun, still vouches: it is its key that is pinned', async () => {
    const now = Date.now();
    const spans = [
      [now - 9_000 * DAY, now - 8_000 * DAY],
      [now + 400 * DAY, now + 8_000 * DAY],
    ] as const;
    for (const [from, to] of spans) {
      const odd = await world.ca.again(from, to);
      const [a, b] = [world.peer(await odd.device('alice')), world.peer(await world.ca.device('bob'))];
      const [c, d] = [world.peer(await odd.device('alice')), world.peer(await odd.device('bob'))];
      expect((await tcp.dial(a, b)).remote.username).toBe('bob');
      expect((await tcp.dial(b, c)).remote.username).toBe('alice');
      expect((await tcp.dial(c, d)).remote.username).toBe('bob');
    }
  });

  test('a certificate that has not begun is taken: where clocks differ, links tell whose is wrong', async () => {
    const [from, to] = [Date.now() + 2 * DAY, Date.now() + 33 * DAY];
    const early = world.peer(await world.ca.device('bob', { notBefore: from, notAfter: to }));
    const a = world.peer(world.alice);
    expect((await tcp.dial(early, a)).remote.username).toBe('alice');
    expect((await tcp.dial(world.peer(await world.ca.device('carol')), early)).remote.username).toBe('bob');
  });

  test('not signed in: nobody gets in, nothing dials, until there is a certificate', async () => {
    const a = world.peer({ ...world.alice, certificate: undefined as never });
    const turnedAway = await tcp.stranger(a);
    await once(turnedAway.resume(), 'close');
    await expect(a.links.dial({ host: '127.0.0.1', port: 1 })).rejects.toEqual(code('not_signed_in'));
    const [stream] = pipe();
    await expect(a.links.attach(stream, 'listener')).rejects.toEqual(code('not_signed_in'));
    expect(a.links.opening).toBe(0);

    Object.assign(a.self, { certificate: world.alice.certificate });
    a.links.updateCredentials();
    expect((await tcp.dial(world.peer(world.bob), a)).remote.username).toBe('alice');
  });

  test('a port in use', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    await expect(b.links.listen(await listening(a))).rejects.toEqual(code('EADDRINUSE'));
  });
});

describe('a dead link', () => {
  test('gives way when the other side, which knows, dials again', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
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
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
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
    expect(b.links.get(world.alice.device)).toBe(b.ups[1]);
    again.send(typing);
    await b.until(({ heard }) => heard.length === 1);
  });

  test('is found within seconds where the network may be another one; one that lives stays', async () => {
    const [a, b, c] = [world.peer(world.alice), world.peer(world.bob), world.peer(await world.ca.device('carol'))];
    const [near, far] = pipe();
    b.links.attach(far, 'listener').catch(() => undefined);
    await a.links.attach(near, 'dialler');
    const living = await tcp.dial(a, c);
    near.silent = true;
    far.silent = true;
    a.links.probe();
    a.links.probe();
    // A ping and its answer, both with the time.
    await Promise.all([a.until(({ clocks }) => clocks.length > 2), c.until(({ clocks }) => clocks.length > 1)]);
    world.time.advance(9_999);
    expect(a.downs).toEqual([]);
    world.time.advance(1);
    expect(a.downs.map(([link, { code: why }]) => [link.remote.username, why])).toEqual([['bob', 'unavailable']]);
    world.time.advance(10_000);
    expect(a.links.get(living.remote.device)).toBe(living);
  });
});
