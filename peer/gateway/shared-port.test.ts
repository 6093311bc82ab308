import { randomBytes } from 'node:crypto';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceId } from '../../protocol/ids.js';
import { isServerName, serverNameOf } from '../../protocol/server-name.js';
import { readHello } from './client-hello.js';
import { makeCertificate, type TlsFiles } from './self-made.js';
import { SharedPort } from './shared-port.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const deviceOf = (digit: string): DeviceId => digit.repeat(22) as DeviceId;

/** What Node's TLS says first. */
async function greeting(servername: string | undefined): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const first = new Promise<Buffer>((resolve) =>
    server.once('connection', (socket) =>
      socket.once('data', (bytes) => {
        resolve(bytes);
        socket.destroy();
      }),
    ),
  );
  const client = connect({ port, host: '127.0.0.1', ...(servername === undefined ? {} : { servername }) });
  client.on('error', () => undefined);
  const bytes = await first;
  await new Promise((resolve) => server.close(resolve));
  return bytes;
}

describe('the greeting of TLS', () => {
  let bytes: Buffer;
  beforeEach(async () => {
    bytes = await greeting(serverNameOf(deviceOf('a')));
  });

  test('tells the server name once it is whole, however it comes', () => {
    const name = serverNameOf(deviceOf('a'));
    expect(isServerName(name)).toBe(true);
    expect(readHello(bytes)).toEqual({ state: 'whole', serverName: name });
    for (let length = 0; length < bytes.length; length += 7)
      expect(readHello(bytes.subarray(0, length))).toEqual({ state: 'more' });
    // In records of a few bytes.
    const message = bytes.subarray(5);
    const records = Array.from({ length: Math.ceil(message.length / 50) }, (_, n) => {
      const part = message.subarray(n * 50, n * 50 + 50);
      return Buffer.concat([Buffer.from([22, 3, 1, 0, part.length]), part]);
    });
    expect(readHello(Buffer.concat(records))).toEqual({ state: 'whole', serverName: name });
  });

  test('without a name has none', async () => {
    expect(readHello(await greeting(undefined))).toEqual({ state: 'whole', serverName: undefined });
  });

  test('that is none, or is spoilt, harms nobody', () => {
    for (const text of ['GET / HTTP/1.1\r\n\r\n', '{"type":"register"}\n', '\0'])
      expect(readHello(Buffer.from(text))).toEqual({ state: 'broken' });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 600 }), fc.nat({ max: 255 })), { maxLength: 8 }), (changes) => {
        const spoilt = Buffer.from(bytes);
        for (const [at, byte] of changes) spoilt[at % spoilt.length] = byte;
        expect(['more', 'broken', 'whole']).toContain(readHello(spoilt).state);
      }),
    );
    // An endless one is given up.
    expect(readHello(Buffer.concat([Buffer.from([22, 3, 1, 0x40, 0]), Buffer.alloc(20_000, 1)])).state).toBe('broken');
  });
});

describe('a port of many devices', () => {
  let files: TlsFiles;
  let port: SharedPort;
  let at: { host: string; port: number };
  const sockets: Socket[] = [];

  beforeEach(async () => {
    files = await makeCertificate(['127.0.0.1'], Date.now());
    port = new SharedPort(quiet);
    at = await port.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await port.close();
  });

  /** A peer behind it that says its name to whoever comes. */
  async function peer(device: DeviceId): Promise<() => Promise<void>> {
    const entrance = port.entrance(device);
    expect(
      await entrance.listen({ host: '', port: 0 }, (socket) => {
        sockets.push(socket);
        const secured = new TLSSocket(socket, { isServer: true, ...files });
        secured.on('error', () => undefined);
        secured.end(device);
      }),
    ).toEqual(at);
    return () => entrance.close();
  }

  function ask(servername: string | undefined): Promise<string> {
    const socket = connect({ ...at, rejectUnauthorized: false, ...(servername === undefined ? {} : { servername }) });
    sockets.push(socket);
    let said = '';
    socket.on('data', (bytes: Buffer) => (said += bytes.toString()));
    socket.on('error', () => undefined);
    return new Promise((resolve) => socket.once('close', () => resolve(said)));
  }

  test('leads to the device that is meant, and nowhere for one that is not there', async () => {
    await peer(deviceOf('a'));
    const close = await peer(deviceOf('b'));
    const names = ['a', 'b', 'c'].map((digit) => serverNameOf(deviceOf(digit)));
    expect(await Promise.all([...names, undefined].map(ask))).toEqual([deviceOf('a'), deviceOf('b'), '', '']);
    await close();
    expect(await ask(serverNameOf(deviceOf('b')))).toBe('');
  });

  test('tells what speaks no TLS where to go', async () => {
    const told = async (first: string | Buffer): Promise<string> => {
      const socket = connectTcp(at);
      sockets.push(socket);
      let said = '';
      socket.on('data', (bytes: Buffer) => (said += bytes.toString()));
      socket.on('error', () => undefined);
      socket.write(first);
      return new Promise((resolve) => socket.once('close', () => resolve(said)));
    };
    expect(await told('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n.*Open the address/);
    expect(await told('NICK alice\r\n')).toMatch(/^This port .*Open the address.*\n$/);
    // Of spoilt TLS nobody reads a text.
    expect(await told(Buffer.from([22, 0, 0, 0, 0]))).toBe('');
  });

  test('is there for those who say whom they mean, whatever others send or do not send', async () => {
    await peer(deviceOf('a'));
    const strangers = Array.from({ length: 300 }, (_, n) => {
      const socket = connectTcp(at);
      socket.on('error', () => undefined);
      sockets.push(socket);
      if (n % 3 === 0) socket.write(randomBytes(1000));
      if (n % 3 === 1) socket.write(Buffer.from([22, 3, 1]));
      return new Promise((resolve) => socket.once('connect', resolve));
    });
    await Promise.all(strangers);
    expect(await ask(serverNameOf(deviceOf('a')))).toBe(deviceOf('a'));
  });
});
