import { afterEach, expect, test } from '@jest/globals';
import { Answering, SWITCHES_PROTOCOL } from '../../test/support/answering.js';
import { TrackerHttp } from './http.js';

const servers = new Answering();
const clients = new Set<TrackerHttp>();
afterEach(() => {
  servers.clean();
  for (const client of clients) client.close();
  clients.clear();
});

const timers = {
  after(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

async function asked(text: string, ends: boolean): Promise<string> {
  const http = new TrackerHttp({ timers, clock: { now: Date.now }, timeoutMs: 2_000, dated: () => undefined });
  clients.add(http);
  return http.text(await servers.start(text, ends), { method: 'GET', path: 'ca' });
}

test('an answer is an answer', async () => {
  expect(await asked('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}', true)).toBe('{}');
});

test.each([
  ['a change of the protocol', SWITCHES_PROTOCOL, false],
  ['a change of the protocol, and the end', SWITCHES_PROTOCOL, true],
  ['nothing', '', true],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-', true],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{', true],
])('%s: the tracker is out of reach, at once', async (_what, text, ends) => {
  await expect(asked(text, ends)).rejects.toMatchObject({ code: 'tracker_unreachable' });
});
