/** A file that comes in several requests: what came counts, what does not fit is refused, and nothing is kept for ever. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { UploadProgress } from '../../protocol/local-api.js';
import type { TakenFile } from '../services.js';
import { HeldUploads } from './held-uploads.js';
import { requestText, TestDoor } from './test-socket.js';

const ID = 'upload-of-one-page';
const BODY = Buffer.from('0123456789');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start({ limits: { bodyIdleMs: 60_000, bodyRestMs: 300, heldUploads: 2, heldMs: 60_000 } });
});
afterEach(() => local.stop());

const own = (): Record<string, string> => ({ authorization: `Bearer ${local.token}` });
const path = (offset: number, size = BODY.length, id = ID): string =>
  `/api/uploads?mime=text/plain&upload=${id}&offset=${offset}&size=${size}`;
const send = (offset: number, body: Buffer, size = BODY.length, id = ID): Promise<Response> =>
  local.fetch(path(offset, size, id), { method: 'POST', headers: own(), body: new Uint8Array(body) });
const asked = (id = ID, method = 'GET'): Promise<Response> =>
  local.fetch(`/api/uploads/${id}`, { method, headers: own() });
const received = async (id = ID): Promise<number | undefined> =>
  ((await (await asked(id)).json()) as Partial<UploadProgress>).received;
/** A request that does not end: its body is announced as longer than what comes of it. */
const begun = (offset: number, text: string): Socket => {
  const headers = { host: `localhost:${local.server.port}`, 'content-length': '1000', ...own() };
  const socket = connect(local.server.port, '127.0.0.1').on('error', () => undefined);
  socket.write(requestText(`POST ${path(offset)}`, headers, text));
  return socket.resume();
};
const until = async (bytes: number): Promise<void> => {
  while ((await received()) !== bytes) await new Promise((resolve) => setImmediate(resolve));
};
const files = (): string[] => [...local.peer.files.bytes.values()].map(String);

test('parts make one file, which is there once the last has come', async () => {
  const first = await send(0, BODY.subarray(0, 4));
  expect([first.status, await first.json()]).toEqual([202, { status: 'success', received: 4 }]);
  expect(files()).toEqual([]);
  const last = await send(4, BODY.subarray(4));
  expect([last.status, await last.json()]).toMatchObject([201, { size: 10, mime: 'application/octet-stream' }]);
  expect(files()).toEqual(['0123456789']);
  // Whoever did not hear the answer asks, or sends the nothing that is left.
  expect(await (await asked()).json()).toMatchObject({ received: 10, size: 10 });
  expect((await send(10, Buffer.alloc(0))).status).toBe(201);
});

test('an empty file is whole at once', async () => {
  expect((await send(0, Buffer.alloc(0), 0)).status).toBe(201);
});

test('what came of a request that broke off is kept, and goes on from there', async () => {
  const socket = begun(0, '0123');
  await until(4);
  socket.destroy();
  expect((await send(4, BODY.subarray(4))).status).toBe(201);
  expect(files()).toEqual(['0123456789']);
});

test('whole when its sender went without the answer, it is told to who asks next', async () => {
  const socket = begun(0, '0123456789');
  await until(10);
  expect(await (await asked()).json()).toMatchObject({ received: 10, size: 10 });
  socket.destroy();
  expect(files()).toEqual(['0123456789']);
});

test('a request whose end nobody has noticed gives way to the next', async () => {
  const socket = begun(0, '012');
  await until(3);
  expect((await send(3, BODY.subarray(3))).status).toBe(201);
  await once(socket, 'close');
  expect(files()).toEqual(['0123456789']);
});

test.each([
  ['from another byte', 5, 10],
  ['of another size', 4, 11],
])('a part %s is refused, and what came stays', async (_what, offset, size) => {
  await send(0, BODY.subarray(0, 4));
  const answer = await send(offset, BODY.subarray(4), size);
  expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'wrong_offset' }]);
  expect(await received()).toBe(4);
});

test('a part of what is not here begins at its first byte', async () => {
  expect((await send(4, BODY.subarray(4))).status).toBe(409);
  expect((await asked()).status).toBe(404);
});

test('what is longer than announced is thrown away', async () => {
  expect((await send(0, BODY, 4)).status).toBe(400);
  expect([files(), (await asked()).status]).toEqual([[], 404]);
});

test('given up by its sender, it is gone', async () => {
  await send(0, BODY.subarray(0, 4));
  expect((await asked(ID, 'DELETE')).status).toBe(204);
  expect([(await asked()).status, (await asked(ID, 'DELETE')).status]).toEqual([404, 404]);
});

test('given up as it became whole, it takes nothing from the next of the same name', async () => {
  const taken = { sha256: '0'.repeat(64), size: 2, chunks: '', mime: 'text/plain' };
  const synced: (() => void)[] = [];
  const take = async (body: Readable): Promise<TakenFile> => {
    await buffer(body);
    await new Promise<void>((done) => synced.push(done));
    return taken;
  };
  const uploads = new HeldUploads({ take }, { heldUploads: 2, heldMs: 60_000 });
  const part = { id: ID, offset: 0, size: 2, mime: undefined };
  const first = uploads.take(Readable.from([Buffer.from('ab')]), part);
  while (synced.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const dropped = uploads.drop(ID);
  await uploads.take(Readable.from([Buffer.from('c')]), part);
  synced[0]?.();
  await Promise.all([first, dropped]);
  expect(await uploads.progress(ID)).toMatchObject({ received: 1 });
  await uploads.close();
});

test('of many, the one that was left alone the longest makes room; where all go on, the next waits', async () => {
  const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(16));
  for (const id of ids) await send(0, BODY.subarray(0, 4), 10, id);
  expect(await Promise.all(ids.map(received))).toEqual([undefined, 4, 4]);
});

test('what nobody goes on with is not kept for ever', async () => {
  await local.stop();
  local = await TestDoor.start({ limits: { heldMs: 1 } });
  await send(0, BODY.subarray(0, 4));
  while ((await asked()).status !== 404) await new Promise((resolve) => setImmediate(resolve));
});

test.each(['upload=short&offset=0&size=1', `upload=${ID}`, `upload=${ID}&offset=-1&size=1`, `upload=${ID}&offset=0`])(
  '?%s is refused',
  async (query) => {
    const answer = await local.fetch(`/api/uploads?${query}`, { method: 'POST', headers: own(), body: 'x' });
    expect(answer.status).toBe(400);
  },
);

test('nobody without a session is told anything', async () => {
  await send(0, BODY.subarray(0, 4));
  for (const method of ['GET', 'DELETE'])
    expect((await local.fetch(`/api/uploads/${ID}`, { method, headers: {} })).status).toBe(401);
  expect(await received()).toBe(4);
});
