/** Sources that say something else than they should, over real TLS: the file is right all the same, and comes from who has it. */
import { afterAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Entry } from '../../protocol/entry.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { Username } from '../../protocol/ids.js';
import { manifestOf } from './test-blobs.js';
import { CONVERSATION, ENTRY, entryOf, Side, temp } from './test-mover.js';

afterAll(() => temp.remove());

const bytes = randomBytes(2 * FILE_CHUNK + 7);
const line = (message: object): string => `${JSON.stringify(message)}\n`;
const list = manifestOf(bytes);
const first = bytes.subarray(0, FILE_CHUNK);
const manifest = (body: Buffer, length = body.length): (string | Buffer)[] => [
  line({ type: 'manifest', entry: ENTRY, length }),
  body,
];
const honest = [line({ type: 'have', entry: ENTRY, chunks: '*' }), ...manifest(list)];
const chunk = (n: number, length: number, body: Buffer): (string | Buffer)[] => [
  line({ type: 'chunk', entry: ENTRY, chunk: n, length }),
  body,
];

interface Case {
  /** Answers to the first request, and to those that follow at once. */
  readonly says: (string | Buffer)[];
  readonly then?: (string | Buffer)[];
  /** Whether they are named to the user; else the link is ended. */
  readonly named: boolean;
}

test.each<[string, Case]>([
  ['other hashes', { says: manifest(Buffer.alloc(96, 1)), named: true }],
  ['too few hashes', { says: manifest(list.subarray(32)), named: false }],
  ['100,000 hashes', { says: manifest(Buffer.of(), 3_200_000), named: false }],
  ['other bytes', { says: honest, then: chunk(0, FILE_CHUNK, Buffer.alloc(FILE_CHUNK)), named: true }],
  ['a chunk that is shorter', { says: honest, then: chunk(0, 5, Buffer.alloc(5)), named: false }],
  [
    'more than it has announced',
    { says: honest, then: chunk(0, FILE_CHUNK, Buffer.concat([first, Buffer.from('and more\n')])), named: false },
  ],
  [
    'another chunk than was asked',
    { says: honest, then: chunk(1, FILE_CHUNK, Buffer.alloc(FILE_CHUNK)), named: false },
  ],
])(
  '%s',
  async (name, { says, then, named }) => {
    const known: { entry?: Entry } = {};
    const names = ['liar', 'reader', 'giver'].map(
      (role) => `${role}-${name.replaceAll(/[^a-z0-9]/g, '').slice(0, 12)}`,
    );
    const [liar, reader, giver] = (await Promise.all(names.map((one) => Side.open(one, () => known.entry)))) as [
      Side,
      Side,
      Side,
    ];
    const { sha256, size, chunks } = await giver.blobs.take(Readable.from([bytes]), {});
    const facts = { sha256, size, chunks };
    known.entry = entryOf(facts);
    const address = { ...(await reader.links.listen({ host: '127.0.0.1', port: 0 })), device: reader.self.device };
    await liar.links.dial(address);
    const { socket } = await liar.links.dialFiles(address);
    const over = answering(socket, says, then);
    reader.mover.fetch({ entry: ENTRY, conversation: CONVERSATION, from: 'alice' as Username, facts });
    const isNamed = (): boolean => reader.coming.some(({ liars }) => liars.includes(liar.self.username));
    if (named) while (!isNamed()) await reader.told();
    else await over;
    expect(reader.links.get(liar.self.device)).toBeDefined();
    await giver.links.dial(address);
    expect(await reader.over).toBe('complete');
    expect(isNamed()).toBe(named);
    expect(reader.blobs.facts(sha256)).toEqual(facts);
  },
  120_000,
);

/** @returns when the other side has had enough */
function answering(socket: TLSSocket, says: Case['says'], then: Case['then']): Promise<void> {
  const left = [says, then];
  socket.on('error', () => undefined);
  socket.on('data', () => {
    for (const piece of left.shift() ?? []) socket.write(piece);
  });
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
