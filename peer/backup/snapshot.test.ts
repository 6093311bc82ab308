import { afterAll, expect, test } from '@jest/globals';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '../../test/support/temp-dir.js';
import { beginSnapshot, removeLeftSnapshot } from './snapshot.js';

const folder = new TempDir();
afterAll(() => folder.remove());

test('what a killed backup has left goes at the next start; what is being made now stays, and keeps another one out', async () => {
  const dataDir = await folder.sub('peer');
  await removeLeftSnapshot(dataDir);
  const backup = join(dataDir, 'backup');
  await mkdir(backup);
  for (const name of ['history.db', 'history.db-journal', 'kept']) await writeFile(join(backup, name), 'x');
  await removeLeftSnapshot(dataDir);
  const left = await readdir(backup);
  expect(left.filter((name) => !name.startsWith('lock'))).toEqual(['kept']);

  const making = await beginSnapshot(dataDir);
  await writeFile(making.path, 'half of it');
  await removeLeftSnapshot(dataDir);
  expect(await readdir(backup)).toContain('history.db');
  await expect(beginSnapshot(dataDir)).rejects.toMatchObject({ code: 'unavailable' });
  await making.done();
  expect(await readdir(backup)).not.toContain('history.db');
});
