import { afterAll, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import { CONVERSATION, ENTRY, entryOf, folder, Side, temp } from './test-mover.js';

afterAll(() => temp.remove());

test.each(['whoever has it', 'whoever wants it'])(
  'a file arrives whole, when %s has dialled',
  async (dialler) => {
    const bytes = randomBytes(5 * 1024 * 1024 + 17);
    const known: { entry?: Entry } = {};
    const [a, b] = await Promise.all(
      [`a-${dialler}`, `b-${dialler}`].map((n) => Side.open(n.replaceAll(' ', '-').slice(0, 20), () => known.entry)),
    );
    if (!a || !b) throw new Error('bug: two were asked for');
    const { sha256, size, chunks } = await a.blobs.take(Readable.from([bytes]), {});
    const facts = { sha256, size, chunks };
    known.entry = entryOf(facts);
    const [from, to] = dialler === 'whoever has it' ? [a, b] : [b, a];
    const address = await to.links.listen({ host: '127.0.0.1', port: 0 });
    await from.links.dial({ ...address, device: to.self.device });
    b.mover.fetch({ entry: ENTRY, conversation: CONVERSATION, from: 'alice' as Username, facts });
    expect(await b.over).toBe('complete');
    const path = join(folder, `b-${dialler}`.replaceAll(' ', '-').slice(0, 20), sha256.slice(0, 2), sha256);
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(sha256);
  },
  120_000,
);

/** A real peer with a file, and another device of the conversation that says what it likes on its file link. */
async function hostile(
  name: string,
  count = 3,
): Promise<{ peer: Side; stranger: Side; socket: TLSSocket; heard: () => string[] }> {
  const known: { entry?: Entry } = {};
  const [peer, stranger] = [
    await Side.open(`p-${name}`, () => known.entry),
    await Side.open(`s-${name}`, () => undefined),
  ];
  const { sha256, size, chunks } = await peer.blobs.take(Readable.from([randomBytes(count * FILE_CHUNK)]), {});
  known.entry = entryOf({ sha256, size, chunks });
  const address = await peer.links.listen({ host: '127.0.0.1', port: 0 });
  await stranger.links.dial({ ...address, device: peer.self.device });
  const { socket } = await stranger.links.dialFiles({ ...address, device: peer.self.device });
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  return { peer, stranger, socket, heard: () => text.split('\n') };
}

const closed = (socket: TLSSocket): Promise<void> =>
  new Promise((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve())));
const line = (message: object): string => `${JSON.stringify(message)}\n`;

describe('who breaks the rules of a file link is cut off, and the peer goes on', () => {
  test.each<[string, string]>([
    ['an endless line', 'x'.repeat(20_000)],
    ['garbage', '\xff\xfe\n'],
    ['no JSON', 'GET / HTTP/1.1\r\n\r\n'],
    ['JSON that is no object', '[]\n'],
    ['bytes that nobody asked for', line({ type: 'chunk', entry: ENTRY, chunk: 0, length: 5 })],
    ['a list of hashes that nobody asked for', line({ type: 'manifest', entry: ENTRY, length: 32 })],
    ['a length beyond a chunk', line({ type: 'chunk', entry: ENTRY, chunk: 0, length: FILE_CHUNK + 1 })],
    ['a refusal of what was not asked', line({ type: 'file_refused', entry: ENTRY, code: 'not_found' })],
    ['a thousand requests at once', line({ type: 'chunk_request', entry: ENTRY, chunk: 0 }).repeat(1_000)],
    ['a thousand lists asked for at once', line({ type: 'manifest_request', entry: ENTRY }).repeat(1_000)],
  ])(
    '%s',
    async (name, text) => {
      const { peer, stranger, socket } = await hostile(name.replaceAll(' ', '-').slice(0, 30));
      socket.write(Buffer.from(text, 'latin1'));
      await closed(socket);
      // The chat link stays, and so does the way for files.
      expect(peer.links.get(stranger.self.device)).toBeDefined();
      const target = { ...peer.links.address, device: peer.self.device };
      const again = await stranger.links.dialFiles(target);
      again.socket.on('error', () => undefined);
      again.socket.write(line({ type: 'chunk_request', entry: ENTRY, chunk: 2 }));
      let bytes = 0;
      await new Promise<void>((resolve) =>
        again.socket.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > FILE_CHUNK) resolve();
        }),
      );
    },
    120_000,
  );
});

