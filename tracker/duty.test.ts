import { expect, test } from '@jest/globals';
import { Duty } from './duty.js';
import { FakeClock } from './testing/fake-clock.js';

/** Work that takes so many milliseconds of a clock that goes on meanwhile. */
function timed(costMs: () => number) {
  const timers = new FakeClock();
  let worked = 0;
  let times = 0;
  const clock = {
    after: (ms: number, work: () => void) => timers.after(ms, work),
    steady: () => timers.steady() + worked,
  };
  const duty = new Duty(clock, () => {
    times += 1;
    worked += costMs();
  });
  return { duty, timers, times: () => times };
}

test('what is asked for many times before its turn is done once', () => {
  const { duty, timers, times } = timed(() => 0);
  for (let n = 0; n < 5; n += 1) duty.ask(50);
  timers.advance(49);
  expect(times()).toBe(0);
  timers.advance(1_000);
  expect(times()).toBe(1);
});

test.each([
  { costMs: 30, restMs: 120 },
  { costMs: 60_000, restMs: 2_000 },
])('what took $costMs ms rests for $restMs ms', ({ costMs, restMs }) => {
  const { duty, timers, times } = timed(() => costMs);
  duty.ask(0);
  timers.advance(0);
  expect(times()).toBe(1);
  duty.ask(5);
  timers.advance(restMs - 1);
  expect(times()).toBe(1);
  timers.advance(1);
  expect(times()).toBe(2);
});

test('nothing is done after the stop', () => {
  const { duty, timers, times } = timed(() => 0);
  duty.ask(10);
  duty.stop();
  timers.advance(1_000);
  expect(times()).toBe(0);
});
