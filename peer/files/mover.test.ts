import { afterAll, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Entry } from '../../protocol/entry.js';
import type { EntryId, Username } from '../../protocol/ids.js';
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
): Promise<{ peer: Side; stranger: Side; socket: TLSSocket; heard: () => string[] }> {
  const known: { entry?: Entry } = {};
  const [peer, stranger] = [
    await Side.open(`p-${name}`, () => known.entry),
    await Side.open(`s-${name}`, () => undefined),
  ];
  const { sha256, size, chunks } = await peer.blobs.take(Readable.from([randomBytes(3 * FILE_CHUNK)]), {});
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

test('what is not shared and what does not exist have the same answer', async () => {
  const { peer, socket, heard } = await hostile('foreign');
  peer.shared = false;
  const other = 'z'.repeat(43) as EntryId;
  socket.write(line({ type: 'manifest_request', entry: ENTRY }) + line({ type: 'manifest_request', entry: other }));
  socket.write(line({ type: 'chunk_request', entry: ENTRY, chunk: 0 }));
  while (heard().length < 4) await new Promise((resolve) => socket.once('data', resolve));
  const answers = heard()
    .slice(0, 3)
    .map((text) => JSON.parse(text) as { entry: string; code: string });
  expect(answers.map(({ code }) => code)).toEqual(['not_found', 'not_found', 'not_found']);
  expect({ ...answers[0], entry: other }).toEqual(answers[1]);
}, 120_000);

test('where a limit makes the next chunk come much later, that is said, rather than nothing', async () => {
  const { peer, socket, heard } = await hostile('limited');
  peer.mover.limit({ down: 0, up: 10_000, atOnce: 1 });
  for (const chunk of [0, 1]) socket.write(line({ type: 'chunk_request', entry: ENTRY, chunk }));
  const refusal = (): string | undefined => heard().find((text) => text.includes('file_refused'));
  while (refusal() === undefined) await new Promise((resolve) => socket.once('data', resolve));
  expect(refusal()).toContain('"code":"rate_limited"');
}, 120_000);
