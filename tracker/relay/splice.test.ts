import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { FakeClock } from '../testing/fake-clock.js';
import { IDLE_MS, splice } from './splice.js';

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Two clients whose ends at the server are spliced. */
async function spliced(take: (bytes: number) => number = () => 0) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  servers.push({ close: () => (server.clients.forEach((client) => client.terminate()), server.close()) });
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: WebSocket[] = [];
  const ends: WebSocket[] = [];
  for (const _ of [0, 1]) {
    const client = new WebSocket(url);
    const [end] = (await once(server, 'connection')) as [WebSocket];
    if (client.readyState !== client.OPEN) await once(client, 'open');
    clients.push(client);
    ends.push(end);
  }
  const clock = new FakeClock();
  const over = { count: 0 };
  splice(ends as [WebSocket, WebSocket], { meter: { take }, clock, over: () => (over.count += 1) });
  await Promise.all(clients.map((client) => once(client, 'message')));
  const [one, other] = clients as [WebSocket, WebSocket];
  return { one, other, ends: ends as [WebSocket, WebSocket], clock, over };
}

const PIECE = Buffer.alloc(32 * 1024, 7);

describe('splice', () => {
  test('a reader that stops makes the sender wait: no more than a bounded part of it is held', async () => {
    const { one, other, ends } = await spliced();
    other.pause();
    for (let count = 0; count < 3_000; count += 1) one.send(PIECE);
    // Until nothing moves any more: what the systems on the way hold is not ours.
    let held = -1;
    let still = 0;
    while (still < 50) {
      await turn();
      still = one.bufferedAmount === held && held > 0 ? still + 1 : 0;
      held = one.bufferedAmount;
    }
    expect(ends[0].isPaused).toBe(true);
    expect(ends[1].bufferedAmount).toBeLessThan(512 * 1024);
    expect(held).toBeGreaterThan(30 * 1024 * 1024);
    let bytes = 0;
    const all = new Promise<void>((resolve) => {
      other.on('message', (data: Buffer) => {
        bytes += data.length;
        if (bytes === 3_000 * PIECE.length) resolve();
      });
    });
    other.resume();
    await all;
  });

  test('who owes time is not read from until it is over, while the other direction goes on', async () => {
    const { one, other, ends, clock } = await spliced((bytes) => (bytes === PIECE.length ? 60_000 : 0));
    const heard = once(other, 'message');
    one.send(PIECE);
    await heard;
    expect(ends[0].isPaused).toBe(true);
    const back = once(one, 'message');
    other.send(Buffer.from('back'));
    await back;
    const next = once(other, 'message');
    one.send(Buffer.from('later'));
    clock.advance(60_000);
    expect(String((await next)[0])).toBe('later');
  });

  test('what is on its way when one side goes still comes', async () => {
    const { one, other, over } = await spliced();
    let bytes = 0;
    other.on('message', (data: Buffer) => (bytes += data.length));
    for (let count = 0; count < 200; count += 1) one.send(PIECE);
    one.close();
    await once(other, 'close');
    expect([bytes, over.count]).toEqual([200 * PIECE.length, 1]);
  });

  test('a side that vanishes without a word ends it as well', async () => {
    const { one, other, over } = await spliced();
    one.terminate();
    const [code] = (await once(other, 'close')) as [number];
    expect([code, over.count]).toEqual([1001, 1]);
  });

  test('without a byte for long it ends; any byte starts the time again; no timer is left', async () => {
    const { one, other, ends, clock, over } = await spliced();
    const heard = once(other, 'message');
    one.send(Buffer.from('still here'));
    await heard;
    clock.advance(IDLE_MS);
    expect(one.readyState).toBe(one.OPEN);
    const closed = ends.map((end) => once(end, 'close'));
    clock.advance(IDLE_MS);
    await Promise.all(closed);
    expect([over.count, clock.pending]).toEqual([1, 0]);
  });
});
