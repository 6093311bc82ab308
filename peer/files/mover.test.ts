import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import { FILES_FEATURE } from '../../protocol/link-messages.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { Links } from '../link/links.js';
import { LINK_LIMITS } from '../link/types.js';
import { BlobStore, type BlobFacts } from './blob-store.js';
import { Mover } from './mover.js';
import type { Coming } from './ports.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };
const ENTRY = 'e'.repeat(43) as EntryId;
const CONVERSATION = '#general' as ConversationId;
const temp = new TempDir();
const folder = temp.path;
let ca: TestCa;

beforeAll(async () => {
  ca = await TestCa.create();
});
afterAll(() => temp.remove());

/** A peer as far as files are concerned: real links, a real store, and one entry that all know. */
class Side {
  readonly coming: Coming[] = [];
  shared = true;
  private constructor(
    readonly self: TestDevice,
    readonly links: Links,
    readonly blobs: BlobStore,
    readonly mover: Mover,
    readonly over: Promise<string>,
  ) {}

  static async open(name: string, entry: () => Entry | undefined): Promise<Side> {
    const self = await ca.device(name);
    const blobs = await BlobStore.open(join(folder, name), { log: quiet });
    const mover: Mover = new Mover({
      ...{ blobs, timers, random: Math.random, now: () => performance.now() },
      dial: (target) => links.dialFiles(target),
      entry: (id) => (id === ENTRY ? entry() : undefined),
      entriesOf: () => [entry()].flatMap((one) => one ?? []),
      shares: () => side.shared,
    });
    const links: Links = new Links({
      ...{ identity: self, limits: LINK_LIMITS, clock: Date, timers, log: quiet, features: [FILES_FEATURE] },
      revoked: () => false,
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
        coming: (coming) => void side.coming.push(coming),
        over: (_, outcome) => resolve(outcome),
        going: () => undefined,
      });
    });
    const side = new Side(self, links, blobs, mover, over);
    return temp.closing(side, () => side.close());
  }

  async close(): Promise<void> {
    await this.mover.close();
    await this.links.close();
    await this.blobs.close();
  }
}

function entryOf(facts: BlobFacts): Entry {
  const data = { ...facts, name: 'plan.bin', mime: 'application/octet-stream' };
  return { id: ENTRY, kind: 'file', conversation: CONVERSATION, from: 'alice', data } as unknown as Entry;
}

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
