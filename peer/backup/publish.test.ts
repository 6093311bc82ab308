import { afterAll, expect, test } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '../../test/support/temp-dir.js';
import { publish } from './publish.js';

const folder = new TempDir();
afterAll(() => folder.remove());

/** A disk that knows no links, as it says so. */
const without = (code: string) => ({ link: () => Promise.reject(Object.assign(new Error(code), { code })) });

async function prepared(): Promise<{ dir: string; part: string; target: string }> {
  const dir = await folder.sub('place');
  const part = join(dir, '.part');
  await writeFile(part, 'whole');
  return { dir, part, target: join(dir, 'target') };
}

test.each(['EPERM', 'ENOTSUP', 'EXDEV', 'ENOSYS', 'EOPNOTSUPP'])(
  'a disk without links (%s) gets the whole file, and loses nothing that is there',
  async (code) => {
    const { dir, part, target } = await prepared();
    await publish(part, target, without(code));
    expect([await readdir(dir), await readFile(target, 'utf8')]).toEqual([['target'], 'whole']);
    await writeFile(part, 'another');
    await expect(publish(part, target, without(code))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(target, 'utf8')).toBe('whole');
  },
);

test.each([
  ['with links', undefined],
  ['without', without('EPERM')],
])('of several at once one is there: %s', async (_, system) => {
  const { dir, target } = await prepared();
  const parts = Array.from({ length: 6 }, (_unused, n) => join(dir, `.part${n}`));
  for (const part of parts) await writeFile(part, part);
  const outcomes = await Promise.allSettled(parts.map((part) => publish(part, target, system)));
  const done = outcomes.flatMap(({ status }, at) => (status === 'fulfilled' ? [parts[at]] : []));
  expect(done).toHaveLength(1);
  expect(await readFile(target, 'utf8')).toBe(done[0]);
});

test('what else goes wrong is told, and nothing is left in the place', async () => {
  const { dir, part, target } = await prepared();
  await expect(publish(part, target, without('EIO'))).rejects.toMatchObject({ code: 'EIO' });
  expect(await readdir(dir)).toEqual(['.part']);
});
