import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { afterAll, expect, test } from '@jest/globals';
import type { DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { BufferPool } from './buffer-pool.js';
import { FileLink, type FileLinkOwner, type Turns } from './file-link.js';

const temp = new TempDir();
afterAll(() => temp.remove());

const entry = 'e'.repeat(43) as EntryId;
const remote = { username: 'bob' as Username, device: 'd'.repeat(22) as DeviceId, certificate: '' };

/** Two ends of one connection. Who is there is proven below: to a link it is all the same. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('bug: it listens');
  const near = connect(address.port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  temp.closing(server, async () => {
    near.destroy();
    far.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return [near, far];
}

function linkOf(
  socket: Duplex,
  owner: Partial<FileLinkOwner>,
  turns?: Turns,
  pool: BufferPool = new BufferPool(2),
): FileLink {
  const nothing = {
    message: () => undefined,
    announced: () => undefined,
    nearlyHere: () => undefined,
    closed: () => undefined,
  };
  const all = { ...nothing, received: () => Promise.resolve(), ...owner };
  return new FileLink({ socket, remote }, all, { pool, now: () => 0, turns });
}

test('lines that are sent while a chunk goes in pieces come after it', async () => {
  const [near, far] = await pair();
  const came: string[] = [];
  const done = new Promise<void>((resolve) => {
    linkOf(far, {
      message: (_, { type }) => {
        came.push(type);
        if (type === 'chunk_cancel') resolve();
      },
      received: (_, { type }, bytes) => {
        came.push(`${type} ${bytes.toString()}`);
        return Promise.resolve();
      },
    });
  });
  const link = linkOf(near, {});
  link.send({ type: 'chunk_request', entry, chunk: 1 });
  await link.sendBytes({ type: 'chunk', entry, chunk: 0, length: 6 }, Buffer.from('ab'));
  link.send({ type: 'manifest_request', entry });
  link.send({ type: 'chunk_cancel', entry, chunk: 1 });
  expect(link.queued).toBeGreaterThan(0);
  await link.sendRest(Buffer.from('cd'));
  await link.sendRest(Buffer.from('ef'));
  await done;
  expect(came).toEqual(['chunk_request', 'chunk abcdef', 'manifest_request', 'chunk_cancel']);
});

test('a request that still waits behind a chunk when it is not wanted any more is never sent', async () => {
  const [near, far] = await pair();
  const came: string[] = [];
  const done = new Promise<void>((resolve) => {
    linkOf(far, {
      message: (_, message) => {
        came.push(`${message.type} ${'chunk' in message ? message.chunk : ''}`);
        if (message.type === 'manifest_request') resolve();
      },
    });
  });
  const link = linkOf(near, {});
  link.send({ type: 'chunk_request', entry, chunk: 1 });
  await link.sendBytes({ type: 'chunk', entry, chunk: 0, length: 4 }, Buffer.from('ab'));
  link.send({ type: 'chunk_request', entry, chunk: 2 });
  expect([link.cancel(entry, 1), link.cancel(entry, 2)]).toEqual([false, true]);
  link.send({ type: 'manifest_request', entry });
  await link.sendRest(Buffer.from('cd'));
  await done;
  expect(came).toEqual(['chunk_request 1', 'chunk_cancel 1', 'manifest_request ']);
});

test('whoever waits for the rest to be sent hears of the end', async () => {
  const [near, far] = await pair();
  const link = linkOf(near, {});
  linkOf(far, {});
  await link.sendBytes({ type: 'chunk', entry, chunk: 0, length: 600_000 }, Buffer.from('ab'));
  const rest = link.sendRest(Buffer.alloc(500_000));
  link.close();
  await rest;
  await link.sendRest(Buffer.alloc(10));
  expect(link.isOver).toBe(true);
});

test('after each piece of a chunk it waits until all else has had its turn', async () => {
  const [near, far] = await pair();
  let came = '';
  const whole = new Promise<void>((resolve) => {
    linkOf(far, {
      received: (_, __, bytes) => {
        came = bytes.toString();
        resolve();
        return Promise.resolve();
      },
    });
  });
  const held: (() => void)[] = [];
  let asked: () => void = () => undefined;
  const next = (run: () => void): void => {
    held.push(run);
    asked();
  };
  const link = linkOf(near, {}, { bytes: 2, next });
  const message = { type: 'chunk', entry, chunk: 0, length: 6 } as const;
  const line = `${JSON.stringify(message)}\n`;
  for (const written of [2, 4]) {
    const waits = new Promise<void>((resolve) => (asked = resolve));
    if (written === 2) void link.sendBytes(message, Buffer.from('abcdef'));
    await waits;
    expect(near.bytesWritten - line.length).toBe(written);
    held.shift()?.();
  }
  await whole;
  expect([came, held.length]).toEqual(['abcdef', 0]);
});

test('the memory of what was read is given back at once, also of what had to wait for a buffer', async () => {
  const [near, far] = await pair();
  const length = 300_000;
  const sums: number[] = [];
  const read: Buffer[] = [];
  const done = new Promise<void>((resolve) => {
    linkOf(far, {
      received: (_, { type }, bytes) => {
        if (type === 'chunk') sums.push(bytes.reduce((sum, byte) => sum + byte, 0));
        if (sums.length === 4) resolve();
        return Promise.resolve();
      },
    });
  });
  far.on('data', (bytes: Buffer) => read.push(bytes));
  const link = linkOf(near, {});
  for (let chunk = 0; chunk < 4; chunk++)
    await link.sendBytes({ type: 'chunk', entry, chunk, length }, Buffer.alloc(length, chunk + 1));
  await done;
  expect(sums).toEqual([1, 2, 3, 4].map((byte) => byte * length));
  // Node 24 may hand out parts of more, which are none of ours to give back.
  expect(read.filter(({ length, buffer }) => length > 0 && length === buffer.byteLength)).toEqual([]);
  expect(read.filter(({ length }) => length === 0).length).toBeGreaterThan(read.length / 2);
});

test('of another stream nothing is given back: who wrote it may still need it', () => {
  const stream = new PassThrough();
  linkOf(stream, {});
  const bytes = Buffer.from(new Uint8Array(20).fill(10).buffer);
  stream.emit('data', bytes);
  expect(bytes.length).toBe(20);
});

test('a chunk that is cancelled while it comes holds no buffer any more, and what comes after it is read', async () => {
  const [near, far] = await pair();
  const pool = new BufferPool(1);
  const came: string[] = [];
  let half: () => void = () => undefined;
  const isHalf = new Promise<void>((resolve) => (half = resolve));
  const reader = { link: undefined as FileLink | undefined };
  const done = new Promise<void>((resolve) => {
    reader.link = linkOf(
      far,
      {
        nearlyHere: () => half(),
        received: (_, __, bytes) => {
          came.push(bytes.toString());
          if (came.length === 2) resolve();
          return Promise.resolve();
        },
      },
      undefined,
      pool,
    );
  });
  const link = linkOf(near, {});
  await link.sendBytes({ type: 'chunk', entry, chunk: 0, length: 5 }, Buffer.from('abcd'));
  await isHalf;
  expect(pool.tryTake()).toBeUndefined();
  reader.link?.cancel(entry, 0);
  const freed = pool.tryTake();
  expect(freed).toBeDefined();
  if (freed) pool.give(freed);
  await link.sendRest(Buffer.from('e'));
  await link.sendBytes({ type: 'chunk', entry, chunk: 1, length: 3 }, Buffer.from('xyz'));
  await done;
  expect(came).toEqual(['', 'xyz']);
});

test('a chunk that is cancelled while it waits for a buffer is read without one', async () => {
  const [near, far] = await pair();
  const pool = new BufferPool(1);
  const held = await pool.take();
  let announced: () => void = () => undefined;
  const isAnnounced = new Promise<void>((resolve) => (announced = resolve));
  const reader = { link: undefined as FileLink | undefined };
  const done = new Promise<string>((resolve) => {
    const received: FileLinkOwner['received'] = (_, __, bytes) => {
      resolve(bytes.toString());
      return Promise.resolve();
    };
    reader.link = linkOf(far, { announced: () => announced(), received }, undefined, pool);
  });
  const link = linkOf(near, {});
  await link.sendBytes({ type: 'chunk', entry, chunk: 0, length: 3 }, Buffer.from('abc'));
  await isAnnounced;
  reader.link?.cancel(entry, 0);
  pool.give(held);
  expect(await done).toBe('');
  expect(pool.tryTake()).toBe(held);
});
