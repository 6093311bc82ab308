/** What it costs to move entries whose author's clock was wrong (protocol/order.ts), on a real database. */
import { DatabaseSync } from '@photostructure/sqlite';
import { beforeEach, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import { LOG_REACH, Moves } from '../../protocol/order.js';
import { MemoryStorage } from '../log/test-storage.js';
import { EntryStore } from './entries.js';
import { Numbering } from './numbering.js';
import { prepare } from './schema.js';
import type { Database } from './sqlite.js';
import { general, Writers } from './test-store.js';
import { Transactions } from './transactions.js';

const HOUR = 3_600;

let db: Database;
let moved: number;
let entries: EntryStore;
let by: Writers;

beforeEach(() => {
  db = new DatabaseSync(':memory:');
  prepare(db);
  moved = 0;
  by = new Writers();
  const counting: Database = {
    isTransaction: false,
    prepare(sql) {
      const statement = db.prepare(sql);
      if (!sql.startsWith('UPDATE entries SET at')) return statement;
      return { get: statement.get, all: statement.all, run: (...values) => (moved++, statement.run(...values)) };
    },
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
  };
  const numbers = new Numbering(db);
  entries = new EntryStore(counting, numbers, new Transactions(db, numbers));
});

function write(all: readonly Entry[]): number {
  moved = 0;
  entries.transaction(() => entries.insert(...all));
  return moved;
}

/** @param step seconds from each to the next */
function log(who: string, count: number, from: number, step: number): Entry[] {
  return Array.from({ length: count }, (_, i) => by.say(who, String(i), { at: from + i * step }));
}

test('an author whose times fall with each entry, or with every second one, moves few for each', () => {
  expect(write(log('mallory', 2_000, HOUR, -1))).toBeLessThanOrEqual(LOG_REACH + 4 * 2_000);
  const alternating = Array.from({ length: 2_000 }, (_, i) => by.say('eve', String(i), { at: i % 2 ? 0 : HOUR }));
  expect(write(alternating)).toBeLessThanOrEqual(2_000);
});

test('a clock that is corrected moves all in reach, and again once some were written since', () => {
  for (let day = 0; day < 3; day++) {
    const start = day * 24 * HOUR;
    write(log('alice', LOG_REACH + 10, start + HOUR, 1));
    expect(write(log('alice', 1, start, 1))).toBe(LOG_REACH - 1);
  }
});

test('entries of whatever times stand where the storage of the tests has them', () => {
  const memory = new MemoryStorage();
  // 97 and 256 have no common factor: rises and falls of all sizes.
  const all = Array.from({ length: 1_500 }, (_, i) => by.say('alice', '', { at: i < 600 ? 900 - i : (i * 97) % 256 }));
  write(all);
  memory.write(all, new Map());
  const device = all[0]?.device;
  if (!device) throw new Error('bug: nothing was written');
  const places = (some: readonly Entry[]): string[] => some.map(({ at, time }) => at ?? time);
  expect(places(entries.range(general, device, 1, 1_500))).toEqual(places(memory.range(general, device, 1, 1_500)));
});

test('of a bounded number of logs it is remembered what they moved', () => {
  const moves = new Moves(2);
  const allowed = (log: string): number => {
    let most = 0;
    moves.entry(log, (atMost) => (most = atMost));
    return most;
  };
  expect(['a', 'b', 'a', 'b'].map(allowed)).toEqual([255, 255, 5, 5]);
  // Of three, the one that moved nothing for the longest time is forgotten.
  expect(['c', 'b', 'a'].map(allowed)).toEqual([255, 4, 255]);
});
