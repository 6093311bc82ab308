import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { TrackerHttp } from './http.js';

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const work of undo.splice(0)) work();
});

const timers = {
  after(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Asks whoever answers each connection with this, and closes it or not. */
async function asked(text: string, ends: boolean): Promise<string> {
  const server = createServer((socket) => {
    undo.push(() => socket.destroy());
    socket.on('error', () => undefined).once('data', () => (ends ? socket.end(text) : socket.write(text)));
  });
  undo.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = new TrackerHttp({ timers, clock: { now: Date.now }, timeoutMs: 2_000, dated: () => undefined });
  undo.push(() => http.close());
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return http.text(base, { method: 'GET', path: 'ca' });
}

const SWITCHES = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('an answer is an answer', async () => {
  expect(await asked('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}', true)).toBe('{}');
});

test.each([
  ['a change of the protocol', SWITCHES, false],
  ['a change of the protocol, and the end', SWITCHES, true],
  ['nothing', '', true],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-', true],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{', true],
])('%s: the tracker is out of reach, at once', async (_what, text, ends) => {
  await expect(asked(text, ends)).rejects.toMatchObject({ code: 'tracker_unreachable' });
});
