/** Test support: peers as far as files are concerned. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Entry } from '../../protocol/entry.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import { FILES_FEATURE } from '../../protocol/link-messages.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { Links } from '../link/links.js';
import { LINK_LIMITS } from '../link/types.js';
import { BlobStore, type BlobFacts } from './blob-store.js';
import type { Through } from './held-chunks.js';
import { Mover } from './mover.js';
import type { Coming } from './ports.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };
export const ENTRY = 'e'.repeat(43) as EntryId;
export const CONVERSATION = '#general' as ConversationId;
export const temp = new TempDir();
export const folder = temp.path;
const ca = TestCa.create();

/** A peer as far as files are concerned: real links, a real store, and one entry that all know. */
export class Side {
  readonly coming: Coming[] = [];
  private readonly waiting: (() => void)[] = [];
  shared = true;
  /** Whether the entry that all know is this side's own. */
  own = true;
  /** Through which conversations what is here came. */
  readonly came = new Map<string, Through>();
  private constructor(
    readonly self: TestDevice,
    readonly links: Links,
    readonly blobs: BlobStore,
    readonly mover: Mover,
    readonly over: Promise<string>,
  ) {}

  static async open(
    name: string,
    entry: () => Entry | undefined,
    now = (): number => performance.now(),
  ): Promise<Side> {
    const self = await (await ca).device(name);
    const blobs = await BlobStore.open(join(folder, name), { log: quiet });
    const mover: Mover = new Mover({
      ...{ blobs, timers, random: Math.random, now },
      dial: ({ host = '', port = 0, device }) => links.dialFiles({ host, port, device }),
      entry: (id) => (id === ENTRY ? entry() : undefined),
      entriesOf: () => [entry()].flatMap((one) => one ?? []),
      shares: () => side.shared,
      seek: () => undefined,
      origins: {
        isShown: (id) => id === ENTRY,
        isOwn: () => side.own,
        came: (sha256, conversation) => {
          const through = side.came.get(sha256);
          const bits = through?.get(conversation);
          return through?.has(conversation) ? (n) => !bits || ((bits[0] ?? 0) & (1 << n)) !== 0 : undefined;
        },
        keep: (sha256, through) => void side.came.set(sha256, through),
      },
    });
    const links: Links = new Links({
      ...{ identity: self, limits: LINK_LIMITS, clock: Date, timers, log: quiet, features: [FILES_FEATURE] },
      barred: () => undefined,
      channels: () => [],
      files: (connection) => mover.accept(connection),
      events: {
        up: (link) => mover.chatUp(link),
        down: (link) => mover.chatDown(link),
        drain: () => undefined,
        messages: (link, messages) => {
          if (messages.some(({ type }) => type === 'file_call')) mover.called(link);
        },
      },
    });
    const over = new Promise<string>((resolve) => {
      mover.tellTo({
        coming: (coming) => {
          side.coming.push(coming);
          for (const tell of side.waiting.splice(0)) tell();
        },
        over: (_, outcome) => resolve(outcome),
        going: () => undefined,
      });
    });
    const side = new Side(self, links, blobs, mover, over);
    return temp.closing(side, () => side.close());
  }

  /** The next time that something is told of what comes. */
  told(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async close(): Promise<void> {
    await this.mover.close();
    await this.links.close();
    await this.blobs.close();
  }
}

export function entryOf(facts: BlobFacts): Entry {
  const data = { ...facts, name: 'plan.bin', mime: 'application/octet-stream' };
  return { id: ENTRY, kind: 'file', conversation: CONVERSATION, from: 'alice', data } as unknown as Entry;
}

/** A real peer with a file, and another device of the conversation that says what it likes on its file link. */
export async function hostile(
  name: string,
  count = 3,
  now?: () => number,
): Promise<{ peer: Side; stranger: Side; socket: TLSSocket; heard: () => string[] }> {
  const known: { entry?: Entry } = {};
  const [peer, stranger] = [
    await Side.open(`p-${name}`, () => known.entry, now),
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

/** Resolves when the other side has had enough. */
export const closed = (socket: TLSSocket): Promise<void> =>
  new Promise((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve())));
export const line = (message: object): string => `${JSON.stringify(message)}\n`;
