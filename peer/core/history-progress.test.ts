import { beforeEach, expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import type { HistoryView } from '../../protocol/local-api.js';
import type { Holdings } from '../mesh/catch-up.js';
import { HistoryProgress, STALLED_MS, TOLD_FROM } from './history-progress.js';

const device = 'A'.repeat(22) as DeviceId;
let holdings: Holdings | undefined;
let told: (HistoryView | undefined)[];
let now: number;
let timer: (() => void) | undefined;
let progress: HistoryProgress;
let revoked: boolean;
let name: string | undefined;

beforeEach(() => {
  [holdings, told, now, timer, revoked, name] = [undefined, [], 0, undefined, false, undefined];
  progress = new HistoryProgress({
    holdings: () => holdings,
    changed: (view) => told.push(view),
    isRevoked: () => revoked,
    nameOf: () => name,
    timers: { setTimeout: (run) => (timer = run), clearTimeout: () => (timer = undefined) },
    now: () => now,
  });
});

/** So much later it stands so. */
function after(held: number, total: number, linked = true, ms = 500): void {
  holdings = { device, held, total, linked };
  now += ms;
  const run = timer;
  timer = undefined;
  if (run) run();
  else progress.look();
}

test('is told as it comes, and is over when all is here', () => {
  after(0, 1_000);
  after(400, 1_000);
  after(400, 1_000);
  after(999, 1_000);
  after(1_000, 1_000);
  expect(told.map((view) => view?.held)).toEqual([0, 400, 999, undefined]);
  expect(progress.view()).toBeUndefined();
  expect(timer).toBeUndefined();
});

test('says how the device is called, once that is known, also while nothing comes', () => {
  after(0, 1_000);
  name = "Lena's laptop";
  after(0, 1_000);
  after(0, 1_000);
  expect(told).toEqual([
    { device, state: 'coming', held: 0, total: 1_000 },
    { device, name, state: 'coming', held: 0, total: 1_000 },
  ]);
});

test('is told at once, and then no more than twice a second', () => {
  after(0, 1_000);
  for (let held = 1; held <= 50; held++) {
    holdings = { device, held, total: 1_000, linked: true };
    now += 5;
    progress.look();
  }
  expect(told.map((view) => view?.held)).toEqual([0]);
  after(60, 1_000);
  expect(told.map((view) => view?.held)).toEqual([0, 60]);
  progress.close();
  progress.look();
  expect(timer).toBeUndefined();
});

test('the first word of a device is told at once, whatever was looked at before', () => {
  progress.look();
  now += 1;
  holdings = { device, held: 0, total: 1_000, linked: true };
  progress.look();
  expect(told.map((view) => view?.held)).toEqual([0]);
});

test('what comes in a moment is not told', () => {
  after(5_000, 5_000 + TOLD_FROM - 1);
  expect(told).toEqual([]);
});

test('a device that has gone is waited for, and goes on where it was', () => {
  after(0, 1_000);
  after(400, 1_000, false);
  expect(told.at(-1)).toEqual({ device, state: 'waiting', held: 400, total: 1_000 });
  expect(timer).toBeUndefined();
  after(400, 1_000);
  after(1_000, 1_000);
  expect(told.map((view) => view?.state)).toEqual(['coming', 'waiting', 'coming', undefined]);
});

test('a device that claims what it does not bring is not shown for ever', () => {
  after(0, Number.MAX_SAFE_INTEGER);
  after(0, Number.MAX_SAFE_INTEGER, true, STALLED_MS);
  expect(progress.view()).toBeUndefined();
  after(0, Number.MAX_SAFE_INTEGER, false);
  expect(progress.view()).toBeUndefined();
  expect(timer).toBeUndefined();
});

test('a device that was away for long is waited for again as long once it is back', () => {
  after(0, 1_000);
  after(400, 1_000, false);
  after(400, 1_000, false, 10 * STALLED_MS);
  after(400, 1_000);
  expect(told.map((view) => view?.state)).toEqual(['coming', 'waiting', 'coming']);
  after(400, 1_000, true, STALLED_MS);
  expect(progress.view()).toBeUndefined();
});

test('nothing more is waited for of a device that was revoked while it was away', () => {
  after(0, 1_000);
  after(400, 1_000, false);
  revoked = true;
  after(400, 1_000, false);
  expect(told.map((view) => view?.state)).toEqual(['coming', 'waiting', undefined]);
  expect(timer).toBeUndefined();
});
