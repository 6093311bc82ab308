import { afterAll, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Entry } from '../../protocol/entry.js';
import type { Username } from '../../protocol/ids.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import { closed, CONVERSATION, ENTRY, entryOf, folder, hostile, line, Side, temp } from './test-mover.js';

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

test('what is stopped while it is published is told to be here before the stop is over', async () => {
  const known: { entry?: Entry } = {};
  const [author, reader] = [await Side.open('gives', () => known.entry), await Side.open('stops', () => known.entry)];
  const { sha256, size, chunks } = await author.blobs.take(Readable.from([randomBytes(100)]), {});
  const facts = { sha256, size, chunks };
  known.entry = entryOf(facts);
  const stopped = new Promise<string>((resolve) => {
    Object.assign(reader.came, { set: () => void reader.mover.stop(sha256).then(() => resolve('not told')) });
  });
  const address = await author.links.listen({ host: '127.0.0.1', port: 0 });
  await reader.links.dial({ ...address, device: author.self.device });
  reader.mover.fetch({ entry: ENTRY, conversation: CONVERSATION, from: 'alice' as Username, facts });
  expect(await Promise.race([reader.over, stopped])).toBe('complete');
  expect(reader.blobs.has(sha256)).toBe(true);
}, 120_000);

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
