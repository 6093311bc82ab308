/** Who is served what, over real TLS: the conversation through which it came, slow readers, and what changes on the disk. */
import { createHash, randomBytes } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import { chunkOf, content, factsOf, manifestOf } from './test-blobs.js';
import { closed, CONVERSATION, ENTRY, entryOf, folder, hostile, line, Side, temp } from './test-mover.js';

afterAll(() => temp.remove());

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
    // By a clock that stands still, so that nobody is cut off: others are served while these are there.
    const { peer, socket } = await hostile('slow', 16, () => 0);
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
  expect(heard()[1]).toContain('"type":"chunk"');
  expect(peer.links.get(stranger.self.device)).toBeDefined();
}, 120_000);

test('what came of a file that nobody fetches for now is given to others', async () => {
  const known: { entry?: Entry } = {};
  const [reader, third] = [await Side.open('pauses', () => known.entry), await Side.open('other', () => known.entry)];
  reader.own = third.own = false;
  const bytes = content(2 * FILE_CHUNK);
  const facts = factsOf(bytes);
  known.entry = entryOf(facts);
  const part = await reader.blobs.partial(facts);
  await part.setManifest(manifestOf(bytes), CONVERSATION);
  await part.write(1, chunkOf(bytes, 1), CONVERSATION);
  await reader.blobs.rest(part);
  const address = await reader.links.listen({ host: '127.0.0.1', port: 0 });
  await third.links.dial({ ...address, device: reader.self.device });
  third.mover.fetch({ entry: ENTRY, conversation: CONVERSATION, from: 'alice' as Username, facts });
  while (third.coming.at(-1)?.done !== FILE_CHUNK) await third.told();
  expect((await third.blobs.partial(facts)).has(1)).toBe(true);
}, 120_000);
