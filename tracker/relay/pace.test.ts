import { describe, expect, test } from '@jest/globals';
import { Pace, type PaceLimits } from './pace.js';

const KIB = 1024;
const limits: PaceLimits = {
  circuit: { perSecond: 100 * KIB, burst: 400 * KIB },
  total: { perSecond: 250 * KIB, burst: 250 * KIB },
  day: { bytes: 3_000 * KIB, perSecond: 10 * KIB },
};

/** Sends `piece` again as soon as it may, on each of the meters, for so long. @returns the bytes of each */
function sendFor(
  ms: number,
  clock: { now: number },
  meters: readonly { take(bytes: number): number }[],
  piece = 16 * KIB,
) {
  const free = meters.map(() => 0);
  const sent = meters.map(() => 0);
  for (const end = clock.now + ms; clock.now < end; clock.now += 1) {
    for (const [at, meter] of meters.entries()) {
      if ((free[at] ?? 0) > clock.now) continue;
      sent[at] = (sent[at] ?? 0) + piece;
      free[at] = clock.now + meter.take(piece);
    }
  }
  return sent;
}

describe('Pace', () => {
  test('one circuit goes as fast as it may, after what may come at once', () => {
    const clock = { now: 0 };
    const pace = new Pace({ ...limits, total: { perSecond: 1e9, burst: 1e9 } }, () => clock.now);
    const [sent = 0] = sendFor(10_000, clock, [pace.meter('a')]);
    expect(sent / KIB).toBeGreaterThan(1_350);
    expect(sent / KIB).toBeLessThan(1_450);
    expect(pace.bytes).toBe(sent);
  });

  test('all share what there is in all evenly', () => {
    const clock = { now: 0 };
    const pace = new Pace(limits, () => clock.now);
    const sent = sendFor(
      5_000,
      clock,
      ['a', 'b', 'c', 'd', 'e'].map((account) => pace.meter(account)),
    );
    const total = sent.reduce((sum, bytes) => sum + bytes, 0);
    expect(total / KIB).toBeLessThan(1_700);
    expect(total / KIB).toBeGreaterThan(1_300);
    expect(Math.min(...sent)).toBeGreaterThan(Math.max(...sent) / 2);
  });

  test('an account that has had its bytes of the day is slowed, not cut, on all its circuits, until the next day', () => {
    const clock = { now: 0 };
    const pace = new Pace({ ...limits, total: { perSecond: 1e9, burst: 1e9 } }, () => clock.now);
    sendFor(40_000, clock, [pace.meter('a')]);
    const [slow = 0, other = 0] = sendFor(20_000, clock, [pace.meter('a'), pace.meter('b')]);
    expect(slow / KIB).toBeGreaterThan(100);
    // What a new circuit may send at once is not more than it may in all.
    expect(slow / KIB).toBeLessThan(300);
    expect(other / KIB).toBeGreaterThan(2_000);
    clock.now = 86_400_000;
    const [again = 0] = sendFor(10_000, clock, [pace.meter('a')]);
    expect(again / KIB).toBeGreaterThan(1_000);
  });

  test('a clock that is set back lets nobody send more, nor waits for it', () => {
    const clock = { now: 1_000_000 };
    const pace = new Pace(limits, () => clock.now);
    const meter = pace.meter('a');
    meter.take(500 * KIB);
    clock.now = 0;
    expect(meter.take(KIB)).toBeLessThan(5_000);
    clock.now = 10_000;
    expect(meter.take(KIB)).toBe(0);
  });
});
