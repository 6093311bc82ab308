import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../protocol/entry.js';
import { isRow } from '../../protocol/entry-kinds.js';
import type { EntryId } from '../../protocol/ids.js';
import { compareShown } from '../../protocol/order.js';
import { EntryStore } from './entries.js';
import { Numbering } from './numbering.js';
import { prepare } from './schema.js';
import type { Database } from './sqlite.js';
import { general, TestStore, texts, Writers } from './test-store.js';
import { Timeline } from './timeline.js';
import { Transactions } from './transactions.js';

let held: TestStore;
let by: Writers;
beforeEach(() => {
  held = new TestStore();
  by = new Writers();
});
afterEach(() => held.close());

/** Each stands no later than those that follow it in its log: how the store is to have them. */
function fallen(entries: readonly Entry[]): Entry[] {
  return entries.map((entry, i) => {
    const log = entries.slice(i).filter(({ device }) => device === entry.device);
    const at = log.reduce((least, { time }) => (time < least ? time : least), entry.time);
    return at === entry.time ? entry : { ...entry, at };
  });
}

/** Ten texts, with a reaction and an edit behind each. */
function filled(): Entry[] {
  const rows = Array.from({ length: 10 }, (_, at) => by.say('alice', `m${at}`));
  held.write(...rows, ...rows.flatMap((row) => [by.react('bob', row, '👍'), by.edit('alice', row, 'edited')]));
  return rows;
}

describe('a page', () => {
  test('has as many rows as asked for, whatever lies between', () => {
    const rows = filled();
    const latest = held.store.page(general, undefined, 4);
    expect([texts(latest.entries), latest.more, latest.newer]).toEqual([['m6', 'm7', 'm8', 'm9'], true, false]);
    const before = held.store.page(general, { before: rows[6]?.id }, 6);
    expect([texts(before.entries), before.more, before.newer]).toEqual([
      ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'],
      false,
      true,
    ]);
    const after = held.store.page(general, { after: rows[6]?.id }, 2);
    expect([texts(after.entries), after.more, after.newer]).toEqual([['m7', 'm8'], true, true]);
    expect(held.store.page(general, { after: rows[6]?.id }, 3)).toMatchObject({ more: true, newer: false });
    expect(held.store.page(general, undefined, 10)).toMatchObject({ more: false, newer: false });
  });

  test('around an entry has it in its middle', () => {
    const rows = filled();
    const page = (at: number, limit: number) => {
      const { entries, more, newer } = held.store.page(general, { around: rows[at]?.id }, limit);
      return [texts(entries).join(' '), more, newer];
    };
    expect(page(5, 5)).toEqual(['m3 m4 m5 m6 m7', true, true]);
    expect(page(5, 1)).toEqual(['m5', true, true]);
    expect(page(5, 200)).toEqual(['m0 m1 m2 m3 m4 m5 m6 m7 m8 m9', false, false]);
    expect(page(1, 6)).toEqual(['m0 m1 m2 m3 m4 m5', false, true]);
    expect(page(9, 3)).toEqual(['m8 m9', true, false]);
  });

  test('since an entry has what came after it, wherever that stands', () => {
    const rows = filled();
    const late = by.say('carol', 'late', { at: 0 });
    held.write(late, by.react('bob', late, '👍'), by.say('bob', 'after all', { at: 99 }));
    expect(texts(held.store.page(general, undefined, 20).entries)[0]).toBe('late');
    const page = (since: EntryId | undefined, limit: number) => {
      const { entries, more, newer } = held.store.page(general, { since }, limit);
      return [texts(entries).join(' '), more, newer];
    };
    expect(page(rows[7]?.id, 3)).toEqual(['m8 m9 late', true, true]);
    expect(page(rows[7]?.id, 4)).toEqual(['m8 m9 late after all', true, false]);
    expect(page(late.id, 4)).toEqual(['after all', true, false]);
  });

  test('is of no place that is no row of this conversation', () => {
    const [row] = filled();
    const reaction = row && by.react('bob', row, '🎉');
    if (!row || !reaction) throw new Error('bug');
    held.write(reaction);
    for (const id of [reaction.id, 'A'.repeat(43) as EntryId]) {
      for (const name of ['before', 'after', 'around', 'since']) {
        expect(() => held.store.page(general, { [name]: id }, 5)).toThrow(
          expect.objectContaining({ code: 'not_found' }),
        );
      }
    }
  });

  test('has rows of kinds that this version does not know, and pins', () => {
    const row = by.say('alice', 'm');
    held.write(row, by.say('bob', 'p', { kind: 'poll' }), by.pin('bob', row), by.say('bob', '', { kind: 'profile' }));
    expect(held.store.page(general, undefined, 9).entries.map(({ kind }) => kind)).toEqual(['text', 'poll', 'pin']);
    expect(held.store.timeline.latest(general)?.kind).toBe('pin');
  });
});

