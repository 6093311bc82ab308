import { expect, test } from '@jest/globals';
import { Duty } from './duty.js';
import { FakeClock } from './testing/fake-clock.js';

/** Work that takes so many milliseconds of a clock that goes on meanwhile. */
function timed(costMs: () => number, restMs = 0) {
  const timers = new FakeClock();
  let worked = 0;
  let times = 0;
  const clock = {
    after: (ms: number, work: () => void) => timers.after(ms, work),
    steady: () => timers.steady() + worked,
  };
  const duty = new Duty(clock, restMs, () => {
    times += 1;
    worked += costMs();
  });
  return { duty, timers, times: () => times };
}

test('it is done at once, but not in the turn that asks, and what is asked for while it rests is done together', () => {
  const { duty, timers, times } = timed(() => 0, 50);
  for (let n = 0; n < 5; n += 1) duty.ask();
  expect(times()).toBe(0);
  timers.advance(0);
  expect(times()).toBe(1);
  for (let n = 0; n < 5; n += 1) duty.ask();
  timers.advance(49);
  expect(times()).toBe(1);
  timers.advance(1_000);
  expect(times()).toBe(2);
  duty.ask();
  timers.advance(0);
  expect(times()).toBe(3);
});

test.each([
  { costMs: 30, restMs: 120 },
  { costMs: 60_000, restMs: 2_000 },
])('what took $costMs ms rests for $restMs ms', ({ costMs, restMs }) => {
  const { duty, timers, times } = timed(() => costMs);
  duty.ask();
  timers.advance(0);
  expect(times()).toBe(1);
  duty.ask();
  timers.advance(restMs - 1);
  expect(times()).toBe(1);
  timers.advance(1);
  expect(times()).toBe(2);
});

test('nothing is done after the stop', () => {
  const { duty, timers, times } = timed(() => 0);
  duty.ask();
  duty.stop();
  timers.advance(1_000);
  expect(times()).toBe(0);
});
