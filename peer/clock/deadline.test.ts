import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { deadline } from './deadline.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is held weakly stays until the running turn of the event loop is over. */
async function collected(): Promise<void> {
  await new Promise(setImmediate);
  collect();
}

/** Resolves when the signal comes, and holds nothing else of it. */
function coming(ms: number, outer?: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    const { signal } = deadline(ms, outer);
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}

test('comes after its time, although the heap was collected before', async () => {
  const outer = new AbortController();
  const late = coming(50, outer.signal);
  await collected();
  expect(await late).toMatchObject({ name: expect.stringMatching(/^(Abort|Timeout)Error$/) });
});

test('comes with the other signal, also with one that has come already', async () => {
  const outer = new AbortController();
  const early = coming(3600_000, outer.signal);
  await collected();
  outer.abort(new Error('not needed'));
  expect(await early).toMatchObject({ message: 'not needed' });
  expect(deadline(3600_000, outer.signal).signal).toMatchObject({ aborted: true });
});

test('that has ended comes no more, and leaves nothing at the other signal', () => {
  const outer = new AbortController();
  const { signal, end } = deadline(3600_000, outer.signal);
  end();
  outer.abort();
  expect(signal.aborted).toBe(false);
});
