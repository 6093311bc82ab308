import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { general, texts, TestStore, Writers } from './test-store.js';

const MIB = 1024 * 1024;
let home: TestStore;
let writers: Writers;

beforeEach(() => {
  home = new TestStore();
  writers = new Writers();
});
afterEach(() => home.close());

const wal = (): number => statSync(join(home.directory, 'history.db-wal')).size;
const file = (): number => statSync(join(home.directory, 'history.db')).size;

/** Writes so many MiB of text without a pause of more than a turn of the event loop. @returns the largest that the WAL was */
async function flood(mebibytes: number): Promise<number> {
  let most = 0;
  for (let i = 0; i < mebibytes * 16; i++) {
    home.write(...Array.from({ length: 8 }, (_, n) => writers.say('Alice', `${i} ${n} ${'x'.repeat(8000)}`)));
    most = Math.max(most, wal());
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return most;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('the write-ahead log does not grow with what is written without a pause', async () => {
  expect(await flood(24)).toBeLessThan(16 * MIB);
  expect(file()).toBeGreaterThan(8 * MIB);
});

test('after a pause it has given its bytes back, and the words are in the database file as well', async () => {
  await flood(6);
  await until(() => wal() === 0);
  expect(home.store.indexSlice()).toBe(false);
  expect(file()).toBeLessThan(2.5 * 6 * MIB);
  home.reopen();
  const { entries } = home.store.page(general, undefined, 1);
  expect(texts(entries)[0]).toMatch(/^95 7 x/);
});

test('it is emptied only as far as somebody who reads meanwhile allows, and nothing fails for that', async () => {
  const { DatabaseSync } = await import('@photostructure/sqlite');
  home.write(writers.say('Alice', 'before'));
  const reader = new DatabaseSync(join(home.directory, 'history.db'), { readOnly: true });
  try {
    reader.exec('BEGIN');
    expect(reader.prepare('SELECT count(*) AS n FROM entries').get()).toMatchObject({ n: 1 });
    await flood(6);
    // What was committed after it began to read stays in the log.
    await until(() => !home.store.indexSlice());
    expect(reader.prepare('SELECT count(*) AS n FROM entries').get()).toMatchObject({ n: 1 });
    expect(wal()).toBeGreaterThan(6 * MIB);
    reader.exec('COMMIT');
    home.write(writers.say('Alice', 'after'));
    await until(() => wal() === 0);
  } finally {
    reader.close();
  }
  expect(texts(home.store.page(general, undefined, 1).entries)).toEqual(['after']);
});
