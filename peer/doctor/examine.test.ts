import { expect, test } from '@jest/globals';
import { TestTime } from '../link/test-support.js';
import { examine, type Check } from './examine.js';

const never = new Promise<'ok'>(() => undefined);
const hanging: Check = {
  name: 'second',
  after: ['first'],
  limitMs: 3_000,
  late: { code: 'tracker_silent' },
  run: () => never,
};

/** What it tells of one that hangs, after another that has taken so long. Milliseconds. */
async function faultsAfter(ms: number): Promise<readonly string[]> {
  const time = new TestTime();
  const first: Check = {
    name: 'first',
    after: [],
    limitMs: 9_000,
    run: () => new Promise((resolve) => time.setTimeout(() => resolve('ok'), ms)),
  };
  const report = examine([first, hanging], { timers: time, steady: () => time.now(), limitMs: 9_000 });
  await new Promise(setImmediate);
  for (let passed = 0; passed < 9_000; passed += 500) {
    time.advance(500);
    await new Promise(setImmediate);
  }
  return (await report).faults;
}

test('one that takes too long is a fault, but not one that is cut short by the end of all', async () => {
  expect(await faultsAfter(6_000)).toEqual(['tracker_silent']);
  expect(await faultsAfter(6_500)).toEqual([]);
});
