import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ask, makeTransport } from './ask.js';

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const work of undo.splice(0)) work();
});

/** Whoever is asked there answers each connection with this, and closes it or not. */
async function answering(text: string, ends: boolean): Promise<URL> {
  const server = createServer((socket) => {
    undo.push(() => socket.destroy());
    socket.on('error', () => undefined).once('data', () => (ends ? socket.end(text) : socket.write(text)));
  });
  undo.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const asking = (url: URL) => ask(url, 'healthz', { transport: makeTransport(1, undefined), ms: 2_000 });
const SWITCHES = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('an answer is an answer', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
  expect(await asking(await answering(answer, true))).toEqual({ status: 200, body: '{}' });
});

test.each([
  ['a change of the protocol', SWITCHES, false],
  ['a change of the protocol, and the end', SWITCHES, true],
  ['nothing', '', true],
  ['noise', '\0\x01\r\n\r\n', true],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-', true],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{', true],
])('%s is a failure, and not waited for', async (_what, text, ends) => {
  await expect(asking(await answering(text, ends))).rejects.toThrow();
});
