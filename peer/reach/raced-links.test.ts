/** The race over real sockets and TLS, with the links that it is for. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPeer } from '../link/test-support.js';
import { code, listening, TestWorld, typing } from '../link/test-world.js';
import type { Address, Link } from '../link/types.js';
import { race, STAGGER_MS, type Outcome } from './race.js';
import { verdictOf } from './trouble.js';

const world = new TestWorld();
const servers: Server[] = [];
beforeAll(() => world.prepare());
afterEach(async () => {
  const closed = servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)));
  await Promise.all([world.clear(), ...closed]);
});

/** Accepts, and never says a word. */
async function mute(): Promise<{ server: Server; address: Address }> {
  const server = createServer((socket) => {
    world.strays.push(socket.on('error', () => undefined));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: { host: '127.0.0.1', port: (server.address() as { port: number }).port } };
}

function dial(from: TestPeer, to: TestPeer, addresses: readonly Address[], end = new AbortController()) {
  return race<Link>({
    addresses,
    timers: world.time,
    signal: end.signal,
    judge: verdictOf,
    dial: (address, signal) => from.links.dial({ ...address, device: to.self.device, signal }),
  });
}

const codes = (outcome: Outcome<Link>): unknown[] =>
  'won' in outcome ? [] : outcome.failures.map(({ error }) => (error as { code?: unknown }).code);

describe('a race of links', () => {
  test('is not held up by an address that accepts and never speaks, and leaves no socket there', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const { server, address } = await mute();
    const outcome = dial(a, b, [address, await listening(b)]);
    const [heard] = (await once(server, 'connection')) as [Socket];
    await once(heard, 'data');
    expect(a.links.opening).toBe(1);
    const closed = once(heard, 'close');
    world.time.advance(STAGGER_MS);
    expect(await outcome).toEqual({ won: a.links.get(world.bob.device) });
    await closed;
    expect(a.links.opening).toBe(0);
  });

  test('goes on where somebody else answers, and where nobody does', async () => {
    const [a, b, c] = [world.peer(world.alice), world.peer(world.bob), world.peer(await world.ca.device('carol'))];
    const { server, address } = await mute();
    await new Promise((resolve) => server.close(resolve));
    const outcome = await dial(a, b, [address, await listening(c), await listening(a), await listening(b)]);
    expect(outcome).toEqual({ won: a.links.get(world.bob.device) });
    expect(codes(await dial(b, a, [await listening(c), address]))).toEqual([]);
    const other = await world.ca.device('dave');
    const all = await dial(a, world.peer(other), [await listening(c), address, await listening(b)]);
    expect(codes(all)).toEqual(['identity_mismatch', 'unavailable', 'identity_mismatch']);
  });

  test('to several addresses of one device makes one link, also while that one dials too', async () => {
    for (let round = 0; round < 8; round++) {
      const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
      const [ofA, ofB] = await Promise.all([a, b].map((peer) => peer.links.listen({ host: '0.0.0.0', port: 0 })));
      const places = (at: Address | undefined): Address[] =>
        [1, 2, 3, 4].map((last) => ({ host: `127.0.0.${last}`, port: at?.port ?? 0 }));
      const races = [dial(a, b, places(ofB))];
      if (round % 2 === 1) races.push(dial(b, a, places(ofA)));
      // All four of each are under way before the first has shaken hands.
      for (let begun = 1; begun < 4; begun++) world.time.advance(STAGGER_MS);
      expect(a.links.opening).toBeGreaterThanOrEqual(4);
      for (const outcome of await Promise.all(races)) {
        // The smaller device id is alice's: bob's dials may be told that hers comes.
        if (!('won' in outcome)) expect(new Set(codes(outcome))).toEqual(new Set(['duplicate_link']));
      }
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

  test('ends in an answer of the device itself, without asking at its other addresses', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    b.revoked.add(world.alice.device);
    const { port } = await b.links.listen({ host: '0.0.0.0', port: 0 });
    const outcome = await dial(a, b, [
      { host: '127.0.0.1', port },
      { host: '127.0.0.2', port },
    ]);
    expect(codes(outcome)).toEqual(['device_revoked']);
    world.time.advance(STAGGER_MS);
    expect(a.links.opening).toBe(0);
  });
});

describe('a dial that is ended from outside', () => {
  test('says at once how far it came, and closes its socket', async () => {
    const a = world.peer(world.alice);
    const { server, address } = await mute();
    const end = new AbortController();
    const dialled = a.links.dial({ ...address, signal: end.signal });
    const [heard] = (await once(server, 'connection')) as [Socket];
    await once(heard, 'data');
    const closed = once(heard, 'close');
    end.abort();
    await expect(dialled).rejects.toEqual(code('handshake_timeout'));
    await closed;
    expect(a.links.opening).toBe(0);

    const early = new AbortController();
    const never = a.links.dial({ ...address, signal: early.signal });
    early.abort();
    await expect(never).rejects.toThrow(`Nothing answers at 127.0.0.1:${address.port}.`);
    await expect(a.links.dial({ ...address, signal: early.signal })).rejects.toEqual(code('unavailable'));
  });

  test('after the link is up is a link all the same', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const end = new AbortController();
    const link = await a.links.dial({ ...(await listening(b)), signal: end.signal });
    end.abort();
    link.send(typing);
    await b.until(({ heard }) => heard.length === 1);
    expect([a.downs, b.downs]).toEqual([[], []]);
  });
});
