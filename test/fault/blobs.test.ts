/** Files on a disk that is full: said, nothing half kept, and all goes on once there is room. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chunkOf, collected, content, factsOf, manifestOf, TestBlobs } from '../../peer/files/test-blobs.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import { TempDir } from '../support/temp-dir.js';
import { SmallDisk } from './small-disk.js';

const folder = new TempDir();
const disk = SmallDisk.mount(join(folder.path, 'disk'), 16);
afterAll(async () => {
  disk?.unmount();
  await folder.remove();
});

if (!disk) test.skip('NOT RUN: this machine lets us mount no small disk (root, tmpfs)', () => undefined);

describe('on a full disk', () => {
  if (!disk) return;
  const full = disk;
  const bytes = content(10 * FILE_CHUNK - 7);
  const facts = factsOf(bytes);
  let blobs: TestBlobs;
  beforeEach(async () => {
    blobs = await TestBlobs.open({}, join(full.path, 'peer'));
  });
  afterEach(async () => {
    full.makeRoom();
    await blobs.remove();
  });

  // 10 %, 50 %, 99 % of it.
  test.each([1, 5, 9])('a file of which %d chunks of 10 are here waits, and goes on', async (before) => {
    const partial = await blobs.store.partial(facts);
    await partial.setManifest(manifestOf(bytes));
    for (let n = 0; n < before; n++) await partial.write(n, chunkOf(bytes, n));
    full.fill();
    for (let n = before; n < 10; n++)
      await expect(partial.write(n, chunkOf(bytes, n))).rejects.toMatchObject({ code: 'storage_full' });
    expect([partial.missing, partial.has(before)]).toEqual([10 - before, false]);
    full.makeRoom();
    for (let n = before; n < 10; n++) expect(await partial.write(n, chunkOf(bytes, n))).toBe('ok');
    expect(await partial.complete()).toBe('complete');
    expect((await collected(blobs.store.read(facts.sha256, 0, facts.size))).equals(bytes)).toBe(true);
  });

  test('what is complete but cannot be moved to its place is moved once there is room', async () => {
    const partial = await blobs.store.partial(facts);
    await partial.setManifest(manifestOf(bytes));
    for (let n = 0; n < 10; n++) await partial.write(n, chunkOf(bytes, n));
    full.fill();
    await expect(partial.complete()).rejects.toMatchObject({ code: 'storage_full' });
    expect([blobs.store.has(facts.sha256), partial.missing]).toEqual([false, 0]);
    full.makeRoom();
    expect(await partial.complete()).toBe('complete');
  });

  test.each([2, 10])('taking in %d chunks fails, and leaves nothing', async (chunks) => {
    full.fill();
    const part = bytes.subarray(0, chunks * FILE_CHUNK);
    const taken = blobs.store.take(Readable.from([part]), {});
    await expect(taken).rejects.toMatchObject({ code: 'storage_full' });
    expect([blobs.paths(), blobs.store.used()]).toEqual([[], 0]);
    full.makeRoom();
    expect(await blobs.store.take(Readable.from([part]), {})).toMatchObject(factsOf(part));
  });

  test('a file that was asked for cannot be begun, and can once there is room', async () => {
    full.fill();
    const begun = async (): Promise<boolean> => (await blobs.store.partial(facts)).setManifest(manifestOf(bytes));
    await expect(begun()).rejects.toMatchObject({ code: 'storage_full' });
    expect(existsSync(join(blobs.directory, 'partial'))).toBe(true);
    full.makeRoom();
    expect(await begun()).toBe(true);
  });
});
