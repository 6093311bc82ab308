import { afterEach, expect, test } from '@jest/globals';
import { Answering, SWITCHES_PROTOCOL } from '../test/support/answering.js';
import { ask, makeTransport } from './ask.js';

const servers = new Answering();
afterEach(() => servers.clean());

const asking = (url: URL) => ask(url, 'healthz', { transport: makeTransport(1, undefined), ms: 2_000 });

test('an answer is an answer', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
  expect(await asking(await servers.start(answer, true))).toEqual({ status: 200, body: '{}' });
});

test.each([
  ['a change of the protocol', SWITCHES_PROTOCOL, false],
  ['a change of the protocol, and the end', SWITCHES_PROTOCOL, true],
  ['nothing', '', true],
  ['noise', '\0\x01\r\n\r\n', true],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-', true],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{', true],
])('%s is a failure, and not waited for', async (_what, text, ends) => {
  await expect(asking(await servers.start(text, ends))).rejects.toThrow();
});
