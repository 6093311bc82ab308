/** Links over a circuit of a relay, and what becomes of them beside direct ones. */
import { getEventListeners } from 'node:events';
import { Transform, type Duplex } from 'node:stream';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pipe, type TestPeer } from './test-support.js';
import { code, listening, TestWorld, typing } from './test-world.js';

const world = new TestWorld();
beforeAll(() => world.prepare());
afterEach(() => world.clear());

const never = (): AbortSignal => new AbortController().signal;

/** `from` has asked, and `to` has come. */
function circuit(from: TestPeer, to: TestPeer, ends: [Duplex, Duplex] = pipe()) {
  to.links.accept(ends[1], from.self.device);
  return from.links.attachRelayed(ends[0], to.self.device, never());
}

async function both(): Promise<[TestPeer, TestPeer]> {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  await Promise.all([listening(a), listening(b)]);
  return [a, b];
}

describe('a relayed link', () => {
  test('is one for both sides, and says that it is', async () => {
    const [a, b] = await both();
    const link = await circuit(a, b);
    await b.until(({ ups }) => ups.length === 1);
    expect([link.relayed, link.address, b.ups[0]?.relayed, b.ups[0]?.dialled]).toEqual([true, undefined, true, false]);
    link.send(typing);
    await b.until(({ heard }) => heard.length === 1);
  });

  test('holds nothing of the signal that could have ended it', async () => {
    const [a, b] = await both();
    const { signal } = new AbortController();
    const [near, far] = pipe();
    b.links.accept(far, a.self.device);
    const link = a.links.attachRelayed(near, b.self.device, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await link;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test.each(['alice', 'bob'] as const)('gives way to a direct one that %s dials: down, then up', async (who) => {
    const [a, b] = await both();
    await circuit(a, b);
    await b.until(({ ups }) => ups.length === 1);
    const [from, to] = who === 'alice' ? [a, b] : [b, a];
    const link = await from.links.dial({ ...(await listening(to)), device: to.self.device });
    expect(link.relayed).not.toBe(true);
    await to.until(({ ups }) => ups.length === 2);
    for (const peer of [a, b]) expect([peer.ups.length, peer.downs.length, peer.links.size]).toEqual([2, 1, 1]);
    link.send(typing);
    await to.until(({ heard }) => heard.length === 1);
  });

  test('when both dial beside it, one direct link stays, the same on both sides', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [a, b] = await both();
      await circuit(round % 2 === 0 ? a : b, round % 2 === 0 ? b : a);
      await Promise.all([a, b].map((peer) => peer.until(({ ups }) => ups.length === 1)));
      const wait = async (turns: number): Promise<void> => {
        for (let n = 0; n < turns; n += 1) await new Promise(setImmediate);
      };
      const dial = async (from: TestPeer, to: TestPeer, turns: number) => {
        await wait(turns);
        return from.links.dial({ ...(await listening(to)), device: to.self.device });
      };
      const results = await Promise.allSettled([
        dial(a, b, Math.max(0, round - 10)),
        dial(b, a, Math.max(0, 10 - round)),
      ]);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toEqual(code('duplicate_link'));
      while (a.links.opening + b.links.opening > 0) await new Promise(setImmediate);
      const [one, other] = [a.links.get(b.self.device), b.links.get(a.self.device)];
      expect([one?.relayed, other?.relayed]).not.toContain(true);
      expect([one?.dialled, other?.dialled].sort()).toEqual([false, true]);
      one?.send(typing);
      other?.send(typing);
      await Promise.all([a, b].map((peer) => peer.until(({ heard }) => heard.length === 1)));
      await Promise.all([a.close(), b.close()]);
    }
  });

  test('does not take the place of a direct one that the asker still has', async () => {
    const [a, b] = await both();
    await a.links.dial({ ...(await listening(b)), device: b.self.device });
    await b.until(({ ups }) => ups.length === 1);
    await expect(circuit(a, b)).rejects.toEqual(code('duplicate_link'));
    expect([a.links.get(b.self.device)?.relayed, a.downs, b.downs]).toEqual([false, [], []]);
  });

  test('only with the device that was meant, on either side', async () => {
    const [a, b] = await both();
    const stranger = world.peer(await world.ca.device('carol'));
    const [near, far] = pipe();
    b.links.accept(far, a.self.device);
    await expect(stranger.links.attachRelayed(near, b.self.device, never())).rejects.toBeDefined();
    const [mine, theirs] = pipe();
    stranger.links.accept(theirs, a.self.device);
    await expect(a.links.attachRelayed(mine, b.self.device, never())).rejects.toEqual(code('identity_mismatch'));
    expect([a.ups, b.ups, stranger.ups]).toEqual([[], [], []]);
  });

  test('a relay that changes one byte ends it, and nothing of that is taken', async () => {
    const [a, b] = await both();
    const [near, middle] = pipe();
    const [other, far] = pipe();
    let passed = 0;
    let spoil = Infinity;
    middle
      .pipe(
        new Transform({
          transform: (chunk: Buffer, _encoding, done) => {
            const at = spoil - passed;
            passed += chunk.length;
            const bytes = Buffer.from(chunk);
            if (at >= 0 && at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
            done(null, bytes);
          },
        }),
      )
      .pipe(other);
    other.pipe(middle);
    const link = await circuit(a, b, [near, far]);
    link.send(typing);
    await b.until(({ heard }) => heard.length === 1);
    spoil = passed + 20;
    link.send(typing);
    await Promise.all([a, b].map((peer) => peer.until(({ downs }) => downs.length === 1)));
    expect(b.heard).toHaveLength(1);
  });
});
