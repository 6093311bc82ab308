import { expect, test } from '@jest/globals';
import type { DoctorStep } from '../../protocol/doctor.js';
import { doctorStepOf } from '../../protocol/doctor-texts.js';
import { TestTime } from '../link/test-support.js';
import { examine, type Check, type Finding } from './examine.js';

const never = new Promise<'ok'>(() => undefined);
const hanging: Check = {
  name: 'tracker',
  after: ['connection'],
  limitMs: 3_000,
  late: { code: 'tracker_silent' },
  run: () => never,
};

/** What it tells of one that hangs, after another that has taken so long. Milliseconds. */
async function faultsAfter(ms: number): Promise<readonly string[]> {
  const time = new TestTime();
  const first: Check = {
    name: 'connection',
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

test('while they run it is told how each of them stands, and what is told stays as it was', async () => {
  const time = new TestTime();
  const told: (readonly DoctorStep[])[] = [];
  const check = (name: Check['name'], after: Check['after'], finding: Finding): Check => ({
    ...{ name, after, limitMs: 3_000 },
    run: async () => finding,
  });
  const checks = [check('network', [], 'ok'), check('names', ['network'], { code: 'no_route' })];
  await examine([...checks, check('connection', ['names'], 'ok')], {
    ...{ timers: time, steady: () => time.now() },
    progress: (steps) => void told.push(steps),
  });
  expect(told.map((steps) => steps.map(({ state }) => state))).toEqual([
    ['running', 'waiting', 'waiting'],
    ['ok', 'waiting', 'waiting'],
    ['ok', 'running', 'waiting'],
    ['ok', 'fault', 'waiting'],
    // What builds on a fault is not begun.
    ['ok', 'fault', 'skipped'],
  ]);
  expect(told.map(doctorStepOf)).toEqual([
    { check: 'network', done: 0 },
    { check: 'names', done: 1 },
    { check: 'names', done: 1 },
    { check: 'connection', done: 2 },
    undefined,
  ]);
});
