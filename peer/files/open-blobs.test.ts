import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { systemDisk } from './blob-disk.js';
import type { DiskFile } from './chunk-io.js';
import { OpenBlobs } from './open-blobs.js';
import { remembered } from './recent.js';

const temp = new TempDir();
afterAll(() => temp.remove());

/** Files named a, b, …, each with its name in it, and what was opened and closed of them. */
async function world(names: readonly string[]) {
  const directory = await temp.sub('blobs');
  for (const name of names) await writeFile(join(directory, name), name.repeat(4));
  const open = new Set<DiskFile>();
  let opened = 0;
  const disk = {
    ...systemDisk,
    open: async (...args: Parameters<typeof systemDisk.open>) => {
      const file = await systemDisk.open(...args);
      opened += 1;
      open.add(file);
      const close = file.close.bind(file);
      return Object.assign(file, { close: () => close().finally(() => open.delete(file)) });
    },
  };
  const blobs = new OpenBlobs(disk);
  const into = Buffer.alloc(8);
  const read = async (name: string, length = 4): Promise<string> =>
    into.toString('utf8', 0, await blobs.read(join(directory, name), into, length, 0));
  return { directory, blobs, read, open, opened: () => opened };
}

test('what is read again is opened once, and a few of them stay open', async () => {
  const names = 'abcdefghij'.split('');
  const { blobs, read, open, opened } = await world(names);
  for (let i = 0; i < 3; i++) expect(await read('a')).toBe('aaaa');
  expect(opened()).toBe(1);
  for (const name of names) expect(await read(name)).toBe(name.repeat(4));
  expect(opened()).toBe(names.length);
  await blobs.close();
  expect(open.size).toBe(0);
});

test('another file in its place is seen once it was forgotten, and by whoever finds the old one cut', async () => {
  const { directory, blobs, read, open } = await world(['a', 'b']);
  expect(await read('a')).toBe('aaaa');
  await rename(join(directory, 'b'), join(directory, 'a'));
  blobs.forget(join(directory, 'a'));
  expect(await read('a')).toBe('bbbb');
  expect(await read('a', 8)).toBe('bbbb');
  await writeFile(join(directory, 'c'), 'cccccccc');
  await rename(join(directory, 'c'), join(directory, 'a'));
  expect(await read('a', 8)).toBe('cccccccc');
  await blobs.close();
  expect(open.size).toBe(0);
});

test('who reads is not cut off when it is forgotten meanwhile, and what cannot be opened is tried again', async () => {
  const { directory, blobs, read, open } = await world(['a']);
  const reading = read('a');
  blobs.forget(join(directory, 'a'));
  expect(await reading).toBe('aaaa');
  await expect(read('b')).rejects.toThrow('ENOENT');
  await writeFile(join(directory, 'b'), 'bbbb');
  expect(await read('b')).toBe('bbbb');
  await blobs.close();
  expect(open.size).toBe(0);
});

test('what is remembered is the last few, and never that there was nothing', () => {
  const asked: number[] = [];
  const there = new Map([1, 2, 3].map((key) => [key, `${key}`]));
  const get = remembered(2, (key: number) => {
    asked.push(key);
    return there.get(key);
  });
  expect([1, 1, 2, 1, 3, 1, 2, 4, 4].map(get)).toEqual(['1', '1', '2', '1', '3', '1', '2', undefined, undefined]);
  expect(asked).toEqual([1, 2, 3, 2, 4, 4]);
  there.set(4, '4');
  expect(get(4)).toBe('4');
});
