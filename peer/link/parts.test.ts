import { describe, expect, test } from '@jest/globals';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { parseDeviceId, type ChannelName, type DeviceId } from '../../protocol/ids.js';
import { ended, failed, FRESH } from './backoff.js';
import { acceptedStays, dialledStays } from './duplicate-links.js';
import { LineSocket } from './line-socket.js';
import { LINK_LIMITS } from './types.js';
import { UnauthenticatedConnections, type UnauthenticatedConnection } from './unauthenticated.js';

describe('back-off', () => {
  const longest = (): number => 1 - Number.EPSILON;

  test('doubles from half a second to a minute, and starts anew after a good link', () => {
    const waits: number[] = [];
    let backoff = FRESH;
    for (let n = 0; n < 20; n++) {
      const next = failed(backoff, longest);
      waits.push(next.waitMs);
      backoff = next.backoff;
    }
    expect(waits.slice(0, 9)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(Math.max(...waits)).toBe(60_000);
    expect(ended(backoff, 29_999, longest).waitMs).toBe(60_000);
    expect(ended(backoff, 30_000, longest).waitMs).toBe(500);
  });

  test('the jitter is full', () => {
    expect(failed({ failures: 6 }, () => 0).waitMs).toBe(0);
    expect(failed({ failures: 6 }, () => 0.5).waitMs).toBe(16_000);
  });
});

describe('duplicate links', () => {
  const [small, large] = ['A', 'B'].map((letter) => {
    const id = parseDeviceId(letter.repeat(22));
    if (!id) throw new Error('bug: not a device');
    return id;
  }) as [DeviceId, DeviceId];

  test('of two greetings that cross, both sides keep the one from the smaller id', () => {
    expect(acceptedStays(large, small, 1, { greeted: true })).toBe(true);
    expect(acceptedStays(small, large, 1, { greeted: true })).toBe(false);
  });

  test('a dial that has not greeted gives way on both sides', () => {
    expect(acceptedStays(large, small, 1, { greeted: false })).toBe(true);
    expect(acceptedStays(small, large, 1, { greeted: false })).toBe(true);
    expect(dialledStays({ greeted: false })).toBe(true);
    expect(dialledStays({ greeted: true })).toBe(false);
    expect(dialledStays({ greeted: false, link: { dialled: false, upSince: 1 } })).toBe(false);
  });

  test('a link that was up before the connection began is dead; one that came up since is not', () => {
    const link = (
      upSince: number,
      dialled: boolean,
    ): { greeted: false; link: { upSince: number; dialled: boolean } } => ({
      greeted: false,
      link: { upSince, dialled },
    });
    for (const dialled of [true, false]) {
      expect(acceptedStays(small, large, 5, link(4, dialled))).toBe(true);
      expect(acceptedStays(small, large, 5, link(6, dialled))).toBe(false);
    }
    expect(acceptedStays(large, small, 5, link(6, true))).toBe(true);
    expect(acceptedStays(large, small, 5, link(6, false))).toBe(false);
  });
});

describe('unauthenticated connections', () => {
  const connection = (host: string | undefined, evicted: string[], name = host ?? '-'): UnauthenticatedConnection => ({
    host,
    evict: () => evicted.push(name),
  });

  test('turns the oldest away: of all, or of one address', () => {
    const evicted: string[] = [];
    const open = new UnauthenticatedConnections({ unproven: 4, unprovenPerAddress: 2 });
    for (const [host, name] of [
      ['192.0.2.1', 'a'],
      ['192.0.2.1', 'b'],
      ['::ffff:192.0.2.1', 'c'],
    ] as const) {
      open.add(connection(host, evicted, name));
    }
    expect(evicted).toEqual(['a']);
    for (const name of ['d', 'e', 'f']) open.add(connection('127.0.0.1', evicted, name));
    expect(evicted).toEqual(['a', 'b']);
    expect(open.size).toBe(4);
  });

  test('a whole /64 is one address', () => {
    const evicted: string[] = [];
    const open = new UnauthenticatedConnections({ unproven: 10, unprovenPerAddress: 1 });
    for (const host of ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:3::1'])
      open.add(connection(host, evicted));
    expect(evicted).toEqual(['2001:db8:1:2::1']);
    for (const host of ['2001:db8::1', '2001:db8::2']) open.add(connection(host, evicted));
    expect(evicted).toEqual(['2001:db8:1:2::1', '2001:db8::1']);
  });

  test('is never above its bounds, and empty when all have left', () => {
    const hosts = fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', '127.0.0.1', undefined);
    fc.assert(
      fc.property(fc.array(fc.record({ host: hosts, leaves: fc.boolean() })), (visits) => {
        const open = new UnauthenticatedConnections({ unproven: 5, unprovenPerAddress: 2 });
        const inside = new Set<UnauthenticatedConnection>();
        for (const { host, leaves } of visits) {
          const one: UnauthenticatedConnection = { host, evict: () => inside.delete(one) };
          inside.add(one);
          open.add(one);
          if (leaves) {
            open.remove(one);
            inside.delete(one);
          }
          expect(open.size).toBe(inside.size);
          expect(open.size).toBeLessThanOrEqual(5);
          expect([...inside].filter((other) => other.host === '192.0.2.1').length).toBeLessThanOrEqual(2);
        }
        for (const one of inside) open.remove(one);
        expect(open.size).toBe(0);
      }),
    );
  });
});

describe('lines that are sent', () => {
  /** A stream whose writes end when the test says so. */
  function open(): { socket: LineSocket; writes: string[]; taken: () => void } {
    const writes: string[] = [];
    let done: () => void = () => {};
    const stream = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, callback) => {
        writes.push(chunk.toString());
        done = callback;
      },
    });
    const timers = { setTimeout: () => undefined, clearTimeout: () => {} };
    return { socket: new LineSocket(stream, LINK_LIMITS, timers), writes, taken: () => done() };
  }
  const joined = (channel: string) => ({ type: 'joined', channel: channel as ChannelName }) as const;

  test('entries leave at once with the messages before them, and those after them together', async () => {
    const { socket, writes, taken } = open();
    socket.send(joined('a'));
    expect(writes).toEqual([]);
    socket.write('entries\n');
    expect(writes).toEqual(['{"type":"joined","channel":"a"}\nentries\n']);
    socket.send(joined('b'));
    socket.write('more\n');
    socket.write('and more\n');
    expect(writes).toHaveLength(1);
    taken();
    await new Promise(setImmediate);
    expect(writes.slice(1)).toEqual(['{"type":"joined","channel":"b"}\nmore\nand more\n']);
    expect(socket.queued).toBeGreaterThan(0);
    taken();
    await new Promise(setImmediate);
    expect(socket.queued).toBe(0);
  });
});
