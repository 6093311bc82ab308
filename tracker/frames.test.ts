import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { WebSocket } from 'ws';
import { createHash } from 'node:crypto';
import { firstPart, lastPart, textFrame } from './frames.js';

/** RFC 6455 section 1.3. */
const accept = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

test('a client reads whole frames and parts of every size of length', async () => {
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 200_000];
  const text = (size: number): string =>
    '\u00e9x'.repeat(Math.ceil(size / 3)).slice(0, Math.max(0, size - Math.floor(size / 3)));
  const server = http.createServer().listen(0, '127.0.0.1');
  server.on('upgrade', ({ headers }, stream) => {
    const key = accept(headers['sec-websocket-key'] ?? '');
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    for (const size of sizes) {
      stream.write(textFrame(text(size)));
      stream.write(Buffer.concat([firstPart(text(size)), lastPart('|end')]));
    }
  });
  await once(server, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
  const heard: string[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      if (heard.length === 2 * sizes.length) resolve();
    });
  });
  expect(heard).toEqual(sizes.flatMap((size) => [text(size), `${text(size)}|end`]));
  socket.terminate();
  server.close();
});
