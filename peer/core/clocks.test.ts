import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { CLOCKS_AGREE_MS, NO_CLOCK_BEFORE_MS } from '../../protocol/limits.js';
import { clockNotice, peerClockNotice } from './clock-texts.js';
import { ClockWatch } from './clock-watch.js';
import { judgeClocks, type Judgement, type PeerClock } from './clocks.js';

const NOW = Date.UTC(2026, 10, 20);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let devices = 0;
function clockOf(name: string, aheadMs: number): PeerClock {
  return { username: name as Username, device: `device-${String(++devices)}` as DeviceId, aheadMs };
}

function judge(trackerMs: number | undefined, ...peers: PeerClock[]): Judgement {
  return judgeClocks({ now: NOW, trackerMs, peers });
}

describe('whose clock is wrong', () => {
  test('is nobody’s while all agree within a minute', () => {
    expect(judge(undefined)).toMatchObject({ whose: 'none', peers: [] });
    expect(judge(MINUTE)).toMatchObject({ whose: 'none' });
    expect(judge(-50_000, clockOf('bob', 50_000))).toMatchObject({ whose: 'none', peers: [] });
  });

  test('is the tracker’s when somebody else agrees with us', () => {
    expect(judge(3 * DAY, clockOf('bob', 2_000))).toMatchObject({
      whose: 'tracker',
      aheadMs: 3 * DAY,
      witnesses: ['bob'],
    });
    expect(judge(-400 * DAY, clockOf('bob', 0))).toMatchObject({ whose: 'tracker', aheadMs: -400 * DAY });
  });

  test('is ours when the tracker and somebody else agree on another time', () => {
    const own = judge(-3 * DAY, clockOf('bob', -3 * DAY + 5_000));
    expect(own).toMatchObject({ whose: 'own', witnesses: ['bob'], peers: [] });
    expect(Math.round(own.aheadMs / DAY)).toBe(3);
  });

  test('cannot be said of two alone, nor of three that all differ', () => {
    expect(judge(3 * DAY)).toMatchObject({ whose: 'differ', aheadMs: 3 * DAY });
    expect(judge(3 * DAY, clockOf('bob', -DAY))).toMatchObject({ whose: 'differ' });
    expect(judge(undefined, clockOf('bob', DAY)).peers).toMatchObject([{ username: 'bob', certain: false }]);
  });

  test('is a peer’s when ours and the tracker’s agree', () => {
    expect(judge(0, clockOf('bob', 60 * MINUTE))).toMatchObject({
      whose: 'none',
      peers: [{ username: 'bob', aheadMs: 60 * MINUTE, certain: true }],
    });
  });

  test('needs no other clock where one shows a time that cannot be', () => {
    expect(judge(Date.UTC(1980, 0, 1) - NOW)).toMatchObject({ whose: 'tracker' });
    const before = Date.UTC(1980, 0, 1);
    expect(judgeClocks({ now: before, trackerMs: undefined, peers: [] })).toMatchObject({ whose: 'own' });
    const heard = { now: before, trackerMs: NOW - before, peers: [] };
    expect(judgeClocks(heard)).toMatchObject({ whose: 'own', aheadMs: before - NOW });
    expect(judgeClocks({ ...heard, trackerMs: 0 })).toMatchObject({
      whose: 'own',
      aheadMs: before - NO_CLOCK_BEFORE_MS,
    });
  });

  const anyClock = fc.integer({ min: -500 * DAY, max: 500 * DAY });
  const near = fc.integer({ min: -CLOCKS_AGREE_MS, max: CLOCKS_AGREE_MS });

  test('is never said to be ours by one user alone, whatever their devices claim and however many they are', () => {
    fc.assert(
      fc.property(fc.array(anyClock, { maxLength: 40 }), fc.option(near, { nil: undefined }), (claims, tracker) => {
        expect(judge(tracker, ...claims.map((at) => clockOf('mallory', at))).whose).toBe('none');
      }),
    );
  });

  test('is never said to be ours, nor the tracker’s, while the tracker and we agree', () => {
    fc.assert(
      fc.property(fc.array(anyClock, { maxLength: 40 }), near, (claims, tracker) => {
        expect(judge(tracker, ...claims.map((at, i) => clockOf(`user${String(i)}`, at))).whose).toBe('none');
      }),
    );
  });

  test('does not depend on the order in which they were heard', () => {
    const peers = fc.array(fc.tuple(fc.constantFrom('bob', 'Bob', 'carol', 'dave'), anyClock), { maxLength: 8 });
    fc.assert(
      fc.property(peers, anyClock, (some, tracker) => {
        const clocks = some.map(([name, at]) => clockOf(name.toLowerCase(), at));
        const { whose, aheadMs, witnesses } = judge(tracker, ...clocks);
        expect(judge(tracker, ...[...clocks].reverse())).toMatchObject({ whose, aheadMs, witnesses });
      }),
    );
  });
});

test('it is said once that the tracker’s clock is known, and again after ours was set', () => {
  let [now, steady, known] = [NOW, 0, 0];
  const watch = new ClockWatch({
    clock: { now: () => now },
    steady: () => steady,
    timers: { setTimeout: () => 0, clearTimeout() {} },
    notices: { list: () => [], raise() {}, dismiss() {} },
    log: { warn() {}, info() {} },
    links: { all: () => [] },
    wasSet() {},
    known() {
      known++;
      expect(watch.latest).toBe(NOW + 60 * MINUTE + steady);
    },
  });
  watch.tracker(-60 * MINUTE);
  watch.tracker(-60 * MINUTE);
  expect(known).toBe(1);
  [now, steady] = [now + 60 * MINUTE + 5_000, steady + 5_000];
  watch.tracker(0);
  watch.tracker(0);
  expect(known).toBe(2);
});

describe('what people are told of it', () => {
  const text = (judgement: Judgement): string => clockNotice(judgement)?.text ?? '';

  test('names whose it is, by how much, and what to do', () => {
    expect(text(judge(-3 * DAY, clockOf('bob', -3 * DAY)))).toMatch(
      /^The clock of this machine is 3 days ahead\. The clocks of the tracker and of bob show another time\. Set yours right/,
    );
    expect(text(judge(12 * MINUTE, clockOf('bob', 0)))).toMatch(
      /^The tracker's clock is 12 minutes ahead\. Yours agrees with that of bob\. Ask whoever runs the tracker to set it/,
    );
    expect(text(judge(-3 * 60 * MINUTE))).toMatch(
      /^The tracker's clock is 3 hours behind when compared with yours, .*Compare yours/,
    );
    expect(clockNotice(judge(0))).toBeUndefined();
    const [bob] = judge(0, clockOf('bob', 61_000)).peers;
    expect(bob && peerClockNotice(bob)).toMatchObject({
      code: 'peer_clock_wrong',
      username: 'bob',
      clockAheadMs: MINUTE,
    });
    const [carol] = judge(undefined, clockOf('carol', -DAY)).peers;
    expect(carol && peerClockNotice(carol)).toMatchObject({ code: 'peer_clock_differs', clockAheadMs: -DAY });
  });

  test('tells nobody to set a clock that may be right', () => {
    for (const judgement of [judge(3 * DAY, clockOf('bob', 0)), judge(Date.UTC(1980, 0, 1) - NOW)]) {
      expect(text(judgement)).not.toMatch(/Set yours|set it \(/);
    }
  });

  test('does not change while the clocks go on to differ by as much', () => {
    expect(clockNotice(judge(3 * DAY + 900))).toEqual(clockNotice(judge(3 * DAY + 40_000)));
  });
});
