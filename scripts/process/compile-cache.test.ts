import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { keepCompiled } from './compile-cache.js';

const temporary: TempDir[] = [];
let home = '';
let enabled: string[] = [];
const enable = (folder: string): unknown => enabled.push(folder);
const user = process.getuid?.();

beforeEach(() => {
  const made = new TempDir();
  temporary.push(made);
  home = made.path;
  enabled = [];
});
afterAll(async () => {
  for (const made of temporary) await made.remove();
});

test('the folder is made for its owner alone, and found again', async () => {
  const folder = join(home, 'cache', 'parley');
  for (const _ of [1, 2]) keepCompiled({ folder, user, enable });
  expect(enabled).toEqual([folder, folder]);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('a Node without it makes no folder', async () => {
  const folder = join(home, 'parley');
  keepCompiled({ folder, user, enable: undefined });
  await expect(stat(folder)).rejects.toThrow('ENOENT');
});

test('what others could have put there is not run', async () => {
  const [shared, link, file] = [join(home, 'shared'), join(home, 'link'), join(home, 'file')];
  await mkdir(shared);
  await symlink(home, link);
  await writeFile(file, '');
  for (const mode of [0o770, 0o707, 0o720]) {
    await chmod(shared, mode);
    keepCompiled({ folder: shared, user, enable });
  }
  keepCompiled({ folder: home, user: (user ?? 0) + 1, enable });
  for (const folder of [link, file, join(file, 'below')]) keepCompiled({ folder, user, enable });
  expect(enabled).toEqual([]);
});
