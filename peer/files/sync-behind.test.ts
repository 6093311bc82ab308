import { expect, test } from '@jest/globals';
import { SyncBehind } from './sync-behind.js';

const MIB = 1024 * 1024;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A file whose syncs end when they are told to. */
function testFile() {
  const syncs: { done: () => void; fail: (error: Error) => void }[] = [];
  const sync = (): Promise<void> => new Promise((done, fail) => syncs.push({ done, fail }));
  return { syncs, behind: new SyncBehind({ sync }) };
}

test('what was written is synced in pieces, one at a time, and the rest at the end', async () => {
  const { syncs, behind } = testFile();
  behind.wrote(MIB);
  expect(syncs).toHaveLength(0);
  behind.wrote(MIB);
  behind.wrote(20 * MIB);
  expect(syncs).toHaveLength(1);
  syncs[0]?.done();
  await behind.idle();
  behind.wrote(1);
  expect(syncs).toHaveLength(2);
  const all = behind.all();
  syncs[1]?.done();
  await turn();
  expect(syncs).toHaveLength(3);
  syncs[2]?.done();
  await all;
});

test('what went wrong with a piece is told at the end, once: the system tells it of a file once', async () => {
  const { syncs, behind } = testFile();
  behind.wrote(2 * MIB);
  syncs[0]?.fail(new Error('EIO'));
  await behind.idle();
  const first = behind.all();
  await turn();
  syncs[1]?.done();
  await expect(first).rejects.toThrow('EIO');
  const again = behind.all();
  await turn();
  syncs[2]?.done();
  await again;
});
