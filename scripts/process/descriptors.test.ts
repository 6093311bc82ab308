/** A process that is given no more files: it says so once, and when it is over. Of a real one, in a process of its own. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { watchDescriptors } from './descriptors.js';

/** Takes all that there are, and gives the code of what comes then. */
const PROGRAM = `const { openSync } = require('node:fs'); const { devNull } = require('node:os');
try { for (;;) openSync(devNull, 'r'); } catch (error) { console.log(error.code); }`;

test('it is said once when there are none left, and once when there are some again', async () => {
  const said: string[] = [];
  const answers = [undefined, 'EMFILE', 'EMFILE', 'EACCES', 'ENFILE', undefined, undefined];
  let looks = 0;
  await new Promise<void>((resolve) => {
    const log = {
      info: (_: object, text: string) => void said.push(`info ${text}`),
      warn: (_: object, text: string) => void said.push(`warn ${text}`),
    };
    const stop = watchDescriptors(log, {
      everyMs: 1,
      take: () => {
        const code = answers[looks];
        looks += 1;
        if (looks >= answers.length) {
          stop();
          resolve();
        }
        if (code !== undefined) throw Object.assign(new Error(code), { code });
      },
    });
  });
  const full = expect.stringMatching(/^warn the system gives this program no more files.*ulimit -n/);
  const over = expect.stringMatching(/^info there is room/);
  expect(said).toEqual([full, over, full, over]);
});

test('the system says it with the code that is looked for', async () => {
  if (process.platform === 'win32') return;
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    'ulimit -n 64; exec "$0" -e "$1"',
    process.execPath,
    PROGRAM,
  ]);
  expect(stdout.trim()).toBe('EMFILE');
});
