import { expect, test } from '@jest/globals';
import type { TransferView } from '../../protocol/local-api.js';
import { Pace } from './pace.js';

const view = (done: number, state: TransferView['state'] = 'running'): TransferView => ({
  ...{ id: 'x', sha256: 'x', name: 'x', size: 100, direction: 'down', state, done, users: [] },
});

/** A clock that is moved by hand. */
function world() {
  const told: (number | string)[] = [];
  const timers = new Set<{ at: number; run: () => void }>();
  let now = 0;
  const pace = new Pace({
    told: ({ done, state }) => void told.push(state === 'running' ? done : state),
    removed: (id) => void told.push(`${id} removed`),
    now: () => now,
    timers: {
      setTimeout: (run, ms) => {
        const timer = { at: now + ms, run };
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => void timers.delete(timer as { at: number; run: () => void }),
    },
  });
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of [...timers].filter(({ at }) => at <= now)) if (timers.delete(timer)) timer.run();
  };
  return { pace, told, pass };
}

test('of a thousand changes in a second at most five states are told, the last among them', () => {
  const { pace, told, pass } = world();
  for (let done = 0; done < 1000; done++) {
    pace.tell(view(done));
    pass(1);
  }
  pass(250);
  expect(told.length).toBeLessThanOrEqual(5);
  expect(told.at(-1)).toBe(999);
});

test('a snapshot shows what was told, not what is to be', () => {
  const { pace, pass } = world();
  pace.tell(view(1));
  pace.tell(view(2));
  expect(pace.views()).toEqual([view(1)]);
  pass(250);
  expect(pace.views()).toEqual([view(2)]);
});

test('what is done is told once, is in no snapshot, and is forgotten', () => {
  const { pace, told, pass } = world();
  pace.tell(view(1));
  pace.tell(view(100, 'done'));
  pass(250);
  expect([told, pace.views()]).toEqual([[1, 'done'], []]);
  pass(250);
  expect(pace.knows('x')).toBe(false);
});

test('what is removed is told of only where somebody knew of it, and nothing after', () => {
  const { pace, told, pass } = world();
  pace.remove('x');
  pace.tell(view(1));
  pace.tell(view(2));
  pace.remove('x');
  pass(1000);
  expect(told).toEqual([1, 'x removed']);
});
