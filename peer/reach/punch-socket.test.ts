import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { mayPunch, punchThrough } from './punch-socket.js';
import { freePort } from './reflect.js';

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const work of undo.splice(0)) work();
});

async function listen(port: number): Promise<Server> {
  const server = createServer((socket) => undo.push(() => socket.destroy())).listen(port, '127.0.0.1');
  undo.push(() => server.close());
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const never = (): AbortSignal => new AbortController().signal;

describe('through', () => {
  test('from the port that the other side knows', async () => {
    const server = await listen(0);
    const localPort = await freePort();
    const met = once(server, 'connection') as Promise<[Socket]>;
    const target = { host: '127.0.0.1', port: portOf(server) };
    const socket = await punchThrough({ localPort, target, signal: never(), random: () => 0 });
    undo.push(() => socket.destroy());
    const [other] = await met;
    expect(other.remotePort).toBe(localPort);
  });

  test('although it is refused at first, from the same port again', async () => {
    const target = { host: '127.0.0.1', port: await freePort() };
    const localPort = await freePort();
    let refusals = 0;
    let met: Promise<[Socket]> | undefined;
    // Asked for once after each refusal.
    const random = (): number => {
      refusals += 1;
      if (refusals === 2) met = listen(target.port).then((server) => once(server, 'connection') as Promise<[Socket]>);
      return 0;
    };
    const socket = await punchThrough({ localPort, target, signal: never(), random });
    undo.push(() => socket.destroy());
    expect(refusals).toBeGreaterThanOrEqual(2);
    expect((await met)?.[0].remotePort).toBe(localPort);
  });

  test('never, where everything is refused: it is given up after a few tries', async () => {
    const target = { host: '127.0.0.1', port: await freePort() };
    let refusals = 0;
    const random = (): number => ((refusals += 1), 0);
    const gone = punchThrough({ localPort: await freePort(), target, signal: never(), random });
    await expect(gone).rejects.toThrow(/ECONNREFUSED/);
    expect(refusals).toBeLessThan(12);
  });

  test('not any more, once it is ended, before and between tries', async () => {
    const target = { host: '127.0.0.1', port: await freePort() };
    const before = AbortSignal.abort();
    await expect(
      punchThrough({ localPort: await freePort(), target, signal: before, random: () => 0 }),
    ).rejects.toThrow();
    const between = new AbortController();
    const random = (): number => {
      between.abort();
      return 1;
    };
    const ended = punchThrough({ localPort: await freePort(), target, signal: between.signal, random });
    await expect(ended).rejects.toThrow('over');
  });
});

describe('whom one connects to', () => {
  const at = (host: string, port = 40_000) => ({ host, port });
  const own = at('198.51.100.7');
  const own6 = at('2001:db8::7');

  test.each([['203.0.113.15'], ['8.8.8.8'], ['198.51.100.7'], ['::ffff:203.0.113.15']])('%s', (host) => {
    expect(mayPunch(at(host), own)).toBe(true);
  });

  test('IPv6 of the world, by IPv6', () => {
    expect(mayPunch(at('2a01:4f8::1'), own6)).toBe(true);
    expect(mayPunch(at('2a01:4f8::1'), own)).toBe(false);
    expect(mayPunch(at('203.0.113.15'), own6)).toBe(false);
  });

  test('a private address only where one is seen at the same', () => {
    expect(mayPunch(at('10.1.2.3'), at('10.1.2.3', 50_000))).toBe(true);
    expect(mayPunch(at('10.1.2.3'), at('10.1.2.4'))).toBe(false);
    expect(mayPunch(at('10.1.2.3'), own)).toBe(false);
  });

  test.each([
    ...['127.0.0.1', '127.1', '0.0.0.0', '0', '10.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', '169.254.169.254'],
    ...['224.0.0.1', '255.255.255.255', '::ffff:127.0.0.1', '::ffff:10.0.0.1', 'localhost', '1234', 'ffff', ''],
  ])('never %j', (host) => {
    expect(mayPunch(at(host), own)).toBe(false);
    // Nor where the tracker, or who stands between, says that one is there as well.
    expect(mayPunch(at('127.0.0.1'), at('127.0.0.1'))).toBe(false);
  });

  test.each([
    '::1',
    '::',
    'fe80::1',
    'ff02::1',
    'fd00::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::7f00:1',
    '2001:0:7f00:1::',
    '2::1',
    '3fff::1',
  ])('never %s by IPv6', (host) => {
    expect(mayPunch(at(host), own6)).toBe(false);
  });

  test.each([1, 22, 25, 80, 443, 1023])('never port %i', (port) => {
    expect(mayPunch(at('203.0.113.15', port), own)).toBe(false);
  });
});
