import { beforeEach, expect, test } from '@jest/globals';
import type { Username } from '../../protocol/ids.js';
import { changedProfile, readProfile } from './profile.js';
import { StatusEnds } from './status-ends.js';

const [alice, bob] = ['alice', 'bob'] as readonly string[] as readonly [Username, Username];
const noon = Date.parse('2026-11-30T12:00:00.000Z');
const iso = (ms: number): string => new Date(noon + ms).toISOString();

let all: Map<Username, number>;
let now: number;
let told: Username[];
let waiting: { run: () => void; ms: number } | undefined;
let ends: StatusEnds;

beforeEach(() => {
  [all, now, told, waiting] = [new Map<Username, number>(), 0, [], undefined];
  ends = new StatusEnds({
    ends: () => all,
    now: () => now,
    changed: (username) => told.push(username),
    timers: { setTimeout: (run, ms) => (waiting = { run, ms }), clearTimeout: () => (waiting = undefined) },
  });
});

/** Time goes on until the next look. */
function wait(): void {
  now += waiting?.ms ?? 0;
  waiting?.run();
}

test('an end is told once, when it comes', () => {
  all.set(alice, 1_000).set(bob, 70_000);
  ends.look();
  wait();
  expect([now, told]).toEqual([1_000, [alice]]);
  for (let i = 0; i < 3; i++) wait();
  expect([now, told]).toEqual([70_000, [alice, bob]]);
  wait();
  expect(told).toEqual([alice, bob]);
});

test('what ended while nobody looked is told at the next look, and a clock that is set back shows it again', () => {
  all.set(alice, 1_000);
  ends.look();
  now = 3_600_000;
  ends.look();
  now = 500;
  ends.look();
  expect(told).toEqual([alice, alice]);
});

test('without any end nothing waits, and nothing after the close', () => {
  ends.look();
  expect(waiting).toBeUndefined();
  all.set(alice, 1_000);
  ends.look();
  ends.close();
  expect(waiting).toBeUndefined();
});

test('a status ends at a time that is to come, said as a time or as minutes', () => {
  const set = (end: object, before = {}) => changedProfile(before, { status: { text: 'lunch', ...end } }, noon).status;
  expect(set({ until: iso(1) })).toEqual({ text: 'lunch', until: iso(1) });
  expect(set({ minutes: 30 })).toEqual({ text: 'lunch', until: iso(1_800_000) });
  expect(set({})).toEqual({ text: 'lunch' });
  for (const until of [iso(0), iso(-1), 'soon', '', '9'.repeat(32)])
    expect(() => set({ until })).toThrow(/still to come/);
});

test('one that is over goes with the next change, and a nonsensical end makes a profile mean nothing', () => {
  const before = { name: 'Al', status: { text: 'lunch', until: iso(-1) } };
  expect(changedProfile(before, { about: 'x' }, noon)).toEqual({ name: 'Al', about: 'x' });
  expect(changedProfile(before, { about: 'x' }, noon - 2)).toMatchObject({ status: before.status });
  for (const until of [7, '', 'soon', '2026-13-30T12:00:00.000Z', '2026-11-30', null])
    expect(readProfile({ status: { text: 'lunch', until } })).toBeUndefined();
});
