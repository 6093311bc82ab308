import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import { CIRCUIT_CLOSE, CIRCUIT_JOINED } from '../../protocol/circuit.js';
import type { DeviceId } from '../../protocol/ids.js';
import { makeTicket, type TicketFacts } from '../../protocol/ticket.js';
import { CircuitApi } from './circuit-api.js';
import type { Ask } from './mailbox-api.js';

const device = 'd'.repeat(22) as DeviceId;
const authority = generateKeyPairSync('ed25519');
const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const work of undo.splice(0)) work();
});
const never = (): AbortSignal => new AbortController().signal;

type Serve = (socket: WebSocket, connection: Socket) => void;

/** A relay of which a test says what it sends. */
async function relayServer(serve: Serve): Promise<AddressInfo> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  undo.push(() => (server.clients.forEach((client) => client.terminate()), server.close()));
  server.on('connection', (socket, request) => serve(socket, request.socket));
  await once(server, 'listening');
  return server.address() as AddressInfo;
}

const relay = async (serve: Serve): Promise<CircuitApi> => at((await relayServer(serve)).port);

const mayOpen = (relay: URL, tracker: URL): boolean => relay.hostname === tracker.hostname;

function at(port: number, host = '127.0.0.1'): CircuitApi {
  const session = { base: new URL(`http://${host}:${port}/`), token: 't' };
  const ask: Ask = (call) => call(session, undefined as never);
  return new CircuitApi({ ask, device, ca: undefined, authority: () => authority.publicKey, mayOpen });
}

describe('a circuit', () => {
  test('what comes in one piece with the word that both are there is not lost', async () => {
    const api = await relay((socket, connection) => {
      connection.cork();
      socket.send(CIRCUIT_JOINED);
      socket.send(Buffer.from('client hello'));
      connection.uncork();
    });
    const stream = await api.open({ relay: '/circuit', ticket: 't' }, never());
    undo.push(() => stream.destroy());
    const [first] = (await once(stream, 'data')) as [Buffer];
    expect(first.toString()).toBe('client hello');
  });

  test.each([100, 300_000, 2_000_000])('the end of what was sent is read, %i bytes of it', async (size) => {
    const bytes = randomBytes(size);
    const api = await relay((socket) => {
      socket.send(CIRCUIT_JOINED);
      for (let from = 0; from < size; from += 32_768) socket.send(bytes.subarray(from, from + 32_768));
      socket.close();
    });
    const stream = await api.open({ relay: '/circuit', ticket: 't' }, never());
    expect((await buffer(stream)).equals(bytes)).toBe(true);
  });

  test('only a relay is believed to be one, and only at the tracker', async () => {
    for (const wrong of ['{"type":"joined" }', 'hello', Buffer.from(CIRCUIT_JOINED)]) {
      const api = await relay((socket) => socket.send(wrong));
      await expect(api.open({ relay: '/circuit', ticket: 't' }, never())).rejects.toThrow('not a relay');
    }
    for (const elsewhere of [
      '//evil.example',
      '/../x',
      'circuit',
      'http://relay.example/circuit',
      'ws://a:b@c/circuit',
    ])
      await expect(at(9).open({ relay: elsewhere, ticket: 't' }, never())).rejects.toThrow('does not know');
  });

  test('at a relay of its own, if the CA has signed that this device is to meet somebody there, and nowhere else', async () => {
    const { port } = await relayServer((socket) => socket.send(CIRCUIT_JOINED));
    const relay = `ws://127.0.0.1:${port}/circuit`;
    const ticket = (more: Partial<TicketFacts> = {}, key: KeyObject = authority.privateKey): Promise<string> => {
      const [account, circuit] = ['a'.repeat(22), 'c'.repeat(22)];
      const expires = new Date().toISOString();
      const facts = { account, circuit, device, other: 'o'.repeat(22), expires, relay, ...more };
      return makeTicket(facts, async (bytes) => sign(null, bytes, key));
    };
    const stream = await at(9).open({ relay, ticket: await ticket() }, never());
    stream.destroy();
    const wrongs = [
      await ticket({ relay: `ws://127.0.0.1:${port + 1}/circuit` }),
      await ticket({ relay: '/circuit' }),
      await ticket({ device: 'e'.repeat(22) }),
      await ticket({}, generateKeyPairSync('ed25519').privateKey),
      't',
    ];
    for (const wrong of wrongs)
      await expect(at(9).open({ relay, ticket: wrong }, never())).rejects.toThrow('signed no ticket');
    const elsewhere = at(9, 'tracker.example');
    await expect(elsewhere.open({ relay, ticket: await ticket() }, never())).rejects.toThrow('this very machine');
  });

  test('text after that, which ends it, ends nothing else', async () => {
    const api = await relay((socket) => {
      socket.send(CIRCUIT_JOINED);
      socket.send('text');
    });
    const stream = await api.open({ relay: '/circuit', ticket: 't' }, never());
    if (!stream.closed) await once(stream, 'close');
    expect(stream.errored?.message).toContain('bytes');
  });

  test('why it ends a circuit before both are there is told', async () => {
    const ended = async (code: number): Promise<unknown> => {
      const api = await relay((socket) => socket.close(code));
      return api.open({ relay: '/circuit', ticket: 't' }, never());
    };
    await expect(ended(CIRCUIT_CLOSE.nobody)).rejects.toMatchObject({ cause: { code: 'they_do_not_come' } });
    await expect(ended(CIRCUIT_CLOSE.full)).rejects.toMatchObject({ cause: { code: 'relay_full' } });
    await expect(ended(CIRCUIT_CLOSE.gone)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a relay that refuses, says nothing, or is left, holds nothing', async () => {
    const mute: Server = createServer((socket) => undo.push(() => socket.destroy()));
    undo.push(() => mute.close());
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const controller = new AbortController();
    const left = at((mute.address() as AddressInfo).port).open({ relay: '/circuit', ticket: 't' }, controller.signal);
    const [connection] = (await once(mute, 'connection')) as [Socket];
    const closed = once(connection, 'close');
    connection.resume().on('error', () => undefined);
    controller.abort();
    await expect(left).rejects.toThrow('not needed');
    await closed;
    const refused = createServer((socket) => socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n'));
    undo.push(() => refused.close());
    refused.listen(0, '127.0.0.1');
    await once(refused, 'listening');
    const api = at((refused.address() as AddressInfo).port);
    await expect(api.open({ relay: '/circuit', ticket: 't' }, never())).rejects.toThrow('ended the circuit');
  });
});
