/** Writes of many at once: one transaction, and each is told what became of its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { UserKey, Username } from '../../../protocol/ids.js';
import { TempDir } from '../../../test/support/temp-dir.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { openDatabase, type Database } from './database.js';
import { GroupedWrites } from './grouped-writes.js';
import { openSqliteStore } from './sqlite-store.js';

const folder = new TempDir();
let file: string;
let db: Database;
/** Another connection: it sees what is committed. */
let other: InstanceType<typeof DatabaseSync>;
let before: number;
let writes: GroupedWrites;

beforeEach(async () => {
  file = join(await folder.sub('writes'), 'tracker.db');
  db = openDatabase(file);
  db.exec('CREATE TABLE notes (n INTEGER PRIMARY KEY CHECK (n <> 13), text TEXT)');
  other = new DatabaseSync(file);
  before = commits();
  writes = new GroupedWrites(db);
});
afterEach(async () => {
  for (const each of [db, other]) each.close();
  await folder.remove();
});

/** Transactions in the write-ahead log: the last frame of each has the size of the database (https://sqlite.org/fileformat2.html, 4.1). */
function commits(): number {
  const log = readFileSync(`${file}-wal`);
  const frame = 24 + log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) > 0) count += 1;
  return count;
}

const put = (n: number, text = 'x'): Promise<number> =>
  writes.run(() => db.prepare('INSERT INTO notes VALUES (?, ?)').run(n, text).changes);
const stored = (): number => (other.prepare('SELECT count(*) AS n FROM notes').get() as { n: number }).n;

describe('writes of one turn', () => {
  test('are one transaction, which the disk has before anybody is told', async () => {
    const seen: number[] = [];
    const all = Array.from({ length: 1_000 }, (_, n) => put(n + 100).then(() => seen.push(stored())));
    expect(stored()).toBe(0);
    await Promise.all(all);
    expect([commits() - before, new Set(seen)]).toEqual([1, new Set([1_000])]);
    // A commit waits for the sync of the disk.
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    await put(1);
    expect([commits() - before, stored()]).toEqual([2, 1_001]);
  });

  test('of which one fails leave the others as they are', async () => {
    const outcomes = await Promise.allSettled([put(1), put(13), put(1), put(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(stored()).toBe(2);
  });

  test('on a full disk are refused where there is no room for them, and nothing is half written', async () => {
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.exec(`PRAGMA max_page_count=${pages + 2}`);
    const outcomes = await Promise.allSettled([put(1), put(2, 'x'.repeat(100_000)), put(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'storage_full' } });
    expect([stored(), db.isTransaction]).toEqual([2, false]);
  });

  test('while another program writes for too long are all refused, and not lost without a word', async () => {
    db.exec('PRAGMA busy_timeout=20');
    other.exec('BEGIN IMMEDIATE');
    const outcomes = await Promise.allSettled([put(1), put(2)]);
    other.exec('ROLLBACK');
    expect([outcomes.map(({ status }) => status), stored()]).toEqual([['rejected', 'rejected'], 0]);
    await put(3);
    expect(stored()).toBe(1);
  });

  test('do not keep those apart that are transactions of their own', async () => {
    const both = put(1);
    db.exec('BEGIN IMMEDIATE');
    db.prepare('INSERT INTO notes VALUES (2, ?)').run('y');
    db.exec('ROLLBACK');
    await both;
    expect([stored(), db.isTransaction]).toEqual([1, false]);
  });
});

test('what was asked for just before the store closes is kept', async () => {
  const store = openSqliteStore(join(await folder.sub('closing'), 'tracker.db'), new FakeClock());
  const [user, username] = ['alice' as UserKey, 'alice' as Username];
  await store.accounts.create({ key: user, username, passwordHash: '', created: 1 });
  const session = store.sessions.put({ hash: 'h', user, username, created: 1, expires: 2, epoch: 0 });
  await Promise.all([store.close(), session]);
});
