/** Names as the system knows them, and a look-up that is given up. Real processes. */
import { expect, test } from '@jest/globals';
import { lookUp } from './look-up.js';

const never = new AbortController().signal;

test('what the system knows, and why it knows nothing', async () => {
  expect(await lookUp('localhost', never)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]),
  );
  // It is a name and nothing else, whatever is in it; one with so long a part is asked of nobody.
  await expect(lookUp(`--${'v'.repeat(70)}`, never)).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
});

test('one that is given up leaves no process behind', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  const stop = new AbortController();
  const asked = lookUp('localhost', stop.signal);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  const processes = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  while (processes() > before) await new Promise(setImmediate);
});
