/** What is taken when, by the clock of whoever takes it. */
import { expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { RATES, type Rates } from '../../protocol/rates.js';
import { Buckets, type BucketRows } from './buckets.js';
import { Intake } from './intake.js';

const HOUR = 3600_000;
const LOG = { conversation: '#general' as ConversationId, device: 'd' as DeviceId, from: 'alice' as Username };
const START = Date.UTC(2026, 0, 2);
/** An entry costs a second of its log; ten at once. */
const rates: Rates = { ...RATES, overhead: 998, burst: 10_000, perMs: 1, userBurst: HOUR * 8, userPerMs: 8 };

function receiver(given = rates, stored?: BucketRows) {
  const clock = { now: START };
  const now = (): number => clock.now;
  const buckets = new Buckets({ self: 'me' as Username, rates: given, now, stored });
  const intake = new Intake({ self: 'me' as Username, buckets, now, closed: () => false, told: () => {} });
  const take = (entries: readonly Entry[]): number => {
    const allowed = intake.allowed(entries);
    intake.took(entries.slice(0, allowed));
    return allowed;
  };
  return { clock, take, isHeld: () => intake.isHeld(LOG.conversation, LOG.device) };
}

/** Written within one moment; the last one is signed. */
function piece(first: number, count: number, at = START): Entry[] {
  const text = { kind: 'text', message: '', data: {}, time: new Date(at).toISOString() };
  const signed = (i: number): object => (i === count - 1 ? { sig: 's' } : {});
  return Array.from({ length: count }, (_, i) => ({ ...LOG, ...text, seq: first + i, ...signed(i) }) as Entry);
}

test('our own clock that is set back by days holds nobody who keeps to the rate', () => {
  const { clock, take, isHeld } = receiver();
  expect(take(piece(1, 1))).toBe(1);
  clock.now -= 72 * HOUR;
  expect(take(piece(2, 1, clock.now))).toBe(1);
  expect(isHeld()).toBe(false);
});

test('our own clock that is set back while a log is held does not hold it until it shows that time again', () => {
  const { clock, take, isHeld } = receiver();
  expect(take(piece(1, 10))).toBe(10);
  expect(take(piece(11, 1))).toBe(0);
  expect(isHeld()).toBe(true);
  clock.now -= 72 * HOUR;
  expect(isHeld()).toBe(false);
  expect(take(piece(11, 1))).toBe(0);
  clock.now += 1_000;
  expect(isHeld()).toBe(false);
  expect(take(piece(11, 1))).toBe(1);
});

test('our own clock that is set back while no process runs holds nobody for longer than what was taken since', () => {
  const users = [{ user: 'alice', drained: START + 72 * HOUR }] as unknown as BucketRows['users'];
  const { clock, take } = receiver(rates, { logs: [], users });
  clock.now += 1_000;
  expect(take(piece(1, 1, clock.now))).toBe(1);
});

test('our own clock that is set back while no process runs lets us write at once', () => {
  const users = [{ user: 'me', drained: START + 72 * HOUR }] as unknown as BucketRows['users'];
  const stored = { logs: [], users };
  const buckets = new Buckets({ self: 'Me' as Username, rates, now: () => START, stored });
  expect(buckets.wait(LOG)).toBe(0);
});

test('what we have written too much is not forgotten by a restart', () => {
  const drained = START + rates.userBurst / rates.userPerMs + HOUR;
  const users = [{ user: 'me', drained }] as unknown as BucketRows['users'];
  const buckets = new Buckets({ self: 'Me' as Username, rates, now: () => START, stored: { logs: [], users } });
  expect(buckets.wait(LOG)).toBe(HOUR);
});

test('our own clock that is set back gives a user no new burst', () => {
  const { clock, take } = receiver({ ...rates, userBurst: 5_000, userPerMs: 1 });
  expect(take(piece(1, 5))).toBe(5);
  clock.now -= HOUR;
  expect(take(piece(6, 1, START + HOUR))).toBe(0);
});

test('a clock that was days ahead holds its author for no longer than for what it wrote', () => {
  const { clock, take } = receiver();
  expect(take(piece(1, 10, START + 960 * HOUR))).toBe(10);
  expect(take(piece(11, 1))).toBe(0);
  clock.now += 1_000;
  expect(take(piece(11, 1))).toBe(1);
});

test('a clock that was days ahead does so neither after a restart of ours', () => {
  const ahead = START + 960 * HOUR;
  const { conversation, device } = LOG;
  const stored = { logs: [{ conversation, device, seq: 10, clock: ahead, drained: ahead + 10_000 }], users: [] };
  const { clock, take } = receiver(rates, stored);
  expect(take(piece(11, 1))).toBe(0);
  clock.now += 1_000;
  expect(take(piece(11, 1))).toBe(1);
});

test('a time that is ahead brings no new burst', () => {
  const { take } = receiver();
  expect(take(piece(1, 10))).toBe(10);
  expect(take(piece(11, 1, START + 24 * HOUR))).toBe(0);
});

test('a held log is looked at when a whole piece is due, not as soon as its first entry is', () => {
  const { clock, take, isHeld } = receiver();
  expect(take(piece(1, 10))).toBe(10);
  expect(take(piece(11, 8))).toBe(0);
  clock.now += 7_900;
  expect(isHeld()).toBe(true);
  clock.now += 200;
  expect(isHeld()).toBe(false);
  expect(take(piece(11, 8))).toBe(8);
});

test('a piece that is larger than what a user may bring at once is taken as soon as nothing else of theirs is counted', () => {
  const slow = { ...rates, burst: HOUR, userBurst: 5_000, userPerMs: 1 };
  const { clock, take } = receiver(slow);
  // Eight seconds, and what is signed with the next piece waits until they have flowed off.
  expect(take([...piece(1, 8), ...piece(9, 8)])).toBe(8);
  expect(take(piece(9, 8))).toBe(0);
  clock.now += 7_900;
  expect(take(piece(9, 8))).toBe(0);
  clock.now += 200;
  expect(take(piece(9, 8))).toBe(8);
});

test('of a log that is ahead is written so much, and so seldom, that a restart forgets five seconds at most', () => {
  const stored: { logs: BucketRows['logs']; users: BucketRows['users'] } = { logs: [], users: [] };
  const buckets = new Buckets({ self: 'me' as Username, rates: { ...rates, userPerMs: 1 }, now: () => START });
  let writes = 0;
  for (let seq = 1; seq <= 600; seq++) {
    buckets.took(piece(seq, 1));
    const unsaved = buckets.unsaved();
    if (unsaved) {
      writes++;
      if (unsaved.logs.length > 0) stored.logs = unsaved.logs;
      if (unsaved.users.length > 0) stored.users = unsaved.users;
      buckets.saved();
    }
    const full = START + seq * 1_000;
    for (const drained of [stored.logs[0]?.drained, stored.users[0]?.drained])
      expect(full - (drained ?? START)).toBeLessThanOrEqual(drained === undefined ? 60_000 : 5_000);
  }
  expect(writes).toBeGreaterThan(0);
  expect(writes).toBeLessThanOrEqual(100);
});

test('of a bucket that could not be written is written with the next entries', () => {
  const buckets = new Buckets({ self: 'me' as Username, rates, now: () => START });
  buckets.took(piece(1, 100));
  expect(buckets.unsaved()?.logs[0]).toMatchObject({ seq: 100, drained: START + 100_000 });
  buckets.took(piece(101, 1));
  expect(buckets.unsaved()?.logs[0]).toMatchObject({ seq: 101, drained: START + 101_000 });
});
