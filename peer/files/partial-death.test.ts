/** A download whose process dies: see also `npm run fault -- files`, which kills real ones. */
import { cpSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { FILE_CHUNK } from '../../protocol/files.js';
import { systemDisk } from './blob-disk.js';
import { chunkOf, content, factsOf, manifestOf, TestBlobs } from './test-blobs.js';

const bytes = content(2 * FILE_CHUNK);
const facts = factsOf(bytes);
const opened: TestBlobs[] = [];
afterEach(() => Promise.all(opened.splice(0).map((blobs) => blobs.remove())));

async function open(...given: Parameters<typeof TestBlobs.open>): Promise<TestBlobs> {
  const blobs = await TestBlobs.open(...given);
  opened.push(blobs);
  return blobs;
}

test.each([
  ['right', chunkOf(bytes, 1), true],
  ['wrong', chunkOf(bytes, 0), false],
])(
  'a chunk that is written and not hashed yet then counts after the next start if it is right: %s',
  async (_, sent, counts) => {
    let flagged = (): void => undefined;
    let hash = (): void => undefined;
    const [isFlagged, mayHash] = [
      new Promise<void>((resolve) => (flagged = resolve)),
      new Promise<void>((resolve) => (hash = resolve)),
    ];
    const blobs = await open({
      disk: {
        ...systemDisk,
        async open(path, flags, mode) {
          const file = await systemDisk.open(path, flags, mode);
          if (!path.endsWith('done')) return file;
          const write: typeof file.write = async (...args) => {
            const written = await file.write(...args);
            flagged();
            return written;
          };
          return Object.assign(Object.create(file) as typeof file, { write });
        },
        hashes() {
          const hashes = systemDisk.hashes();
          return {
            open: (path) => hashes.open(path),
            close: () => hashes.close(),
            chunk: (one) => mayHash.then(() => hashes.chunk(one)),
          };
        },
      },
    });
    const before = await blobs.store.partial(facts);
    await before.setManifest(manifestOf(bytes));
    const written = before.write(1, sent);
    await isFlagged;
    expect(before.has(1)).toBe(false);

    // What the next process finds.
    const next = await open();
    await next.reopen(() => cpSync(blobs.directory, next.directory, { recursive: true }));
    expect((await next.store.partial(facts)).has(1)).toBe(counts);

    hash();
    expect(await written).toBe(counts ? 'ok' : 'wrong');
    expect(before.has(1)).toBe(counts);
  },
);

test('a file that was moved to its place, and whose folder could not be synced, counts once it could', async () => {
  let failing = new Set(['blobs']);
  const blobs = await open({
    disk: {
      ...systemDisk,
      async syncDirectory(path) {
        if (failing.delete(basename(path))) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        await systemDisk.syncDirectory(path);
      },
    },
  });
  const partial = await blobs.store.partial(facts);
  await partial.setManifest(manifestOf(bytes));
  for (const n of [0, 1]) await partial.write(n, chunkOf(bytes, n));
  await expect(partial.complete()).rejects.toMatchObject({ code: 'storage_failed' });
  failing = new Set([facts.sha256.slice(0, 2)]);
  await expect(partial.complete()).rejects.toMatchObject({ code: 'storage_failed' });
  expect(blobs.store.facts(facts.sha256)).toBeUndefined();
  expect(await partial.complete()).toBe('complete');
  await blobs.reopen();
  expect(blobs.store.facts(facts.sha256)).toEqual(facts);
});
