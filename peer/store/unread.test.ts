import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, UserKey } from '../../protocol/ids.js';
import type { Database } from './sqlite.js';
import { general, TestStore, Writers } from './test-store.js';

let held: TestStore;
let by: Writers;
beforeEach(() => {
  held = new TestStore();
  by = new Writers();
});
afterEach(() => held.close());

/** Counted in steps of so many rows. */
const counted = (silent: readonly string[] = [], older = 0, rows = 3) => {
  const counting = held.store.unread.counting(general, 'alice' as UserKey, silent as UserKey[], older);
  while (counting?.step(rows).isMore);
  return counting;
};
const count = (...silent: string[]) => counted(silent)?.count ?? { unread: 0, mentions: 0 };
const [unread, first] = [(): number => count().unread, () => counted()?.first];
const time = (entry: Entry | undefined) => entry && Date.parse(entry.time);
const place = (entry: Entry) => ({ ...entry, time: Date.parse(entry.time) });
const read = (entry: Entry): void =>
  held.store.entries.transaction(() => {
    const reading = held.store.unread.reading(general, place(entry), entry.id);
    while (reading.step(3).isMore);
  });
const unreadFrom = (entry: Entry, before?: Entry): void =>
  held.store.unread.markUnread(general, place(entry), before?.id);

describe('unread is', () => {
  test('what others wrote and what arrived since, whatever its time', () => {
    const mine = by.say('Alice', 'mine', { at: 5 });
    const theirs = [by.say('bob', 'b1', { at: 10 }), by.say('bob', 'b2', { at: 11 })] as const;
    held.write(mine, ...theirs, by.react('bob', mine, '👍'));
    expect(unread()).toBe(2);
    read(theirs[1]);
    expect(unread()).toBe(0);
    expect(held.store.unread.readUpTo(general)).toBe(theirs[1].id);
    held.write(by.say('carol', 'written long ago, arrived now', { at: 0 }));
    expect(unread()).toBe(1);
    expect(count('carol')).toEqual({ unread: 0, mentions: 0 });
  });

  test('not looked for again among many own entries, and what the silent wrote is found once they are not', () => {
    const passed = (): unknown => {
      const db: Database = new DatabaseSync(join(held.directory, 'history.db'), { readOnly: true });
      const row = db.prepare('SELECT skip_n FROM conversations WHERE id = ?').get(general);
      db.close();
      return row?.['skip_n'];
    };
    const mine = Array.from({ length: 600 }, (_, n) => by.say('Alice', `mine ${n}`));
    held.write(...mine, by.say('carol', 'after them'), ...mine.map((_, n) => by.say('Alice', `more ${n}`)));
    expect(count('carol')).toEqual({ unread: 0, mentions: 0 });
    expect(passed()).toBe(600);
    expect([count('carol').unread, unread(), passed()]).toEqual([0, 1, 600]);
  });

  test('the second when the first was read', () => {
    const theirs = [by.say('bob', 'b1'), by.say('bob', 'b2')] as const;
    held.write(...theirs);
    read(theirs[0]);
    expect(unread()).toBe(1);
  });

  test('nothing that was taken back, whichever came first', () => {
    const [a, b] = [by.say('bob', 'a'), by.say('bob', 'b')];
    const deletion = by.remove('bob', b);
    held.write(a, b);
    expect(unread()).toBe(2);
    held.write(deletion);
    expect(unread()).toBe(1);
    const c = by.say('carol', 'c');
    held.write(by.remove('dave', c), by.say('bob', 'd'));
    held.write(c);
    expect(unread()).toBe(3);
  });

  test('counted with those that name the user', () => {
    held.write(by.say('bob', '@alice', { data: { mentions: ['bob', 'ALICE'] } }));
    held.write(
      by.say('bob', 'x', { data: { mentions: 'alice' } }),
      by.say('bob', 'y', { data: { mentions: [['alice']] } }),
    );
    held.write(
      by.say('Alice', 'myself', { data: { mentions: ['alice'] } }),
      by.say('bob', 'z', { data: { mentions: [7] } }),
    );
    const gone = by.say('bob', 'gone', { data: { mentions: ['alice'] } });
    held.write(gone, by.remove('bob', gone));
    held.reopen();
    expect(count()).toEqual({ unread: 4, mentions: 1 });
  });
});

