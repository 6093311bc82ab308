import { beforeEach, expect, test } from '@jest/globals';
import { Admission } from './admission.js';

let now: number;
let tick: () => void;
let stopped: boolean;
let told: boolean[];
let admission: Admission;

beforeEach(() => {
  [now, stopped, told] = [0, false, []];
  admission = new Admission({
    least: 8,
    steady: () => now,
    every: (_ms, run) => {
      tick = run;
      return () => (stopped = true);
    },
    changed: (isBehind) => told.push(isBehind),
  });
});

const turn = (ms: number): Promise<void> => {
  now += ms;
  tick();
  return new Promise(setImmediate);
};

/** Requests that end when they are told to, and which of them are under way. */
class Requests {
  readonly underWay = new Map<number, () => void>();

  begin(n: number): void {
    void admission.run(() => new Promise<void>((resolve) => this.underWay.set(n, resolve)));
  }

  end(n: number): void {
    this.underWay.get(n)?.();
    this.underWay.delete(n);
  }
}

test('as long as nothing lags, nobody waits', async () => {
  const requests = new Requests();
  for (let n = 0; n < 500; n++) requests.begin(n);
  await turn(60);
  expect([requests.underWay.size, admission.waiting, told]).toEqual([500, 0, []]);
});

test('while it lags there are ever fewer at once, but always some; they come in their order', async () => {
  const requests = new Requests();
  for (let n = 0; n < 40; n++) requests.begin(n);
  const sizes: number[] = [];
  for (let lags = 0; lags < 4; lags++) {
    await turn(2_000);
    if (lags === 0) for (let n = 400; n < 600; n++) requests.begin(n);
    for (const n of [...requests.underWay.keys()]) requests.end(n);
    await new Promise(setImmediate);
    sizes.push(requests.underWay.size);
  }
  // Three quarters of what was under way, each time.
  expect(sizes).toEqual([30, 22, 16, 12]);
  expect([...requests.underWay.keys()]).toEqual(Array.from({ length: 12 }, (_, n) => 468 + n));
  expect(told).toEqual([true]);
});

test('it is never less than some at once', async () => {
  const requests = new Requests();
  for (let lags = 0; lags < 12; lags++) await turn(2_000);
  for (let n = 100; n < 140; n++) requests.begin(n);
  expect([...requests.underWay.keys()]).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
  requests.end(103);
  await new Promise(setImmediate);
  expect(requests.underWay.has(108)).toBe(true);
  expect([requests.underWay.size, admission.waiting]).toEqual([8, 31]);
});

test('once it keeps up again, there are more with each tick, until nobody waits', async () => {
  const requests = new Requests();
  for (let lags = 0; lags < 12; lags++) await turn(2_000);
  for (let n = 100; n < 140; n++) requests.begin(n);
  expect([requests.underWay.size, admission.waiting]).toEqual([8, 32]);
  const sizes: number[] = [];
  for (let ticks = 0; ticks < 4; ticks++) {
    await turn(50);
    sizes.push(requests.underWay.size);
  }
  expect([sizes, admission.waiting, told]).toEqual([[16, 24, 32, 40], 0, [true, false]]);
});

test('a request that waits for somebody else keeps its place for some turns only; it goes on all the same', async () => {
  const requests = new Requests();
  for (let lags = 0; lags < 12; lags++) await turn(2_000);
  const slow = Array.from({ length: 8 }, (_, n) => n);
  const answers: number[] = [];
  for (const n of slow)
    void admission
      .run(() => new Promise<void>((resolve) => requests.underWay.set(n, resolve)))
      .then(() => answers.push(n));
  for (let n = 100; n < 120; n++) requests.begin(n);
  for (let lags = 0; lags < 4; lags++) await turn(2_000);
  expect([requests.underWay.size, admission.waiting]).toEqual([8, 20]);
  await turn(2_000);
  // All eight places are others' now, and no more than eight.
  expect([requests.underWay.size, admission.waiting]).toEqual([16, 12]);
  for (const n of slow) requests.end(n);
  await new Promise(setImmediate);
  expect(answers).toEqual(slow);
  // Who ends without a place frees none.
  expect([requests.underWay.size, admission.waiting]).toEqual([8, 12]);
});

test('a request that fails makes room like any other, and its error reaches who asked', async () => {
  for (let lags = 0; lags < 12; lags++) await turn(2_000);
  const failing = Array.from({ length: 20 }, (_, n) => admission.run(() => Promise.reject(new Error(String(n)))));
  const outcomes = await Promise.allSettled(failing);
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
    Array.from({ length: 20 }, (_, n) => `Error: ${String(n)}`),
  );
  expect(admission.waiting).toBe(0);
});

test('closed, it keeps nobody waiting', async () => {
  const requests = new Requests();
  for (let lags = 0; lags < 12; lags++) await turn(2_000);
  for (let n = 0; n < 20; n++) requests.begin(n);
  expect(admission.waiting).toBe(12);
  admission.close();
  await new Promise(setImmediate);
  expect([requests.underWay.size, admission.waiting, stopped, told]).toEqual([20, 0, true, [true, false]]);
});
