/** A file that is there whole or not at all, also where somebody stops the command that writes it. */
import { EventEmitter } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { makeNewFile } from './new-file.js';

const temp = new TempDir();
let folder: string;
beforeEach(async () => {
  folder = await temp.sub('new-file');
});
afterAll(() => temp.remove());

class Host extends EventEmitter {
  readonly pid = 1;
  readonly killed: unknown[] = [];
  kill = (pid: number, signal: string): void => void this.killed.push([pid, signal]);
}

test('is there once it is whole, and nothing is overwritten', async () => {
  const [target, host] = [join(folder, 'file'), new Host()];
  await makeNewFile(target, (part) => writeFile(part, 'whole'), host);
  expect([await readdir(folder), await readFile(target, 'utf8')]).toEqual([['file'], 'whole']);
  await expect(makeNewFile(target, (part) => writeFile(part, 'other'), host)).rejects.toMatchObject({
    code: 'bad_request',
  });
  expect(host.eventNames()).toEqual([]);
});

test('is refused where there is no folder for it, and the place is named as a person has named it', async () => {
  const fill = (part: string) => writeFile(part, 'whole');
  await writeFile(join(folder, 'plain'), '');
  for (const [target, says] of [
    [join(folder, 'none', 'file'), `There is no ${join(folder, 'none')}.`],
    [join(folder, 'plain', 'file'), `${join(folder, 'plain')} is no folder.`],
  ] as const)
    await expect(makeNewFile(target, fill, new Host())).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining(says),
    });
  const target = join(folder, 'file');
  await expect(makeNewFile(target, (part) => readFile(part).then(() => undefined), new Host())).rejects.toMatchObject({
    code: 'ENOENT',
    path: target,
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'nothing of it is left by a process that %s ends',
  async (signal) => {
    const host = new Host();
    const left = await new Promise<string[]>((resolve) => {
      void makeNewFile(
        join(folder, 'file'),
        async (part) => {
          await writeFile(part, 'half');
          host.emit(signal, signal);
          resolve(await readdir(folder));
          throw new Error('ended');
        },
        host,
      ).catch(() => undefined);
    });
    // As the system would have ended it.
    expect([left, host.killed]).toEqual([[], [[1, signal]]]);
  },
);