describe('who may not have it', () => {
  const requests = (entry: EntryId): string =>
    line({ type: 'manifest_request', entry }) + line({ type: 'chunk_request', entry, chunk: 0 });
  /** All that is answered to both, with the name of the entry taken out. */
  async function answers(heard: () => string[], socket: TLSSocket, count: number): Promise<string[]> {
    while (heard().length <= count) await new Promise((resolve) => socket.once('data', resolve));
    return heard()
      .slice(0, count)
      .map((text) => text.replace(/"entry":"[^"]*"/, ''));
  }

  test.each<[string, (peer: Side) => void]>([
    ['since the entry is not shared with them', (peer) => (peer.shared = false)],
    ['since it came here through another conversation', (peer) => elsewhere(peer)],
    [
      'since only a part, and not this one, came through that conversation',
      (peer) => elsewhere(peer, Uint8Array.of(6)),
    ],
  ])(
    'has the answer that an entry has which does not exist: %s',
    async (why, change) => {
      const { peer, socket, heard } = await hostile(`not-${why.replaceAll(/[^a-z]/g, '').slice(-12)}`);
      change(peer);
      const manifest = why.includes('part') ? '' : line({ type: 'manifest_request', entry: ENTRY });
      const chunk = line({ type: 'chunk_request', entry: ENTRY, chunk: 0 });
      socket.write(manifest + chunk + requests('z'.repeat(43) as EntryId));
      const [known, unknown] = [manifest === '' ? 1 : 2, 2];
      const all = await answers(heard, socket, known + unknown);
      expect(all.slice(0, known)).toEqual(all.slice(-known));
      expect(all.every((text) => text.includes('"not_found"'))).toBe(true);
    },
    120_000,
  );

  function elsewhere(peer: Side, chunks?: Uint8Array): void {
    peer.own = false;
    const [{ sha256 } = { sha256: '' }] = peer.blobs.all();
    peer.came.set(sha256, new Map(chunks ? [[CONVERSATION, chunks]] : [['#elsewhere' as ConversationId, undefined]]));
  }

  test('and is given what came through their conversation, wherever it came from besides', async () => {
    const { peer, socket, heard } = await hostile('came');
    elsewhere(peer, Uint8Array.of(6));
    socket.write(
      line({ type: 'manifest_request', entry: ENTRY }) + line({ type: 'chunk_request', entry: ENTRY, chunk: 2 }),
    );
    const said = (type: string): string | undefined => heard().find((text) => text.includes(`"type":"${type}"`));
    while (said('chunk') === undefined) await new Promise((resolve) => socket.once('data', resolve));
    expect(said('have')).toContain(`"chunks":"${Buffer.from([6]).toString('base64url')}"`);
  }, 120_000);
});

test('what was fetched is given on where it was fetched, and nowhere else', async () => {
  const known: { entry?: Entry } = {};
  const [author, reader, third] = await Promise.all(
    ['author', 'reader', 'third'].map((name) => Side.open(name, () => known.entry)),
  );
  if (!author || !reader || !third) throw new Error('bug: three were asked for');
  reader.own = third.own = false;
  const { sha256, size, chunks } = await author.blobs.take(Readable.from([randomBytes(2 * FILE_CHUNK)]), {});
  const facts = { sha256, size, chunks };
  known.entry = entryOf(facts);
  const wanted = { entry: ENTRY, conversation: CONVERSATION, from: 'alice' as Username, facts };
  const to = async (side: Side, other: Side): Promise<void> => {
    const address = await other.links.listen({ host: '127.0.0.1', port: 0 });
    await side.links.dial({ ...address, device: other.self.device });
  };
  await to(reader, author);
  reader.mover.fetch(wanted);
  expect(await reader.over).toBe('complete');
  expect([...(reader.came.get(sha256) ?? [])]).toEqual([[CONVERSATION, undefined]]);
  await author.close();
  await to(third, reader);
  third.mover.fetch(wanted);
  expect(await third.over).toBe('complete');
}, 120_000);

test('while the author is there, it is not said that nobody is: asked, and then that they have it no more', async () => {
  const known: { entry?: Entry } = {};
  const [author, reader] = [await Side.open('alice', () => known.entry), await Side.open('asks', () => known.entry)];
  const { sha256, size, chunks } = await author.blobs.take(Readable.from([randomBytes(100)]), {});
  const facts = { sha256, size, chunks };
  known.entry = entryOf(facts);
  author.own = false;
  const address = await author.links.listen({ host: '127.0.0.1', port: 0 });
  await reader.links.dial({ ...address, device: author.self.device });
  reader.mover.fetch({ entry: ENTRY, conversation: CONVERSATION, from: 'alice' as Username, facts });
  while (!reader.coming.some(({ state }) => state === 'gone')) await reader.told();
  expect(new Set(reader.coming.map(({ state }) => state))).toEqual(new Set(['asking', 'gone']));
  author.own = true;
  author.mover.arrived(sha256);
  expect(await reader.over).toBe('complete');
  expect(reader.coming.map(({ state }) => state)).not.toContain('nobody');
}, 120_000);

test('where a limit makes the next chunk come much later, that is said, rather than nothing', async () => {
  const { peer, socket, heard } = await hostile('limited');
  peer.mover.limit({ down: 0, up: 10_000, atOnce: 1 });
  for (const chunk of [0, 1]) socket.write(line({ type: 'chunk_request', entry: ENTRY, chunk }));
  const refusal = (): string | undefined => heard().find((text) => text.includes('file_refused'));
  while (refusal() === undefined) await new Promise((resolve) => socket.once('data', resolve));
  expect(refusal()).toContain('"code":"rate_limited"');
}, 120_000);

describe('who reads slowly', () => {
  /** One more device that is linked to that peer, with a file link by which it says what it likes. */
  async function reader(peer: Side, name: string): Promise<TLSSocket> {
    const side = await Side.open(name, () => undefined);
    const target = { ...peer.links.address, device: peer.self.device };
    await side.links.dial(target);
    const { socket } = await side.links.dialFiles(target);
    socket.on('error', () => undefined);
    return socket;
  }
  const chunks = (count: number): string =>
    Array.from({ length: count }, (_, chunk) => line({ type: 'chunk_request', entry: ENTRY, chunk })).join('');
  async function bytesOf(socket: TLSSocket, count: number): Promise<void> {
    let came = 0;
    await new Promise<void>((resolve) =>
      socket.on('data', (piece: Buffer) => {
        came += piece.length;
        if (came > count) resolve();
      }),
    );
  }

  test('does not keep others waiting, however many do', async () => {
    const { peer, socket } = await hostile('slow', 16);
    const slow = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map((name) => reader(peer, name)));
    for (const one of slow) {
      one.write(chunks(16));
      // So much fast, to be taken for a fast reader, and then nothing more.
      await bytesOf(one, 2 * FILE_CHUNK);
      one.removeAllListeners('data');
      one.pause();
    }
    socket.write(chunks(16));
    await bytesOf(socket, 16 * FILE_CHUNK);
  }, 240_000);

  test('and reads all that they asked for in the end has it whole, with what was said meanwhile', async () => {
    const { peer, socket } = await hostile('whole', 3);
    const bytes: Buffer[] = [];
    socket.removeAllListeners('data');
    socket.on('data', (piece: Buffer) => {
      bytes.push(piece);
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.write(line({ type: 'manifest_request', entry: ENTRY }) + chunks(3));
    const [{ sha256 } = { sha256: '' }] = peer.blobs.all();
    const length = (): number => bytes.reduce((sum, piece) => sum + piece.length, 0);
    while (length() < FILE_CHUNK) await new Promise((resolve) => socket.once('data', resolve));
    peer.mover.arrived(sha256);
    while (length() < 3 * FILE_CHUNK + 96) await new Promise((resolve) => socket.once('data', resolve));
    const hash = createHash('sha256');
    let rest = Buffer.concat(bytes);
    for (let chunk = -1; chunk < 3;) {
      const end = rest.indexOf('\n');
      const message = JSON.parse(rest.subarray(0, end).toString()) as { type: string; length?: number };
      rest = rest.subarray(end + 1);
      if (message.type === 'chunk') hash.update(rest.subarray(0, message.length));
      if (message.length !== undefined) chunk++;
      rest = rest.subarray(message.length ?? 0);
    }
    expect(hash.digest('hex')).toBe(sha256);
  }, 120_000);
});

test('who was refused is told as soon as there is something for them, without asking again', async () => {
  const { peer, socket, heard } = await hostile('told');
  peer.own = false;
  socket.write(line({ type: 'manifest_request', entry: ENTRY }));
  while (heard().length < 2) await new Promise((resolve) => socket.once('data', resolve));
  expect(heard()[0]).toContain('not_found');
  const [{ sha256 } = { sha256: '' }] = peer.blobs.all();
  peer.came.set(sha256, new Map([[CONVERSATION, undefined]]));
  peer.mover.arrived(sha256);
  while (heard().length < 3) await new Promise((resolve) => socket.once('data', resolve));
  expect(heard()[1]).toBe(JSON.stringify({ type: 'have', entry: ENTRY, chunks: '*' }));
}, 120_000);

test('of a file that was cut on the disk, what is gone is refused; where that shows while it is sent, the link ends', async () => {
  const { peer, stranger, socket, heard } = await hostile('cut');
  const [{ sha256 } = { sha256: '' }] = peer.blobs.all();
  // Of the second chunk the first piece is there, and not the next.
  await truncate(join(folder, 'p-cut', sha256.slice(0, 2), sha256), FILE_CHUNK + 70_000);
  for (const chunk of [2, 1]) socket.write(line({ type: 'chunk_request', entry: ENTRY, chunk }));
  await closed(socket);
  expect(heard()[0]).toContain('"file_refused"');
  expect(heard()[1]).toContain('"chunk"');
  expect(peer.links.get(stranger.self.device)).toBeDefined();
}, 120_000);