test('the newest entry of all is where the next one is put after, be it a row or not', () => {
  const row = by.say('alice', 'm');
  held.write(row);
  expect(held.store.entries.newest(general)).toEqual({ time: Date.parse(row.time), device: row.device });
  const reaction = by.react('bob', row, '👍');
  held.write(reaction);
  expect(held.store.entries.newest(general)).toEqual({ time: Date.parse(reaction.time), device: reaction.device });
});

test('pages are what cutting the sorted rows gives', () => {
  const kinds = fc.constantFrom('text', 'edit', 'reaction', 'delete', 'join', 'profile', 'poll');
  const anyEntry = fc.record({ who: fc.constantFrom('alice', 'bob'), kind: kinds, at: fc.nat(6) });
  const place = fc.constantFrom('before', 'after', 'around');
  fc.assert(
    fc.property(
      fc.array(anyEntry, { minLength: 1, maxLength: 25, size: 'max' }),
      place,
      fc.nat(24),
      fc.integer({ min: 1, max: 12 }),
      (said, where, pick, limit) => {
        const store = new TestStore();
        try {
          const writers = new Writers();
          const all = said.map(({ who, kind, at }, n) => writers.say(who, `m${n}`, { kind, at }));
          store.write(...all);
          const rows = fallen(all).filter(isRow).sort(compareShown);
          const at = pick % Math.max(1, rows.length);
          const mark = rows[at];
          if (!mark) return;
          const { entries, more, newer } = store.store.page(general, { [where]: mark.id }, limit);
          const first = entries[0] ? rows.findIndex(({ id }) => id === entries[0]?.id) : where === 'after' ? at + 1 : 0;
          expect(entries).toEqual(rows.slice(first, first + entries.length));
          expect(entries.length).toBeLessThanOrEqual(limit);
          expect([more, newer]).toEqual([first > 0, first + entries.length < rows.length]);
          if (where === 'around') expect(entries).toContainEqual(mark);
          if (where === 'before') expect(first + entries.length).toBe(at);
          if (where === 'after') expect(first).toBe(at + 1);
        } finally {
          store.close();
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('whatever asks for entries by where they stand finds them in the order of an index', () => {
  const db = new DatabaseSync(':memory:') as Database;
  prepare(db);
  const asked: string[] = [];
  const noting: Database = {
    isTransaction: false,
    prepare(sql) {
      asked.push(sql);
      return db.prepare(sql);
    },
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
  };
  const numbers = new Numbering(db);
  const none = (): undefined => undefined;
  new Timeline(noting, numbers, new EntryStore(noting, numbers, new Transactions(db, numbers)), none, none);
  const sorting = asked.filter((sql) => /ORDER BY (e\.)?place/.test(sql));
  expect(sorting.length).toBeGreaterThan(4);
  for (const sql of sorting) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    const steps = plan.map(({ detail }) => String(detail));
    expect(steps).toContainEqual(
      expect.stringMatching(/SEARCH (e|entries) USING (COVERING )?INDEX entries_(rows|hidden)/),
    );
    expect(steps).not.toContainEqual(expect.stringContaining('TEMP B-TREE'));
  }
  db.close();
});