describe('what was read of it by and by', () => {
  test('is no more than what sorts up to there, whichever log came first', () => {
    // As fetched after a time away: the log of one first, then that of the other.
    const bob = [0, 2, 4, 6].map((at) => by.say('bob', `b${at}`, { at }));
    const carol = [1, 3, 5, 7].map((at) => by.say('carol', `c${at}`, { at }));
    held.write(...bob, ...carol);
    const all = [...bob, ...carol].toSorted((a, b) => a.time.localeCompare(b.time));
    for (const [at, entry] of all.entries()) {
      read(entry);
      expect([unread(), held.store.unread.readUpTo(general)]).toEqual([7 - at, entry.id]);
      held.reopen();
      expect([unread(), first()]).toEqual([7 - at, time(all[at + 1])]);
      const ofBob = held.store.unread.readOf(general, bob[0]?.device ?? entry.device, 4);
      expect(ofBob).toBe(Math.floor(at / 2) + 1);
    }
  });

  test('leaves unread what comes late, and does not make unread what was read before', () => {
    const [read1, read2] = [by.say('bob', 'read', { at: 10 }), by.say('bob', 'read, too', { at: 20 })];
    held.write(read1, read2);
    read(read2);
    const [c1, d1, c2, d2] = [
      by.say('carol', 'c1', { at: 1 }),
      by.say('dave', 'd1', { at: 2 }),
      by.say('carol', 'c2', { at: 11 }),
      by.say('dave', 'd2', { at: 21 }),
    ];
    held.write(c1, c2, d1, d2);
    read(d1);
    expect([unread(), first()]).toEqual([2, time(c2)]);
    read(d2);
    expect([unread(), first()]).toEqual([0, undefined]);
  });

  test('goes on from what was marked as unread', () => {
    const bob = [0, 2, 4].map((at) => by.say('bob', `b${at}`, { at }));
    const carol = [1, 3, 5].map((at) => by.say('carol', `c${at}`, { at }));
    held.write(...bob, ...carol);
    const [, b2, b4] = bob;
    const [c1, c3, c5] = carol;
    if (!b2 || !b4 || !c1 || !c3 || !c5) throw new Error('bug');
    read(c5);
    unreadFrom(b2, c1);
    expect([unread(), first()]).toEqual([4, time(b2)]);
    read(c3);
    expect([unread(), first()]).toEqual([2, time(b4)]);
    read(c5);
    expect([unread(), first()]).toEqual([0, undefined]);
  });
});

describe('unread again', () => {
  test('is everything from an entry on, over closing, until it is read', () => {
    const [a, b, c] = [by.say('bob', 'a'), by.say('bob', 'b'), by.say('bob', 'c')];
    held.write(a, b, c);
    read(c);
    unreadFrom(b, a);
    held.reopen();
    expect([unread(), held.store.unread.readUpTo(general)]).toEqual([2, a.id]);
    read(b);
    expect([unread(), held.store.unread.readUpTo(general)]).toEqual([1, b.id]);
    const d = by.say('bob', 'd');
    held.write(d);
    expect(unread()).toBe(2);
    read(d);
    expect([unread(), held.store.unread.readUpTo(general)]).toEqual([0, d.id]);
    read(a);
    expect(unread()).toBe(0);
  });

  test('counts by the timeline, not by when things came', () => {
    // A history fetched from others: the log of one first, then that of the other.
    const bob = [0, 2, 4, 6].map((at) => by.say('bob', `b${at}`, { at }));
    const carol = [1, 3, 5, 7].map((at) => by.say('carol', `c${at}`, { at }));
    held.write(...bob, ...carol);
    const [last, from] = [carol[3], carol[2]];
    if (!last || !from) throw new Error('bug');
    read(last);
    expect(unread()).toBe(0);
    unreadFrom(from, bob[2]);
    expect(unread()).toBe(3);
  });

  test('of an earlier one holds for a later one', () => {
    const [a, b, c] = [by.say('bob', 'a'), by.say('bob', 'b'), by.say('bob', 'c')];
    held.write(a, b, c);
    read(c);
    unreadFrom(a);
    unreadFrom(c);
    expect([unread(), held.store.unread.readUpTo(general)]).toEqual([3, undefined]);
  });
});

