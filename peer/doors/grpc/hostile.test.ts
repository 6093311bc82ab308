/** Calls that should not be: each is told what to do, costs little, and changes nothing for others. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { connect as connectHttp2, constants } from 'node:http2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { conversation, username } from '../../local/test-services.js';
import { TestGrpcPort } from './test-grpc-port.js';

const general = conversation('#general');

let at: TestGrpcPort;
beforeEach(async () => {
  at = new TestGrpcPort();
  await at.open();
});
afterEach(() => at.close());

describe('a call is refused with what to do next', () => {
  test.each([
    ['without a token', null, 'parley token'],
    ['with one of nobody', 'bad', 'not good here'],
    ['with what is none', 'bad\u00e9'.slice(0, 3) + '!', 'parley token'],
  ])('%s', async (_what, token, says) => {
    await expect(at.client(token).call('ListUsers')).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      details: expect.stringContaining(says),
    });
    expect(at.held).toBe(0);
  });

  test.each([
    ['Post', { conversation: '#nowhere', message: 'x' }, status.PERMISSION_DENIED, 'not_member'],
    ['Post', { conversation: 'general', message: 'x' }, status.INVALID_ARGUMENT, 'bad_request'],
    ['Post', { conversation: '@alice+nobody', message: 'x' }, status.NOT_FOUND, 'unknown_user'],
    ['Post', { conversation: general, message: 'a\0b' }, status.INVALID_ARGUMENT, 'bad_entry'],
    ['Post', { conversation: general, message: '' }, status.INVALID_ARGUMENT, 'bad_request'],
    ['React', { target: 'x', emoji: '👍' }, status.INVALID_ARGUMENT, 'bad_request'],
    ['Search', { query: 'a\0' }, status.INVALID_ARGUMENT, 'bad_text'],
    ['Post', { conversation: general, message: 'x'.repeat(70_000) }, status.RESOURCE_EXHAUSTED, undefined],
  ])('%s of %j', async (method, request, code, parley) => {
    const error: unknown = await at
      .client()
      .call(method, request)
      .catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code, details: expect.stringMatching(/[.!]$/) });
    const { metadata } = error as { metadata: { get(name: string): unknown[] } };
    expect(metadata.get('parley-code')).toEqual(parley === undefined ? [] : [parley]);
    expect(at.peer.errors).toEqual([]);
  });

  test.each(['7.AAAAAAAAAA', 'x', '-1', 'a\0b', '9'.repeat(60_000)])('a cursor that is none: %.12s', async (cursor) => {
    await expect(at.client().stream('Subscribe', { cursor }).next()).rejects.toMatchObject({ code: status.NOT_FOUND });
  });
});

describe('a subscription', () => {
  test('ends when it is cancelled, when its time is over, and when its token counts no more', async () => {
    await at.open({ tokenMs: 20 });
    const cancelled = at.client().stream('Subscribe');
    await cancelled.next();
    expect(at.held).toBe(1);
    cancelled.call.cancel();
    await expect(cancelled.next()).rejects.toMatchObject({ code: status.CANCELLED });
    const late = at.client().stream('Subscribe', {}, { deadline: Date.now() + 300 });
    await expect(late.next().then(() => late.next())).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    const over = at.client().stream('Subscribe');
    await over.next();
    at.isGood = false;
    await expect(over.next()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    while (at.held > 0) await new Promise(setImmediate);
    expect(at.peer.events.listenerCount('durable')).toBe(0);
  });

  test('that is never read holds no more than a page, and is cut off', async () => {
    await at.open({ stallMs: 300 });
    const messages = Array.from({ length: 40 }, (_, n) => `${n} ${'x'.repeat(10_000)}`);
    at.peer.add(general, username('Bob'), messages);
    const session = connectHttp2(`http://127.0.0.1:${at.door.port}`, { settings: { initialWindowSize: 16_384 } });
    session.on('error', () => undefined);
    const call = session.request({
      ...{ ':method': 'POST', ':path': '/parley.v1.Parley/Subscribe' },
      ...{ 'content-type': 'application/grpc', te: 'trailers', authorization: 'Bearer good' },
    });
    call.on('error', () => undefined);
    // {cursor: "0"}, and nothing of the answer is read.
    call.end(Buffer.from([0, 0, 0, 0, 3, 10, 1, 0x30]));
    await new Promise((resolve) => call.once('close', resolve));
    expect(call.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    while (at.held > 0) await new Promise(setImmediate);
    expect(at.peer.events.listenerCount('durable')).toBe(0);
    session.close();
    // Who is only slow, as this process may be now, is not to be cut off here.
    await at.open();
    const again = at.client().stream('Subscribe', { cursor: '0' });
    const texts: string[] = [];
    while (texts.length < 40) {
      const entry = (await again.next())?.['entry'] as { message: string } | null | undefined;
      if (entry) texts.push(entry.message);
    }
    expect(texts).toEqual(messages);
  });

  test('of one user beyond the bound is refused, and others are unharmed', async () => {
    await at.open({ callsPerUser: 3 });
    const some = [1, 2, 3].map(() => at.client().stream('Subscribe'));
    for (const each of some) await each.next();
    await expect(at.client().call('ListUsers')).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    some[0]?.call.cancel();
    while (at.held > 2) await new Promise(setImmediate);
    await at.client().call('ListUsers');
  });
});

test('while the host is behind, calls wait for their turn; one that has ended meanwhile is not carried out', async () => {
  const turns: (() => void)[] = [];
  at.admit = async (work) => {
    await new Promise<void>((resolve) => turns.push(resolve));
    return work();
  };
  await at.open();
  const begun = async (count: number): Promise<void> => {
    while (turns.length < count) await new Promise(setImmediate);
  };
  const session = connectHttp2(`http://127.0.0.1:${at.door.port}`);
  const gone = session.request({
    ...{ ':method': 'POST', ':path': '/parley.v1.Parley/Post' },
    ...{ 'content-type': 'application/grpc', te: 'trailers', authorization: 'Bearer good' },
  });
  gone.on('error', () => undefined);
  // {conversation: "#general", message: "late"}
  gone.end(Buffer.from('\0\0\0\0\x10\x0a\x08#general\x12\x04late', 'latin1'));
  await begun(1);
  expect(at.held).toBe(1);
  gone.close(constants.NGHTTP2_CANCEL);
  while (at.held > 0) await new Promise(setImmediate);
  session.close();
  const kept = at.client().call('Post', { conversation: general, message: 'kept' });
  const page = at.client().all('History', { conversation: general });
  await begun(3);
  expect(at.peer.history.page(general, undefined, 5).entries).toEqual([]);
  for (const go of turns) go();
  await Promise.all([kept, page]);
  expect(at.peer.history.page(general, undefined, 5).entries.map(({ message }) => message)).toEqual(['kept']);
  while (at.held > 0) await new Promise(setImmediate);
});
