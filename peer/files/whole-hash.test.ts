import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { content, hex } from './test-blobs.js';
import { WholeHashes } from './whole-hash.js';

const MIB = 1024 * 1024;

let folder: TempDir;
let directory: string;
let path: string;
let hashes: WholeHashes;
beforeEach(() => {
  folder = new TempDir();
  directory = folder.path;
  path = join(directory, 'file');
  hashes = folder.closing(new WholeHashes(), (opened) => opened.close());
});
afterEach(() => folder.remove());

test('follows a file that grows, beside others, and tells its hash', async () => {
  const bytes = content(5 * MIB + 3);
  const file = hashes.open(path);
  for (const [from, to] of [
    [0, 1],
    [1, 2 * MIB],
    [2 * MIB, bytes.length],
  ] as const) {
    appendFileSync(path, bytes.subarray(from, to));
    await file.advance(to);
  }
  const other = join(directory, 'other');
  writeFileSync(other, 'other');
  const digests = [file.digest(bytes.length), hashes.open(other).digest(5), hashes.open(other).digest(0)];
  expect(await Promise.all(digests)).toEqual([bytes, Buffer.from('other'), Buffer.alloc(0)].map(hex));
});

test('keeps a writer from running ahead of it', async () => {
  writeSparse(66 * MIB);
  const file = hashes.open(path);
  let told = 0;
  const steps = [1, 65, 66].map((at) => file.advance(at * MIB).then(() => (told = at)));
  await steps[0];
  expect(told).toBe(1);
  await Promise.all(steps);
  expect(await file.digest(66 * MIB)).toBe(hex(Buffer.alloc(66 * MIB)));
});

function writeSparse(size: number): number {
  writeFileSync(path, '');
  truncateSync(path, size);
  return size;
}

test.each(['is not there', 'is shorter than what was said'])(
  'fails where the file %s, and for that file alone',
  async (what) => {
    if (what !== 'is not there') writeFileSync(path, 'short');
    const file = hashes.open(path);
    await expect(file.digest(100)).rejects.toThrow(/ENOENT|shorter/);
    await file.drop();
    await expect(file.advance(101)).rejects.toThrow();
    const other = join(directory, 'other');
    writeFileSync(other, 'other');
    expect(await hashes.open(other).digest(5)).toBe(hex(Buffer.from('other')));
  },
);

test('lets go of what is dropped or closed: whoever waits is told', async () => {
  writeSparse(100 * MIB);
  const [dropped, closed] = [hashes.open(path), hashes.open(path)];
  const outcomes = Promise.allSettled([dropped.digest(100 * MIB), closed.digest(100 * MIB)]);
  await dropped.drop();
  await dropped.drop();
  await hashes.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await closed.drop();
});

test('begins anew after its thread was closed', async () => {
  writeFileSync(path, 'again');
  expect(await hashes.open(path).digest(5)).toBe(hex(Buffer.from('again')));
  await hashes.close();
  expect(await hashes.open(path).digest(5)).toBe(hex(Buffer.from('again')));
});