describe('what was read at another device of the user', () => {
  const logs = (...read: readonly (readonly [Entry, number])[]) =>
    new Map(read.map(([{ device }, seq]) => [device, seq]));
  const heard = (read: ReturnType<typeof logs>, whole = true): boolean => {
    let isNew = false;
    held.store.entries.transaction(() => void (isNew = held.store.unread.elsewhere.heard(general, read, whole)));
    return isNew;
  };
  const older = (before: number): number => counted([], before, 100)?.count.unread ?? 0;

  test('is read here, log by log, whatever came first, and does not become unread again', () => {
    const [b1, b2, c1] = [by.say('bob', 'b1'), by.say('bob', 'b2'), by.say('carol', 'c1')];
    expect(heard(logs([b1, 1]))).toBe(true);
    held.write(b1, b2, c1);
    expect(unread()).toBe(2);
    expect(heard(logs([c1, 1], [b1, 1]))).toBe(true);
    expect(unread()).toBe(1);
    expect(heard(logs([b1, 0], [c1, 1]))).toBe(false);
    expect(unread()).toBe(1);
    expect([held.store.unread.readOf(general, b1.device, 2), held.store.unread.readOf(general, c1.device, 1)]).toEqual([
      1, 1,
    ]);
  });

  test('is unread again where the user says so here', () => {
    const [b1, b2] = [by.say('bob', 'b1', { at: 1 }), by.say('bob', 'b2', { at: 2 })];
    held.write(b1, b2);
    heard(logs([b1, 2]));
    expect(unread()).toBe(0);
    unreadFrom(b2, b1);
    expect(unread()).toBe(1);
    expect(held.store.unread.readOf(general, b1.device, 2)).toBe(1);
    read(b2);
    expect(unread()).toBe(0);
    expect(held.store.unread.readOf(general, b1.device, 2)).toBe(2);
  });

  test('counts at once for what is older than this device, until that one has told', () => {
    const [old, late] = [by.say('bob', 'old', { at: 1 }), by.say('bob', 'late', { at: 100 })];
    held.write(old, late);
    const since = Date.parse(late.time);
    expect([older(0), older(since)]).toEqual([2, 1]);
    heard(logs([old, 1]), false);
    expect(older(since)).toBe(1);
    const unseen = by.say('carol', 'old, and never looked at', { at: 2 });
    held.write(unseen);
    expect(older(since)).toBe(1);
    heard(new Map(), true);
    expect(older(since)).toBe(2);
  });

  test('is passed over once, however much it is, and found again when more is told', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => by.say('bob', `old ${n}`, { at: 1 }));
    const late = by.say('bob', 'late', { at: 100 });
    held.write(...many, late);
    const since = Date.parse(late.time);
    expect([older(since), older(since)]).toEqual([1, 1]);
    held.write(by.say('carol', 'later', { at: 101 }));
    expect(older(since)).toBe(2);
    // The other device says that nothing was read.
    heard(new Map(), true);
    expect(older(since)).toBe(2_002);
    heard(logs([late, 1_500]));
    expect([older(since), older(since)]).toEqual([502, 502]);
  });

  test('is believed no further than what is here, once a device of the user was revoked', () => {
    const [b1, c1] = [by.say('bob', 'b1'), by.say('carol', 'c1')];
    held.write(b1, c1);
    heard(logs([b1, 2 ** 31 - 1], [c1, 1]));
    heard(new Map([['x'.repeat(22) as Entry['device'], 9]]));
    expect(unread()).toBe(0);
    const doubt = (): ConversationId[] => {
      const lowered: ConversationId[] = [];
      held.store.entries.transaction(() => void lowered.push(...held.store.unread.elsewhere.doubt()));
      return lowered;
    };
    expect([doubt(), doubt()]).toEqual([[general], []]);
    expect(unread()).toBe(0);
    held.write(by.say('bob', 'b2'));
    expect(unread()).toBe(1);
    expect(heard(logs([b1, 2]))).toBe(true);
    expect(unread()).toBe(0);
  });

  test('does not fill the disk, whatever another device says', () => {
    const said = new Map(
      Array.from({ length: 65_537 }, (_, n) => [String(n).padStart(22, '0') as Entry['device'], 1] as const),
    );
    expect(heard(said)).toBe(false);
    expect(held.store.unread.elsewhere.of(general).logs.size).toBe(0);
    said.delete(String(0).padStart(22, '0') as Entry['device']);
    expect(heard(said, false)).toBe(true);
    const [known, other] = [String(1).padStart(22, '0'), 'x'.repeat(22)] as [Entry['device'], Entry['device']];
    expect(heard(new Map([[other, 1]]))).toBe(false);
    // What is known already goes on rising.
    expect(heard(new Map([known, other].map((device) => [device, 2])))).toBe(true);
    const { logs: kept, isWhole } = held.store.unread.elsewhere.of(general);
    expect([kept.get(known), kept.get(other), isWhole]).toEqual([2, undefined, false]);
    // Nor by conversations in which nothing was said.
    const empty = '@alice+nobody' as ConversationId;
    let isNew = true;
    held.store.entries.transaction(
      () => void (isNew = held.store.unread.elsewhere.heard(empty, new Map<Entry['device'], number>(), true)),
    );
    expect([isNew, held.store.unread.elsewhere.of(empty).isWhole]).toEqual([false, false]);
  });
});
