import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import type { PruneCursor } from './pruning.js';
import { prepare } from './schema.js';
import type { Database } from './sqlite.js';
import { general, TestStore, Writers } from './test-store.js';

let at: TestStore;
beforeEach(() => {
  at = new TestStore();
});
afterEach(() => at.close());

const MESSAGES = 800;
const bob = 'bob'.padEnd(22, '0') as DeviceId;

const file = (): string => join(at.directory, 'history.db');
const size = (): number => statSync(file()).size;

function fill(): void {
  const writers = new Writers();
  // Nothing to be found in it: what takes the room are the rows.
  const text = '-'.repeat(15_000);
  at.write(...Array.from({ length: MESSAGES }, (_, i) => writers.say('bob', `${text}${i}`, { at: i })));
  while (at.store.indexSlice());
}

const vacuumOf = (db: Database): unknown => db.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'];

function prune(): void {
  let cursor: PruneCursor | undefined;
  const before = Date.UTC(2027, 0, 1);
  const target = { conversation: general, before, arrivedBy: Infinity, self: bob, ownUpTo: Infinity };
  do cursor = at.store.pruning.step(target, cursor).next;
  while (cursor);
}

describe('a history that has become smaller', () => {
  test('gives back what it does not need, in steps, and keeps some for what is written next', () => {
    fill();
    at.reopen();
    const before = size();
    prune();
    let steps = 0;
    while (at.store.indexSlice()) steps++;
    expect(steps).toBeGreaterThan(5);
    at.reopen();
    expect(size()).toBeLessThan(before * 0.7);
    expect(at.store.entries.range(general, bob, 1, 2_000)).toHaveLength(MESSAGES);
  });

  test('of an earlier version is written anew at an opening, once', () => {
    at.reopen(() => {
      rmSync(file());
      const old = new DatabaseSync(file());
      old.exec('CREATE TABLE gone (text TEXT)');
      const put = old.prepare('INSERT INTO gone VALUES (?)');
      old.exec('BEGIN');
      for (let i = 0; i < 1200; i++) put.run('x'.repeat(15_000));
      old.exec('COMMIT; DROP TABLE gone');
      expect(vacuumOf(old)).toBe(0);
      old.close();
      expect(size()).toBeGreaterThan(16 * 2 ** 20);
    });
    expect(size()).toBeLessThan(2 ** 20);
    const now = new DatabaseSync(file(), { readOnly: true });
    expect(vacuumOf(now)).toBe(2);
    now.close();
  });

  test('opening it once more writes nothing: it opens on a full disk too', () => {
    let written = -1;
    at.reopen(() => {
      const db = new DatabaseSync(file());
      prepare(db);
      written = statSync(`${file()}-wal`).size;
      db.close();
    });
    expect(written).toBe(0);
  });
});
