/** Processes that die at every single step of taking a file in, and of fetching one: nothing half counts, nothing acknowledged is lost. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { chunkOf, collected, content, factsOf, manifestOf, TestBlobs } from '../../peer/files/test-blobs.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import { projectRoot } from '../support/project.js';
import { runProgram } from '../support/programs.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'test/fault/dying-blobs.mjs');
/** More than any of them takes. */
const STEPS_MAX = 60;

const bytes = content(FILE_CHUNK + 100);
const facts = factsOf(bytes);

/**
 * Runs it with a death at each of its steps. @param judge looks at what the next process finds, knowing what this one said
 * @returns how many steps there were
 */
async function dieAtEachStep(
  way: 'take' | 'fetch',
  judge: (blobs: TestBlobs, said: readonly string[]) => Promise<void>,
): Promise<number> {
  for (let step = 1; step <= STEPS_MAX; step++) {
    const folder = new TempDir();
    const args = [PROGRAM, join(projectRoot, 'dist'), folder.path, way, String(step)];
    const { code, stdout, stderr } = await runProgram(process.execPath, args, 120_000);
    expect(stderr).toBe('');
    const blobs = await TestBlobs.open({}, folder.path);
    try {
      await judge(blobs, stdout.split('\n'));
    } catch (cause) {
      throw new Error(`after a death at step ${step}: ${String(cause)}`, { cause });
    } finally {
      await blobs.remove();
      await folder.remove();
    }
    if (code === 0) return step - 1;
    // The system says how a process that was killed has ended by no code.
    expect(code).toBeNull();
  }
  throw new Error(`more than ${STEPS_MAX} steps`);
}

async function isWhole({ store }: TestBlobs): Promise<boolean> {
  return (await collected(store.read(facts.sha256, 0, facts.size))).equals(bytes);
}

test('taking in: the file is here whole or not at all, and nothing else is left on the disk', async () => {
  let kept = 0;
  const steps = await dieAtEachStep('take', async (blobs, said) => {
    const here = blobs.store.has(facts.sha256);
    if (said.includes('complete')) expect(here).toBe(true);
    expect(blobs.store.all()).toEqual(here ? [facts] : []);
    expect(blobs.paths()).toHaveLength(here ? 2 : 0);
    if (here) expect(await isWhole(blobs)).toBe(true);
    if (here) kept++;
  });
  expect(steps).toBeGreaterThan(12);
  // The end, and the moment between the move and its sync.
  expect(kept).toBeGreaterThan(1);
}, 240_000);

test('fetching: whatever chunk was acknowledged is kept and right, and the rest completes it', async () => {
  let resumed = 0;
  const steps = await dieAtEachStep('fetch', async (blobs, said) => {
    const { store } = blobs;
    if (said.includes('complete')) expect(store.has(facts.sha256)).toBe(true);
    if (!store.has(facts.sha256)) {
      const partial = await store.partial(facts);
      const into = Buffer.alloc(FILE_CHUNK);
      for (const n of [0, 1]) {
        if (said.includes(`chunk ${n}`)) expect(partial.has(n)).toBe(true);
        if (!partial.has(n)) continue;
        const length = await partial.readChunk(n, into);
        expect(into.subarray(0, length).equals(chunkOf(bytes, n))).toBe(true);
        resumed++;
      }
      expect(await partial.setManifest(manifestOf(bytes))).toBe(true);
      for (const n of [0, 1]) if (!partial.has(n)) expect(await partial.write(n, chunkOf(bytes, n))).toBe('ok');
      expect(await partial.complete()).toBe('complete');
    }
    for (const left of await store.begun()) await store.discard(left);
    expect(store.all()).toEqual([facts]);
    expect(await isWhole(blobs)).toBe(true);
    expect(blobs.paths()).toHaveLength(2);
  });
  expect(steps).toBeGreaterThan(20);
  expect(resumed).toBeGreaterThan(10);
}, 240_000);
