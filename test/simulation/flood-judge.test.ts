/** What is judged of users who write too much, by entries as histories get them. */
import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { Checker } from './checker.js';
import { FloodJudge, type RatedPeer } from './flood-judge.js';
import { Schedule } from './schedule.js';

const EPOCH = Date.parse('2026-11-20T12:00:00.000Z');
const MINUTE = 60_000;
const TEXT = 'x'.repeat(15_900);

/** Of a user who says that one entry was written each minute until now: so that no log is ahead of its rate. */
const flooded = (count: number, isSigned: (seq: number) => boolean): Entry[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ from: 'mallory' as Username, device: 'm'.repeat(22) as DeviceId, conversation: '#general' as ConversationId },
    ...{ seq: i + 1, prev: '' as EntryId, id: `id ${i + 1}` as EntryId, kind: 'text', message: TEXT, data: {} },
    time: new Date(EPOCH + (i - 100) * MINUTE).toISOString(),
    ...(isSigned(i + 1) ? { sig: 's' } : {}),
  }));
const peer = (name: string, username = name): RatedPeer => ({
  ...{ name, username: username as Username, life: 0, disk: { refused: 0 }, restores: 0, clockSets: 0, behind: 0 },
  latest: () => EPOCH,
});

/** Alice has taken something before: what she takes first may be of another time of her clock. */
function judged(): { judge: FloodJudge; schedule: Schedule; alice: RatedPeer; violations: readonly string[] } {
  const schedule = new Schedule();
  const checker = new Checker(() => schedule.now, false);
  const judge = new FloodJudge(schedule, checker, EPOCH);
  judge.suspect('mallory' as Username);
  const alice = peer('alice');
  judge.added(alice, [], false);
  schedule.now += 100;
  return { judge, schedule, alice, violations: checker.violations };
}

describe('more than a user may bring at once', () => {
  test('is taken where one signature covers it, since somebody had left out the others', () => {
    const { judge, alice, violations } = judged();
    judge.added(
      peer('mallory'),
      flooded(40, (seq) => seq % 4 === 0),
      true,
    );
    const kept = flooded(40, (seq) => seq === 40);
    judge.added(peer('mallory again', 'mallory'), kept, false);
    judge.added(alice, kept, false);
    expect(violations).toEqual([]);
  });

  test('is taken too early where it came with more signatures', () => {
    const { judge, alice, violations } = judged();
    judge.added(
      peer('mallory'),
      flooded(40, (seq) => seq % 4 === 0),
      true,
    );
    judge.added(
      alice,
      flooded(40, (seq) => seq === 40),
      false,
    );
    expect(violations[0]).toMatch(/alice has taken \d+ bytes of mallory/);
  });

  test('counts as a burst: the rest comes as that flows off, and no sooner', () => {
    const { judge, schedule, alice, violations } = judged();
    const all = flooded(46, (seq) => seq >= 40);
    judge.added(alice, all.slice(0, 40), false);
    schedule.now += 2_100;
    judge.added(alice, all.slice(40, 41), false);
    expect(violations).toEqual([]);
    judge.added(alice, all.slice(41), false);
    expect(violations).not.toEqual([]);
  });
});
